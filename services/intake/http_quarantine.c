/* SPDX-License-Identifier: Apache-2.0 */
#include "http_quarantine.h"

#include <string.h>

#include "common/base64.h"
#include "common/http_page.h"
#include "common/http_pg.h"
#include "common/outbox.h"
#include "common/utf8.h"
#include "common/words.h"
#include "inbound.h"
#include "intake.h"
#include "store_quarantine.h"

static void put_row(struct json_writer *json, const struct quarantine_row *row)
{
    json_put_uuid(json, "id", &row->id);
    json_put_text(json, "source", row->source);
    json_put_text(json, "event_id", row->event_id);
    json_put_text(json, "known_as", row->prefix);
    json_put_text(json, "type", row->type);
    json_put_text(json, "reason", row->reason);
    json_put_text(json, "field", row->field);
    json_put_text(json, "state", row->state);
    json_put_int(json, "version", row->version);
    json_put_int(json, "times", row->times);
    json_put_instant(json, "first_at", row->first_at);
    json_put_instant(json, "last_at", row->last_at);
    json_put_instant_if(json, "settled_at", row->settled_at);
    json_put_bool(json, "fixed", row->fixed != NULL);
    if (row->has_submission) {
        json_put_uuid(json, "submission", &row->submission);
    }
    if (row->has_record) {
        json_put_uuid(json, "record", &row->record);
    }
}

static void tell_unknown(struct http_request *request)
{
    struct error err = {0};
    error_set(&err, ERR_NOT_FOUND, "unknown_event", "no such event is in quarantine");
    http_answer_error(request, &err);
}

/* ---- the list ---- */

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_page *page = arg;
    struct quarantine_row row;
    struct cursor next = {0};

    if (!http_is_committed(page->request, tx, outcome)) {
        return;
    }
    size_t count = pg_rows(tx, 0), shown = http_page_shown(page, count);
    http_page_open(page);
    for (size_t i = 0; i < shown; i++) {
        store_take_quarantined(tx, i, &row, false);
        json_open_object(&page->writer, NULL);
        put_row(&page->writer, &row);
        json_close_object(&page->writer);
        next = (struct cursor){row.first_at, row.id};
    }
    http_page_answer(page, count > shown ? &next : NULL);
}

void http_list_quarantine(struct http_request *request, void *state)
{
    struct intake *intake = state;
    struct http_page *page = arena_alloc(http_arena(request), sizeof *page);
    const char *word = http_query(request, "state");
    struct quarantine_query query = {.state = -1,
                                     .source = http_query(request, "source"),
                                     .reason = http_query(request, "reason")};
    struct error err = {0};

    if (word != NULL) {
        query.state = word_index(quarantine_state_words, word);
        if (quarantine_state_words[query.state] == NULL) {
            error_add_field(&err, "state", "not_allowed", "is not a state of quarantine");
        }
    }
    if (!http_page_read(page, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    query.after = page->has_cursor ? &page->cursor : NULL;
    query.limit = (int32_t)page->limit + 1;
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    store_list_quarantine(tx, &query);
    pg_tx_send(tx, on_listed, page);
}

/* ---- one, whole ---- */

/* As text where it is some, else as base64. */
static void put_bytes(struct json_writer *json, const char *name, const void *bytes, size_t size,
                      struct arena *arena)
{
    if (bytes == NULL) {
        json_put_null(json, name);
    } else if (utf8_is_valid(bytes, size) && memchr(bytes, '\0', size) == NULL) {
        json_put_text_size(json, name, bytes, size);
    } else {
        char *text = arena_alloc(arena, BASE64_SIZE(size) + 1);
        json_put_text(json, arena_format(arena, "%s_base64", name),
                      base64_format(bytes, size, text));
    }
}

static void put_message(struct json_writer *json, const struct quarantine_row *row,
                        struct arena *arena)
{
    struct kafka_header *headers;
    size_t count;
    json_open_object(json, "message");
    put_bytes(json, "key", row->key, row->key_size, arena);
    json_open_array(json, "headers");
    if (outbox_unpack_headers(row->headers, row->headers_size, arena, &headers, &count)) {
        for (size_t i = 0; i < count; i++) {
            json_open_object(json, NULL);
            put_bytes(json, "name", headers[i].name, strlen(headers[i].name), arena);
            put_bytes(json, "value", headers[i].value, headers[i].size, arena);
            json_close_object(json);
        }
    }
    json_close_array(json);
    put_bytes(json, "value", row->value, row->value_size, arena);
    json_close_object(json);
}

static void put_acts(struct json_writer *json, const struct pg_tx *tx)
{
    json_open_array(json, "acts");
    for (size_t i = 0; i < pg_rows(tx, 1); i++) {
        json_open_object(json, NULL);
        json_put_instant(json, "at", pg_value_instant(tx, 1, i, 0));
        json_put_text(json, "by", pg_value_text(tx, 1, i, 1));
        json_put_text(json, "act", pg_value_text(tx, 1, i, 2));
        json_put_text(json, "why", pg_value_text(tx, 1, i, 3));
        json_close_object(json);
    }
    json_close_array(json);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_request *request = arg;
    struct arena *arena = http_arena(request);
    struct quarantine_row row;
    struct json_writer json;
    struct buffer body;

    if (!http_is_committed(request, tx, outcome)) {
        return;
    }
    if (pg_rows(tx, 0) == 0) {
        tell_unknown(request);
        return;
    }
    store_take_quarantined(tx, 0, &row, true);
    buffer_init(&body);
    json_write_start(&json, &body);
    json_open_object(&json, NULL);
    put_row(&json, &row);
    put_message(&json, &row, arena);
    if (row.fixed != NULL) {
        json_put_raw(&json, "data", row.fixed, strlen(row.fixed));
    }
    put_acts(&json, tx);
    json_close_object(&json);
    http_answer_version(request, row.version);
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

void http_get_quarantined(struct http_request *request, void *state)
{
    struct intake *intake = state;
    struct error err = {0};
    struct uuid id;
    if (!http_param_uuid(request, "id", &id, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    store_read_quarantine(tx, &id);
    pg_tx_send(tx, on_read, request);
}

/* ---- acts ---- */

struct act {
    struct http_request *request;
    struct intake *intake;
    struct quarantine_deed deed;
    struct quarantine_order order;
};

/* Steps, in running order. */
static void on_type_known(struct pg_tx *tx, enum pg_outcome outcome, void *arg); /* of a fix */
static void act_store(struct act *act);
static void on_acted(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

/* What no version can be is stale. */
static int32_t as_version(int64_t if_match)
{
    return if_match > 0 && if_match <= INT32_MAX ? (int32_t)if_match : 0;
}

static void act_begin(struct http_request *request, void *state, enum quarantine_act what)
{
    struct act *act = arena_alloc(http_arena(request), sizeof *act);
    struct error err = {0};
    size_t size;
    const char *body = http_body(request, &size);

    act->request = request;
    act->intake = state;
    act->deed = (struct quarantine_deed){.act = what,
                                         .version = as_version(http_if_match(request)),
                                         .by = http_principal(request)->id};
    if (!http_param_uuid(request, "id", &act->deed.id, &err) ||
        !quarantine_order_read(&act->order, what, body, size, http_arena(request), &err)) {
        http_answer_error(request, &err);
        return;
    }
    act->deed.why = act->order.why;
    if (what != QUARANTINE_FIX) {
        act_store(act);
        return;
    }
    act->deed.data = act->order.data;
    struct pg_tx *tx = pg_tx_new(act->intake->parts->pg);
    store_read_quarantine(tx, &act->deed.id);
    pg_tx_send(tx, on_type_known, act);
}

static void on_type_known(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct act *act = arg;
    struct error err = {0};
    struct quarantine_row row;
    if (!http_is_committed(act->request, tx, outcome)) {
        return;
    }
    if (pg_rows(tx, 0) == 0) {
        tell_unknown(act->request);
        return;
    }
    store_take_quarantined(tx, 0, &row, false);
    if (!inbound_check(row.type, act->order.data, act->order.data_size, http_arena(act->request),
                       &err)) {
        err.kind = ERR_UNPROCESSABLE; /* the body is well-formed: it is the data that are not */
        http_answer_error(act->request, &err);
        return;
    }
    act_store(act);
}

static void act_store(struct act *act)
{
    struct pg_tx *tx = pg_tx_new(act->intake->parts->pg);
    store_act_on_quarantine(tx, &act->deed);
    pg_tx_send(tx, on_acted, act);
}

static void on_acted(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    const struct act *act = arg;
    struct http_request *request = act->request;
    struct quarantine_outcome now;
    struct error err = {0};

    if (!http_is_committed(request, tx, outcome)) {
        return;
    }
    store_take_outcome(tx, &now);
    if (!now.is_there) {
        tell_unknown(request);
        return;
    }
    if (!now.done) {
        error_set(&err, ERR_CONFLICT, "stale_version", "it is %s, at version %d", now.state,
                  (int)now.version);
        http_answer_error(request, &err);
        return;
    }
    struct arena *arena = http_arena(request);
    const char *body =
        arena_format(arena, "{\"state\":\"%s\",\"version\":%d}", now.state, (int)now.version);
    http_answer_version(request, now.version);
    http_answer(request, act->deed.act == QUARANTINE_RELEASE ? 202 : 200, NULL, body, strlen(body));
}

void http_fix_quarantined(struct http_request *request, void *state)
{
    act_begin(request, state, QUARANTINE_FIX);
}

void http_release_quarantined(struct http_request *request, void *state)
{
    act_begin(request, state, QUARANTINE_RELEASE);
}

void http_discard_quarantined(struct http_request *request, void *state)
{
    act_begin(request, state, QUARANTINE_DISCARD);
}
