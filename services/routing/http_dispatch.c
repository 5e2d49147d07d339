/* SPDX-License-Identifier: Apache-2.0 */
/* The dispatch desk of the city office: GET /api/routing/dispatch. */
#include <string.h>

#include "common/clock.h"
#include "common/http_page.h"
#include "common/words.h"
#include "services/routing/case_json.h"
#include "services/routing/dispatch.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_dispatch.h"

struct dispatch_list {
    struct http_request *request;
    struct routing *routing;
    struct http_page page;
    struct dispatch_filter filter;
};

/* Steps, in running order. */
static void list_decode(struct dispatch_list *list);
static void list_read(struct dispatch_list *list);
static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void list_answer(struct dispatch_list *list, const struct pg_tx *tx);

void http_list_dispatch(struct http_request *request, void *state)
{
    struct dispatch_list *list = arena_alloc(http_arena(request), sizeof *list);
    list->request = request;
    list->routing = state;
    if (http_has_reference(request, state) && http_needs_city(request)) {
        list_decode(list);
    }
}

/* By what a case waits for, the queue that it stands in. */
static int query_queue(struct http_request *request, struct error *err)
{
    static const enum case_queue queues[] = {[DISPATCH_UNROUTABLE] = QUEUE_UNROUTABLE,
                                             [DISPATCH_DISPUTED] = QUEUE_DISPUTED,
                                             [DISPATCH_NEAR_BORDER] = QUEUE_UNIT};
    const char *text = http_query(request, "why");
    if (text == NULL) {
        return -1;
    }
    int why = word_index(dispatch_why_words, text);
    if (why == DISPATCH_NOTHING) {
        error_add_field(err, "why", "unknown_word", "not one of the known words");
        return -1;
    }
    return (int)queues[why];
}

static void list_decode(struct dispatch_list *list)
{
    struct http_request *request = list->request;
    struct dispatch_filter *filter = &list->filter;
    struct error err = {0};

    filter->queue = query_queue(request, &err);
    filter->due_before = http_query_instant(request, "due_before", CLOCK_LAST_US, &err);
    http_page_read(&list->page, request, &err);
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    filter->cursor = list->page.has_cursor ? &list->page.cursor : NULL;
    filter->limit = (int)list->page.limit + 1; /* one more tells whether there is a next page */
    list_read(list);
}

static void list_read(struct dispatch_list *list)
{
    struct pg_tx *tx = pg_tx_new(list->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_dispatch_list(tx, &list->filter);
    pg_tx_send(tx, on_listed, list);
}

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct dispatch_list *list = arg;
    if (http_is_committed(list->request, tx, outcome)) {
        list_answer(list, tx);
    }
}

static void put_candidates(struct json_writer *writer, const struct case_snapshot *snapshot)
{
    struct dispatch_candidate candidates[DISPATCH_CANDIDATES_MAX];
    size_t count = dispatch_candidates(snapshot, candidates);
    json_open_array(writer, "candidates");
    for (size_t i = 0; i < count; i++) {
        json_open_object(writer, NULL);
        json_put_text(writer, "unit", candidates[i].unit);
        json_put_text(writer, "as", candidates[i].as);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static bool put_item(struct json_writer *writer, const struct dispatch_list *list,
                     const struct pg_tx *tx, size_t row, struct error *err)
{
    struct case_snapshot snapshot;
    const char *json = pg_value_text(tx, 0, row, 0);
    if (!case_json_read(&snapshot, &list->routing->processes, json, strlen(json),
                        http_arena(list->request), err)) {
        err->kind = err->kind != ERR_RETRY ? ERR_FATAL : ERR_RETRY; /* it is a text of ours */
        return false;
    }
    json_open_object(writer, NULL);
    json_put_text(writer, "why", dispatch_why_words[dispatch_why(&snapshot)]);
    json_put_instant(writer, "due", pg_value_instant(tx, 0, row, 1));
    put_candidates(writer, &snapshot);
    json_put_raw(writer, "case", json, strlen(json));
    json_close_object(writer);
    return true;
}

static void put_next(struct json_writer *writer, const struct pg_tx *tx, size_t last)
{
    char text[CURSOR_TEXT_SIZE];
    struct cursor next = {.at_us = pg_value_instant(tx, 0, last, 1),
                          .id = pg_value_uuid(tx, 0, last, 2)};
    json_put_text(writer, "next", cursor_format(&next, text));
}

static void list_answer(struct dispatch_list *list, const struct pg_tx *tx)
{
    size_t rows = pg_rows(tx, 0), shown = http_page_shown(&list->page, rows);
    struct error err = {0};
    struct buffer body;
    struct json_writer writer;
    bool whole = true;

    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "owner", UNIT_CITY_OFFICE);
    json_open_array(&writer, "items");
    for (size_t row = 0; whole && row < shown; row++) {
        whole = put_item(&writer, list, tx, row, &err);
    }
    json_close_array(&writer);
    if (rows > shown) {
        put_next(&writer, tx, shown - 1);
    }
    json_close_object(&writer);
    if (whole) {
        http_answer(list->request, 200, NULL, body.data, body.size);
    } else {
        http_answer_error(list->request, &err);
    }
    buffer_finish(&body);
}
