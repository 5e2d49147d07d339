/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/date.h"

static void dates_go_both_ways(void **state)
{
    (void)state;
    assert_int_equal(date_day(1970, 1, 1), 0);
    assert_int_equal(date_day(2026, 11, 24), 20781);
    for (int64_t day = -200000; day < 200000; day += 17) {
        int year, month, day_of_month;
        date_of_day(day, &year, &month, &day_of_month);
        assert_int_equal(date_day(year, month, day_of_month), day);
    }
}

static void a_day_past_the_end_of_its_month_is_in_the_next(void **state)
{
    (void)state;
    assert_int_equal(date_day(2026, 2, 29), date_day(2026, 3, 1));
    assert_int_equal(date_day(2028, 2, 29) + 1, date_day(2028, 3, 1));
}

static void weeks_begin_on_monday(void **state)
{
    (void)state;
    assert_int_equal(date_weekday(date_day(1970, 1, 1)), 3);
    assert_int_equal(date_weekday(date_day(2026, 11, 30)), 0);
    assert_int_equal(date_weekday(date_day(1969, 12, 28)), 6);
}

static void a_day_begins_before_that_of_utc(void **state)
{
    int64_t day = date_day(2026, 11, 30), start = date_day_start_us(day, DATE_INDOCHINA_US);
    (void)state;
    assert_int_equal(start, day * DATE_DAY_US - 7 * DATE_HOUR_US);
    assert_int_equal(date_day_at(start, DATE_INDOCHINA_US), day);
    assert_int_equal(date_day_at(start - 1, DATE_INDOCHINA_US), day - 1);
    assert_int_equal(date_day_at(start - 1, 0), day - 1);
    assert_int_equal(date_day_at(start + DATE_DAY_US - 1, DATE_INDOCHINA_US), day);
}

static void days_before_1970_are_negative(void **state)
{
    (void)state;
    assert_int_equal(date_day_at(-1, 0), -1);
    assert_int_equal(date_day_at(-DATE_DAY_US, 0), -1);
    assert_int_equal(date_day_at(-DATE_DAY_US - 1, 0), -2);
    assert_int_equal(date_day_at(-1, DATE_INDOCHINA_US), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_go_both_ways),
        cmocka_unit_test(a_day_past_the_end_of_its_month_is_in_the_next),
        cmocka_unit_test(weeks_begin_on_monday),
        cmocka_unit_test(a_day_begins_before_that_of_utc),
        cmocka_unit_test(days_before_1970_are_negative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
