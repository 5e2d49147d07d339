/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/common/http_fixture.h"

#include "common/http_page.h"

/* A list of the numbers 1 … 120, by cursor. */
enum { LAST = 120 };

static void list_numbers(struct http_request *request, void *state)
{
    struct http_page *page = arena_alloc(http_arena(request), sizeof *page);
    struct error err = {0};
    (void)state;
    if (!http_page_read(page, request, &err)) {
        http_answer_error(request, &err);
        return;
    }
    int64_t first = page->has_cursor ? page->cursor.at_us + 1 : 1;
    size_t rows = 0;
    while (rows <= page->limit && first + (int64_t)rows <= LAST) {
        rows++; /* one more than is shown, as a store would read */
    }
    size_t shown = http_page_shown(page, rows);
    struct cursor next = {.at_us = first + (int64_t)shown - 1};
    http_page_open(page);
    for (size_t i = 0; i < shown; i++) {
        json_put_int(&page->writer, NULL, first + (int64_t)i);
    }
    http_page_answer(page, rows > shown ? &next : NULL);
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/numbers", .access = "", .handler = list_numbers}, {0}};

#define H " HTTP/1.1\r\nHost: h\r\n\r\n"

static struct answer answer;

static int start(void **state)
{
    return http_fixture_set_up(state, routes);
}

static void pages_follow_one_another_to_the_last(void **state)
{
    char request[128], text[CURSOR_TEXT_SIZE] = "";
    int pages = 0, items = 0;
    for (bool more = true; more; pages++) {
        snprintf(request, sizeof request, "GET /numbers?limit=50&cursor=%s" H, text);
        http_ask(*state, request, &answer);
        assert_int_equal(answer.status, 200);
        char first[16];
        snprintf(first, sizeof first, "[%d", items + 1);
        assert_non_null(strstr(answer.body, first));
        for (const char *at = strchr(answer.body, '['); *at != ']'; at++) {
            items += *at == '[' || *at == ',';
        }
        const char *next = strstr(answer.body, "\"next\":\"");
        more = next != NULL;
        if (more) {
            memcpy(text, next + 8, CURSOR_TEXT_SIZE - 1);
        }
    }
    assert_int_equal(pages, 3);
    assert_int_equal(items, LAST);
}

static void a_full_page_that_is_the_last_has_no_next(void **state)
{
    http_ask(*state, "GET /numbers?limit=120" H, &answer);
    assert_null(strstr(answer.body, "next"));
    http_ask(*state, "GET /numbers?limit=119" H, &answer);
    assert_non_null(strstr(answer.body, "next"));
    http_ask(*state, "GET /numbers" H, &answer);
    assert_non_null(strstr(answer.body, ",50],\"next\""));
}

static void bad_input_is_named(void **state)
{
    static const struct {
        const char *request, *field;
    } rows[] = {
        {"GET /numbers?limit=0" H, "\"field\":\"limit\""},
        {"GET /numbers?limit=201" H, "\"field\":\"limit\""},
        {"GET /numbers?limit=x" H, "\"field\":\"limit\""},
        {"GET /numbers?cursor=x" H, "\"field\":\"cursor\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        http_ask(*state, rows[i].request, &answer);
        assert_int_equal(answer.status, 400);
        assert_non_null(strstr(answer.body, rows[i].field));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_follow_one_another_to_the_last),
        cmocka_unit_test(a_full_page_that_is_the_last_has_no_next),
        cmocka_unit_test(bad_input_is_named),
    };
    return cmocka_run_group_tests(tests, start, http_fixture_tear_down);
}
