/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "common/http_private.h"

#include <string.h>

static int setup(void **state)
{
    static struct arena arena;
    arena_init(&arena);
    *state = &arena;
    return 0;
}

static int teardown(void **state)
{
    arena_finish(*state);
    return 0;
}

static void decode_undoes_percent_encoding(void **state)
{
    static const struct {
        const char *text, *plain; /* NULL: refused */
    } rows[] = {
        {"", ""},
        {"abc", "abc"},
        {"a%20b+c", "a b c"},
        {"%C3%A1%c4%91", "\xC3\xA1\xC4\x91"},
        {"%2B%26%3D", "+&="},
        {"%", NULL},
        {"%2", NULL},
        {"a%2", NULL},
        {"%zz", NULL},
        {"%00", NULL},
        {"%C3", NULL},
        {"%C0%AF", NULL},
        {"%ED%A0%80", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *plain = http_decode(*state, rows[i].text, strlen(rows[i].text), true);
        if (rows[i].plain == NULL) {
            assert_null(plain);
        } else {
            assert_string_equal(plain, rows[i].plain);
        }
    }
    assert_string_equal(http_decode(*state, "a+b", 3, false), "a+b");
}

static void pairs_keep_order_and_repeats(void **state)
{
    static const char text[] = "a=1&b&&a=2&=x&c=y=z&d%5B0%5D=%E1%BA%A1";
    struct http_pairs pairs = {0};
    struct error err = {0};
    assert_true(http_pairs_parse(&pairs, *state, text, sizeof text - 1, "query", &err));
    assert_int_equal(pairs.count, 6);
    assert_string_equal(http_pairs_find(&pairs, "a"), "1");
    assert_string_equal(http_pairs_find(&pairs, "b"), "");
    assert_string_equal(http_pairs_find(&pairs, ""), "x");
    assert_string_equal(http_pairs_find(&pairs, "c"), "y=z");
    assert_string_equal(http_pairs_find(&pairs, "d[0]"), "\xE1\xBA\xA1");
    assert_null(http_pairs_find(&pairs, "e"));
}

static void pairs_name_the_bad_field(void **state)
{
    struct http_pairs pairs = {0};
    struct error err = {0};
    assert_false(http_pairs_parse(&pairs, *state, "a=1&b=%FF", 9, "query", &err));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.fields[0].field, "b");
    error_clear(&err);
    assert_false(http_pairs_parse(&pairs, *state, "%FF=1", 5, "form", &err));
    assert_string_equal(err.fields[0].field, "form");
}

static void pairs_are_limited(void **state)
{
    char text[2000];
    struct http_pairs pairs = {0};
    struct error err = {0};
    memset(text, '&', sizeof text);
    assert_false(http_pairs_parse(&pairs, *state, text, sizeof text, "form", &err));
    assert_string_equal(err.fields[0].code, "too_many");
}

static void an_empty_body_has_no_pairs(void **state)
{
    struct http_pairs pairs = {.count = 1};
    struct error err = {0};
    assert_true(http_pairs_parse(&pairs, *state, NULL, 0, "form", &err));
    assert_int_equal(pairs.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(decode_undoes_percent_encoding, setup, teardown),
        cmocka_unit_test_setup_teardown(pairs_keep_order_and_repeats, setup, teardown),
        cmocka_unit_test_setup_teardown(pairs_name_the_bad_field, setup, teardown),
        cmocka_unit_test_setup_teardown(pairs_are_limited, setup, teardown),
        cmocka_unit_test_setup_teardown(an_empty_body_has_no_pairs, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
