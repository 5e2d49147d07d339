/* SPDX-License-Identifier: Apache-2.0 */
/* What a GET of requests asks for. Of the standard: ids, codes, a span of time, states. Beside it,
 * as other servers have them: updated_after and updated_before, bbox, page and page_size. */
#include "http_open311_query.h"

#include <string.h>

#include "common/clock.h"
#include "common/date.h"
#include "http_open311.h"
#include "place_query.h"

enum { ROWS_MAX = 1000, DEPTH_MAX = 10000, LIST_MAX = 100 };

#define SPAN_US (90 * DATE_DAY_US)

/* False when absent. A bad one counts as given. */
static bool read_date(const struct http_request *request, const char *name, int64_t *instant,
                      struct error *err)
{
    const char *text = open311_query(request, name);
    *instant = 0;
    if (text != NULL && !clock_parse(text, strlen(text), instant)) {
        error_add_field(err, name, "bad_date", "must be like 2026-11-24T05:02:11Z");
    }
    return text != NULL;
}

/* Neither end: the last 90 days; one end: 90 days from it; more than 90 days: refused. */
struct open311_span open311_read_span(const struct http_request *request, const char *start_name,
                                      const char *end_name, struct error *err)
{
    int64_t start, end;
    bool has_start = read_date(request, start_name, &start, err);
    bool has_end = read_date(request, end_name, &end, err);
    if (!has_start && !has_end) {
        end = clock_now_us() + 1;
    }
    struct open311_span span = {
        .from = has_start ? start : end - SPAN_US,
        .to = has_end || !has_start ? end : start + SPAN_US,
        .given = has_start || has_end,
    };
    if (span.to - span.from > SPAN_US) {
        error_add_field(err, start_name, "too_long", "and %s may span at most 90 days", end_name);
    }
    return span;
}

/* Who asks what changed hears of old requests too: the default span falls away then. */
static void read_spans(struct public_query *query, const struct http_request *request,
                       struct error *err)
{
    struct open311_span filed = open311_read_span(request, "start_date", "end_date", err);
    struct open311_span told = open311_read_span(request, "updated_after", "updated_before", err);
    query->by_update = told.given;
    query->told_from = told.from;
    query->told_to = told.to;
    query->from = told.given && !filed.given ? 0 : filed.from;
    query->to = told.given && !filed.given ? told.to : filed.to;
}

static void read_status(struct public_query *query, struct http_request *request, struct error *err)
{
    const char *const *words;
    size_t count = http_query_list(request, "status", LIST_MAX, &words, err);
    query->open = query->closed = count == 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], "open") == 0) {
            query->open = true;
        } else if (strcmp(words[i], "closed") == 0) {
            query->closed = true;
        } else {
            error_add_field(err, "status", "unknown_status", "must be open or closed");
        }
    }
}

static void read_box(struct public_query *query, struct http_request *request, int decimals,
                     struct error *err)
{
    const char *text = open311_query(request, "bbox");
    struct public_box *box = arena_alloc(http_arena(request), sizeof *box);
    if (text != NULL && place_box_read(&box->box, text, "bbox", err)) {
        box->decimals = decimals;
        query->box = box;
    }
}

static int64_t read_number(const struct http_request *request, const char *name, int64_t max,
                           int64_t fallback, struct error *err)
{
    return open311_query(request, name) == NULL
               ? fallback
               : http_query_int(request, name, 1, max, fallback, err);
}

/* Without them one page of all: a server that has pages answers whoever does not know of them. */
struct open311_page open311_read_page(const struct http_request *request, struct error *err)
{
    int64_t size = read_number(request, "page_size", ROWS_MAX, ROWS_MAX, err);
    int64_t page = read_number(request, "page", DEPTH_MAX, 1, err);
    if (page * size > DEPTH_MAX) {
        error_add_field(err, "page", "too_deep", "times page_size may be at most %d", DEPTH_MAX);
    }
    return (struct open311_page){(int32_t)size, (int32_t)((page - 1) * size)};
}

/* What tickets override must be well-formed all the same. */
bool open311_read_query(struct public_query *query, struct http_request *request, int decimals,
                        struct error *err)
{
    *query = (struct public_query){0};
    open311_check_jurisdiction(open311_query(request, "jurisdiction_id"), err);
    query->ticket_count =
        http_query_list(request, "service_request_id", LIST_MAX, &query->tickets, err);
    query->category_count =
        http_query_list(request, "service_code", LIST_MAX, &query->categories, err);
    read_spans(query, request, err);
    read_status(query, request, err);
    read_box(query, request, decimals, err);
    struct open311_page page = open311_read_page(request, err);
    query->limit = query->ticket_count > 0 ? LIST_MAX : page.limit;
    query->offset = page.offset;
    return !error_is_set(err);
}

bool open311_read_extensions(const struct http_request *request, struct error *err)
{
    const char *text = open311_query(request, "extensions");
    if (text != NULL && strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
        error_add_field(err, "extensions", "not_a_boolean", "must be true or false");
    }
    return text != NULL && strcmp(text, "true") == 0;
}
