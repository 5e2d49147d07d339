/* SPDX-License-Identifier: Apache-2.0 */
/* Who read what about whom, and why: GET /api/routing/access-log. */

#include "common/clock.h"
#include "common/http_page.h"
#include "common/opaque_ref.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_desk.h"

static void put_entry(struct json_writer *writer, const struct pg_tx *tx, size_t row)
{
    struct uuid case_id = pg_value_uuid(tx, 0, row, ACCESS_CASE);
    json_open_object(writer, NULL);
    json_put_instant(writer, "at", pg_value_instant(tx, 0, row, ACCESS_AT));
    json_put_text(writer, "account", pg_value_text(tx, 0, row, ACCESS_ACCOUNT));
    json_put_text(writer, "roles", pg_value_text(tx, 0, row, ACCESS_ROLES));
    json_put_text(writer, "unit", pg_value_text(tx, 0, row, ACCESS_UNIT));
    json_put_uuid(writer, "case_id", &case_id);
    json_put_text(writer, "what", pg_value_text(tx, 0, row, ACCESS_WHAT));
    json_put_text(writer, "reason", pg_value_text(tx, 0, row, ACCESS_REASON));
    json_put_text(writer, "trace", pg_value_text(tx, 0, row, ACCESS_TRACE));
    json_close_object(writer);
}

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
        next.at_us = pg_value_instant(tx, 0, row, ACCESS_AT);
        next.id = pg_value_uuid(tx, 0, row, ACCESS_ID);
        put_entry(&page->writer, tx, row);
    }
    http_page_answer(page, rows > shown ? &next : NULL);
}

static bool read_filter(struct http_request *request, struct access_filter *filter,
                        struct uuid *case_id, struct error *err)
{
    filter->account = http_query(request, "account");
    filter->from_us = http_query_instant(request, "from", 0, err);
    filter->until_us = http_query_instant(request, "until", CLOCK_LAST_US, err);
    if (filter->until_us < filter->from_us) {
        error_add_field(err, "until", "before_from", "must not come before from");
    }
    filter->case_id = http_query_uuid(request, "case", case_id, err) ? case_id : NULL;
    if (filter->account != NULL && !opaque_ref_is_valid(filter->account)) {
        error_add_field(err, "account", "bad_reference", "must be an account id");
    }
    return !error_is_set(err);
}

void http_list_accesses(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct http_page *page = arena_alloc(http_arena(request), sizeof *page);
    struct access_filter filter = {0};
    struct uuid case_id;
    struct error err = {0};
    http_page_read(page, request, &err);
    if (!read_filter(request, &filter, &case_id, &err)) {
        http_answer_error(request, &err);
        return;
    }
    filter.has_cursor = page->has_cursor;
    filter.cursor = page->cursor;
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_access_list(tx, &filter, page->limit + 1);
    pg_tx_send(tx, on_listed, page);
}
