/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/http_page.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_registry.h"

static bool list_decode(struct http_page *page, struct change_filter *filter,
                        struct http_request *request, const struct routing *routing,
                        struct error *err)
{
    if (!http_is_in_scope(http_principal(request), routing, UNIT_CITY)) {
        return error_set(err, ERR_FORBIDDEN, "forbidden", "the scope of the token is not the city");
    }
    filter->kind = http_query(request, "kind");
    filter->key = http_query(request, "key");
    if (!http_page_read(page, request, err)) {
        return false;
    }
    filter->has_cursor = page->has_cursor;
    filter->cursor = page->cursor;
    filter->limit = (int)page->limit + 1; /* one more tells whether there is a next page */
    return true;
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
    struct http_page *page = arg;
    struct cursor next;
    if (!http_is_committed(page->request, tx, outcome)) {
        return;
    }
    size_t rows = pg_rows(tx, 0), shown = http_page_shown(page, rows);
    http_page_open(page);
    for (size_t row = 0; row < shown; row++) {
        put_change(&page->writer, tx, row);
    }
    if (rows > shown) {
        next = (struct cursor){.at_us = pg_value_instant(tx, 0, shown - 1, 1),
                               .id = pg_value_uuid(tx, 0, shown - 1, 0)};
    }
    http_page_answer(page, rows > shown ? &next : NULL);
}

void http_list_changes(struct http_request *request, void *state)
{
    struct routing *routing = state;
    struct http_page *page = arena_alloc(http_arena(request), sizeof *page);
    struct change_filter filter = {0};
    struct error err = {0};
    if (!http_has_reference(request, routing)) {
        return;
    }
    if (!list_decode(page, &filter, request, routing, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_change_list(tx, &filter);
    pg_tx_send(tx, on_listed, page);
}
