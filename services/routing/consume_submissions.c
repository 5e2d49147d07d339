/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/consume_submissions.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "services/routing/audit_case.h"
#include "services/routing/case_json.h"
#include "services/routing/filed_case.h"
#include "services/routing/id_index.h"
#include "services/routing/message_write.h"
#include "services/routing/routing.h"
#include "services/routing/store.h"
#include "services/routing/store_desk.h"
#include "services/routing/store_reception.h"
#include "services/routing/submission_json.h"

/* A submission and where it came from. */
struct filed {
    struct consume_message *from;
    struct filed_case what;
};

/* What a batch becomes. */
struct heard {
    struct consume_batch *batch;
    struct routing *routing;
    int64_t now_us; /* cases are told in milliseconds */
    struct opening_rows cases;
    struct word_rows words;
    struct filed *filed; /* submissions */
    size_t filed_count;
    size_t slots;                   /* the first statement that reads a slot */
    struct message_heard *messages; /* in the batch's arena, as this is */
    size_t message_count;
    struct message_batch decided;
    struct message_statements written;
    bool opens;
    size_t opened; /* the statement that opens, if it does */
};

static void read_slots(struct heard *heard, struct pg_tx *tx);
static void take_slots(struct heard *heard, const struct pg_tx *tx);

/* Steps, in running order. */
static void hear_submissions(struct heard *heard);
static void hear_messages(struct heard *heard);
static void read_cases(struct heard *heard); /* only where there are messages or bookings */
static void on_cases_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void decide(struct heard *heard); /* opens cases, then does what messages ask */
static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state);

static bool wants_slots(const struct heard *heard)
{
    for (size_t i = 0; i < heard->filed_count; i++) {
        if (heard->filed[i].what.wants_slot) {
            return true;
        }
    }
    return false;
}

void consume_submissions(struct consume_batch *batch, void *state)
{
    struct heard *heard = arena_alloc(consume_arena(batch), sizeof *heard);
    int64_t now_us = clock_now_us();
    *heard = (struct heard){.batch = batch, .routing = state, .now_us = now_us - now_us % 1000};
    consume_set_context(batch, heard);
    if (heard->routing->reference == NULL) {
        struct error err = {0};
        error_set(&err, ERR_RETRY, "reference_missing", "no reference data to route by");
        consume_retry(batch, &err);
        return;
    }
    hear_submissions(heard);
    hear_messages(heard);
    if (heard->message_count > 0 || wants_slots(heard)) {
        read_cases(heard);
    } else {
        decide(heard);
    }
}

static void reject(struct heard *heard, struct consume_message *message, const struct error *err)
{
    char detail[256];
    if (err->field_count > 0) {
        snprintf(detail, sizeof detail, "%s: %s", err->fields[0].field, err->fields[0].text);
    } else {
        snprintf(detail, sizeof detail, "%.200s", err->text);
    }
    consume_reject(heard->batch, message, "invalid_data", detail);
}

/* ---- submissions ---- */

static bool read_submission(struct heard *heard, struct consume_message *message,
                            struct submission *submission)
{
    struct error err = {0};
    if (message->event.data == NULL || message->event.type == NULL ||
        strcmp(message->event.type, SUBMISSION_SUBMITTED) != 0) {
        return false; /* later types are for later versions of us */
    }
    if (submission_json_read(submission, message->event.data, message->event.data_size,
                             consume_arena(heard->batch), &err)) {
        return true;
    }
    reject(heard, message, &err);
    return false;
}

/* Published twice, both in this batch: a second opening would clash. */
static void hear_submissions(struct heard *heard)
{
    struct arena *arena = consume_arena(heard->batch);
    struct id_index seen;
    size_t count;
    struct consume_message *messages = consume_messages(heard->batch, &count);
    id_index_init(&seen, count, arena);
    heard->filed = arena_array(arena, count, sizeof *heard->filed);
    for (size_t i = 0; i < count; i++) {
        struct filed *filed = &heard->filed[heard->filed_count];
        *filed = (struct filed){.from = &messages[i]};
        if (read_submission(heard, &messages[i], &filed->what.submission) &&
            id_index_add(&seen, &filed->what.submission.id, (int)i)) {
            filed_case_read(&filed->what, &heard->routing->processes, messages[i].event.data,
                            messages[i].event.data_size, arena);
            heard->filed_count++;
        }
    }
}

/* ---- slots ---- */

static void read_slots(struct heard *heard, struct pg_tx *tx)
{
    heard->slots = pg_tx_statements(tx);
    for (size_t i = 0; i < heard->filed_count; i++) {
        const struct filed_case *what = &heard->filed[i].what;
        if (what->wants_slot) {
            store_slot_read(tx, &what->slot_id, what->submission.reporter_ref);
        }
    }
}

static void take_slots(struct heard *heard, const struct pg_tx *tx)
{
    size_t statement = heard->slots;
    for (size_t i = 0; i < heard->filed_count; i++) {
        struct filed_case *what = &heard->filed[i].what;
        if (!what->wants_slot) {
            continue;
        }
        what->has_slot = pg_rows(tx, statement) > 0;
        if (what->has_slot) {
            store_slot_row(tx, statement, 0, consume_arena(heard->batch), &what->slot);
            what->is_booked = store_slot_is_booked_by(tx, statement);
        }
        statement++;
    }
}

/* What a booking of this batch leaves to those behind it. */
static void note_place(struct heard *heard, size_t index)
{
    const struct filed_case *taken = &heard->filed[index].what;
    for (size_t i = index + 1; i < heard->filed_count; i++) {
        struct filed_case *other = &heard->filed[i].what;
        if (other->has_slot && uuid_equal(&other->slot_id, &taken->slot_id)) {
            other->slot.taken++;
            other->is_booked |=
                strcmp(other->submission.reporter_ref, taken->submission.reporter_ref) == 0;
        }
    }
}

/* ---- messages of reporters ---- */

static void hear_messages(struct heard *heard)
{
    struct arena *arena = consume_arena(heard->batch);
    size_t count;
    struct consume_message *messages = consume_messages(heard->batch, &count);
    for (size_t i = 0; i < count; i++) {
        const struct event_in *event = &messages[i].event;
        struct message_step *step;
        struct error err = {0};
        if (event->data == NULL || !reporter_message_is(event->type)) {
            continue;
        }
        if (heard->messages == NULL) { /* seldom: most batches have none */
            heard->messages = arena_array(arena, count, sizeof *heard->messages);
        }
        step = arena_alloc(arena, sizeof *step);
        step->traceparent = event->traceparent;
        if (reporter_message_read(&step->message, event->type, event->data, event->data_size, arena,
                                  &err)) {
            heard->messages[heard->message_count++] = (struct message_heard){&messages[i], step};
        } else {
            reject(heard, &messages[i], &err);
        }
    }
    message_batch_init(&heard->decided, heard->message_count, arena);
}

static void read_cases(struct heard *heard)
{
    struct pg_tx *tx = pg_tx_new(heard->routing->parts->pg);
    pg_tx_set_read_only(tx);
    messages_read(&heard->decided, heard->messages, heard->message_count, tx);
    read_slots(heard, tx);
    pg_tx_send(tx, on_cases_read, heard);
}

static void on_cases_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct heard *heard = arg;
    struct error err = {0};
    if (pg_tx_error(tx, outcome, &err) &&
        messages_take_read(&heard->decided, tx, &heard->routing->processes, &err)) {
        take_slots(heard, tx);
        decide(heard);
    } else {
        consume_retry(heard->batch, &err);
    }
}

/* ---- opening ---- */

static void add_words(struct heard *heard, const struct submission *submission)
{
    const char *const texts[] = {submission->title, submission->description, submission->address};
    word_rows_add(&heard->words, &submission->id, submission->ticket, texts,
                  sizeof texts / sizeof texts[0], consume_arena(heard->batch));
}

static void add_opened(struct heard *heard, struct consume_message *message,
                       struct case_snapshot *opened, struct buffer *json)
{
    struct case_event event;
    struct trace trace;
    uint8_t hash[DIGEST_SIZE];
    const char *received = message->event.traceparent;
    trace_continue(&trace, received, received != NULL ? strlen(received) : 0);
    buffer_reset(json);
    case_event_make(&event, opened, trace.parent, json);
    consume_stage(heard->batch, &event.event, &opened->id);
    audit_case_link(opened, &event.event.id, json, &message->event, hash);
    opening_rows_add(&heard->cases, opened, &event.event.id, json, &message->event, hash);
    memcpy(opened->hash, hash, sizeof hash); /* it can be decided on */
    message_batch_know(&heard->decided, opened);
}

/* False with err when the case cannot be opened now. What can never be opened is a dead letter. */
static bool open_case(struct heard *heard, size_t index, struct buffer *json, struct error *err)
{
    struct filed *filed = &heard->filed[index];
    struct case_snapshot opened;
    if (!filed_case_open(&filed->what, heard->routing->reference, heard->now_us,
                         consume_arena(heard->batch), &opened, err)) {
        if (err->kind == ERR_RETRY) {
            return false;
        }
        consume_reject(heard->batch, filed->from, "invalid_data", err->text);
        error_clear(err);
        return true;
    }
    if (filed_case_takes_place(&filed->what, &opened)) {
        store_place_take_filed(consume_tx(heard->batch), &filed->what.slot_id, opened.reporter_ref,
                               &opened.id);
        note_place(heard, index);
    }
    add_opened(heard, filed->from, &opened, json);
    add_words(heard, &filed->what.submission);
    return true;
}

static bool open_cases(struct heard *heard, struct error *err)
{
    struct buffer json;
    bool opened = true;
    buffer_init(&json);
    for (size_t i = 0; opened && i < heard->filed_count; i++) {
        opened = open_case(heard, i, &json, err);
    }
    buffer_finish(&json);
    return opened;
}

/* ---- the transaction ---- */

static void store_opened(struct heard *heard)
{
    heard->opens = heard->cases.ids.count > 0;
    if (heard->opens) {
        heard->opened = consume_next_statement(heard->batch);
        store_cases_open(consume_tx(heard->batch), &heard->cases);
        consume_put_staged(heard->batch);
        store_words_add(consume_tx(heard->batch), &heard->words);
    }
}

static void decide(struct heard *heard)
{
    struct error err = {0};
    const struct case_rules *rules = &heard->routing->reference->cases;
    opening_rows_init(&heard->cases, heard->now_us);
    word_rows_init(&heard->words);
    bool decided = open_cases(heard, &err);
    if (decided) {
        store_opened(heard);
        decided = messages_decide(&heard->decided, heard->batch, heard->messages,
                                  heard->message_count, rules, heard->now_us, &err);
    }
    if (decided) {
        messages_write(&heard->decided, heard->batch, heard->now_us, &heard->written);
    }
    message_batch_finish(&heard->decided);
    opening_rows_finish(&heard->cases);
    word_rows_finish(&heard->words);
    if (decided) {
        consume_commit(heard->batch, on_committed);
    } else {
        consume_retry(heard->batch, &err);
    }
}

/* The results name the cases that were new; the others had been opened before. */
static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    struct routing *routing = state;
    const struct heard *heard = consume_context(batch);
    if (tx == NULL) {
        return;
    }
    if (heard->opens) {
        consume_took(batch, tx, heard->opened, 0);
        for (size_t row = 0; row < pg_rows(tx, heard->opened); row++) {
            struct uuid id = pg_value_uuid(tx, heard->opened, row, 0);
            wait_reached(routing->wait, &id, 1);
        }
    }
    messages_written(&heard->decided, batch, tx, &heard->written, routing->wait);
}
