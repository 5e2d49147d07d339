/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars as data: half days, and what is wrong with a bad one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "common/date.h"
#include "services/routing/calendar_json.h"
#include "services/routing/reference_data.h"

static struct calendar *read_text(const char *text, size_t size, struct error *err)
{
    struct arena arena;
    int64_t known_to = 0;
    arena_init(&arena);
    struct calendar *calendar = calendar_json_read(text, size, &known_to, &arena, err);
    arena_finish(&arena);
    return calendar;
}

/* A week of February 2026 whose exceptions are told. */
static struct calendar *read_exceptions(const char *exceptions, struct error *err)
{
    char text[1000];
    int size = snprintf(text, sizeof text,
                        "{\"utc_offset_minutes\": 420,"
                        " \"covers\": {\"from\": \"2026-02-09\", \"to\": \"2026-02-15\"},"
                        " \"weekdays\": [\"monday\", \"friday\"],"
                        " \"periods\": [{\"start\": \"08:00\", \"end\": \"12:00\"},"
                        " {\"start\": \"13:00\", \"end\": \"17:00\"}],"
                        " \"exceptions\": [%s]}",
                        exceptions);
    return read_text(text, (size_t)size, err);
}

static int64_t hours_of_first_week(const struct calendar *calendar)
{
    int64_t end_us = calendar_first_us(calendar) + 7 * CALENDAR_DAY_US;
    return calendar_worked_us(calendar, end_us) / (60 * CALENDAR_MINUTE_US);
}

static void exceptions_have_usual_hours_or_their_own(void **state)
{
    static const struct {
        const char *exceptions;
        int64_t hours;
    } rows[] = {
        {"", 16},
        {"{\"date\": \"2026-02-13\", \"works\": false}", 8},
        {"{\"date\": \"2026-02-14\", \"works\": true}", 24},
        {"{\"date\": \"2026-02-13\", \"works\": true,"
         " \"periods\": [{\"start\": \"08:00\", \"end\": \"12:00\"}]}",
         12},
        {"{\"date\": \"2026-02-14\", \"works\": true,"
         " \"periods\": [{\"start\": \"07:00\", \"end\": \"10:00\"},"
         " {\"start\": \"22:00\", \"end\": \"24:00\"}]}",
         21},
        {"{\"date\": \"2026-02-13\", \"works\": true,"
         " \"periods\": [{\"start\": \"08:00\", \"end\": \"12:00\"}]},"
         "{\"date\": \"2026-02-13\", \"works\": false}",
         8},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err = {0};
        struct calendar *calendar = read_exceptions(rows[i].exceptions, &err);
        if (calendar == NULL || hours_of_first_week(calendar) != rows[i].hours) {
            fail_msg("%s: %s", rows[i].exceptions, err.text);
        }
        calendar_free(calendar);
    }
}

static void a_bad_exception_is_refused(void **state)
{
    static const struct {
        const char *exceptions, *code, *field;
    } rows[] = {
        {"{\"date\": \"2026-02-30\", \"works\": false}", "bad_date", "exceptions[0].date"},
        {"{\"date\": \"2026-02-13\", \"works\": true,"
         " \"periods\": [{\"start\": \"8:00\", \"end\": \"12:00\"}]}",
         "too_short", "exceptions[0].periods[0].start"},
        {"{\"date\": \"2026-02-13\", \"works\": true, \"periods\": 4}", "wrong_type",
         "exceptions[0].periods"},
        {"{\"date\": \"2026-02-13\", \"works\": false,"
         " \"periods\": [{\"start\": \"08:00\", \"end\": \"12:00\"}]}",
         "bad_calendar", NULL},
        {"{\"date\": \"2026-02-13\", \"works\": true,"
         " \"periods\": [{\"start\": \"12:00\", \"end\": \"08:00\"}]}",
         "bad_calendar", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err = {0};
        assert_null(read_exceptions(rows[i].exceptions, &err));
        if (rows[i].field == NULL) {
            assert_string_equal(err.code, rows[i].code);
        } else {
            assert_string_equal(err.fields[0].field, rows[i].field);
            assert_string_equal(err.fields[0].code, rows[i].code);
        }
    }
}

static void the_calendar_of_the_city_reads(void **state)
{
    (void)state;
    struct error err = {0};
    struct reference_file file = reference_file("calendar.json");
    struct calendar *calendar = read_text(file.text, file.size, &err);
    assert_non_null(calendar);
    int64_t tet = calendar_day_start_us(calendar, date_day(2026, 2, 17));
    assert_int_equal(calendar_worked_us(calendar, tet),
                     calendar_worked_us(calendar, tet + CALENDAR_DAY_US));
    calendar_free(calendar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exceptions_have_usual_hours_or_their_own),
        cmocka_unit_test(a_bad_exception_is_refused),
        cmocka_unit_test(the_calendar_of_the_city_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
