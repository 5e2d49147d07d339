/* SPDX-License-Identifier: Apache-2.0 */
/* The caller's own messages: list, mark as read, listen. */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/http_page.h"
#include "common/http_pg.h"
#include "delivery_json.h"
#include "http_routes.h"
#include "notification.h"
#include "store_message.h"

/* One read: a request that waits for its transaction. */
struct asked {
    struct http_request *request;
    struct notification *notification;
};

static struct asked *asked_new(struct http_request *request, void *state)
{
    struct asked *asked = arena_alloc(http_arena(request), sizeof *asked);
    asked->request = request;
    asked->notification = state;
    return asked;
}

/* Keys and accounts are named apart: the inbox of an account is for the person alone. */
static bool is_person(struct http_request *request)
{
    struct error err = {0};
    if (http_principal(request)->kind == PRINCIPAL_PERSON) {
        return true;
    }
    error_set(&err, ERR_FORBIDDEN, "forbidden", "only a person who signed in has messages");
    http_answer_error(request, &err);
    return false;
}

static void answer_buffer(struct http_request *request, struct buffer *body)
{
    http_answer(request, 200, NULL, body->data, body->size);
    buffer_finish(body);
}

/* ---- GET /api/notification/messages ---- */

struct listing {
    struct http_page page;
    struct notification *notification;
};

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct listing *listing = arg;
    struct notification *notification = listing->notification;
    struct http_request *request = listing->page.request;
    struct cursor next = {0};

    if (!http_is_committed(request, tx, outcome)) {
        return;
    }
    size_t rows = pg_rows(tx, 0), shown = http_page_shown(&listing->page, rows);
    http_page_open(&listing->page);
    for (size_t row = 0; row < shown; row++) {
        struct message message = store_message(tx, 0, row);
        next.at_us = message.seq;
        message_write(&message, reference_current(notification->reference), notification->site,
                      http_arena(request), &listing->page.writer);
    }
    http_page_answer(&listing->page, rows > shown ? &next : NULL);
}

void http_list_messages(struct http_request *request, void *state)
{
    struct listing *listing = arena_alloc(http_arena(request), sizeof *listing);
    struct error err = {0};
    const char *unread = http_query(request, "unread");

    if (!is_person(request)) {
        return;
    }
    listing->notification = state;
    http_page_read(&listing->page, request, &err);
    if (unread != NULL && strcmp(unread, "true") != 0 && strcmp(unread, "false") != 0) {
        error_add_field(&err, "unread", "not_allowed", "must be true or false");
    }
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    const struct http_page *page = &listing->page;
    struct pg_tx *tx = pg_tx_new(listing->notification->parts->pg);
    pg_tx_set_read_only(tx);
    store_list_messages(tx, http_principal(request)->id,
                        page->has_cursor ? page->cursor.at_us : INT64_MAX,
                        unread != NULL && strcmp(unread, "true") == 0, page->limit);
    pg_tx_send(tx, on_listed, listing);
}

/* ---- POST /api/notification/messages/{id}/read ---- */

static void answer_not_found(struct http_request *request)
{
    struct error err = {0};
    error_set(&err, ERR_NOT_FOUND, "not_found", "there is no such message");
    http_answer_error(request, &err);
}

static void on_marked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct asked *asked = arg;
    struct notification *notification = asked->notification;
    struct json_writer writer;
    struct buffer body;

    if (!http_is_committed(asked->request, tx, outcome)) {
        return;
    }
    if (pg_rows(tx, 0) == 0) {
        answer_not_found(asked->request);
        return;
    }
    struct message message = store_message(tx, 0, 0);
    buffer_init(&body);
    json_write_start(&writer, &body);
    message_write(&message, reference_current(notification->reference), notification->site,
                  http_arena(asked->request), &writer);
    answer_buffer(asked->request, &body);
}

void http_read_message(struct http_request *request, void *state)
{
    struct asked *asked = asked_new(request, state);
    struct error err = {0};
    struct uuid id;

    if (!is_person(request)) {
        return;
    }
    if (!http_param_uuid(request, "id", &id, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(asked->notification->parts->pg);
    store_read_message(tx, &id, http_principal(request)->id, clock_now_us());
    pg_tx_send(tx, on_marked, asked);
}

/* ---- GET /api/notification/messages/stream ---- */

/* Without a place to resume from, the stream begins with what comes next. */
static void on_last_seq(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct asked *asked = arg;
    if (!http_is_committed(asked->request, tx, outcome)) {
        return;
    }
    int64_t seq = pg_rows(tx, 0) > 0 ? pg_value_int8(tx, 0, 0, 0) : 0;
    streams_open(asked->notification->streams, asked->request, http_principal(asked->request)->id,
                 seq);
}

static bool parse_seq(const char *text, int64_t *seq)
{
    char *end;
    if (text[0] < '0' || text[0] > '9' || strlen(text) > 18) {
        return false;
    }
    *seq = strtoll(text, &end, 10);
    return *end == '\0';
}

void http_stream_messages(struct http_request *request, void *state)
{
    struct asked *asked = asked_new(request, state);
    const char *account = http_principal(request)->id;
    const char *last = http_last_event_id(request);
    struct error err = {0};
    int64_t seq;

    if (!is_person(request)) {
        return;
    }
    if (last != NULL && !parse_seq(last, &seq)) {
        error_add_field(&err, "Last-Event-ID", "not_allowed", "must be an id of this stream");
        http_answer_error(request, &err);
        return;
    }
    if (last != NULL) {
        streams_open(asked->notification->streams, request, account, seq);
        return;
    }
    struct pg_tx *tx = pg_tx_new(asked->notification->parts->pg);
    pg_tx_set_read_only(tx);
    store_last_seq(tx, account);
    pg_tx_send(tx, on_last_seq, asked);
}
