/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"

static void first_error_wins(void **state)
{
    (void)state;
    struct error err = {0};
    assert_false(error_is_set(&err));
    assert_false(error_set(&err, ERR_RETRY, "database_unavailable", "%s is away", "it"));
    assert_false(error_set(&err, ERR_FATAL, "bug", "later"));
    assert_true(error_is_set(&err));
    assert_int_equal(err.kind, ERR_RETRY);
    assert_string_equal(err.code, "database_unavailable");
    assert_string_equal(err.text, "it is away");
    error_clear(&err);
    assert_false(error_is_set(&err));
    error_set(&err, ERR_FATAL, "bug", "now the first");
    assert_int_equal(err.kind, ERR_FATAL);
}

static void bad_fields_gather(void **state)
{
    (void)state;
    struct error err = {0};
    assert_false(error_add_field(&err, "location.lat", "required", "is missing"));
    assert_false(error_add_field(&err, "media[2]", "too_long", "at most %d characters", 9));
    assert_int_equal(err.kind, ERR_INPUT);
    assert_string_equal(err.code, "invalid_input");
    assert_int_equal(err.field_count, 2);
    assert_string_equal(err.fields[0].field, "location.lat");
    assert_string_equal(err.fields[1].code, "too_long");
    assert_string_equal(err.fields[1].text, "at most 9 characters");
}

static void fields_past_the_most_are_told_in_the_text(void **state)
{
    (void)state;
    struct error err = {0};
    for (int i = 0; i < ERROR_FIELDS_MAX; i++) {
        error_add_field(&err, "field", "required", "is missing");
    }
    assert_string_equal(err.text, "the input has faults");
    error_add_field(&err, "ninth", "required", "is missing");
    error_add_field(&err, "tenth", "required", "is missing");
    assert_int_equal(err.field_count, ERROR_FIELDS_MAX);
    assert_string_equal(err.text, "the input has more than 8 faults");
}

static void field_joins_no_error_of_another_kind(void **state)
{
    (void)state;
    struct error err = {0};
    error_set(&err, ERR_CONFLICT, "stale_version", "reload");
    error_add_field(&err, "field", "required", "is missing");
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_int_equal(err.field_count, 0);
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    struct error err = {0};
    char text[1000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    error_set(&err, ERR_INPUT, text, "%s", text);
    error_add_field(&err, text, text, "%s", text);
    assert_int_equal(strlen(err.code), sizeof err.code - 1);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_int_equal(strlen(err.fields[0].field), sizeof err.fields[0].field - 1);
    assert_int_equal(strlen(err.fields[0].code), sizeof err.fields[0].code - 1);
    assert_int_equal(strlen(err.fields[0].text), sizeof err.fields[0].text - 1);
}

/* Cut in the middle of a character, a text would no longer be UTF-8, nor JSON. */
static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    for (int shift = 0; shift < 3; shift++) {
        struct error err = {0};
        char text[400];
        size_t size = (size_t)snprintf(text, sizeof text, "%.*s", shift, "ab");
        while (size + 4 < sizeof text) {
            size += (size_t)snprintf(text + size, sizeof text - size, "ộ");
        }
        error_set(&err, ERR_INPUT, "code", "%s", text);
        error_add_field(&err, text, "code", "%s", text);
        size_t cut = strlen(err.text);
        assert_true(cut > sizeof err.text - 4);
        assert_int_equal((cut - (size_t)shift) % 3, 0);
        assert_memory_equal(err.text, text, cut);
        assert_int_equal((strlen(err.fields[0].field) - (size_t)shift) % 3, 0);
        assert_int_equal((strlen(err.fields[0].text) - (size_t)shift) % 3, 0);
    }
}

static void null_is_taken_everywhere(void **state)
{
    (void)state;
    error_clear(NULL);
    assert_false(error_is_set(NULL));
    assert_false(error_set(NULL, ERR_INPUT, "code", "text"));
    assert_false(error_add_field(NULL, "field", "code", "text"));
}

static void every_kind_has_a_name(void **state)
{
    (void)state;
    for (int kind = ERR_NONE; kind <= ERR_FATAL; kind++) {
        assert_non_null(error_kind_name((enum error_kind)kind));
    }
    assert_string_equal(error_kind_name(ERR_TOO_LARGE), "too_large");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(bad_fields_gather),
        cmocka_unit_test(fields_past_the_most_are_told_in_the_text),
        cmocka_unit_test(field_joins_no_error_of_another_kind),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(null_is_taken_everywhere),
        cmocka_unit_test(every_kind_has_a_name),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
