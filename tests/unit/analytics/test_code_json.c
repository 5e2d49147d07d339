/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/code_json.h"

typedef const char *read_code(struct json_reader *reader, const char *name,
                              enum json_presence presence);

static bool is_good(read_code *read, const char *code)
{
    struct json_document document;
    struct json_reader reader;
    struct arena arena;
    struct error err = {0};
    char json[256];
    snprintf(json, sizeof json, "{\"code\":\"%s\"}", code);
    assert_true(json_document_parse(&document, json, strlen(json), NULL));
    arena_init(&arena);
    json_read_root(&reader, &document, &arena, JSON_SKIP_UNKNOWN, &err);
    const char *told = read(&reader, "code", JSON_REQUIRED);
    bool good = json_read_end(&reader);
    assert_int_equal(good, told != NULL && strcmp(told, code) == 0);
    assert_true(good || strcmp(err.fields[0].field, "code") == 0);
    json_document_free(&document);
    arena_finish(&arena);
    return good;
}

static void codes_follow_their_patterns(void **state)
{
    static const struct {
        read_code *read;
        const char *code;
        bool good;
    } rows[] = {
        {code_read_unit, "00070", true},
        {code_read_unit, "00070-TCD-3", true},
        {code_read_unit, "SXD", true},
        {code_read_unit, "S", false},
        {code_read_unit, "-SXD", false},
        {code_read_unit, "sxd", false},
        {code_read_unit, "S XD", false},
        {code_read_unit, "S23456789012345678901234567890123", false},
        {code_read_category, "giao-thong", true},
        {code_read_category, "3g", true},
        {code_read_category, "giao--thong", false},
        {code_read_category, "giao-", false},
        {code_read_category, "-giao", false},
        {code_read_category, "Giao", false},
        {code_read_rule, "receive", true},
        {code_read_rule, "routing.category-area", true},
        {code_read_rule, "resolve-3_x", true},
        {code_read_rule, "resolve-", false},
        {code_read_rule, "resolve--x", false},
        {code_read_rule, "-resolve", false},
        {code_read_rule, "Resolve", false},
        {code_read_rule, "a|b", false},
        {code_read_word, "home_visit", true},
        {code_read_word, "a", true},
        {code_read_word, "_a", false},
        {code_read_word, "9a", false},
        {code_read_word, "home visit", false},
        {code_read_word, "Home", false},
        {code_read_word, "a-b", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (is_good(rows[i].read, rows[i].code) != rows[i].good) {
            fail_msg("%s", rows[i].code);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(codes_follow_their_patterns)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
