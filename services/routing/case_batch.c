/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_batch.h"

#include <stdlib.h>
#include <string.h>

#include "common/batch.h"
#include "services/routing/audit_case.h"
#include "services/routing/case_detail.h"
#include "services/routing/case_json.h"
#include "services/routing/id_index.h"
#include "services/routing/store.h"
#include "services/routing/store_reception.h"

enum { ITEMS_MAX = 500, DEPTH = 2, QUEUE_MAX = 10000, DEADLINE_MS = 5000 };

struct case_reader {
    struct batch *batch;
    const struct process_book *book; /* borrowed */
};

struct case_writer {
    struct batch *batch;
    struct outbox *outbox; /* borrowed */
    struct wait *wait;     /* borrowed */
};

/* ---- reading ---- */

static void build_reads(struct pg_tx *tx, void **items, size_t count, void *arg)
{
    struct pg_array ids;
    (void)arg;
    pg_array_init(&ids, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        struct case_read *read = items[i];
        read->found = false;
        pg_array_uuid(&ids, &read->id);
    }
    pg_tx_set_read_only(tx);
    store_cases_read(tx, &ids);
    pg_array_finish(&ids);
}

static void on_reads_done(const struct pg_tx *tx, void **items, size_t count,
                          const struct error *err, bool in_doubt, void *arg)
{
    struct case_reader *reader = arg;
    struct error fault = {0};
    (void)in_doubt;
    for (size_t row = 0; err == NULL && row < pg_rows(tx, 0); row++) {
        struct case_read *read = items[store_case_position(tx, 0, row)];
        read->found = store_case_row(tx, 0, row, reader->book, read->arena, &read->snapshot,
                                     &read->json, &fault);
    }
    if (error_is_set(&fault)) {
        if (fault.kind != ERR_RETRY) { /* a snapshot of ours that we cannot read */
            fault.kind = ERR_FATAL;
        }
        err = &fault;
    }
    for (size_t i = 0; i < count; i++) {
        struct case_read *read = items[i];
        read->on_read(read, err);
    }
}

struct case_reader *case_reader_new(struct pg *pg, const struct process_book *book,
                                    struct metrics *metrics)
{
    struct case_reader *reader = memory_zero(1, sizeof *reader);
    struct batch_config config = {.name = "case_read",
                                  .items_max = ITEMS_MAX,
                                  .depth = DEPTH,
                                  .queue_max = QUEUE_MAX,
                                  .deadline_ms = DEADLINE_MS,
                                  .build = build_reads,
                                  .done = on_reads_done,
                                  .arg = reader};
    reader->book = book;
    reader->batch = batch_new(pg, &config, metrics);
    return reader;
}

void case_reader_free(struct case_reader *reader)
{
    batch_free(reader->batch);
    free(reader);
}

bool case_reader_is_idle(const struct case_reader *reader)
{
    return batch_is_idle(reader->batch);
}

bool case_reader_submit(struct case_reader *reader, struct case_read *read, struct error *err)
{
    return batch_submit(reader->batch, read, err);
}

/* ---- writing ---- */

static int by_case(const void *left, const void *right)
{
    const struct case_write *const *a = left, *const *b = right;
    return memcmp((*a)->after.id.bytes, (*b)->after.id.bytes, sizeof(*a)->after.id.bytes);
}

/* What was merged into a case follows it to its end. */
static void wake_followers(struct pg_tx *tx, struct case_write *const *writes, size_t count)
{
    struct pg_array ended;
    int64_t now_us = 0;
    pg_array_init(&ended, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        const struct case_snapshot *after = &writes[i]->after;
        if (!case_is_open(after) && after->previous_state != after->state) {
            pg_array_uuid(&ended, &after->id);
            now_us = after->at_us;
        }
    }
    if (ended.count > 0) {
        store_followers_wake(tx, &ended, now_us);
    }
    pg_array_finish(&ended);
}

/* Who does not come any more leaves the place to others. */
static void give_places_back(struct pg_tx *tx, struct case_write *const *writes, size_t count)
{
    struct pg_array ids, versions, event_ids;
    pg_array_init(&ids, PG_UUID);
    pg_array_init(&versions, PG_INT4);
    pg_array_init(&event_ids, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        const struct case_snapshot *after = &writes[i]->after;
        if (case_gives_place_back(after)) {
            pg_array_uuid(&ids, &after->id);
            pg_array_int4(&versions, after->version);
            pg_array_uuid(&event_ids, &writes[i]->event_id);
        }
    }
    if (ids.count > 0) {
        store_places_give_back(tx, &ids, &versions, &event_ids);
    }
    pg_array_finish(&ids);
    pg_array_finish(&versions);
    pg_array_finish(&event_ids);
}

/* In the order of the ids, so that two transactions lock their rows in the same order. */
void case_writes_sort(struct case_write **writes, size_t count)
{
    qsort(writes, count, sizeof(struct case_write *), by_case);
}

void case_writes_move(struct pg_tx *tx, struct case_write *const *writes, size_t count)
{
    struct case_rows rows;
    case_rows_init(&rows);
    for (size_t i = 0; i < count; i++) {
        const struct case_write *write = writes[i];
        case_rows_add(&rows, &write->after, &write->event_id, write->json.data, write->json.size,
                      write->hash);
    }
    store_cases_move(tx, &rows);
    case_rows_finish(&rows);
}

void case_writes_follow(struct pg_tx *tx, struct case_write *const *writes, size_t count)
{
    wake_followers(tx, writes, count);
    give_places_back(tx, writes, count);
}

static void build_writes(struct pg_tx *tx, void **items, size_t count, void *arg)
{
    struct case_writer *writer = arg;
    struct case_write **sorted = arena_array(pg_tx_arena(tx), count, sizeof(struct case_write *));
    struct outbox_columns events;

    memcpy(sorted, items, count * sizeof(struct case_write *));
    case_writes_sort(sorted, count);
    outbox_guard(writer->outbox, tx);
    case_writes_move(tx, sorted, count);
    outbox_columns_init(&events, writer->outbox);
    for (size_t i = 0; i < count; i++) {
        outbox_columns_add(&events, sorted[i]->staged);
    }
    outbox_columns_put(&events, tx);
    outbox_columns_finish(&events);
    case_writes_follow(tx, sorted, count);
}

static void settle_write(struct case_writer *writer, struct case_write *write, bool won,
                         const struct error *err, bool in_doubt)
{
    if (err != NULL && in_doubt) {
        outbox_doubt(writer->outbox, write->staged);
    } else if (err != NULL || !won) {
        outbox_drop(writer->outbox, write->staged);
    } else {
        outbox_publish(writer->outbox, write->staged);
        memcpy(write->after.hash, write->hash, sizeof write->hash); /* it can be decided on again */
        wait_reached(writer->wait, &write->after.id, write->after.version);
    }
    struct buffer json = write->json; /* on_written may free the write */
    write->on_written(write, won, err);
    buffer_finish(&json);
}

static void on_writes_done(const struct pg_tx *tx, void **items, size_t count,
                           const struct error *err, bool in_doubt, void *arg)
{
    struct arena arena;
    struct id_index won;
    arena_init(&arena);
    id_index_init(&won, count, &arena);
    for (size_t row = 0; err == NULL && row < pg_rows(tx, 1); row++) {
        struct uuid event_id = pg_value_uuid(tx, 1, row, 0);
        id_index_add(&won, &event_id, (int)row);
    }
    for (size_t i = 0; i < count; i++) {
        struct case_write *write = items[i];
        settle_write(arg, write, id_index_find(&won, &write->event_id) != ID_INDEX_NONE, err,
                     in_doubt);
    }
    arena_finish(&arena);
}

struct case_writer *case_writer_new(struct pg *pg, struct outbox *outbox, struct wait *wait,
                                    struct metrics *metrics)
{
    struct case_writer *writer = memory_zero(1, sizeof *writer);
    struct batch_config config = {.name = "case_write",
                                  .items_max = ITEMS_MAX,
                                  .depth = DEPTH,
                                  .queue_max = QUEUE_MAX,
                                  .deadline_ms = DEADLINE_MS,
                                  .build = build_writes,
                                  .done = on_writes_done,
                                  .arg = writer};
    writer->outbox = outbox;
    writer->wait = wait;
    writer->batch = batch_new(pg, &config, metrics);
    return writer;
}

void case_writer_free(struct case_writer *writer)
{
    batch_free(writer->batch);
    free(writer);
}

bool case_writer_is_idle(const struct case_writer *writer)
{
    return batch_is_idle(writer->batch);
}

/* Consumers refuse events over EVENT_DATA_MAX. A case that stands for another one may hand it all
 * of its text, and time adds to clocks and escalations: both must always fit. */
static bool fits_event(const struct case_write *write, struct error *err)
{
    bool is_system = write->after.actor_role == ROLE_SYSTEM;
    return write->json.size <= (is_system ? EVENT_DATA_MAX : CASE_SAID_MAX) ||
           error_set(err, ERR_UNPROCESSABLE, "case_too_large",
                     "the case holds as much text as it can: %d KiB", CASE_SAID_MAX / 1024);
}

bool case_write_make(struct case_write *write, struct case_event *event, struct error *err)
{
    buffer_init(&write->json);
    case_event_make(event, &write->after, write->traceparent, &write->json);
    if (!fits_event(write, err)) {
        buffer_finish(&write->json);
        return false;
    }
    write->event_id = event->event.id;
    audit_case_link(&write->after, &write->event_id, &write->json, NULL, write->hash);
    return true;
}

bool case_writer_submit(struct case_writer *writer, struct case_write *write, struct error *err)
{
    struct case_event event;
    if (!case_write_make(write, &event, err)) {
        return false;
    }
    write->staged = outbox_stage(writer->outbox, &event.event, &write->event_id);
    if (!batch_submit(writer->batch, write, err)) {
        outbox_drop(writer->outbox, write->staged);
        buffer_finish(&write->json);
        return false;
    }
    return true;
}
