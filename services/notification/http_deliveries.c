/* SPDX-License-Identifier: Apache-2.0 */
/* The log of deliveries: who was told what, as hashes, and why not. */

#include "common/http_page.h"
#include "http_routes.h"
#include "notification.h"
#include "store_message.h"

struct asked {
    struct http_page page;
    struct notification *notification;
};

static void put_delivery(struct json_writer *writer, const struct pg_tx *tx, size_t row,
                         const struct seal *seal)
{
    struct uuid id = pg_value_uuid(tx, 0, row, LOG_ID);
    struct uuid event_id = pg_value_uuid(tx, 0, row, LOG_EVENT_ID);
    uint8_t hash[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];

    seal_hash(seal, pg_value_text(tx, 0, row, LOG_RECIPIENT), hash);
    json_open_object(writer, NULL);
    json_put_uuid(writer, "id", &id);
    json_put_uuid(writer, "event_id", &event_id);
    json_put_text(writer, "channel", pg_value_text(tx, 0, row, LOG_CHANNEL));
    json_put_text(writer, "recipient_hash", digest_hex(hash, hex));
    json_put_text(writer, "about", pg_value_text(tx, 0, row, LOG_TEMPLATE));
    json_put_text(writer, "state", pg_value_text(tx, 0, row, LOG_STATE));
    json_put_int(writer, "attempts", pg_value_int4(tx, 0, row, LOG_ATTEMPTS));
    json_put_text(writer, "reason", pg_value_text(tx, 0, row, LOG_REASON));
    json_put_instant(writer, "created_at", pg_value_instant(tx, 0, row, LOG_CREATED_AT));
    json_put_instant_if(writer, "next_attempt_at",
                        pg_value_instant(tx, 0, row, LOG_NEXT_ATTEMPT_AT));
    json_put_instant_if(writer, "settled_at", pg_value_instant(tx, 0, row, LOG_SETTLED_AT));
    json_close_object(writer);
}

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct asked *asked = arg;
    struct error err = {0};

    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        http_answer_error(asked->page.request, &err);
        return;
    }
    size_t rows = pg_rows(tx, 0), shown = http_page_shown(&asked->page, rows);
    http_page_open(&asked->page);
    for (size_t row = 0; row < shown; row++) {
        put_delivery(&asked->page.writer, tx, row, asked->notification->seal);
    }
    struct cursor next = {0};
    if (rows > shown) {
        next.id = pg_value_uuid(tx, 0, shown - 1, LOG_ID);
    }
    http_page_answer(&asked->page, rows > shown ? &next : NULL);
}

/* Auditors and administrators see all of a case; officials what they were sent themselves. */
void http_list_deliveries(struct http_request *request, void *state)
{
    const struct principal *principal = http_principal(request);
    struct asked *asked = arena_alloc(http_arena(request), sizeof *asked);
    struct error err = {0};
    struct uuid case_id;

    asked->notification = state;
    http_page_read(&asked->page, request, &err);
    if (http_query(request, "case_id") == NULL) {
        error_add_field(&err, "case_id", "required", "must be given");
    }
    http_query_uuid(request, "case_id", &case_id, &err);
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(asked->notification->parts->pg);
    pg_tx_set_read_only(tx);
    store_list_deliveries(tx, &case_id,
                          principal_may(principal, "auditor administrator") ? NULL : principal->id,
                          &asked->page.cursor.id, asked->page.limit);
    pg_tx_send(tx, on_listed, asked);
}
