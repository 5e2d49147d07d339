/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/consume_submissions.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "services/routing/audit_case.h"
#include "services/routing/case_json.h"
#include "services/routing/message_write.h"
#include "services/routing/routing.h"
#include "services/routing/store.h"
#include "services/routing/store_desk.h"
#include "services/routing/submission_json.h"

/* What a batch becomes. */
struct heard {
    struct consume_batch *batch;
    struct routing *routing;
    int64_t now_us; /* cases are told in milliseconds */
    struct opening_rows cases;
    struct word_rows words;
    struct message_heard *messages; /* in the batch's arena, as this is */
    size_t message_count;
    struct message_batch decided;
    struct message_statements written;
    bool opens;
    size_t opened; /* the statement that opens, if it does */
};

/* Steps, in running order. */
static void hear_messages(struct heard *heard);
static void read_cases(struct heard *heard); /* only where there are messages */
static void on_cases_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void decide(struct heard *heard); /* opens cases, then does what messages ask */
static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state);

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
    hear_messages(heard);
    if (heard->message_count > 0) {
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
    messages_read(heard->messages, heard->message_count, tx);
    pg_tx_send(tx, on_cases_read, heard);
}

static void on_cases_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct heard *heard = arg;
    struct error err = {0};
    if (pg_tx_error(tx, outcome, &err) &&
        messages_take_read(&heard->decided, tx, &heard->routing->processes, &err)) {
        decide(heard);
    } else {
        consume_retry(heard->batch, &err);
    }
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
static bool open_case(struct heard *heard, struct consume_message *message,
                      const struct submission *submission, struct buffer *json, struct error *err)
{
    struct case_snapshot opened;
    if (!reference_open_case(heard->routing->reference, submission, heard->now_us, &opened, err)) {
        if (err->kind == ERR_RETRY) {
            return false;
        }
        consume_reject(heard->batch, message, "invalid_data", err->text);
        error_clear(err);
        return true;
    }
    add_opened(heard, message, &opened, json);
    add_words(heard, submission);
    return true;
}

static bool open_cases(struct heard *heard, struct error *err)
{
    size_t count;
    struct consume_message *messages = consume_messages(heard->batch, &count);
    struct id_index seen; /* published twice, both in this batch: a second opening would clash */
    struct buffer json;
    bool opened = true;

    id_index_init(&seen, count, consume_arena(heard->batch));
    buffer_init(&json);
    for (size_t i = 0; opened && i < count; i++) {
        struct submission submission;
        if (read_submission(heard, &messages[i], &submission) &&
            id_index_add(&seen, &submission.id, (int)i)) {
            opened = open_case(heard, &messages[i], &submission, &json, err);
        }
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
