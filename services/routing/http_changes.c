/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/json.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_registry.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 200 };

struct change_list {
    struct http_request *request;
    struct change_filter filter;
    size_t limit;
};

static bool list_decode(struct change_list *list, const struct routing *routing, struct error *err)
{
    struct http_request *request = list->request;
    struct change_filter *filter = &list->filter;
    if (!http_is_in_scope(http_principal(request), routing, UNIT_CITY)) {
        return error_set(err, ERR_FORBIDDEN, "forbidden", "the scope of the token is not the city");
    }
    filter->kind = http_query(request, "kind");
    filter->key = http_query(request, "key");
    cursor_parse(http_query(request, "cursor"), &filter->cursor, &filter->has_cursor, err);
    filter->limit = (int)http_query_int(request, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, err);
    list->limit = (size_t)filter->limit;
    filter->limit++; /* one more tells whether there is a next page */
    return !error_is_set(err);
}

static void put_document(struct json_writer *writer, const char *name, const char *json)
{
    if (json != NULL) {
        json_put_raw(writer, name, json, strlen(json));
    }
}

static void put_change(struct json_writer *writer, const struct pg_tx *tx, size_t row)
{
    struct uuid id = pg_value_uuid(tx, 0, row, 0);
    json_open_object(writer, NULL);
    json_put_uuid(writer, "id", &id);
    json_put_instant(writer, "at", pg_value_instant(tx, 0, row, 1));
    json_open_object(writer, "actor");
    json_put_text(writer, "ref", pg_value_text(tx, 0, row, 2));
    json_put_text(writer, "role", pg_value_text(tx, 0, row, 3));
    json_close_object(writer);
    json_put_text(writer, "reason", pg_value_text(tx, 0, row, 4));
    json_put_text(writer, "kind", pg_value_text(tx, 0, row, 5));
    json_put_text(writer, "key", pg_value_text(tx, 0, row, 6));
    put_document(writer, "before", pg_value_text(tx, 0, row, 7));
    put_document(writer, "after", pg_value_text(tx, 0, row, 8));
    json_close_object(writer);
}

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct change_list *list = arg;
    struct error err = {0};
    struct buffer body;
    struct json_writer writer;
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        http_answer_error(list->request, &err);
        return;
    }
    size_t shown = pg_rows(tx, 0) < list->limit ? pg_rows(tx, 0) : list->limit;
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_open_array(&writer, "items");
    for (size_t row = 0; row < shown; row++) {
        put_change(&writer, tx, row);
    }
    json_close_array(&writer);
    if (pg_rows(tx, 0) > list->limit) {
        char text[CURSOR_TEXT_SIZE];
        struct cursor next = {.at_us = pg_value_instant(tx, 0, shown - 1, 1),
                              .id = pg_value_uuid(tx, 0, shown - 1, 0)};
        json_put_text(&writer, "next", cursor_format(&next, text));
    }
    json_close_object(&writer);
    http_answer(list->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

void http_list_changes(struct http_request *request, void *state)
{
    struct routing *routing = state;
    struct change_list *list = arena_alloc(http_arena(request), sizeof *list);
    struct error err = {0};
    list->request = request;
    if (!http_has_reference(request, routing)) {
        return;
    }
    if (!list_decode(list, routing, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_change_list(tx, &list->filter);
    pg_tx_send(tx, on_listed, list);
}
