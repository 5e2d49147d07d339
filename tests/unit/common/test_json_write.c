/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"

struct sheet {
    struct buffer out;
    struct json_writer json;
};

static void sheet_start(struct sheet *sheet)
{
    buffer_init(&sheet->out);
    json_write_start(&sheet->json, &sheet->out);
}

static void sheet_expect(struct sheet *sheet, const char *expected)
{
    assert_string_equal(sheet->out.data, expected);
    assert_int_equal(sheet->out.size, strlen(expected));
    buffer_finish(&sheet->out);
}

static void commas_stand_between_members_and_items(void **state)
{
    (void)state;
    struct sheet sheet;
    struct json_writer *json = &sheet.json;
    sheet_start(&sheet);
    json_open_object(json, NULL);
    json_open_array(json, "empty");
    json_close_array(json);
    json_open_array(json, "items");
    json_put_int(json, NULL, 1);
    json_open_object(json, NULL);
    json_close_object(json);
    json_open_object(json, NULL);
    json_put_bool(json, "a", true);
    json_put_bool(json, "b", false);
    json_close_object(json);
    json_put_null(json, NULL);
    json_close_array(json);
    json_put_raw(json, "raw", "{\"x\":[1]}", 9);
    json_put_null(json, "none");
    json_close_object(json);
    sheet_expect(&sheet, "{\"empty\":[],\"items\":[1,{},{\"a\":true,\"b\":false},null],"
                         "\"raw\":{\"x\":[1]},\"none\":null}");
}

static void absent_values_leave_the_member_out(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_start(&sheet);
    json_open_object(&sheet.json, NULL);
    json_put_text(&sheet.json, "text", NULL);
    json_put_instant_if(&sheet.json, "at", 0);
    json_put_text(&sheet.json, "kept", "");
    json_put_text(&sheet.json, "text", NULL);
    json_close_object(&sheet.json);
    sheet_expect(&sheet, "{\"kept\":\"\"}");
}

static void instants_and_uuids_are_text(void **state)
{
    (void)state;
    struct sheet sheet;
    struct uuid uuid = {{0x01, 0xa2, 0x0b, 0xee, 0xd4, 0xdc, 0x78, 0x0b, 0xbd, 0x00, 0x0f, 0x34,
                         0x89, 0x74, 0x23, 0x1c}};
    sheet_start(&sheet);
    json_open_object(&sheet.json, NULL);
    json_put_instant_if(&sheet.json, "at", INT64_C(1795496531164999));
    json_put_uuid(&sheet.json, "id", &uuid);
    json_close_object(&sheet.json);
    sheet_expect(&sheet, "{\"at\":\"2026-11-24T05:02:11.164Z\","
                         "\"id\":\"01a20bee-d4dc-780b-bd00-0f348974231c\"}");
}

static void texts_are_escaped(void **state)
{
    (void)state;
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"Đội duy tu 🚧", "\"Đội duy tu 🚧\""},
        {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
        {"\"", "\"\\\"\""},
        {"\n\r\t", "\"\\n\\u000d\\u0009\""},
        {"\x01mid\x1f", "\"\\u0001mid\\u001f\""},
        {"</script>", "\"</script>\""},
        {"\x7f", "\"\x7f\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sheet sheet;
        sheet_start(&sheet);
        json_put_text(&sheet.json, NULL, rows[i].text);
        sheet_expect(&sheet, rows[i].expected);
    }
}

static void names_are_escaped(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_start(&sheet);
    json_open_object(&sheet.json, NULL);
    json_put_int(&sheet.json, "a\"b", 1);
    json_close_object(&sheet.json);
    sheet_expect(&sheet, "{\"a\\\"b\":1}");
}

static void text_may_hold_nul_when_its_size_is_given(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_start(&sheet);
    json_put_text_size(&sheet.json, NULL, "a\0b", 3);
    sheet_expect(&sheet, "\"a\\u0000b\"");
}

static void every_byte_survives_a_parser(void **state)
{
    (void)state;
    char text[128];
    for (int c = 1; c < 128; c++) {
        text[c - 1] = (char)c;
    }
    struct sheet sheet;
    sheet_start(&sheet);
    json_put_text_size(&sheet.json, NULL, text, 127);
    json_t *parsed = json_loadb(sheet.out.data, sheet.out.size, JSON_DECODE_ANY, NULL);
    assert_non_null(parsed);
    assert_int_equal(json_string_length(parsed), 127);
    assert_memory_equal(json_string_value(parsed), text, 127);
    json_decref(parsed);
    buffer_finish(&sheet.out);
}

static void integers_have_no_limits_of_their_own(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *expected;
    } rows[] = {
        {0, "0"},
        {-1, "-1"},
        {10, "10"},
        {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sheet sheet;
        sheet_start(&sheet);
        json_put_int(&sheet.json, NULL, rows[i].value);
        sheet_expect(&sheet, rows[i].expected);
    }
}

static void reals_are_short_and_plain(void **state)
{
    (void)state;
    static const struct {
        double value;
        int decimals;
        const char *expected;
    } rows[] = {
        {21.0285, 7, "21.0285"},
        {105.8542123, 7, "105.8542123"},
        {-0.05, 2, "-0.05"},
        {0.0005, 4, "0.0005"},
        {15.5736, 9, "15.5736"},
        {1.0 / 3, 3, "0.333"},
        {2.0 / 3, 3, "0.667"},
        {0.999, 2, "1"},
        {99.995, 0, "100"},
        {100, 3, "100"},
        {0, 7, "0"},
        {-0.0, 7, "0"},
        {-0.0001, 2, "0"},
        {1e-300, 9, "0"},
        {123456789012.5, 9, "123456789012.5"},
        {9007199254740991.0, 9, "9007199254740991"},
        {1e16, 9, "10000000000000000"},
        {1e22, 2, "10000000000000000000000"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sheet sheet;
        sheet_start(&sheet);
        json_put_real(&sheet.json, NULL, rows[i].value, rows[i].decimals);
        sheet_expect(&sheet, rows[i].expected);
    }
}

static void the_largest_real_is_written_out(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_start(&sheet);
    json_put_real(&sheet.json, NULL, -DBL_MAX, 9);
    assert_int_equal(sheet.out.size, 310);
    assert_true(strtod(sheet.out.data, NULL) == -DBL_MAX);
    buffer_finish(&sheet.out);
}

/* All seven-decimal coordinates must come back as they were sent: a step of 11 mm. */
static void coordinates_survive(void **state)
{
    (void)state;
    struct sheet sheet;
    sheet_start(&sheet);
    for (int64_t e7 = 1053000000; e7 < 1053000000 + 20000; e7++) {
        buffer_reset(&sheet.out);
        json_write_start(&sheet.json, &sheet.out);
        json_put_real(&sheet.json, NULL, (double)e7 / 1e7, 7);
        assert_true(strtod(sheet.out.data, NULL) == (double)e7 / 1e7);
    }
    buffer_finish(&sheet.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_stand_between_members_and_items),
        cmocka_unit_test(absent_values_leave_the_member_out),
        cmocka_unit_test(instants_and_uuids_are_text),
        cmocka_unit_test(texts_are_escaped),
        cmocka_unit_test(names_are_escaped),
        cmocka_unit_test(text_may_hold_nul_when_its_size_is_given),
        cmocka_unit_test(every_byte_survives_a_parser),
        cmocka_unit_test(integers_have_no_limits_of_their_own),
        cmocka_unit_test(reals_are_short_and_plain),
        cmocka_unit_test(the_largest_real_is_written_out),
        cmocka_unit_test(coordinates_survive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
