/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/consume_submissions.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "services/routing/audit_case.h"
#include "services/routing/case_batch.h"
#include "services/routing/case_json.h"
#include "services/routing/id_index.h"
#include "services/routing/routing.h"
#include "services/routing/store.h"
#include "services/routing/store_desk.h"
#include "services/routing/submission_json.h"

/* What a batch of submissions becomes. */
struct batch_rows {
    struct opening_rows cases;
    struct word_rows words;
};

/* Steps, in running order. */
static void open_cases(struct consume_batch *batch, struct routing *routing);
static void on_opened(struct consume_batch *batch, const struct pg_tx *tx, void *state);

void consume_submissions(struct consume_batch *batch, void *state)
{
    struct routing *routing = state;
    if (routing->reference == NULL) {
        struct error err = {0};
        error_set(&err, ERR_RETRY, "reference_missing", "no reference data to route by");
        consume_retry(batch, &err);
        return;
    }
    open_cases(batch, routing);
}

static bool read_submission(struct consume_batch *batch, struct consume_message *message,
                            struct submission *submission)
{
    struct error err = {0};
    if (message->event.data == NULL || message->event.type == NULL ||
        strcmp(message->event.type, SUBMISSION_SUBMITTED) != 0) {
        return false; /* later types are for later versions of us */
    }
    if (submission_json_read(submission, message->event.data, message->event.data_size,
                             consume_arena(batch), &err)) {
        return true;
    }
    char detail[256];
    if (err.field_count > 0) {
        snprintf(detail, sizeof detail, "%s: %s", err.fields[0].field, err.fields[0].text);
    } else {
        snprintf(detail, sizeof detail, "%.200s", err.text);
    }
    consume_reject(batch, message, "invalid_data", detail);
    return false;
}

static void add_words(struct consume_batch *batch, const struct submission *submission,
                      struct word_rows *rows)
{
    const char *const texts[] = {submission->title, submission->description, submission->address};
    word_rows_add(rows, &submission->id, submission->ticket, texts, sizeof texts / sizeof texts[0],
                  consume_arena(batch));
}

/* False with err when the case cannot be opened now. What can never be opened is a dead letter. */
static bool open_case(struct consume_batch *batch, struct consume_message *message,
                      const struct submission *submission, const struct routing *routing,
                      struct buffer *json, struct batch_rows *rows, struct error *err)
{
    struct case_snapshot opened;
    struct case_event event;
    struct trace trace;
    uint8_t hash[DIGEST_SIZE];
    const char *received = message->event.traceparent;

    if (!reference_open_case(routing->reference, submission, rows->cases.now_us, &opened, err)) {
        if (err->kind == ERR_RETRY) {
            return false;
        }
        consume_reject(batch, message, "invalid_data", err->text);
        error_clear(err);
        return true;
    }
    trace_continue(&trace, received, received != NULL ? strlen(received) : 0);
    buffer_reset(json);
    case_event_make(&event, &opened, trace.parent, json);
    consume_stage(batch, &event.event, &opened.id);
    audit_case_link(&opened, &event.event.id, json, &message->event, hash);
    opening_rows_add(&rows->cases, &opened, &event.event.id, json, &message->event, hash);
    add_words(batch, submission, &rows->words);
    return true;
}

static bool read_batch(struct consume_batch *batch, const struct routing *routing,
                       struct batch_rows *rows, struct error *err)
{
    size_t count;
    struct consume_message *messages = consume_messages(batch, &count);
    struct id_index seen; /* published twice, both in this batch: a second opening would clash */
    struct buffer json;
    bool opened = true;

    id_index_init(&seen, count, consume_arena(batch));
    buffer_init(&json);
    for (size_t i = 0; opened && i < count; i++) {
        struct submission submission;
        if (read_submission(batch, &messages[i], &submission) &&
            id_index_add(&seen, &submission.id, (int)i)) {
            opened = open_case(batch, &messages[i], &submission, routing, &json, rows, err);
        }
    }
    buffer_finish(&json);
    return opened;
}

static void store_opened(struct consume_batch *batch, const struct batch_rows *rows)
{
    size_t *statement = arena_alloc(consume_arena(batch), sizeof *statement);
    *statement = consume_next_statement(batch);
    consume_set_context(batch, statement);
    store_cases_open(consume_tx(batch), &rows->cases);
    consume_put_staged(batch);
    store_words_add(consume_tx(batch), &rows->words);
}

static void open_cases(struct consume_batch *batch, struct routing *routing)
{
    struct batch_rows rows;
    struct error err = {0};
    int64_t now_us = clock_now_us();
    opening_rows_init(&rows.cases, now_us - now_us % 1000); /* cases are told in milliseconds */
    word_rows_init(&rows.words);
    consume_set_context(batch, NULL); /* of an earlier try */
    bool opened = read_batch(batch, routing, &rows, &err);
    if (opened && rows.cases.ids.count > 0) {
        store_opened(batch, &rows);
    }
    opening_rows_finish(&rows.cases);
    word_rows_finish(&rows.words);
    if (opened) {
        consume_commit(batch, on_opened);
    } else {
        consume_retry(batch, &err);
    }
}

/* The results name the cases that were new; the others had been opened before. */
static void on_opened(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    struct routing *routing = state;
    const size_t *statement = consume_context(batch);
    if (tx == NULL || statement == NULL) {
        return;
    }
    consume_took(batch, tx, *statement, 0);
    for (size_t row = 0; row < pg_rows(tx, *statement); row++) {
        struct uuid id = pg_value_uuid(tx, *statement, row, 0);
        wait_reached(routing->wait, &id, 1);
    }
}
