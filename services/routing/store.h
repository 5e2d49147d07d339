/* SPDX-License-Identifier: Apache-2.0 */
/* store: all SQL of routing, by table.
 *
 * Functions add statements to a transaction or read their results; they decide nothing. Every
 * statement works on whole batches. */
#ifndef ROUTING_STORE_H
#define ROUTING_STORE_H

#include "common/outbox.h"
#include "common/pg.h"
#include "services/routing/case.h"
#include "services/routing/process_book.h"
#include "services/routing/reference.h"

/* ---- store_case_open.c: new cases ---- */

/* New cases, which have less to tell: all at version 1, opened at one instant. */
struct opening_rows {
    int64_t now_us;
    struct pg_array ids, processes, states, phases, queues, desks, categories, levels, areas,
        reporters, dues, next_timers, near_borders, event_ids, actors, snapshots, reports, hashes,
        dispatches;
};
void opening_rows_init(struct opening_rows *rows, int64_t now_us);
void opening_rows_finish(struct opening_rows *rows);
/* report: the data of the submission's event; hash: the first link of the history. */
void opening_rows_add(struct opening_rows *rows, const struct case_snapshot *opened,
                      const struct uuid *event_id, const struct buffer *json,
                      const struct event_in *report, const uint8_t hash[DIGEST_SIZE]);

/* Opens cases, tells their history and says their events; ids must differ. The results are the
 * case ids that were new: events are staged with the case id as their command. The caller goes on
 * with the eight parameters of the staged events (consume_put_staged). */
void store_cases_open(struct pg_tx *tx, const struct opening_rows *rows);

/* ---- store_case.c: cases and their history ---- */

/* The unit whose queue holds the case. */
const char *store_desk(const struct case_snapshot *snapshot);

/* Columns of cases to be changed. */
struct case_rows {
    struct pg_array ids, versions, states, phases, queues, desks, categories, levels, assignees,
        dues, next_timers, near_borders, audits, proposals, merged_into, task_desks, event_ids,
        actions, actors, times, snapshots, hashes, dispatches;
};
void case_rows_init(struct case_rows *rows);
void case_rows_finish(struct case_rows *rows);
/* json: the snapshot as case_json_write wrote it; hash: the link of the version that is added. */
void case_rows_add(struct case_rows *rows, const struct case_snapshot *snapshot,
                   const struct uuid *event_id, const char *json, size_t json_size,
                   const uint8_t hash[DIGEST_SIZE]);

/* Moves cases on by one version each, if they still are at the version before. The results are the
 * event ids that won, now or in an earlier try of the same transaction: events are staged with
 * the event id as their command. The caller goes on with the eight parameters of the staged events
 * (outbox_columns_put, consume_put_staged). */
void store_cases_move(struct pg_tx *tx, const struct case_rows *rows);

/* Reads cases by id. Each row: position in ids (0 …), then what store_case_row gives. */
void store_cases_read(struct pg_tx *tx, const struct pg_array *ids);
size_t store_case_position(const struct pg_tx *tx, size_t statement, size_t row);
/* The snapshot of a row, its texts in the arena; json is the event's data. */
bool store_case_row(const struct pg_tx *tx, size_t statement, size_t row,
                    const struct process_book *book, struct arena *arena,
                    struct case_snapshot *snapshot, const char **json, struct error *err);

/* A column of 32 bytes. */
void store_digest(const struct pg_tx *tx, size_t statement, size_t row, int column,
                  uint8_t digest[DIGEST_SIZE]);

/* Claims up to `limit` cases whose timer has run out, oldest first, by moving their timer to
 * `lease_until`: if this process dies, they come up again. Rows as in store_cases_read. */
void store_cases_claim(struct pg_tx *tx, int64_t now_us, int64_t lease_until_us, int limit);

/* Where a walk through all open cases stands: desk by desk, in due order. Zero: at the beginning.
 */
struct store_place {
    const char *desk;
    int64_t due_at;
    struct uuid id;
};
/* The next open cases after a place; rows as in store_cases_read. */
void store_open_cases_read(struct pg_tx *tx, const struct store_place *place, int limit);
struct store_place store_open_case_place(const struct pg_tx *tx, size_t statement, size_t row,
                                         struct arena *arena);

/* Lets the timer look at the cases that were merged into these: what they follow has ended. */
void store_followers_wake(struct pg_tx *tx, const struct pg_array *lead_ids, int64_t now_us);

/* Sets the timers of claimed cases that have nothing to do yet, unless they have moved on or were
 * woken since. */
void store_timers_set(struct pg_tx *tx, const struct pg_array *ids, const struct pg_array *versions,
                      const struct pg_array *next_timers, int64_t lease_until_us);

/* Versions of cases: columns case_id, version. */
void store_case_versions(struct pg_tx *tx, const struct pg_array *ids);

/* ---- store_reference.c: the rules ---- */

/* One row: version, day. Changes whenever the reference data must be read again. */
void store_reference_poll(struct pg_tx *tx);
int64_t store_reference_version(const struct pg_tx *tx, size_t statement, int64_t *day);

enum { STORE_REFERENCE_STATEMENTS = 17 };
/* Adds STORE_REFERENCE_STATEMENTS statements; their results make a reference (heap, NULL with err
 * when it is incomplete or contradicts itself). Processes go into the book. Boundaries may be large
 * and seldom change: of the set that is known already (0: none) they are not read again, and the
 * reference comes without its area. */
void store_reference_read(struct pg_tx *tx, int64_t known_boundaries);
struct reference *store_reference_make(const struct pg_tx *tx, int64_t known_boundaries,
                                       struct process_book *book, struct error *err);

/* ---- store_published.c: what was said on city.reference.v1 ---- */

/* Columns: key, digest (empty: withdrawn); ascending by key, byte by byte. */
void store_published_read(struct pg_tx *tx);
struct published_rows {
    struct pg_array keys, digests, event_ids;
};
void published_rows_init(struct published_rows *rows);
void published_rows_finish(struct published_rows *rows);
/* The results are the event ids that are to be said: the event's id is its command. */
void store_published_write(struct pg_tx *tx, const struct published_rows *rows,
                           int64_t reference_version, const struct outbox_columns *events);

#endif
