/* SPDX-License-Identifier: Apache-2.0 */
#include "common/http_page.h"
#include "services/routing/audit_json.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_audit.h"

/* ---- the checkpoints, oldest first ---- */

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

/* *after: the day after which the page begins. */
static bool list_decode(struct http_page *page, int64_t *after, struct http_request *request,
                        struct error *err)
{
    int64_t from = 0; /* nothing is older than 1970 */
    http_query_day(request, "from", &from, err);
    *after = from - 1;
    if (http_page_read(page, request, err) && page->has_cursor && page->cursor.at_us > 0) {
        *after = audit_day(page->cursor.at_us);
    }
    return !error_is_set(err);
}

void http_list_checkpoints(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct http_page *page = arena_alloc(http_arena(request), sizeof *page);
    struct error err = {0};
    int64_t after;
    if (!list_decode(page, &after, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_audit_list(tx, after, (int)page->limit + 1); /* one more: is there a next page? */
    pg_tx_send(tx, on_listed, page);
}

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_page *page = arg;
    struct audit_checkpoint checkpoint = {0};
    struct cursor next;
    if (!http_is_committed(page->request, tx, outcome)) {
        return;
    }
    size_t rows = pg_rows(tx, 0), shown = http_page_shown(page, rows);
    http_page_open(page);
    for (size_t row = 0; row < shown; row++) {
        store_audit_checkpoint(tx, 0, row, &checkpoint);
        audit_json_put(&page->writer, &checkpoint);
    }
    if (rows > shown) {
        next = (struct cursor){.at_us = audit_day_start_us(checkpoint.day)};
    }
    http_page_answer(page, rows > shown ? &next : NULL);
}

/* ---- the key that checks them ---- */

void http_get_audit_key(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct buffer body;
    struct json_writer writer;
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "key_id", sign_key_id(routing->audit_key));
    json_put_text(&writer, "algorithm", "Ed25519");
    json_put_text(&writer, "public_key", sign_key_public(routing->audit_key));
    json_close_object(&writer);
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}
