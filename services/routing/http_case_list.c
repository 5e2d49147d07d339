/* SPDX-License-Identifier: Apache-2.0 */
/* Queues: GET /api/routing/cases and GET /api/routing/cases/count. */
#include <string.h>

#include "common/clock.h"
#include "common/http_page.h"
#include "services/routing/filter_json.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_desk.h"

enum { COUNT_MOST = 1000 };

/* How old the counts of words may become, and how new they are at least when they were wrong. */
#define COUNTS_OLD_US   UINT64_C(300000000)
#define COUNTS_YOUNG_US UINT64_C(10000000)

struct case_list {
    struct http_page page; /* of a count: only its request */
    struct routing *routing;
    bool is_count;
    struct error faults; /* of the request: told together */
    struct saved_filter saved;
    struct case_filter filter;
    enum case_path path;
    bool reads_word_counts;
};

/* Steps, in running order. */
static void list_read_saved(struct case_list *list, const struct uuid *id);
static void on_saved_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void list_decode(struct case_list *list);
static void list_read(struct case_list *list);
static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg); /* may look elsewhere,
                                                                                once */
static void list_answer(struct case_list *list, const struct pg_tx *tx);

static void list_start(struct http_request *request, void *state, bool is_count)
{
    struct case_list *list = arena_alloc(http_arena(request), sizeof *list);
    struct uuid saved;
    list->page.request = request;
    list->routing = state;
    list->is_count = is_count;
    if (!http_has_reference(request, list->routing)) {
        return;
    }
    if (!is_count) {
        http_page_read(&list->page, request, &list->faults);
    }
    if (http_query_uuid(request, "filter", &saved, &list->faults)) {
        list_read_saved(list, &saved);
    } else {
        list_decode(list);
    }
}

void http_list_cases(struct http_request *request, void *state)
{
    list_start(request, state, false);
}

void http_count_cases(struct http_request *request, void *state)
{
    list_start(request, state, true);
}

static void list_read_saved(struct case_list *list, const struct uuid *id)
{
    struct pg_tx *tx = pg_tx_new(list->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_filter_read(tx, id, http_principal(list->page.request));
    pg_tx_send(tx, on_saved_read, list);
}

/* False: answered. */
static bool take_saved(struct case_list *list, const char *query)
{
    struct http_request *request = list->page.request;
    struct error err = {0};
    if (filter_json_read_query(&list->saved, query, strlen(query), http_arena(request), &err)) {
        return true;
    }
    err.kind = ERR_FATAL; /* we have stored it */
    http_answer_error(request, &err);
    return false;
}

static void on_saved_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct case_list *list = arg;
    if (!http_is_committed(list->page.request, tx, outcome)) {
        return;
    }
    if (pg_rows(tx, 0) == 0) {
        error_add_field(&list->faults, "filter", "unknown_filter", "is no filter that you may use");
        list_decode(list);
    } else if (take_saved(list, pg_value_text(tx, 0, 0, FILTER_QUERY))) {
        list_decode(list);
    }
}

/* What the query says beats what was saved. */
static const char *look_up(const char *name, void *arg)
{
    const struct case_list *list = arg;
    const char *text = http_query(list->page.request, name);
    return text != NULL ? text : saved_filter_find(&list->saved, name);
}

static void list_decode(struct case_list *list)
{
    struct http_request *request = list->page.request;
    const struct routing *routing = list->routing;
    struct error *faults = &list->faults;
    if (!case_filter_read(&list->filter, look_up, list, &routing->processes,
                          http_principal(request)->id, clock_now_us(), http_arena(request),
                          faults) ||
        !http_scope_filter(request, routing, &list->filter, faults)) {
        http_answer_error(request, faults);
        return;
    }
    list->path = case_filter_path(&list->filter, &routing->word_counts);
    list_read(list);
}

static bool counts_are_due(const struct routing *routing)
{
    uint64_t age_us = clock_monotonic_us() - routing->word_counts_at_us;
    return routing->word_counts_at_us == 0 ||
           age_us > (routing->word_counts_are_old ? COUNTS_YOUNG_US : COUNTS_OLD_US);
}

static void list_read(struct case_list *list)
{
    struct routing *routing = list->routing;
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    if (list->is_count) {
        store_case_count(tx, &list->filter, list->path, COUNT_MOST);
    } else {
        struct case_list_place place = {list->page.has_cursor, list->page.cursor};
        store_case_list(tx, &list->filter, list->path, &place, (int)list->page.limit);
    }
    list->reads_word_counts = list->filter.words != NULL && counts_are_due(routing);
    if (list->reads_word_counts) {
        store_word_counts(tx);
    }
    pg_tx_send(tx, on_listed, list);
}

static void take_counts(struct routing *routing, const struct pg_tx *tx)
{
    store_word_counts_take(tx, 1, &routing->word_counts);
    routing->word_counts_at_us = clock_monotonic_us();
    routing->word_counts_are_old = false;
}

static bool is_given_up(const struct case_list *list, const struct pg_tx *tx)
{
    bool more = false;
    if (list->path != PATH_WORDS) {
        return false;
    }
    if (list->is_count) {
        store_case_count_of(tx, 0, &more);
        return more;
    }
    return store_case_list_is_too_long(tx, 0);
}

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct case_list *list = arg;
    if (!http_is_committed(list->page.request, tx, outcome)) {
        return;
    }
    if (list->reads_word_counts) {
        take_counts(list->routing, tx);
    }
    if (is_given_up(list, tx)) {
        list->routing->word_counts_are_old = true;
        list->path = case_filter_walk(&list->filter);
        list_read(list);
    } else {
        list_answer(list, tx);
    }
}

/* ---- answers ---- */

static void answer_count(struct http_request *request, const struct pg_tx *tx)
{
    struct buffer body;
    struct json_writer writer;
    bool more;
    int64_t count = store_case_count_of(tx, 0, &more);
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_int(&writer, "count", count < COUNT_MOST ? count : COUNT_MOST);
    json_put_bool(&writer, "exact", !more && count <= COUNT_MOST);
    json_close_object(&writer);
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* The next page begins after the last case that was shown, or, when the look-up stopped before the
 * page was full, after the one at which it did. */
static void answer_page(struct http_page *page, const struct pg_tx *tx)
{
    size_t rows = pg_rows(tx, 0), shown = 0, last = 0;
    http_page_open(page);
    for (size_t row = 0; row < rows && shown < page->limit; row++) {
        last = row;
        if (pg_value_bool(tx, 0, row, LIST_MATCHES)) {
            const char *snapshot = pg_value_text(tx, 0, row, LIST_SNAPSHOT);
            json_put_raw(&page->writer, NULL, snapshot, strlen(snapshot));
            shown++;
        }
    }
    struct cursor next = {0};
    bool more = rows > last + 1;
    if (rows > 0) {
        more |= pg_value_bool(tx, 0, last, LIST_IS_STOP);
        next.at_us = pg_value_instant(tx, 0, last, LIST_DUE);
        next.id = pg_value_uuid(tx, 0, last, LIST_ID);
    }
    http_page_answer(page, more ? &next : NULL);
}

static void list_answer(struct case_list *list, const struct pg_tx *tx)
{
    if (list->is_count) {
        answer_count(list->page.request, tx);
    } else {
        answer_page(&list->page, tx);
    }
}
