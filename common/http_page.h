/* SPDX-License-Identifier: Apache-2.0 */
/* http_page: a list that is given page by page.
 *
 * The query may have `limit` and `cursor`; the answer is {"items": […], "next": "…"}, next being
 * the cursor of the page that follows, absent on the last one. A reader asks its store for one row
 * more than it shows: that one tells whether there is a next page. */
#ifndef COMMON_HTTP_PAGE_H
#define COMMON_HTTP_PAGE_H

#include "common/buffer.h"
#include "common/cursor.h"
#include "common/http.h"
#include "common/json.h"

enum { HTTP_PAGE_LIMIT = 50, HTTP_PAGE_LIMIT_MAX = 200 };

struct http_page {
    struct http_request *request;
    size_t limit; /* items on the page */
    bool has_cursor;
    struct cursor cursor;

    struct buffer body;
    struct json_writer writer; /* for the items, between open and answer */
};

/* False with field errors "limit", "cursor". */
bool http_page_read(struct http_page *page, struct http_request *request, struct error *err);

/* How many of the rows that were read are shown. */
size_t http_page_shown(const struct http_page *page, size_t rows);

void http_page_open(struct http_page *page);
/* 200; next NULL: this is the last page. */
void http_page_answer(struct http_page *page, const struct cursor *next);
/* The same with an ETag of what is on it: 304 when If-None-Match names that. */
void http_page_answer_tagged(struct http_page *page, const struct cursor *next);

#endif
