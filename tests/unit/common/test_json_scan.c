/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/json_scan.h"

enum { TEXT, WORD, NUMBER, INSTANT, ID };

static const char *const names[] = {"text", "word", "number", "instant", "id", NULL};
static const char *const words[] = {"open", "closed", NULL};

static bool open_scan(struct json_scan *scan, const char *json, struct arena *arena,
                      struct error *err)
{
    return json_scan_open(scan, names, json, strlen(json), arena, err);
}

static void scan_reads_members_in_any_order(void **state)
{
    struct json_scan scan;
    struct arena arena;
    struct error err = {0};
    struct uuid id;
    const char *json = " {\"x\":{\"text\":\"not this one\"}, \"id\":\"01a20bee-d4b3-7c38-8010-"
                       "0f98910ae571\",\"number\" : 12.0,\"y\":[[],{},[1,-2.5e-3,null]],"
                       "\"instant\":\"2026-11-24T05:02:11.123Z\",\"word\":\"closed\","
                       "\"\\u0074ext\":\"Ph\xC6\xB0\xE1\xBB\x9Dng \\\"1\\\" \\ud83d\\ude00\"}\n";
    (void)state;
    arena_init(&arena);

    assert_true(open_scan(&scan, json, &arena, &err));
    assert_string_equal(json_scan_text(&scan, TEXT, JSON_REQUIRED, 1, 12),
                        "Ph\xC6\xB0\xE1\xBB\x9Dng \"1\" \xF0\x9F\x98\x80");
    assert_int_equal(json_scan_word(&scan, WORD, JSON_REQUIRED, words), 1);
    assert_int_equal(json_scan_int(&scan, NUMBER, JSON_REQUIRED, 1, 12, 0), 12);
    assert_int_equal(json_scan_instant(&scan, INSTANT, JSON_REQUIRED), 1795496531123000);
    assert_true(json_scan_uuid(&scan, ID, JSON_REQUIRED, &id));
    assert_int_equal(id.bytes[15], 0x71);
    assert_true(json_scan_end(&scan));
    arena_finish(&arena);
}

static void scan_leaves_absent_members_alone(void **state)
{
    struct json_scan scan;
    struct arena arena;
    struct error err = {0};
    struct uuid id;
    (void)state;
    arena_init(&arena);

    assert_true(open_scan(&scan, "{}", &arena, &err));
    assert_null(json_scan_text(&scan, TEXT, JSON_OPTIONAL, 1, 9));
    assert_int_equal(json_scan_word(&scan, WORD, JSON_OPTIONAL, words), -1);
    assert_int_equal(json_scan_int(&scan, NUMBER, JSON_OPTIONAL, 0, 9, 7), 7);
    assert_int_equal(json_scan_instant(&scan, INSTANT, JSON_OPTIONAL), 0);
    assert_false(json_scan_uuid(&scan, ID, JSON_OPTIONAL, &id));
    assert_true(json_scan_end(&scan));
    assert_false(error_is_set(&err));
    arena_finish(&arena);
}

static void scan_names_every_bad_field(void **state)
{
    static const struct {
        const char *json, *field, *code;
    } rows[] = {
        {"{}", "text", "required"},
        {"{\"text\":null}", "text", "wrong_type"},
        {"{\"text\":7}", "text", "wrong_type"},
        {"{\"text\":\"\"}", "text", "too_short"},
        {"{\"text\":\"1234567890123\"}", "text", "too_long"},
        {"{\"text\":\"a\\u0085\"}", "text", "control_character"},
        {"{\"text\":\"a\",\"word\":\"ajar\"}", "word", "not_allowed"},
        {"{\"text\":\"a\",\"number\":\"1\"}", "number", "wrong_type"},
        {"{\"text\":\"a\",\"number\":1.5}", "number", "not_an_integer"},
        {"{\"text\":\"a\",\"number\":1e400}", "number", "not_an_integer"},
        {"{\"text\":\"a\",\"number\":13}", "number", "out_of_range"},
        {"{\"text\":\"a\",\"instant\":\"yesterday\"}", "instant", "bad_instant"},
        {"{\"text\":\"a\",\"id\":\"01A20bee-d4b3-7c38-8010-0f98910ae571\"}", "id", "bad_uuid"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_scan scan;
        struct arena arena;
        struct error err = {0};
        struct uuid id;
        arena_init(&arena);
        assert_true(open_scan(&scan, rows[i].json, &arena, &err));
        json_scan_text(&scan, TEXT, JSON_REQUIRED, 1, 12);
        json_scan_word(&scan, WORD, JSON_OPTIONAL, words);
        json_scan_int(&scan, NUMBER, JSON_OPTIONAL, 1, 12, 0);
        json_scan_instant(&scan, INSTANT, JSON_OPTIONAL);
        json_scan_uuid(&scan, ID, JSON_OPTIONAL, &id);
        assert_false(json_scan_end(&scan));
        assert_int_equal(err.field_count, 1);
        assert_string_equal(err.fields[0].field, rows[i].field);
        assert_string_equal(err.fields[0].code, rows[i].code);
        arena_finish(&arena);
    }
}

static void scan_refuses_what_is_no_json(void **state)
{
    static const struct {
        const char *json, *code;
    } rows[] = {
        {"", "invalid_json"},
        {"  ", "invalid_json"},
        {"[]", "invalid_json"},
        {"{", "invalid_json"},
        {"{\"a\":}", "invalid_json"},
        {"{\"a\" 1}", "invalid_json"},
        {"{\"a\":1,}", "invalid_json"},
        {"{\"a\":1} x", "invalid_json"},
        {"{\"a\":01}", "invalid_json"},
        {"{\"a\":1.}", "invalid_json"},
        {"{\"a\":.5}", "invalid_json"},
        {"{\"a\":+1}", "invalid_json"},
        {"{\"a\":1e}", "invalid_json"},
        {"{\"a\":tru}", "invalid_json"},
        {"{\"a\":[1,]}", "invalid_json"},
        {"{\"a\":\"x}", "invalid_json"},
        {"{\"a\":\"\\x\"}", "invalid_json"},
        {"{\"a\":\"\\u12\"}", "invalid_json"},
        {"{\"a\":\"\\ud800\"}", "invalid_json"},
        {"{\"a\":\"\\udc00\"}", "invalid_json"},
        {"{\"a\":\"\\u0000\"}", "invalid_json"},
        {"{\"a\":\"\x01\"}", "invalid_json"},
        {"{\"a\":\"\xC3\"}", "invalid_utf8"},
        {"{\"a\":\"\xED\xA0\x80\"}", "invalid_utf8"},
        {"{\"text\":1,\"\\u0074ext\":2}", "duplicate_member"},
        {"{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", "too_deep"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_scan scan;
        struct arena arena;
        struct error err = {0};
        arena_init(&arena);
        assert_false(open_scan(&scan, rows[i].json, &arena, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.code, rows[i].code);
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scan_reads_members_in_any_order),
        cmocka_unit_test(scan_leaves_absent_members_alone),
        cmocka_unit_test(scan_names_every_bad_field),
        cmocka_unit_test(scan_refuses_what_is_no_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
