/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that was said about a submission, in one order: GET …/thread. */

#include "common/clock.h"
#include "http_messages.h"
#include "http_submissions.h"
#include "intake.h"
#include "store_message.h"
#include "thread_json.h"

enum { WAIT_MS = 2000, WAIT_MAX_MS = 9000 };

struct get {
    struct http_request *request;
    struct intake *intake;
    struct uuid id;
    int64_t min_version; /* of the case */
    unsigned wait_ms;
    bool waited;
};

/* Steps, in running order. */
static void get_wait(struct get *get);
static void on_waited(void *arg);
static void get_read(struct get *get);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg); /* may wait, once */
static void get_answer(struct get *get, const struct pg_tx *tx);

void http_get_thread(struct http_request *request, void *state)
{
    struct get *get = arena_alloc(http_arena(request), sizeof *get);
    struct error err = {0};
    get->request = request;
    get->intake = state;
    get->min_version = http_query_int(request, "min_version", 0, INT32_MAX, 0, &err);
    get->wait_ms = (unsigned)http_query_int(request, "wait_ms", 0, WAIT_MAX_MS, WAIT_MS, &err);
    http_param_uuid(request, "id", &get->id, &err);
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
    } else if (wait_is_due(get->intake->wait, &get->id, get->min_version)) {
        get_wait(get);
    } else {
        get_read(get);
    }
}

static void get_wait(struct get *get)
{
    struct error err = {0};
    get->waited = true;
    if (!wait_for(get->intake->wait, &get->id, get->min_version, get->wait_ms, on_waited, get,
                  &err)) {
        http_answer_error(get->request, &err);
    }
}

static void on_waited(void *arg)
{
    get_read(arg);
}

enum { SUBMISSION, STEPS, STATE, MESSAGES, WORDS }; /* statements */

static void get_read(struct get *get)
{
    const struct principal *principal = http_principal(get->request);
    struct pg_tx *tx = pg_tx_new(get->intake->parts->pg);
    struct pg_array ids, reporters;
    pg_array_init(&ids, PG_UUID);
    pg_array_init(&reporters, PG_TEXT);
    pg_array_uuid(&ids, &get->id);
    pg_array_text(&reporters, submission_reads_any(principal) ? NULL : principal->id);
    pg_tx_set_read_only(tx);
    store_read_submissions(tx, &ids, &reporters);
    store_read_thread(tx, &get->id);
    pg_array_finish(&ids);
    pg_array_finish(&reporters);
    pg_tx_send(tx, on_read, get);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct get *get = arg;
    struct error err = {0};
    if (!pg_tx_error(tx, outcome, &err)) {
        http_answer_error(get->request, &err);
    } else if (pg_rows(tx, SUBMISSION) == 0) {
        error_set(&err, ERR_NOT_FOUND, "unknown_submission", "there is no such submission");
        http_answer_error(get->request, &err);
    } else if (pg_value_int4(tx, STATE, 0, 0) < get->min_version && !get->waited) {
        get_wait(get);
    } else {
        get_answer(get, tx);
    }
}

static void get_answer(struct get *get, const struct pg_tx *tx)
{
    struct arena *arena = http_arena(get->request);
    struct submission_view submission;
    const struct message *messages;
    const struct case_word *words;
    struct buffer body;
    size_t step = 0;

    store_take_submission(tx, 0, &step, &submission, arena);
    size_t message_count = store_take_messages(tx, MESSAGES, &messages, arena);
    size_t word_count = store_take_words(tx, WORDS, &words, arena);
    struct media_linker linker = intake_media_linker(get->intake, arena);
    struct thread_item *items = arena_array(arena, message_count + word_count, sizeof *items);
    struct thread_view view = {
        .submission = &submission,
        .limits = message_desk_limits(get->intake->messages),
        .items = items,
        .item_count = thread_order(messages, message_count, words, word_count, items),
        .linker = &linker,
        .now_us = clock_now_us(),
    };
    store_take_state(tx, STATE, 0, &view.state);
    buffer_init(&body);
    thread_write(&view, reference_current(get->intake->reference), &body);
    http_answer_version(get->request, view.state.case_version);
    http_answer(get->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}
