/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cursor.h"
#include "services/routing/audit_json.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_audit.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 200 };

/* ---- the checkpoints, oldest first ---- */

struct checkpoint_list {
    struct http_request *request;
    int64_t after; /* a day */
    int limit;
};

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

static bool list_decode(struct checkpoint_list *list, struct error *err)
{
    const char *from = http_query(list->request, "from");
    struct cursor cursor;
    bool given;
    list->after = -1; /* nothing is older than 1970 */
    if (from != NULL) {
        if (audit_day_parse(from, &list->after)) {
            list->after--;
        } else {
            error_add_field(err, "from", "bad_day", "must be a date, like 2026-11-24");
        }
    }
    if (cursor_parse(http_query(list->request, "cursor"), &cursor, &given, err) && given &&
        cursor.at_us > 0) {
        list->after = audit_day(cursor.at_us);
    }
    list->limit = (int)http_query_int(list->request, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, err);
    return !error_is_set(err);
}

void http_list_checkpoints(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct checkpoint_list *list = arena_alloc(http_arena(request), sizeof *list);
    struct error err = {0};
    list->request = request;
    if (!list_decode(list, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_audit_list(tx, list->after, list->limit + 1); /* one more: is there a next page? */
    pg_tx_send(tx, on_listed, list);
}

static void put_page(struct json_writer *writer, const struct pg_tx *tx, size_t limit)
{
    size_t shown = pg_rows(tx, 0) < limit ? pg_rows(tx, 0) : limit;
    struct audit_checkpoint checkpoint = {0};
    char text[CURSOR_TEXT_SIZE];
    json_open_object(writer, NULL);
    json_open_array(writer, "items");
    for (size_t row = 0; row < shown; row++) {
        store_audit_checkpoint(tx, 0, row, &checkpoint);
        audit_json_put(writer, &checkpoint);
    }
    json_close_array(writer);
    if (pg_rows(tx, 0) > limit) {
        struct cursor next = {.at_us = audit_day_start_us(checkpoint.day)};
        json_put_text(writer, "next", cursor_format(&next, text));
    }
    json_close_object(writer);
}

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct checkpoint_list *list = arg;
    struct error err = {0};
    struct buffer body;
    struct json_writer writer;
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        http_answer_error(list->request, &err);
        return;
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    put_page(&writer, tx, (size_t)list->limit);
    http_answer(list->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
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
