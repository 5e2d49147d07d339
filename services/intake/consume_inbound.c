/* SPDX-License-Identifier: Apache-2.0 */
#include "consume_inbound.h"

#include <string.h>

#include "common/clock.h"
#include "inbound.h"
#include "intake.h"
#include "store_filing.h"
#include "store_record.h"
#include "store_sensor.h"

struct taken {
    struct filing **filings;
    size_t count, statement;
    const struct record **records;
    size_t record_count;
};

/* What the dead letters call it; detail is the field. */
static const char *class_of(const struct error *err)
{
    bool envelope = strcmp(err->code, "unknown_type") == 0 || strcmp(err->code, "no_data") == 0;
    return envelope ? err->code : "invalid_data";
}

/* False: the batch must wait (no promise, no ticket numbers). */
static bool take_message(struct consume_batch *batch, struct consume_message *message,
                         struct intake *intake, struct taken *taken, struct error *wait)
{
    static const struct inbound_sender topic = {.client = "inbound"};
    struct arena *arena = consume_arena(batch);
    struct inbound inbound = {arena_alloc(arena, sizeof *inbound.filing),
                              arena_alloc(arena, sizeof *inbound.record)};
    struct error err = {0};

    if (!inbound_prepare(&inbound, &message->event, &topic, filing_desk_filer(intake->desk),
                         reference_current(intake->reference), clock_now_us(), arena, &err)) {
        if (err.kind == ERR_RETRY) {
            *wait = err;
            return false;
        }
        consume_reject(batch, message, class_of(&err), intake_fault(&err));
        return true;
    }
    if (inbound.record != NULL) {
        taken->records[taken->record_count++] = inbound.record;
        return true;
    }
    if (!filing_take_number(inbound.filing, filing_desk_filer(intake->desk)->numbers)) {
        return error_set(wait, ERR_RETRY, "no_ticket_number", "ticket numbers are being drawn");
    }
    taken->filings[taken->count++] = inbound.filing;
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
    store_count_alarms(consume_tx(batch), taken->filings, taken->count);
}

void consume_inbound(struct consume_batch *batch, void *state)
{
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);
    struct arena *arena = consume_arena(batch);
    struct taken *taken = arena_alloc(arena, sizeof *taken);
    struct error wait = {0};

    taken->filings = arena_array(arena, count, sizeof(struct filing *));
    taken->records = arena_array(arena, count, sizeof(const struct record *));
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
    store_put_records(consume_tx(batch), taken->records, taken->record_count, clock_now_us());
    consume_commit(batch, taken->count > 0 ? on_committed : NULL);
}
