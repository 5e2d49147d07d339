/* SPDX-License-Identifier: Apache-2.0 */
/* Saved filters: /api/routing/filters. */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/http_page.h"
#include "services/routing/filter_json.h"
#include "services/routing/http_record.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_desk.h"

#define FILTERS "/api/routing/filters"

static void put_filter(struct json_writer *writer, const struct pg_tx *tx, size_t statement,
                       size_t row)
{
    const char *query = pg_value_text(tx, statement, row, FILTER_QUERY);
    json_put_text(writer, "name", pg_value_text(tx, statement, row, FILTER_NAME));
    json_put_bool(writer, "shared", pg_value_bool(tx, statement, row, FILTER_IS_SHARED));
    json_put_raw(writer, "query", query, strlen(query));
    json_put_instant(writer, "changed_at", pg_value_instant(tx, statement, row, FILTER_CHANGED_AT));
}

/* ---- reading ---- */

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_page *page = arg;
    struct cursor next = {0};
    if (!http_is_committed(page->request, tx, outcome)) {
        return;
    }
    size_t rows = pg_rows(tx, 0), shown = http_page_shown(page, rows);
    http_page_open(page);
    for (size_t row = 0; row < shown; row++) {
        next.id = pg_value_uuid(tx, 0, row, RECORD_ID);
        record_open_item(&page->writer, tx, 0, row);
        put_filter(&page->writer, tx, 0, row);
        json_close_object(&page->writer);
    }
    http_page_answer(page, rows > shown ? &next : NULL);
}

void http_list_filters(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct http_page *page = arena_alloc(http_arena(request), sizeof *page);
    struct error err = {0};
    if (!http_page_read(page, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_filter_list(tx, &page->cursor.id, http_principal(request), page->limit + 1);
    pg_tx_send(tx, on_listed, page);
}

void http_get_filter(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct uuid id;
    if (http_read_id(request, &id)) {
        struct pg_tx *tx = pg_tx_new(routing->parts->pg);
        store_filter_read(tx, &id, http_principal(request));
        record_send_read(record_new(request, FILTERS, put_filter), tx);
    }
}

/* ---- writing ---- */

static const char *look_up(const char *name, void *arg)
{
    return saved_filter_find(arg, name);
}

/* Where in the body the parameters stand. */
static void name_query(struct error *err)
{
    for (size_t i = 0; i < err->field_count; i++) {
        char name[sizeof err->fields[i].field];
        snprintf(name, sizeof name, "query.%.80s", err->fields[i].field);
        memcpy(err->fields[i].field, name, sizeof name);
    }
}

static bool check_query(const struct saved_filter *saved, const struct routing *routing,
                        struct http_request *request, struct error *err)
{
    struct case_filter filter;
    if (case_filter_read(&filter, look_up, (void *)(uintptr_t)saved, &routing->processes,
                         http_principal(request)->id, clock_now_us(), http_arena(request), err)) {
        return true;
    }
    name_query(err);
    return false;
}

/* Reads the body; what cannot be asked for cannot be saved. False: answered. */
static bool read_filter(struct http_request *request, const struct routing *routing,
                        const struct record *record, struct filter_row *row)
{
    const struct principal *principal = http_principal(request);
    struct arena *arena = http_arena(request);
    struct saved_filter *saved = arena_alloc(arena, sizeof *saved);
    struct error err = {0};
    struct buffer query;
    size_t size;
    const char *body = http_body(request, &size);
    if (filter_json_read(saved, body, size, arena, &err) && saved->shared &&
        principal->unit == NULL) {
        error_add_field(&err, "shared", "not_allowed", "you have no unit to share it with");
    }
    if (error_is_set(&err) || !check_query(saved, routing, request, &err)) {
        http_answer_error(request, &err);
        return false;
    }
    buffer_init(&query);
    filter_json_write_query(&query, saved);
    *row = (struct filter_row){.creation = &record->creation,
                               .account = principal->id,
                               .unit = saved->shared ? principal->unit : NULL,
                               .name = saved->name,
                               .query = arena_copy(arena, query.data, query.size),
                               .changed_at = clock_now_us()};
    buffer_finish(&query);
    return true;
}

void http_add_filter(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct record *record = record_new(request, FILTERS, put_filter);
    struct filter_row row;
    if (read_filter(request, routing, record, &row)) {
        struct pg_tx *tx = pg_tx_new(routing->parts->pg);
        store_filter_add(tx, &row);
        record->path = FILTERS;
        record_send_made(record, tx);
    }
}

void http_change_filter(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct record *record = record_new(request, FILTERS, put_filter);
    struct filter_row row;
    struct uuid id;
    if (http_read_id(request, &id) && read_filter(request, routing, record, &row)) {
        struct pg_tx *tx = pg_tx_new(routing->parts->pg);
        store_filter_read(tx, &id, http_principal(request));
        store_filter_change(tx, &id, &row, http_if_match(request));
        record_send_changed(record, tx);
    }
}

void http_remove_filter(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct uuid id;
    if (http_read_id(request, &id)) {
        struct pg_tx *tx = pg_tx_new(routing->parts->pg);
        store_filter_read(tx, &id, http_principal(request));
        store_filter_remove(tx, &id, http_principal(request)->id, http_if_match(request));
        record_send_removed(record_new(request, FILTERS, put_filter), tx);
    }
}
