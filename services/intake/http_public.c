/* SPDX-License-Identifier: Apache-2.0 */
#include "http_public.h"

#include <string.h>

#include "common/clock.h"
#include "common/date.h"
#include "common/http_page.h"
#include "common/http_pg.h"
#include "common/words.h"
#include "intake.h"
#include "place_query.h"
#include "public_json.h"
#include "store_public.h"
#include "store_submission.h"

enum { CATEGORIES_MAX = 50, SINCE_DAYS = 90 };

#define GEO_JSON "application/geo+json"

void http_answer_public(struct http_request *request, const char *content_type, struct buffer *body)
{
    http_answer_header(request, "Vary", "Accept");
    http_answer_header(request, "Cache-Control", "public, max-age=60");
    http_answer_tagged(request, content_type, body->data, body->size);
    buffer_finish(body);
}

/* ---- many ---- */

struct search {
    struct http_page page; /* its place and size; the body is written here */
    struct http_request *request;
    const struct intake *intake;
    struct public_search wanted;
    bool as_map;
};

static bool search_read(struct search *search, struct error *err); /* from the query */
static void on_found(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void search_answer(struct search *search, const struct submission_view *views, size_t shown,
                          bool more);

void http_search_public(struct http_request *request, void *state)
{
    struct search *search = arena_alloc(http_arena(request), sizeof *search);
    const struct intake *intake = state;
    const char *accept = http_header(request, "Accept");
    struct error err = {0};

    search->request = request;
    search->intake = intake;
    search->as_map = accept != NULL && strstr(accept, GEO_JSON) != NULL;
    if (!gate_admit_reader(search->intake->gate, request, &err) || !search_read(search, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_search_public(tx, &search->wanted, http_arena(request));
    pg_tx_send(tx, on_found, search);
}

static void read_phases(struct search *search, struct error *err)
{
    struct public_search *wanted = &search->wanted;
    wanted->phase_count =
        http_query_list(search->request, "phase", CASE_PHASES + 1, &wanted->phases, err);
    for (size_t i = 0; i < wanted->phase_count; i++) {
        if (strcmp(wanted->phases[i], "submitted") != 0 &&
            word_index(case_phase_words, wanted->phases[i]) == CASE_PHASES) {
            error_add_field(err, "phase", "unknown_phase", "is not among the phases of cases");
        }
    }
}

static void read_since(struct search *search, struct error *err)
{
    const char *text = http_query(search->request, "since");
    search->wanted.since = clock_now_us() - SINCE_DAYS * DATE_DAY_US;
    if (text != NULL && !clock_parse(text, strlen(text), &search->wanted.since)) {
        error_add_field(err, "since", "bad_instant", "must be like 2026-11-24T05:02:11Z");
    }
}

static bool search_read(struct search *search, struct error *err)
{
    struct http_request *request = search->request;
    struct public_search *wanted = &search->wanted;
    struct place_box *box = arena_alloc(http_arena(request), sizeof *box);
    const char *text = http_query(request, "bbox");

    http_page_read(&search->page, request, err);
    wanted->category_count =
        http_query_list(request, "category", CATEGORIES_MAX, &wanted->categories, err);
    read_phases(search, err);
    read_since(search, err);
    if (text != NULL && place_box_read(box, text, "bbox", err)) {
        wanted->box = box;
    }
    wanted->before = search->page.cursor.id; /* nil: there is none */
    wanted->limit = (int32_t)search->page.limit + 1;
    return !error_is_set(err);
}

static void on_found(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct search *search = arg;
    struct submission_view *views;
    if (!http_is_committed(search->request, tx, outcome)) {
        return;
    }
    size_t count = store_take_list(tx, &views, http_arena(search->request));
    size_t shown = http_page_shown(&search->page, count);
    search_answer(search, views, shown, count > shown);
}

static void search_answer(struct search *search, const struct submission_view *views, size_t shown,
                          bool more)
{
    const struct reference *reference = reference_current(search->intake->reference);
    struct media_linker linker = intake_media_linker(search->intake, http_arena(search->request));
    struct json_writer writer;
    struct buffer body;
    char next[CURSOR_TEXT_SIZE];

    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "type", search->as_map ? "FeatureCollection" : NULL);
    json_open_array(&writer, search->as_map ? "features" : "items");
    for (size_t i = 0; i < shown; i++) {
        (search->as_map ? public_write_feature : public_write_item)(&views[i], reference, &linker,
                                                                    &writer);
    }
    json_close_array(&writer);
    if (more) {
        const struct submission *last = &views[shown - 1].submission;
        const struct cursor cursor = {last->submitted_at, last->id};
        json_put_text(&writer, "next", cursor_format(&cursor, next));
    }
    json_close_object(&writer);
    http_answer_public(search->request, search->as_map ? GEO_JSON : NULL, &body);
}

/* ---- one ---- */

struct single {
    struct http_request *request;
    const struct intake *intake;
    struct submission_view *view;
};

static void on_single(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_timeline(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

void http_get_public(struct http_request *request, void *state)
{
    struct single *single = arena_alloc(http_arena(request), sizeof *single);
    const struct intake *intake = state;
    struct error err = {0};
    *single = (struct single){.request = request, .intake = intake};
    if (!gate_admit_reader(intake->gate, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_find_public(tx, http_param(request, "id"));
    pg_tx_send(tx, on_single, single);
}

static void on_single(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct single *single = arg;
    struct error err = {0};
    if (!http_is_committed(single->request, tx, outcome)) {
        return;
    }
    if (store_take_list(tx, &single->view, http_arena(single->request)) == 0) {
        error_set(&err, ERR_NOT_FOUND, "unknown_submission", "there is no such submission");
        http_answer_error(single->request, &err);
        return;
    }
    struct pg_tx *next = pg_tx_new(single->intake->parts->pg);
    pg_tx_set_read_only(next);
    store_read_timelines(next, single->view, 1);
    pg_tx_send(next, on_timeline, single);
}

static void on_timeline(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct single *single = arg;
    struct json_writer writer;
    struct buffer body;
    if (!http_is_committed(single->request, tx, outcome)) {
        return;
    }
    store_take_timelines(tx, single->view, 1, http_arena(single->request));
    buffer_init(&body);
    json_write_start(&writer, &body);
    struct media_linker linker = intake_media_linker(single->intake, http_arena(single->request));
    public_write_whole(single->view, reference_current(single->intake->reference), &linker,
                       &writer);
    http_answer_public(single->request, NULL, &body);
}
