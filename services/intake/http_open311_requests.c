/* SPDX-License-Identifier: Apache-2.0 */
/* GET requests and GET requests/{id}. */
#include <string.h>

#include "common/clock.h"
#include "http_open311.h"
#include "intake.h"
#include "store_submission.h"

enum { ROWS_MAX = 1000, LIST_MAX = 100, PUBLIC_DECIMALS = 3 /* about 100 m */, FULL_DECIMALS = 7 };

#define DAY_US  INT64_C(86400000000)
#define SPAN_US (90 * DAY_US)

struct list {
    struct http_request *request;
    const struct intake *intake;
    bool full;   /* the caller may read everything */
    bool single; /* nothing found is 404 */
};

/* ---- the query ---- */

/* A parameter that is a comma list; empty parts are dropped. */
static size_t split(struct http_request *request, const char *name, const char *const **parts,
                    struct error *err)
{
    struct arena *arena = http_arena(request);
    const char **found = arena_array(arena, LIST_MAX, sizeof *found);
    const char *text = open311_query(request, name);
    size_t count = 0;
    while (text != NULL && *text != '\0') {
        size_t size = strcspn(text, ",");
        if (size > 0 && count == LIST_MAX) {
            error_add_field(err, name, "too_many", "may name at most %d", LIST_MAX);
            break;
        }
        if (size > 0) {
            found[count++] = arena_copy(arena, text, size);
        }
        text += size + (text[size] == ',');
    }
    *parts = found;
    return count;
}

static int64_t read_date(const struct http_request *request, const char *name, struct error *err)
{
    const char *text = open311_query(request, name);
    int64_t instant = 0;
    if (text != NULL && !clock_parse(text, strlen(text), &instant)) {
        error_add_field(err, name, "bad_date", "must be like 2026-11-24T05:02:11Z");
    }
    return instant;
}

/* Default: the last 90 days; one end: 90 days from it; more than 90 days: refused. */
static void read_span(struct public_query *query, const struct http_request *request,
                      struct error *err)
{
    int64_t start = read_date(request, "start_date", err),
            end = read_date(request, "end_date", err);
    if (start == 0 && end == 0) {
        end = clock_now_us() + 1;
    }
    query->from = start != 0 ? start : end - SPAN_US;
    query->to = end != 0 ? end : start + SPAN_US;
    if (query->to - query->from > SPAN_US) {
        error_add_field(err, "start_date", "too_long", "and end_date may span at most 90 days");
    }
}

static void read_status(struct public_query *query, struct http_request *request, struct error *err)
{
    const char *const *words;
    size_t count = split(request, "status", &words, err);
    query->open = query->closed = count == 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], "open") == 0) {
            query->open = true;
        } else if (strcmp(words[i], "closed") == 0) {
            query->closed = true;
        } else {
            error_add_field(err, "status", "unknown_status", "must be open or closed");
        }
    }
}

/* What tickets override must be well-formed all the same. */
static bool read_query(struct public_query *query, struct http_request *request, struct error *err)
{
    *query = (struct public_query){.limit = ROWS_MAX};
    open311_check_jurisdiction(open311_query(request, "jurisdiction_id"), err);
    query->ticket_count = split(request, "service_request_id", &query->tickets, err);
    query->category_count = split(request, "service_code", &query->categories, err);
    read_span(query, request, err);
    read_status(query, request, err);
    return !error_is_set(err);
}

/* ---- the answer ---- */

/* In the language of the names of services and units. */
static const char *status_notes(const struct case_view *state)
{
    if (state->version == 0) {
        return NULL;
    }
    return state->result_text != NULL   ? state->result_text
           : state->reason_text != NULL ? state->reason_text
                                        : case_phase_name(state->phase)->vi;
}

/* To be received by, then to be resolved by; while somebody is asked, nobody can say. */
static int64_t expected_at(const struct submission_view *view)
{
    bool waits = view->state.version == 0 || view->state.phase == PHASE_RECEIVED;
    return view->state.resolve_due == 0 && waits ? view->submission.receive_by
                                                 : view->state.resolve_due;
}

static void put_request(struct open311_writer *writer, const struct submission_view *view,
                        const struct list *list)
{
    const struct reference *reference = reference_current(list->intake->reference);
    const struct submission *submission = &view->submission;
    const struct category *category = reference_category(reference, submission->category);
    const struct unit_name *unit = reference_unit(reference, view->state.unit);
    const struct case_view *state = &view->state;
    int decimals = list->full ? FULL_DECIMALS : PUBLIC_DECIMALS;

    open311_open_item(writer, "request");
    open311_text(writer, "service_request_id", submission->ticket);
    open311_text(writer, "status", case_view_is_closed(state) ? "closed" : "open");
    open311_text(writer, "status_notes", status_notes(state));
    open311_text(writer, "service_name", category != NULL ? category->name_vi : NULL);
    open311_text(writer, "service_code", submission->category);
    open311_text(writer, "description", list->full ? submission->description : NULL);
    open311_text(writer, "agency_responsible", unit != NULL ? unit->name_vi : NULL);
    open311_text(writer, "service_notice", NULL);
    open311_instant(writer, "requested_datetime", submission->submitted_at);
    open311_instant(writer, "updated_datetime",
                    state->version > 0 ? state->updated_at : submission->submitted_at);
    open311_instant(writer, "expected_datetime", expected_at(view));
    open311_text(writer, "address", list->full ? submission->address : NULL);
    open311_text(writer, "address_id", NULL);
    open311_text(writer, "zipcode", NULL);
    open311_real(writer, "lat", submission->lat, decimals);
    open311_real(writer, "long", submission->lon, decimals);
    open311_text(writer, "media_url",
                 list->full && submission->media_count > 0 ? submission->media[0] : NULL);
    open311_close_item(writer);
}

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct list *list = arg;
    struct submission_view *views;
    struct open311_writer writer;
    struct buffer body;
    struct error err = {0};
    size_t count = 0;

    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
    } else {
        count = store_take_list(tx, &views, http_arena(list->request));
        if (list->single && count == 0) {
            error_set(&err, ERR_NOT_FOUND, "unknown_request", "service_request_id was not found");
        }
    }
    if (error_is_set(&err)) {
        http_answer_error(list->request, &err);
        return;
    }
    buffer_init(&body);
    open311_start(&writer, open311_format_of(list->request), &body);
    open311_open_list(&writer, "service_requests");
    for (size_t i = 0; i < count; i++) {
        put_request(&writer, &views[i], list);
    }
    open311_close_list(&writer);
    open311_answer(list->request, 200, &body);
    buffer_finish(&body);
}

static void list_start(struct http_request *request, const struct intake *intake,
                       const struct public_query *query, bool single)
{
    struct list *list = arena_alloc(http_arena(request), sizeof *list);
    *list = (struct list){
        .request = request,
        .intake = intake,
        .full = principal_has(http_principal(request), "scope:report:read"),
        .single = single,
    };
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_list_public(tx, query);
    pg_tx_send(tx, on_listed, list);
}

void http_open311_requests(struct http_request *request, void *state)
{
    struct public_query query;
    struct error err = {0};
    if (!read_query(&query, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    list_start(request, state, &query, false);
}

void http_open311_request(struct http_request *request, void *state)
{
    const char *id = http_param(request, "id");
    struct public_query query = {.tickets = &id, .ticket_count = 1, .limit = 1};
    struct error err = {0};
    if (!open311_check_jurisdiction(open311_query(request, "jurisdiction_id"), &err)) {
        http_answer_error(request, &err);
        return;
    }
    list_start(request, state, &query, true);
}
