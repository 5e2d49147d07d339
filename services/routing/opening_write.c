/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/opening_write.h"

#include <string.h>

#include "services/routing/audit_case.h"
#include "services/routing/case_json.h"
#include "services/routing/opening_json.h"
#include "services/routing/store.h"
#include "services/routing/store_desk.h"
#include "services/routing/store_reception.h"

/* Steps, in running order. */
static void stage(struct opening_write *write);
static void add_statements(struct opening_write *write, struct pg_tx *tx);
static void on_done(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void settle(struct opening_write *write, enum pg_outcome outcome);

void opening_write_send(struct opening_write *write, struct routing *routing)
{
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    write->routing = routing;
    stage(write);
    add_statements(write, tx);
    pg_tx_send(tx, on_done, write);
}

/* ---- telling ---- */

/* The row of a new case is tied to its id, that of a step to the event's. */
static void stage_version(const struct opening_write *write, const struct case_snapshot *version,
                          const struct event_in *report, struct opening_told *told)
{
    struct case_event event;
    bool is_new = report != NULL;
    buffer_init(&told->json);
    case_event_make(&event, version, write->traceparent, &told->json);
    told->event_id = event.event.id;
    audit_case_link(version, &told->event_id, &told->json, report, told->hash);
    told->staged = outbox_stage(write->routing->parts->outbox, &event.event,
                                is_new ? &version->id : &told->event_id);
}

static void stage(struct opening_write *write)
{
    buffer_init(&write->filed);
    opening_json_write_report(&write->filed, &write->report, &write->opened);
    struct event_in report = {.data = write->filed.data, .data_size = write->filed.size};
    if (write->parent != NULL) {
        stage_version(write, write->parent, NULL, &write->parent_told);
    }
    stage_version(write, &write->opened, &report, &write->told);
}

/* ---- the transaction ---- */

static void put_event(const struct opening_write *write, const struct opening_told *told,
                      struct outbox_columns *events)
{
    outbox_columns_init(events, write->routing->parts->outbox);
    outbox_columns_add(events, told->staged);
}

static void add_parent(const struct opening_write *write, struct pg_tx *tx)
{
    const struct opening_told *told = &write->parent_told;
    struct case_rows rows;
    struct outbox_columns events;
    case_rows_init(&rows);
    case_rows_add(&rows, write->parent, &told->event_id, told->json.data, told->json.size,
                  told->hash);
    put_event(write, told, &events);
    store_cases_move(tx, &rows);
    outbox_columns_put(&events, tx);
    store_split_add(tx, &write->opened.id, write->parent, &told->event_id, write->fingerprint);
    outbox_columns_finish(&events);
    case_rows_finish(&rows);
}

static void add_case(const struct opening_write *write, struct pg_tx *tx)
{
    struct opening_rows rows;
    struct outbox_columns events;
    struct event_in filed = {.data = write->filed.data, .data_size = write->filed.size};
    opening_rows_init(&rows, write->opened.opened_at);
    opening_rows_add(&rows, &write->opened, &write->told.event_id, &write->told.json, &filed,
                     write->told.hash);
    put_event(write, &write->told, &events);
    store_cases_open(tx, &rows);
    outbox_columns_put(&events, tx);
    outbox_columns_finish(&events);
    opening_rows_finish(&rows);
}

static void add_words(const struct opening_write *write, struct pg_tx *tx)
{
    const struct opening_report *report = &write->report;
    const char *const texts[] = {report->title, report->description, report->address};
    struct word_rows rows;
    word_rows_init(&rows);
    word_rows_add(&rows, &write->opened.id, write->opened.ticket, texts,
                  sizeof texts / sizeof texts[0], pg_tx_arena(tx));
    store_words_add(tx, &rows);
    word_rows_finish(&rows);
}

static void add_statements(struct opening_write *write, struct pg_tx *tx)
{
    outbox_guard(write->routing->parts->outbox, tx);
    if (write->key != NULL) {
        store_key_add(tx, write->key, &write->opened.id);
    }
    if (write->parent != NULL) {
        add_parent(write, tx);
    }
    if (write->slot != NULL) {
        store_place_take(tx, &write->slot->id, write->opened.reporter_ref, &write->opened.id);
    }
    add_case(write, tx);
    add_words(write, tx);
}

/* ---- its end ---- */

/* A key or a person that is there already; a place or a version that is not. */
static bool was_outrun(const struct pg_tx *tx, enum pg_outcome outcome)
{
    return outcome == PG_REFUSED &&
           (strcmp(pg_tx_sqlstate(tx), "23505") == 0 || strcmp(pg_tx_sqlstate(tx), "23502") == 0);
}

static void settle_version(struct outbox *outbox, struct opening_told *told,
                           enum pg_outcome outcome)
{
    if (told->staged == NULL) {
        return;
    }
    if (outcome == PG_COMMITTED) {
        outbox_publish(outbox, told->staged);
    } else if (outcome == PG_UNKNOWN) {
        outbox_doubt(outbox, told->staged);
    } else {
        outbox_drop(outbox, told->staged);
    }
    told->staged = NULL;
}

static void settle(struct opening_write *write, enum pg_outcome outcome)
{
    struct outbox *outbox = write->routing->parts->outbox;
    struct wait *wait = write->routing->wait;
    settle_version(outbox, &write->parent_told, outcome);
    settle_version(outbox, &write->told, outcome);
    if (outcome != PG_COMMITTED) {
        return;
    }
    wait_reached(wait, &write->opened.id, write->opened.version);
    if (write->parent != NULL) {
        wait_reached(wait, &write->parent->id, write->parent->version);
    }
}

static void on_done(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct opening_write *write = arg;
    struct error err = {0};
    enum opening_end end = outcome == PG_COMMITTED   ? OPENING_DONE
                           : was_outrun(tx, outcome) ? OPENING_OUTRUN
                                                     : OPENING_FAILED;
    if (end == OPENING_FAILED) {
        pg_tx_error(tx, outcome, &err);
    }
    settle(write, outcome);
    struct buffer filed = write->filed;
    struct buffer json = write->told.json, parent_json = write->parent_told.json;
    write->on_written(write, end, end == OPENING_FAILED ? &err : NULL); /* may end the write */
    buffer_finish(&filed);
    buffer_finish(&json);
    buffer_finish(&parent_json);
}
