/* SPDX-License-Identifier: Apache-2.0 */
#include "common/http_page.h"

bool http_page_read(struct http_page *page, struct http_request *request, struct error *err)
{
    page->request = request;
    page->limit =
        (size_t)http_query_int(request, "limit", 1, HTTP_PAGE_LIMIT_MAX, HTTP_PAGE_LIMIT, err);
    cursor_parse(http_query(request, "cursor"), &page->cursor, &page->has_cursor, err);
    return !error_is_set(err);
}

size_t http_page_shown(const struct http_page *page, size_t rows)
{
    return rows < page->limit ? rows : page->limit;
}

void http_page_open(struct http_page *page)
{
    buffer_init(&page->body);
    json_write_start(&page->writer, &page->body);
    json_open_object(&page->writer, NULL);
    json_open_array(&page->writer, "items");
}

static struct buffer close_page(struct http_page *page, const struct cursor *next)
{
    json_close_array(&page->writer);
    if (next != NULL) {
        char text[CURSOR_TEXT_SIZE];
        json_put_text(&page->writer, "next", cursor_format(next, text));
    }
    json_close_object(&page->writer);
    return page->body; /* the page dies with its request */
}

void http_page_answer(struct http_page *page, const struct cursor *next)
{
    struct buffer body = close_page(page, next);
    http_answer(page->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

void http_page_answer_tagged(struct http_page *page, const struct cursor *next)
{
    struct buffer body = close_page(page, next);
    http_answer_tagged(page->request, NULL, body.data, body.size);
    buffer_finish(&body);
}
