/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "common/http_private.h"

#include <string.h>

#define ROW(a_method, a_path)                                                                      \
    {                                                                                              \
        .method = a_method, .path = a_path, .access = ""                                           \
    }

static const struct http_route none[] = {{0}};
static const struct http_route table[] = {
    ROW("GET", "/things"),
    ROW("POST", "/things"),
    ROW("GET", "/things/{id}"),
    ROW("GET", "/things/{id}.xml"),
    ROW("GET", "/things/{id}.json"),
    ROW("GET", "/things/mine"),
    ROW("DELETE", "/things/{id}"),
    {.method = "GET", .path = "/headless", .access = "", .flags = HTTP_NO_HEAD},
    ROW("GET", "/things/{thing}/parts/{part}"),
    ROW("GET", "/things/mine/last"),
    ROW("GET", "/"),
    {0},
};

static void route_finds_the_most_exact_path(void **state)
{
    static const struct {
        const char *path, *found, *param, *value;
    } rows[] = {
        {"/things", "/things", NULL, NULL},
        {"/things/7", "/things/{id}", "id", "7"},
        {"/things/7.xml", "/things/{id}.xml", "id", "7"},
        {"/things/a.b.json", "/things/{id}.json", "id", "a.b"},
        {"/things/7.csv", "/things/{id}", "id", "7.csv"},
        {"/things/.xml", "/things/{id}", "id", ".xml"},
        {"/things/mine", "/things/mine", NULL, NULL},
        {"/things/mine/last", "/things/mine/last", NULL, NULL},
        {"/things/mine/parts/2", "/things/{thing}/parts/{part}", "thing", "mine"},
        {"/things/a%2Fb", "/things/{id}", "id", "a%2Fb"},
        {"/", "/", NULL, NULL},
        {"/thing", NULL, NULL, NULL},
        {"/things/", NULL, NULL, NULL},
        {"/things//parts/2", NULL, NULL, NULL},
        {"/things/7/parts", NULL, NULL, NULL},
        {"/things/7/", NULL, NULL, NULL},
        {"//things", NULL, NULL, NULL},
        {"things", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
        {"*", NULL, NULL, NULL},
    };
    struct router router;
    (void)state;
    router_init(&router, none, table);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct route_match match;
        router_match(&router, rows[i].path, strlen(rows[i].path), &match);
        if (rows[i].found == NULL) {
            assert_null(match.routes);
            continue;
        }
        assert_non_null(match.routes);
        assert_string_equal(match.routes->spec->path, rows[i].found);
        if (rows[i].param != NULL) {
            assert_true(match.part_count > 0);
            assert_memory_equal(match.parts[0].name, rows[i].param, match.parts[0].name_size);
            assert_int_equal(match.parts[0].size, strlen(rows[i].value));
            assert_memory_equal(match.parts[0].text, rows[i].value, match.parts[0].size);
        } else {
            assert_int_equal(match.part_count, 0);
        }
    }
    router_finish(&router);
}

static void route_chooses_by_method(void **state)
{
    struct router router;
    struct route_match match;
    struct buffer allow;
    (void)state;
    router_init(&router, none, table);
    router_match(&router, "/things", 7, &match);
    assert_string_equal(route_for_method(match.routes, "POST")->spec->method, "POST");
    assert_string_equal(route_for_method(match.routes, "HEAD")->spec->method, "GET");
    assert_null(route_for_method(match.routes, "PUT"));
    assert_null(route_for_method(match.routes, "get"));
    buffer_init(&allow);
    route_write_allow(match.routes, &allow);
    assert_string_equal(allow.data, "POST, GET, HEAD");
    router_match(&router, "/headless", 9, &match);
    assert_non_null(route_for_method(match.routes, "GET"));
    assert_null(route_for_method(match.routes, "HEAD"));
    buffer_reset(&allow);
    route_write_allow(match.routes, &allow);
    assert_string_equal(allow.data, "GET");
    buffer_finish(&allow);
    router_finish(&router);
}

static void route_tables_join(void **state)
{
    static const struct http_route own[] = {ROW("POST", "/livez"), {0}};
    struct router router;
    struct route_match match;
    (void)state;
    router_init(&router, http_builtin_routes, own);
    router_match(&router, "/livez", 6, &match);
    assert_true(route_for_method(match.routes, "GET")->builtin);
    assert_false(route_for_method(match.routes, "POST")->builtin);
    router_finish(&router);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(route_finds_the_most_exact_path),
        cmocka_unit_test(route_chooses_by_method),
        cmocka_unit_test(route_tables_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
