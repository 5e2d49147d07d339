/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "services/intake/event_source.h"
#include "services/intake/inbound.h"
#include "services/intake/quarantine.h"
#include "services/intake/quota_asks.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static void a_source_belongs_to_the_longest_prefix_that_covers_it(void **state)
{
    static const struct event_source items[] = {
        {.prefix = "https://a.example"},
        {.prefix = "https://a.example/cameras"},
        {.prefix = "urn:b:"},
    };
    static const struct event_sources sources = {.items = items, .count = 3};
    static const struct {
        const char *source;
        int place; /* -1: unknown */
    } rows[] = {
        {"https://a.example", 0},
        {"https://a.example/7", 0},
        {"https://a.example.net", -1},
        {"https://a.example/cameras", 1},
        {"https://a.example/cameras/7", 1},
        {"https://a.example/cameras7", 0},
        {"urn:b:7", 2},
        {"urn:b", -1},
        {"", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct event_source *found = event_source_of(&sources, rows[i].source);
        assert_ptr_equal(found, rows[i].place < 0 ? NULL : &items[rows[i].place]);
    }
}

static void a_source_sends_its_own_types_alone(void **state)
{
    static const char *const types[] = {"a.v1", "b.v1"};
    static const struct event_source source = {.types = types, .type_count = 2};
    (void)state;
    assert_true(event_source_may_send(&source, "b.v1"));
    assert_false(event_source_may_send(&source, "b.v"));
    assert_false(event_source_may_send(&source, NULL));
}

/* Whoever sends it, a type that nobody takes is unknown and not foreign. */
static void what_nobody_takes_is_not_foreign(void **state)
{
    static const char *const types[] = {"vn.hanoi.bill.issued.v1"};
    static const struct event_source source = {.types = types, .type_count = 1};
    (void)state;
    assert_false(inbound_is_foreign("vn.hanoi.bill.issued.v1", &source));
    assert_true(inbound_is_foreign("vn.hanoi.incident.reported.v1", &source));
    assert_false(inbound_is_foreign("vn.hanoi.bill.paid.v1", &source));
    assert_false(inbound_is_foreign(NULL, &source));
}

#define SOURCE(prefix, more)                                                                       \
    "{\"prefix\":\"" prefix "\",\"name\":\"Camera\",\"owner\":\"TT\",\"contact\":\"x\","           \
    "\"types\":[\"vn.hanoi.bill.issued.v1\"],\"per_s\":5,\"burst\":50" more "}"

static void the_operators_file_is_read(void **state)
{
    static const char file[] = "{\"sources\":[" SOURCE("urn:a", "") "," SOURCE("urn:b", "") "]}";
    const struct event_source *items;
    struct error err = {0};
    size_t count;
    (void)state;
    assert_true(event_sources_read(&items, &count, file, strlen(file), &arena, &err));
    assert_int_equal(count, 2);
    assert_string_equal(items[1].prefix, "urn:b");
    assert_int_equal(items[1].per_s, 5);
    assert_int_equal(items[1].burst, 50);
    assert_string_equal(items[0].types[0], "vn.hanoi.bill.issued.v1");
}

static void of_a_bad_file_the_field_is_named(void **state)
{
    static const struct {
        const char *file, *field;
    } rows[] = {
        {"{\"sources\":[" SOURCE("urn:a", ",\"more\":1") "]}", "sources[0].more"},
        {"{\"sources\":[" SOURCE("urn:a", "") "," SOURCE("urn:a", "") "]}", "sources[1].prefix"},
        {"{\"sources\":[" SOURCE("urn a", "") "]}", "sources[0].prefix"},
        {"{\"sources\":[{\"prefix\":\"a\",\"name\":\"b\",\"owner\":\"c\",\"contact\":\"d\","
         "\"types\":[\"no.v1\"],\"per_s\":1,\"burst\":1}]}",
         "sources[0].types[0]"},
        {"{\"sources\":[{\"prefix\":\"a\",\"name\":\"b\",\"owner\":\"c\",\"contact\":\"d\","
         "\"types\":[],\"per_s\":0,\"burst\":1}]}",
         "sources[0].per_s"},
        {"{}", "sources"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct event_source *items;
        struct error err = {0};
        size_t count;
        assert_false(
            event_sources_read(&items, &count, rows[i].file, strlen(rows[i].file), &arena, &err));
        assert_string_equal(err.fields[0].field, rows[i].field);
    }
}

static void asks_are_counted_by_source_and_used_up(void **state)
{
    struct quota_ask items[4];
    struct quota_asks asks = {.items = items};
    unsigned wait_s;
    (void)state;
    assert_true(quota_asks_all_granted(&asks, &wait_s));
    quota_asks_add(&asks, "a");
    quota_asks_add(&asks, "b");
    quota_asks_add(&asks, "a");
    assert_int_equal(asks.count, 2);
    assert_int_equal(items[0].wanted, 2);
    assert_false(quota_asks_use(&asks, "a")); /* not asked yet */
    items[0].granted = 1;
    items[0].wait_s = 3;
    items[1].granted = 1;
    items[1].wait_s = 9;
    assert_false(quota_asks_all_granted(&asks, &wait_s));
    assert_int_equal(wait_s, 3);
    assert_true(quota_asks_use(&asks, "a"));
    assert_false(quota_asks_use(&asks, "a"));
    assert_true(quota_asks_use(&asks, "b"));
    assert_false(quota_asks_use(&asks, "c"));
    items[0].granted = 2;
    items[1].granted = 1;
    assert_true(quota_asks_all_granted(&asks, &wait_s));
}

static void an_order_says_why_and_a_fix_says_what(void **state)
{
    static const struct {
        enum quarantine_act act;
        const char *json, *field; /* NULL: good */
    } rows[] = {
        {QUARANTINE_RELEASE, "{\"why\":\"x\"}", NULL},
        {QUARANTINE_FIX, "{\"why\":\"x\",\"data\":{\"a\": [1]}}", NULL},
        {QUARANTINE_DISCARD, "{}", "why"},
        {QUARANTINE_RELEASE, "{\"why\":\"\"}", "why"},
        {QUARANTINE_RELEASE, "{\"why\":\"x\",\"data\":{}}", "data"},
        {QUARANTINE_FIX, "{\"why\":\"x\"}", "data"},
        {QUARANTINE_FIX, "{\"why\":\"x\",\"data\":[1]}", "data"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct quarantine_order order;
        struct error err = {0};
        bool good = quarantine_order_read(&order, rows[i].act, rows[i].json, strlen(rows[i].json),
                                          &arena, &err);
        assert_int_equal(good, rows[i].field == NULL);
        if (!good) {
            assert_string_equal(err.fields[0].field, rows[i].field);
        } else if (rows[i].act == QUARANTINE_FIX) {
            assert_string_equal(order.data, "{\"a\": [1]}");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_belongs_to_the_longest_prefix_that_covers_it),
        cmocka_unit_test(a_source_sends_its_own_types_alone),
        cmocka_unit_test(what_nobody_takes_is_not_foreign),
        cmocka_unit_test(the_operators_file_is_read),
        cmocka_unit_test(of_a_bad_file_the_field_is_named),
        cmocka_unit_test(asks_are_counted_by_source_and_used_up),
        cmocka_unit_test(an_order_says_why_and_a_fix_says_what),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
