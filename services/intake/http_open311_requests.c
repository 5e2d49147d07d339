/* SPDX-License-Identifier: Apache-2.0 */
/* GET requests and GET requests/{id}. */

#include "common/clock.h"
#include "http_open311.h"
#include "http_open311_query.h"
#include "intake.h"
#include "public_view.h"
#include "store_submission.h"

/* One GET, from the query to the answer. */
struct list {
    struct http_request *request;
    const struct intake *intake;
    bool full;     /* the caller may read everything */
    bool single;   /* nothing found is 404 */
    bool extended; /* extensions=true */
    struct submission_view *views;
    size_t count;
};

static void list_read(struct list *list, const struct public_query *query);
static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void list_read_timelines(struct list *list); /* only when extended */
static void on_timelines(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void list_answer(struct list *list, const struct error *err);

/* ---- the answer ---- */

/* In the language of the names of services and units. */
static const char *status_notes(const struct case_view *state, const struct public_view *shown)
{
    if (state->version == 0) {
        return NULL;
    }
    return shown->answer != NULL ? shown->answer : case_phase_name(state->phase)->vi;
}

/* To be received by, then to be resolved by; while somebody is asked, nobody can say. */
static int64_t expected_at(const struct submission_view *view)
{
    bool waits = view->state.version == 0 || view->state.phase == PHASE_RECEIVED;
    return view->state.resolve_due == 0 && waits ? view->submission.receive_by
                                                 : view->state.resolve_due;
}

/* Whole, as a standard's client needs it: of an upload a link, which is good for a while. */
static const char *media_url(const char *media, const struct list *list)
{
    struct media_linker linker = intake_media_linker(list->intake, http_arena(list->request));
    struct uuid id;
    if (!media_reference_parse(media, &id)) {
        return media;
    }
    return arena_format(linker.arena, "%s%s", list->intake->public_url,
                        media_link(linker.keys, &id, MEDIA_FULL, linker.expires_s, linker.arena));
}

static void put_extensions(struct open311_writer *writer, const struct submission_view *view,
                           const struct public_view *shown, const struct list *list)
{
    const struct submission *submission = &view->submission;
    const struct case_view *state = &view->state;

    open311_open_item(writer, "extended_attributes");
    open311_text(writer, "phase", state->version > 0 ? case_phase_words[state->phase] : NULL);
    open311_text(writer, "level", level_words[submission->level]);
    open311_instant(writer, "receive_by", submission->receive_by);
    open311_open_list(writer, "media_urls");
    for (size_t i = 0; i < shown->media_count; i++) {
        open311_text_item(writer, "media_url", media_url(shown->media[i], list));
    }
    open311_close_list(writer);
    open311_close_item(writer);
    open311_open_list(writer, "notes");
    for (size_t i = 0; i < view->step_count; i++) {
        const struct case_step *step = &view->steps[i];
        open311_open_item(writer, "note");
        open311_instant(writer, "datetime", step->at);
        open311_text(writer, "description", open311_step_words(step, list->full));
        open311_text(writer, "type", step->action);
        open311_close_item(writer);
    }
    open311_close_list(writer);
}

static void put_place(struct open311_writer *writer, const struct submission *submission,
                      int decimals, bool full)
{
    open311_text(writer, "address", full ? submission->address : NULL);
    open311_text(writer, "address_id", full ? submission->address_id : NULL);
    open311_text(writer, "zipcode", NULL);
    if (submission->has_point) {
        open311_real(writer, "lat", submission->lat, decimals);
        open311_real(writer, "long", submission->lon, decimals);
    } else {
        open311_text(writer, "lat", NULL);
        open311_text(writer, "long", NULL);
    }
}

static void put_request(struct open311_writer *writer, const struct submission_view *view,
                        const struct list *list)
{
    const struct reference *reference = reference_current(list->intake->reference);
    const struct submission *submission = &view->submission;
    const struct category *category = reference_category(reference, submission->category);
    const struct unit_name *unit = reference_unit(reference, view->state.unit);
    const struct case_view *state = &view->state;
    const struct public_view shown = list->full ? public_view_whole(view) : public_view_of(view);

    open311_open_item(writer, "request");
    open311_text(writer, "service_request_id", submission->ticket);
    open311_text(writer, "status", case_view_is_closed(state) ? "closed" : "open");
    open311_text(writer, "status_notes", status_notes(state, &shown));
    open311_text(writer, "service_name", category != NULL ? category->name_vi : NULL);
    open311_text(writer, "service_code", submission->category);
    open311_text(writer, "description", shown.description);
    open311_text(writer, "agency_responsible", unit != NULL ? unit->name_vi : NULL);
    open311_text(writer, "service_notice", NULL);
    open311_instant(writer, "requested_datetime", submission->submitted_at);
    open311_instant(writer, "updated_datetime",
                    state->version > 0 ? case_view_told_at(state) : submission->submitted_at);
    open311_instant(writer, "expected_datetime", expected_at(view));
    put_place(writer, submission, shown.place_decimals, list->full);
    open311_text(writer, "media_url",
                 shown.media_count > 0 ? media_url(shown.media[0], list) : NULL);
    if (list->extended) {
        put_extensions(writer, view, &shown, list);
    }
    open311_close_item(writer);
}

/* ---- reading ---- */

static void list_start(struct list *list, struct http_request *request, const struct intake *intake)
{
    *list = (struct list){
        .request = request,
        .intake = intake,
        .full = principal_has(http_principal(request), "scope:report:read"),
    };
}

static void list_read(struct list *list, const struct public_query *query)
{
    struct pg_tx *tx = pg_tx_new(list->intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_list_public(tx, query);
    pg_tx_send(tx, on_listed, list);
}

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct list *list = arg;
    struct error err = {0};

    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        list_answer(list, &err);
        return;
    }
    list->count = store_take_list(tx, &list->views, http_arena(list->request));
    if (list->single && list->count == 0) {
        error_set(&err, ERR_NOT_FOUND, "unknown_request", "service_request_id was not found");
        list_answer(list, &err);
    } else if (list->extended && list->count > 0) {
        list_read_timelines(list);
    } else {
        list_answer(list, NULL);
    }
}

static void list_read_timelines(struct list *list)
{
    struct pg_tx *tx = pg_tx_new(list->intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_read_timelines(tx, list->views, list->count);
    pg_tx_send(tx, on_timelines, list);
}

static void on_timelines(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct list *list = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        list_answer(list, &err);
        return;
    }
    store_take_timelines(tx, list->views, list->count, http_arena(list->request));
    list_answer(list, NULL);
}

static void list_answer(struct list *list, const struct error *err)
{
    struct open311_writer writer;
    struct buffer body;
    if (err != NULL) {
        http_answer_error(list->request, err);
        return;
    }
    buffer_init(&body);
    open311_start(&writer, open311_format_of(list->request), &body);
    open311_open_list(&writer, "service_requests");
    for (size_t i = 0; i < list->count; i++) {
        put_request(&writer, &list->views[i], list);
    }
    open311_close_list(&writer);
    open311_answer(list->request, 200, &body);
    buffer_finish(&body);
}

void http_open311_requests(struct http_request *request, void *state)
{
    struct list *list = arena_alloc(http_arena(request), sizeof *list);
    struct public_query query;
    struct error err = {0};

    if (!open311_is_admitted(request, state)) {
        return;
    }
    list_start(list, request, state);
    list->extended = open311_read_extensions(request, &err);
    if (!open311_read_query(&query, request, list->full ? PLACE_EXACT : PLACE_COARSE, &err)) {
        list_answer(list, &err);
        return;
    }
    list_read(list, &query);
}

void http_open311_request(struct http_request *request, void *state)
{
    struct list *list = arena_alloc(http_arena(request), sizeof *list);
    const char *id = http_param(request, "id");
    struct public_query query = {.tickets = &id, .ticket_count = 1, .limit = 1};
    struct error err = {0};

    if (!open311_is_admitted(request, state)) {
        return;
    }
    list_start(list, request, state);
    list->single = true;
    list->extended = open311_read_extensions(request, &err);
    open311_check_jurisdiction(open311_query(request, "jurisdiction_id"), &err);
    if (error_is_set(&err)) {
        list_answer(list, &err);
        return;
    }
    list_read(list, &query);
}
