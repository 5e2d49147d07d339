/* SPDX-License-Identifier: Apache-2.0 */
/* GET servicerequestupdates: what became of requests, step by step, for whoever keeps a copy. */
#include "common/http_pg.h"
#include "http_open311.h"
#include "http_open311_query.h"
#include "intake.h"
#include "open311_status.h"
#include "store_update.h"

struct update_list {
    struct http_request *request;
    struct update_query query;
};

static void on_updates(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void updates_answer(struct update_list *list, const struct update *updates, size_t count);

void http_open311_updates(struct http_request *request, void *state)
{
    const struct intake *intake = state;
    struct update_list *list = arena_alloc(http_arena(request), sizeof *list);
    struct error err = {0};

    if (!open311_is_admitted(request, state)) {
        return;
    }
    open311_check_jurisdiction(open311_query(request, "jurisdiction_id"), &err);
    struct open311_span span = open311_read_span(request, "start_date", "end_date", &err);
    struct open311_page page = open311_read_page(request, &err);
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    *list = (struct update_list){
        .request = request,
        .query = {.from = span.from,
                  .to = span.to,
                  .words = principal_has(http_principal(request), "scope:report:read"),
                  .limit = page.limit,
                  .offset = page.offset},
    };
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_list_updates(tx, &list->query);
    pg_tx_send(tx, on_updates, list);
}

static void on_updates(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct update_list *list = arg;
    struct update *updates;
    if (!http_is_committed(list->request, tx, outcome)) {
        return;
    }
    size_t count = store_take_updates(tx, &updates, http_arena(list->request));
    updates_answer(list, updates, count);
}

static void put_update(struct open311_writer *writer, const struct update *update, bool words,
                       struct arena *arena)
{
    const struct case_step *step = &update->step;
    open311_open_item(writer, "request_update");
    bool is_message = update->message > 0; /* by the id that its sender was answered */
    open311_text(writer, "update_id",
                 arena_format(arena, is_message ? "%s.m%d" : "%s.%d", update->ticket,
                              (int)(is_message ? update->message : step->version)));
    open311_text(writer, "service_request_id", update->ticket);
    open311_text(writer, "status", open311_extended_status(step->phase, step->action));
    open311_text(writer, "description", open311_step_words(step, words));
    open311_instant(writer, "updated_datetime", step->at);
    open311_text(writer, "media_url", NULL);
    open311_text(writer, "external_status_code", step->state);
    open311_close_item(writer);
}

static void updates_answer(struct update_list *list, const struct update *updates, size_t count)
{
    struct open311_writer writer;
    struct buffer body;
    buffer_init(&body);
    open311_start(&writer, open311_format_of(list->request), &body);
    open311_open_list(&writer, "service_request_updates");
    for (size_t i = 0; i < count; i++) {
        put_update(&writer, &updates[i], list->query.words, http_arena(list->request));
    }
    open311_close_list(&writer);
    open311_answer(list->request, 200, &body);
    buffer_finish(&body);
}
