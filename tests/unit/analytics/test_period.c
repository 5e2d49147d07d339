/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/date.h"
#include "services/analytics/period.h"

static const int32_t year_2026 = 20454; /* 2026-01-01 */

static void the_citys_day_begins_seven_hours_before_utcs(void **state)
{
    (void)state;
    assert_int_equal(period_day(0), 0);
    assert_int_equal(period_day(INT64_C(17) * 3600 * 1000000), 1);
    assert_int_equal(period_day(INT64_C(17) * 3600 * 1000000 - 1), 0);
    assert_int_equal(period_day(-INT64_C(7) * 3600 * 1000000 - 1), -1);
    for (int32_t day = 0; day < 30000; day += 7) {
        assert_int_equal(period_day(period_instant(day)), day);
        assert_int_equal(period_day(period_instant(day) - 1), day - 1);
    }
}

static void periods_are_written_as_people_name_them(void **state)
{
    static const struct {
        int year, month, day;
        const char *texts[PERIOD_KINDS];
    } rows[] = {
        {2026, 11, 24, {"all", "2026", "2026-Q4", "2026-11", "2026-W48", "2026-11-24"}},
        {2024, 6, 28, {"all", "2024", "2024-Q2", "2024-06", "2024-W26", "2024-06-28"}},
        {2024, 12, 30, {"all", "2024", "2024-Q4", "2024-12", "2025-W01", "2024-12-30"}},
        {2027, 1, 3, {"all", "2027", "2027-Q1", "2027-01", "2026-W53", "2027-01-03"}},
        {2024, 2, 29, {"all", "2024", "2024-Q1", "2024-02", "2024-W09", "2024-02-29"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int32_t day = (int32_t)date_day(rows[i].year, rows[i].month, rows[i].day);
        for (int kind = 0; kind < PERIOD_KINDS; kind++) {
            struct period period = period_of((enum period_kind)kind, day), again;
            char text[PERIOD_TEXT_SIZE];
            assert_string_equal(period_format(&period, text), rows[i].texts[kind]);
            assert_true(period_parse(text, &again));
            assert_int_equal(again.kind, period.kind);
            assert_int_equal(again.first, period.first);
        }
    }
}

/* Every day of 60 years is in exactly one period of each kind, and they follow each other. */
static void periods_cover_every_day_once(void **state)
{
    (void)state;
    for (int kind = PERIOD_YEAR; kind < PERIOD_KINDS; kind++) {
        struct period period = period_of((enum period_kind)kind, year_2026);
        for (int32_t day = period.first; day < year_2026 + 60 * 365; day++) {
            if (day == period_end(&period)) {
                struct period next = period_next(&period), back = period_previous(&next);
                assert_int_equal(back.first, period.first);
                period = next;
            }
            assert_int_equal(period_of((enum period_kind)kind, day).first, period.first);
        }
    }
}

static void what_names_no_period_is_refused(void **state)
{
    static const char *const texts[] = {
        "",         "26",       "2026-",     "2026-13",  "2026-00",    "2026-Q0",    "2026-Q5",
        "2026-W00", "2026-W54", "2026-W53x", "2025-W53", "2026-02-29", "2026-04-31", "2026-1-1",
        "All",      "1969",     "2026-W4",   "2026-q4",  "2026-11-24T"};
    struct period period;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (period_parse(texts[i], &period)) {
            fail_msg("%s", texts[i]);
        }
    }
}

static void weekdays_begin_on_monday(void **state)
{
    (void)state;
    assert_int_equal(date_weekday(date_day(2026, 11, 23)), 0);
    assert_int_equal(date_weekday(date_day(2026, 11, 29)), 6);
    assert_int_equal(date_weekday(-1), 2); /* 1969-12-31 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_citys_day_begins_seven_hours_before_utcs),
        cmocka_unit_test(periods_are_written_as_people_name_them),
        cmocka_unit_test(periods_cover_every_day_once),
        cmocka_unit_test(what_names_no_period_is_refused),
        cmocka_unit_test(weekdays_begin_on_monday),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
