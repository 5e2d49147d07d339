/* SPDX-License-Identifier: Apache-2.0 */
/* case_batch: reads and writes single cases, many at a time.
 *
 * What arrives while PostgreSQL is busy goes together in the next transaction (common/batch.h). A
 * write is a decision that was taken on one version; it wins when the case is still there. */
#ifndef ROUTING_CASE_BATCH_H
#define ROUTING_CASE_BATCH_H

#include "common/arena.h"
#include "common/metrics.h"
#include "common/outbox.h"
#include "common/pg.h"
#include "common/wait.h"
#include "services/routing/case_json.h"
#include "services/routing/process_book.h"

struct case_reader;
struct case_writer;

/* One case to be read; the caller's memory until on_read. */
struct case_read {
    struct uuid id;
    struct arena *arena; /* of the results; borrowed */
    /* Called once. err NULL: read, and `found` tells whether it is there. */
    void (*on_read)(struct case_read *read, const struct error *err);
    void *arg;

    bool found;
    struct case_snapshot snapshot;
    const char *json; /* as its newest event told it */
};

struct case_reader *case_reader_new(struct pg *pg, const struct process_book *book,
                                    struct metrics *metrics);
void case_reader_free(struct case_reader *reader); /* must be idle */
bool case_reader_is_idle(const struct case_reader *reader);
bool case_reader_submit(struct case_reader *reader, struct case_read *read, struct error *err);

/* One decision to be written; the caller's memory until on_written. */
struct case_write {
    struct case_snapshot after; /* texts live until on_written */
    const char *traceparent;    /* NULL: none */
    /* Called once. err NULL: `won` tells whether it was written; if not, another change of the
     * case came first. */
    void (*on_written)(struct case_write *write, bool won, const struct error *err);
    void *arg;

    struct uuid event_id;
    uint8_t hash[DIGEST_SIZE]; /* its link in the history */
    struct buffer json;        /* valid in on_written; freed after it */
    struct outbox_item *staged;
};

struct case_writer *case_writer_new(struct pg *pg, struct outbox *outbox, struct wait *wait,
                                    struct metrics *metrics);
void case_writer_free(struct case_writer *writer); /* must be idle */
bool case_writer_is_idle(const struct case_writer *writer);
/* How much a case may hold after what a person does. */
enum { CASE_SAID_MAX = 30 * 1024 };
/* False with ERR_UNPROCESSABLE "case_too_large", or as batch_submit. */
bool case_writer_submit(struct case_writer *writer, struct case_write *write, struct error *err);

/* ---- for who writes decisions in a transaction of its own ---- */

/* Makes the event, its id, its text and its link of a decision: `after` and traceparent are given.
 * The event borrows the text; finish write->json. False, with nothing to finish, with
 * ERR_UNPROCESSABLE "case_too_large". */
bool case_write_make(struct case_write *write, struct case_event *event, struct error *err);
/* In the order in which every transaction takes them, and each case once. */
void case_writes_sort(struct case_write **writes, size_t count);
/* store_cases_move of sorted writes: the parameters of their events come next. */
void case_writes_move(struct pg_tx *tx, struct case_write *const *writes, size_t count);
/* What such steps do to other rows: those who follow an ended case are woken, places are given
 * back. */
void case_writes_follow(struct pg_tx *tx, struct case_write *const *writes, size_t count);

#endif
