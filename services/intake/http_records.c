/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/intake/records. What one may not see is answered as what does not exist. */
#include "http_records.h"

#include <string.h>

#include "common/clock.h"
#include "common/http_page.h"
#include "common/http_pg.h"
#include "common/words.h"
#include "intake.h"
#include "store_record.h"

enum { SOURCE_MAX = 256, SUBJECT_MAX = 128 };

struct list {
    struct http_page page; /* first: http_page_answer gives it to nobody else */
    struct record_query query;
};

static const char *read_text(const struct http_request *request, const char *name, size_t max,
                             struct error *err)
{
    const char *text = http_query(request, name);
    if (text != NULL && (*text == '\0' || strlen(text) > max)) {
        error_add_field(err, name, "out_of_range", "must be 1 to %zu bytes", max);
    }
    return text;
}

static int read_state(const struct http_request *request, struct error *err)
{
    const char *word = http_query(request, "state");
    if (word == NULL) {
        return -1;
    }
    int state = word_index(record_state_words, word);
    if (record_state_words[state] == NULL) {
        error_add_field(err, "state", "not_allowed",
                        "must be current, expired, replaced or cancelled");
    }
    return state;
}

/* Of a type that the caller may read; what else there is, is not told. */
static bool find_type(struct list *list, struct error *err)
{
    const char *word = http_query(list->page.request, "type");
    if (word == NULL) {
        return error_add_field(err, "type", "required", "is missing");
    }
    list->query.type = record_type_of_word(word);
    return (list->query.type != NULL && (list->query.type->is_public || list->query.reads_all)) ||
           error_set(err, ERR_NOT_FOUND, "unknown_type", "there are no records of this type");
}

static bool list_read(struct list *list, struct http_request *request, struct error *err)
{
    struct record_query *query = &list->query;
    *query = (struct record_query){
        .reads_all = principal_has(http_principal(request), "scope:records:read"),
        .now_us = clock_now_us(),
    };
    query->subject = read_text(request, "subject", SUBJECT_MAX, err);
    query->source = read_text(request, "source", SOURCE_MAX, err);
    query->state = read_state(request, err);
    if (!http_page_read(&list->page, request, err) || !find_type(list, err)) {
        return false;
    }
    query->after = list->page.has_cursor ? &list->page.cursor : NULL;
    query->limit = (int32_t)list->page.limit + 1;
    return true;
}

static void put_record(struct json_writer *json, const struct record_type *type,
                       const struct record_row *row)
{
    json_open_object(json, NULL);
    json_put_uuid(json, "id", &row->id);
    json_put_text(json, "type", type->word);
    json_put_text(json, "source", row->source);
    json_put_text(json, "subject", row->subject);
    json_put_text(json, "part", row->part);
    json_put_instant(json, "at", row->at_us);
    json_put_instant_if(json, "expires_at", row->expires_us);
    json_put_text(json, "state", row->state);
    if (type->holds_min > 0) {
        json_open_object(json, "expiry_rule");
        json_put_text(json, "code", type->rule.code);
        json_put_int(json, "version", type->rule.version);
        json_put_text(json, "source", type->rule.source);
        json_close_object(json);
    }
    json_put_raw(json, "data", row->data, strlen(row->data));
    json_close_object(json);
}

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct list *list = arg;
    struct http_page *page = &list->page;
    struct record_row row;
    struct cursor next = {0};

    if (!http_is_committed(page->request, tx, outcome)) {
        return;
    }
    size_t count = pg_rows(tx, 0), shown = http_page_shown(page, count);
    http_page_open(page);
    for (size_t i = 0; i < shown; i++) {
        store_take_record(tx, i, &row);
        put_record(&page->writer, list->query.type, &row);
        next = (struct cursor){row.added_us, row.id};
    }
    http_answer_header(page->request, "Cache-Control",
                       list->query.reads_all ? "private, no-cache" : "public, max-age=10");
    http_answer_header(page->request, "Vary", "X-Api-Key, Authorization");
    http_page_answer_tagged(page, count > shown ? &next : NULL);
}

void http_list_records(struct http_request *request, void *state)
{
    struct intake *intake = state;
    struct list *list = arena_alloc(http_arena(request), sizeof *list);
    struct error err = {0};

    if (!gate_admit_reader(intake->gate, request, &err) || !list_read(list, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    store_list_records(tx, &list->query);
    pg_tx_send(tx, on_listed, list);
}
