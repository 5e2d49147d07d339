/* SPDX-License-Identifier: Apache-2.0 */
#include "common/http_page.h"

#include <string.h>

#include "common/digest.h"

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

/* RFC 9110, section 13.1.2: a list of tags, which may be weak, or any. */
static bool names_tag(const char *list, const char *tag)
{
    return list != NULL && (strcmp(list, "*") == 0 || strstr(list, tag) != NULL);
}

void http_page_answer_tagged(struct http_page *page, const struct cursor *next)
{
    enum { TAG_HEX = 32 };
    struct http_request *request = page->request;
    struct buffer body = close_page(page, next);
    uint8_t digest[DIGEST_SIZE];
    char hex[DIGEST_HEX_SIZE];

    digest_sha256(body.data, body.size, digest);
    const char *tag =
        arena_format(http_arena(request), "\"%.*s\"", TAG_HEX, digest_hex(digest, hex));
    http_answer_header(request, "ETag", tag);
    if (names_tag(http_header(request, "if-none-match"), tag)) {
        http_answer(request, 304, NULL, NULL, 0);
    } else {
        http_answer(request, 200, NULL, body.data, body.size);
    }
    buffer_finish(&body);
}
