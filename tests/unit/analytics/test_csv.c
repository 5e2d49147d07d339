/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/json.h"
#include "services/analytics/csv.h"
#include "services/analytics/figure_csv.h"

static void texts_are_quoted_where_they_must_be(void **state)
{
    static const struct {
        const char *text, *field;
    } rows[] = {
        {"", ""},
        {NULL, ""},
        {"giao-thong", "giao-thong"},
        {"00070", "00070"},
        {"Phường Hoàn Kiếm", "Phường Hoàn Kiếm"},
        {"a, b", "\"a, b\""},
        {"\"Xanh\"", "\"\"\"Xanh\"\"\""},
        {"a\nb", "\"a\nb\""},
        {"a\rb", "\"a\rb\""},
        {" blank ", " blank "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buffer out;
        struct csv csv;
        buffer_init(&out);
        csv_start(&csv, &out);
        csv_put_text(&csv, rows[i].text);
        csv_end_line(&csv);
        assert_int_equal(out.size, strlen(rows[i].field) + 2);
        assert_memory_equal(out.data, rows[i].field, out.size - 2);
        assert_string_equal(out.data + out.size - 2, "\r\n");
        buffer_finish(&out);
    }
}

static void no_text_is_a_formula(void **state)
{
    static const struct {
        const char *text, *field;
    } rows[] = {
        {"=1+1", "'=1+1"},
        {"+84", "'+84"},
        {"-2", "'-2"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\tx", "'\tx"},
        {"\r=1", "\"'\r=1\""},
        {"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
        {"a=b", "a=b"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buffer out;
        struct csv csv;
        buffer_init(&out);
        csv_start(&csv, &out);
        csv_put_text(&csv, rows[i].text);
        assert_string_equal(out.data, rows[i].field);
        buffer_finish(&out);
    }
}

static void a_line_has_its_fields_in_order(void **state)
{
    static const char *const names[] = {"a", "b", "c"};
    struct buffer out;
    struct csv csv;
    (void)state;
    buffer_init(&out);
    csv_start(&csv, &out);
    csv_put_header(&csv, names, 3);
    csv_put_int(&csv, -5);
    csv_put_bool(&csv, true);
    csv_put_instant(&csv, INT64_C(1795496531123000));
    csv_end_line(&csv);
    csv_put_empty(&csv, 2);
    csv_put_instant_if(&csv, 0);
    csv_end_line(&csv);
    assert_string_equal(out.data, "a,b,c\r\n-5,true,2026-11-24T05:02:11.123Z\r\n,,\r\n");
    buffer_finish(&out);
}

static void numbers_are_those_of_json(void **state)
{
    static const double values[] = {0,   1,         2.0 / 3,   1.0 / 128, 0.5,     123456.789,
                                    1e9, 0.0000004, 0.0000005, 0.999999,  -1.0 / 3};
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        for (int decimals = 0; decimals <= CSV_DECIMALS_MAX; decimals++) {
            struct buffer table, json;
            struct csv csv;
            struct json_writer writer;
            buffer_init(&table);
            buffer_init(&json);
            csv_start(&csv, &table);
            csv_put_real(&csv, values[i], decimals);
            json_write_start(&writer, &json);
            json_put_real(&writer, NULL, values[i], decimals);
            assert_string_equal(table.data, json.data);
            buffer_finish(&table);
            buffer_finish(&json);
        }
    }
}

/* ---- figures ---- */

static const struct moment moment = {.as_of = INT64_C(1795496531123000)};

static size_t count_fields(const char *line)
{
    size_t count = 1;
    bool quoted = false;
    for (; *line != '\r' && *line != '\0'; line++) {
        quoted ^= *line == '"';
        count += *line == ',' && !quoted;
    }
    return count;
}

static void assert_columns(const char *code, const struct tally *tally, bool hidden)
{
    struct slice slice = {.members = {[DIMENSION_UNIT] = "SXD"}, .period = {PERIOD_ALL, 0}};
    struct figure figure;
    struct buffer out;
    struct csv csv;
    buffer_init(&out);
    csv_start(&csv, &out);
    figure_of(&figure, indicator_find(code), tally);
    figure.hidden = hidden;
    struct figure_line line = {.figure = &figure, .slice = &slice};
    figure_csv_header(&csv);
    figure_csv_line(&csv, &line, &moment);
    const char *second = strstr(out.data, "\r\n") + 2;
    assert_int_equal(count_fields(second), count_fields(out.data));
    buffer_finish(&out);
}

static void a_figure_has_a_field_for_each_column(void **state)
{
    struct arena arena;
    struct tally some = {.counts = {[0] = 1}}, none = {.counts = {0}};
    static const char *const codes[] = {"received_on_time", "handovers_per_case",
                                        "resolution_time"};
    (void)state;
    arena_init(&arena);
    for (int i = 0; i < TALLY_COUNTERS; i++) {
        some.counts[i] = 1;
    }
    sketch_add(&some.times, sketch_bucket(INT64_C(3600000000)), 1, &arena);
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        assert_columns(codes[i], &some, false);
        assert_columns(codes[i], &none, false);
        assert_columns(codes[i], &some, true);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_quoted_where_they_must_be),
        cmocka_unit_test(no_text_is_a_formula),
        cmocka_unit_test(a_line_has_its_fields_in_order),
        cmocka_unit_test(numbers_are_those_of_json),
        cmocka_unit_test(a_figure_has_a_field_for_each_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
