/* SPDX-License-Identifier: Apache-2.0 */
#include "http_support.h"

#include <string.h>

#include "common/clock.h"
#include "common/http_page.h"
#include "common/http_pg.h"
#include "intake.h"
#include "public_json.h"
#include "store_public.h"
#include "store_submission.h"
#include "store_support.h"

#define SUPPORTED "vn.hanoi.submission.supported.v1"

/* One change, from the address to the answer. */
struct companion {
    struct http_request *request;
    struct intake *intake;
    bool follows; /* else supports */
    struct support_change change;
    struct submission_view *view;
    struct outbox_item *said; /* of support */
};

static void on_found(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static bool companion_may(const struct companion *companion, struct error *err);
static void companion_follow(struct companion *companion);
static void companion_support(struct companion *companion);
static void on_followed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_supported(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

static bool is_person(struct http_request *request)
{
    struct error err = {0};
    if (http_principal(request)->kind == PRINCIPAL_PERSON) {
        return true;
    }
    error_set(&err, ERR_FORBIDDEN, "forbidden", "this is for people who are signed in");
    http_answer_error(request, &err);
    return false;
}

static void start(struct http_request *request, struct intake *intake, bool follows, bool wanted)
{
    struct companion *companion = arena_alloc(http_arena(request), sizeof *companion);
    if (!is_person(request)) {
        return;
    }
    *companion = (struct companion){
        .request = request,
        .intake = intake,
        .follows = follows,
        .change = {.account = http_principal(request)->id, .wanted = wanted},
    };
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_find_public(tx, http_param(request, "id"));
    pg_tx_send(tx, on_found, companion);
}

void http_put_support(struct http_request *request, void *state)
{
    start(request, state, false, true);
}

void http_delete_support(struct http_request *request, void *state)
{
    start(request, state, false, false);
}

void http_put_follow(struct http_request *request, void *state)
{
    start(request, state, true, true);
}

void http_delete_follow(struct http_request *request, void *state)
{
    start(request, state, true, false);
}

static void on_found(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct companion *companion = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
    } else if (store_take_list(tx, &companion->view, http_arena(companion->request)) == 0) {
        error_set(&err, ERR_NOT_FOUND, "unknown_submission", "there is no such submission");
    } else {
        companion_may(companion, &err);
    }
    if (error_is_set(&err)) {
        http_answer_error(companion->request, &err);
        return;
    }
    companion->change.submission_id = companion->view->submission.id;
    companion->change.at = clock_now_us();
    companion->change.at -= companion->change.at % 1000; /* events carry milliseconds */
    if (companion->follows) {
        companion_follow(companion);
    } else {
        companion_support(companion);
    }
}

static bool companion_may(const struct companion *companion, struct error *err)
{
    const struct submission_view *view = companion->view;
    if (!companion->change.wanted) {
        return true;
    }
    if (!companion->follows &&
        strcmp(view->submission.reporter_ref, companion->change.account) == 0) {
        return error_set(err, ERR_UNPROCESSABLE, "own_submission",
                         "who reported it is counted already");
    }
    if (view->state.phase == PHASE_WITHDRAWN) {
        return error_set(err, ERR_UNPROCESSABLE, "not_open", "it was withdrawn");
    }
    return true;
}

static void answer(struct companion *companion, const char *name, int32_t supports)
{
    struct json_writer writer;
    struct buffer body;
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_uuid(&writer, "id", &companion->change.submission_id);
    json_put_bool(&writer, name, companion->change.wanted);
    if (!companion->follows) {
        json_put_int(&writer, "supports", supports);
    }
    json_close_object(&writer);
    http_answer(companion->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* ---- following ---- */

static void companion_follow(struct companion *companion)
{
    struct pg_tx *tx = pg_tx_new(companion->intake->parts->pg);
    store_change_follow(tx, &companion->change);
    pg_tx_send(tx, on_followed, companion);
}

static void on_followed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct companion *companion = arg;
    if (!http_is_committed(companion->request, tx, outcome)) {
        return;
    }
    answer(companion, "followed", 0);
}

/* ---- supporting ---- */

/* Not by whom: nobody who reads it needs that. */
static struct outbox_item *stage(struct companion *companion)
{
    const struct support_change *change = &companion->change;
    struct json_writer writer;
    struct buffer data;
    char id[UUID_TEXT_SIZE];
    uuid_format(&change->submission_id, id);
    buffer_init(&data);
    json_write_start(&writer, &data);
    json_open_object(&writer, NULL);
    json_put_uuid(&writer, "submission_id", &change->submission_id);
    json_put_text(&writer, "category", companion->view->submission.category);
    json_put_bool(&writer, "supported", change->wanted);
    json_put_instant(&writer, "at", change->at);
    json_close_object(&writer);
    const struct event event = {
        .id = change->command,
        .type = SUPPORTED,
        .subject = id,
        .topic = SUBMISSIONS_TOPIC,
        .key = id,
        .time_us = change->at,
        .traceparent = http_trace(companion->request)->parent,
        .data = data.data,
        .data_size = data.size,
    };
    struct outbox_item *item =
        outbox_stage(companion->intake->parts->outbox, &event, &change->command);
    buffer_finish(&data);
    return item;
}

static void companion_support(struct companion *companion)
{
    struct outbox *outbox = companion->intake->parts->outbox;
    struct outbox_columns said;
    companion->change.command = uuid_new();
    companion->said = stage(companion);
    struct pg_tx *tx = pg_tx_new(companion->intake->parts->pg);
    outbox_guard(outbox, tx);
    outbox_columns_init(&said, outbox);
    outbox_columns_add(&said, companion->said);
    store_change_support(tx, &companion->change, &said);
    outbox_columns_finish(&said);
    pg_tx_send(tx, on_supported, companion);
}

enum { CHANGE = 1, COUNT }; /* after the guard */

static void settle(struct companion *companion, const struct pg_tx *tx, enum pg_outcome outcome)
{
    struct outbox *outbox = companion->intake->parts->outbox;
    if (outcome == PG_UNKNOWN) {
        outbox_doubt(outbox, companion->said);
    } else if (outcome == PG_COMMITTED && pg_rows(tx, CHANGE) > 0) {
        outbox_publish(outbox, companion->said);
    } else {
        outbox_drop(outbox, companion->said);
    }
}

static void on_supported(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct companion *companion = arg;
    settle(companion, tx, outcome);
    if (!http_is_committed(companion->request, tx, outcome)) {
        return;
    }
    answer(companion, "supported", pg_value_int4(tx, COUNT, 0, 0));
}

/* ---- what one follows ---- */

struct followed {
    struct http_page page;
    const struct intake *intake;
};

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct followed *followed = arg;
    struct http_page *page = &followed->page;
    struct submission_view *views;
    struct cursor next = {0};
    if (!http_is_committed(page->request, tx, outcome)) {
        return;
    }
    size_t count = store_take_list(tx, &views, http_arena(page->request));
    size_t shown = http_page_shown(page, count);
    http_page_open(page);
    struct media_linker linker = intake_media_linker(followed->intake, http_arena(page->request));
    for (size_t i = 0; i < shown; i++) {
        public_write_item(&views[i], reference_current(followed->intake->reference), &linker,
                          &page->writer);
    }
    if (count > shown) {
        next = (struct cursor){views[shown - 1].submission.submitted_at,
                               views[shown - 1].submission.id};
    }
    http_page_answer(page, count > shown ? &next : NULL);
}

void http_list_followed(struct http_request *request, void *state)
{
    struct followed *followed = arena_alloc(http_arena(request), sizeof *followed);
    struct error err = {0};
    followed->intake = state;
    if (!is_person(request)) {
        return;
    }
    if (!http_page_read(&followed->page, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(followed->intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_list_followed(tx, http_principal(request)->id, &followed->page.cursor.id,
                        (int32_t)followed->page.limit + 1);
    pg_tx_send(tx, on_listed, followed);
}
