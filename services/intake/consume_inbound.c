/* SPDX-License-Identifier: Apache-2.0 */
/* Events of other systems from the topic. What is no event, or of a source that the city does not
 * know, is a dead letter; what a known source brought and cannot be taken lies in quarantine; what
 * is over its quota waits there. All in the transaction that moves the position. */
#include "consume_inbound.h"

#include "common/clock.h"
#include "inbound.h"
#include "intake.h"
#include "quarantine.h"
#include "store_filing.h"
#include "store_quarantine.h"
#include "store_record.h"
#include "store_sensor.h"
#include "store_source.h"

/* A good event, until it is known whether its source's quota lets it pass. */
struct arrival {
    struct consume_message *message;
    struct inbound inbound;
    const char *prefix;
};

struct intake_batch {
    struct consume_batch *batch;
    struct intake *intake;
    struct error wait; /* the batch must come again: no promise, no ticket numbers */
    struct arrival *arrivals;
    size_t arrival_count;
    struct quota_asks asks;

    struct filing **filings;
    size_t filing_count, statement;
    const struct record **records;
    size_t record_count;
    const struct quarantined **held;
    size_t held_count;
};

/* Steps, in running order. */
static void sort_message(struct intake_batch *in, struct consume_message *message);
static void ask_quota(struct intake_batch *in);
static void on_quota(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void take_arrivals(struct intake_batch *in);
static void commit(struct intake_batch *in);
static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state);

void consume_inbound(struct consume_batch *batch, void *state)
{
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);
    struct arena *arena = consume_arena(batch);
    struct intake_batch *in = arena_alloc(arena, sizeof *in);

    in->batch = batch;
    in->intake = state;
    in->arrivals = arena_array(arena, count, sizeof *in->arrivals);
    in->asks.items = arena_array(arena, count, sizeof *in->asks.items);
    in->filings = arena_array(arena, count, sizeof(struct filing *));
    in->records = arena_array(arena, count, sizeof(const struct record *));
    in->held = arena_array(arena, count, sizeof(const struct quarantined *));
    consume_set_context(batch, in);
    for (size_t i = 0; i < count; i++) {
        sort_message(in, &messages[i]);
    }
    if (error_is_set(&in->wait)) {
        consume_retry(batch, &in->wait);
    } else if (in->arrival_count > 0) {
        ask_quota(in);
    } else {
        commit(in);
    }
}

static void hold(struct intake_batch *in, const struct consume_message *message, const char *prefix,
                 enum quarantine_state state, const char *reason, const char *field)
{
    struct arena *arena = consume_arena(in->batch);
    const struct kafka_message *raw = consume_raw(in->batch, message);
    struct quarantined *held = arena_alloc(arena, sizeof *held);
    struct kafka_header *headers;
    size_t count = kafka_message_headers(raw, arena, &headers);
    *held = (struct quarantined){
        .id = uuid_new(),
        .event = &message->event,
        .prefix = prefix,
        .reason = arena_text(arena, reason),
        .field = field != NULL ? arena_text(arena, field) : NULL,
        .state = state,
        .headers = headers,
        .header_count = outbox_keep_headers(headers, count),
        .key = raw->key,
        .key_size = raw->key_size,
        .value = raw->value,
        .value_size = raw->value_size,
    };
    in->held[in->held_count++] = held;
}

static bool prepare(struct intake_batch *in, const struct event_in *event, struct inbound *inbound,
                    struct error *err)
{
    static const struct inbound_sender topic = {.client = "inbound"};
    struct arena *arena = consume_arena(in->batch);
    *inbound = (struct inbound){arena_alloc(arena, sizeof *inbound->filing),
                                arena_alloc(arena, sizeof *inbound->record)};
    return inbound_prepare(inbound, event, &topic, filing_desk_filer(in->intake->desk),
                           reference_current(in->intake->reference), clock_now_us(), arena, err);
}

static void sort_message(struct intake_batch *in, struct consume_message *message)
{
    const struct event_in *event = &message->event;
    struct arrival *arrival = &in->arrivals[in->arrival_count];
    struct error err = {0};
    const struct event_source *source =
        event->source != NULL
            ? event_source_of(event_sources_current(in->intake->sources), event->source)
            : NULL;
    if (source == NULL) {
        consume_reject(in->batch, message, "unknown_source", "source");
        return;
    }
    /* The snapshot may be replaced while the quota is asked for. */
    const char *prefix = arena_text(consume_arena(in->batch), source->prefix);
    if (inbound_is_foreign(event->type, source)) {
        hold(in, message, prefix, QUARANTINE_OPEN, "foreign_type", "type");
    } else if (prepare(in, event, &arrival->inbound, &err)) {
        arrival->message = message;
        arrival->prefix = prefix;
        in->arrival_count++;
        quota_asks_add(&in->asks, prefix);
    } else if (err.kind == ERR_RETRY) {
        in->wait = err;
    } else {
        hold(in, message, prefix, QUARANTINE_OPEN, inbound_fault_class(&err), intake_fault(&err));
    }
}

static void ask_quota(struct intake_batch *in)
{
    struct pg_tx *tx = pg_tx_new(in->intake->parts->pg);
    store_ask_quota(tx, &in->asks, false, true);
    pg_tx_send(tx, on_quota, in);
}

static void on_quota(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct intake_batch *in = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        consume_retry(in->batch, &err);
        return;
    }
    store_take_quota(tx, &in->asks);
    take_arrivals(in);
}

static bool take_arrival(struct intake_batch *in, const struct arrival *arrival)
{
    if (!quota_asks_use(&in->asks, arrival->prefix)) {
        hold(in, arrival->message, arrival->prefix, QUARANTINE_WAITING, "over_quota", NULL);
        return true;
    }
    if (arrival->inbound.record != NULL) {
        in->records[in->record_count++] = arrival->inbound.record;
        return true;
    }
    in->filings[in->filing_count++] = arrival->inbound.filing;
    return filing_take_number(arrival->inbound.filing,
                              filing_desk_filer(in->intake->desk)->numbers) ||
           error_set(&in->wait, ERR_RETRY, "no_ticket_number", "ticket numbers are being drawn");
}

static void take_arrivals(struct intake_batch *in)
{
    for (size_t i = 0; i < in->arrival_count; i++) {
        if (!take_arrival(in, &in->arrivals[i])) {
            consume_retry(in->batch, &in->wait);
            return;
        }
    }
    commit(in);
}

static void file_all(struct intake_batch *in)
{
    struct consume_batch *batch = in->batch;
    struct filing **contacts =
        arena_array(consume_arena(batch), in->filing_count, sizeof *contacts);
    size_t contact_count = filings_pick_contacts(in->filings, in->filing_count, contacts);
    struct filing_event out = {.data = {0}};

    for (size_t i = 0; i < contact_count; i++) {
        filing_write_contact_event(contacts[i], &out);
        consume_stage(batch, &out.event, &contacts[i]->contact_command);
    }
    for (size_t i = 0; i < in->filing_count; i++) {
        filing_write_event(in->filings[i], &out);
        consume_stage(batch, &out.event, &in->filings[i]->submission.id);
    }
    buffer_finish(&out.data);
    in->statement = consume_next_statement(batch);
    store_file(consume_tx(batch), in->filings, in->filing_count, contacts, contact_count);
    consume_put_staged(batch);
    store_count_alarms(consume_tx(batch), in->filings, in->filing_count);
}

static void commit(struct intake_batch *in)
{
    struct pg_tx *tx = consume_tx(in->batch);
    int64_t now_us = clock_now_us();
    if (in->filing_count > 0) {
        file_all(in);
    }
    store_put_records(tx, in->records, in->record_count, now_us);
    store_quarantine(tx, in->held, in->held_count, now_us);
    consume_commit(in->batch, in->filing_count > 0 ? on_committed : NULL);
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    struct intake_batch *in = consume_context(batch);
    (void)state;
    if (tx != NULL) {
        consume_took(batch, tx, in->statement, 0);
    }
}
