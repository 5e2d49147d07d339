/* SPDX-License-Identifier: Apache-2.0 */
#include "consume_inbound.h"

#include <string.h>

#include "common/clock.h"
#include "intake.h"
#include "store_filing.h"

#define INCIDENT_TYPE "vn.hanoi.incident.reported.v1"

struct taken {
    struct filing **filings;
    size_t count, statement;
};

/* The same (source, id) is the same incident, whatever it says the second time. */
static bool prepare(struct filing *filing, const struct event_in *event, struct intake *intake,
                    struct arena *arena, struct error *err)
{
    struct report report;
    const char *incident_id;
    struct filing_origin origin = {
        .channel = CHANNEL_INBOUND,
        .client = "inbound",
        .idempotency_scope = "inbound",
        .idempotency_key = arena_format(arena, "%s\n%s", event->source, event->id),
        .input = event->data,
        .input_size = event->data_size,
        .traceparent = event->traceparent,
    };
    return report_read_incident(&report, &incident_id, event->data, event->data_size, arena, err) &&
           filing_prepare(filing, filing_desk_filer(intake->desk), &report, &origin,
                          reference_current(intake->reference), clock_now_us(), arena, err);
}

/* False: the batch must wait (no promise, no ticket numbers). */
static bool take_message(struct consume_batch *batch, struct consume_message *message,
                         struct intake *intake, struct taken *taken, struct error *wait)
{
    struct event_in *event = &message->event;
    struct arena *arena = consume_arena(batch);
    struct error err = {0};

    if (event->type == NULL || strcmp(event->type, INCIDENT_TYPE) != 0) {
        consume_reject(batch, message, "unknown_type", "type");
        return true;
    }
    if (event->data == NULL) {
        consume_reject(batch, message, "no_data", "data");
        return true;
    }
    struct filing *filing = arena_alloc(arena, sizeof *filing);
    if (!prepare(filing, event, intake, arena, &err)) {
        if (err.kind == ERR_RETRY) {
            *wait = err;
            return false;
        }
        consume_reject(batch, message, "invalid_data", intake_fault(&err));
        return true;
    }
    if (!filing_take_number(filing, filing_desk_filer(intake->desk)->numbers)) {
        return error_set(wait, ERR_RETRY, "no_ticket_number", "ticket numbers are being drawn");
    }
    taken->filings[taken->count++] = filing;
    return true;
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    struct taken *taken = consume_context(batch);
    (void)state;
    if (tx != NULL) {
        consume_took(batch, tx, taken->statement, 0);
    }
}

static void file_all(struct consume_batch *batch, struct taken *taken)
{
    struct filing **contacts = arena_array(consume_arena(batch), taken->count, sizeof *contacts);
    size_t contact_count = filings_pick_contacts(taken->filings, taken->count, contacts);
    struct filing_event out = {.data = {0}};

    for (size_t i = 0; i < contact_count; i++) {
        filing_write_contact_event(contacts[i], &out);
        consume_stage(batch, &out.event, &contacts[i]->contact_command);
    }
    for (size_t i = 0; i < taken->count; i++) {
        filing_write_event(taken->filings[i], &out);
        consume_stage(batch, &out.event, &taken->filings[i]->submission.id);
    }
    buffer_finish(&out.data);
    taken->statement = consume_next_statement(batch);
    store_file(consume_tx(batch), taken->filings, taken->count, contacts, contact_count);
    consume_put_staged(batch);
}

void consume_inbound(struct consume_batch *batch, void *state)
{
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);
    struct arena *arena = consume_arena(batch);
    struct taken *taken = arena_alloc(arena, sizeof *taken);
    struct error wait = {0};

    taken->filings = arena_array(arena, count, sizeof *taken->filings);
    for (size_t i = 0; i < count; i++) {
        if (!take_message(batch, &messages[i], state, taken, &wait)) {
            consume_retry(batch, &wait);
            return;
        }
    }
    consume_set_context(batch, taken);
    if (taken->count > 0) {
        file_all(batch, taken);
    }
    consume_commit(batch, taken->count > 0 ? on_committed : NULL);
}
