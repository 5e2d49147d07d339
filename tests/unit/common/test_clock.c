/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"

static const int64_t s = 1000000, day = INT64_C(86400) * 1000000;

static void instants_are_read(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int64_t instant_us;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.000001Z", 1},
        {"1970-01-01T00:00:00.1Z", 100000},
        {"1970-01-01T00:00:00.123456789Z", 123456}, /* digits past the sixth are dropped */
        {"1970-01-01T07:00:00+07:00", 0},
        {"1969-12-31T17:00:00-07:00", -1}, /* before 1970 by its date */
        {"2000-02-29T00:00:00Z", 11016 * day},
        {"2000-03-01T00:00:00Z", 11017 * day},
        {"2024-02-29T23:59:59Z", 19783 * day - s},
        {"2024-03-01T00:00:00Z", 19783 * day},
        {"2100-03-01T00:00:00Z", 47541 * day},
        {"2026-11-24T05:02:11.123Z", INT64_C(1795496531123000)},
        {"2026-11-24T12:02:11.123+07:00", INT64_C(1795496531123000)},
        {"2026-11-23T17:02:11.123-12:00", INT64_C(1795496531123000)},
        {"2026-11-24T10:47:11.123+05:45", INT64_C(1795496531123000)},
        {"2026-11-24T05:02:11.123-00:00", INT64_C(1795496531123000)},
        {"9999-12-31T23:59:59.999999Z", 2932897 * day - 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t instant_us = -1;
        bool good = clock_parse(rows[i].text, strlen(rows[i].text), &instant_us);
        if (rows[i].instant_us < 0) {
            assert_false(good);
            continue;
        }
        if (!good || instant_us != rows[i].instant_us) {
            fail_msg("%s was read as %lld", rows[i].text, (long long)instant_us);
        }
    }
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "Z",
        "2026-11-24",
        "2026-11-24T05:02:11",   /* no zone */
        "2026-11-24 05:02:11Z",  /* a space */
        "2026-11-24T05:02Z",     /* no seconds */
        "2026-11-24T05:02:11.Z", /* no digit after the point */
        "2026-11-24T05:02:11.1234567890Z",
        "2026-11-24T05:02:11,5Z",
        "2026-11-24T05:02:11Zx",
        "2026-11-24T05:02:11ZZ",
        "2026-11-24T05:02:11 Z",
        " 2026-11-24T05:02:11Z",
        "2026-1-24T05:02:11Z",
        "26-11-24T05:02:11Z",
        "+2026-11-24T05:02:11Z",
        "12026-11-24T05:02:11Z",
        "2026-11-24T05:02:-1Z",
        "2026-11-24T05:02:11+0700",
        "2026-11-24T05:02:11+07",
        "2026-11-24T05:02:11+7:00",
        "2026-11-24T05:02:11+24:00",
        "2026-11-24T05:02:11+07:60",
        "2026-11-24T05:02:11+07:00Z",
        "2026-11-24T05:02:11*07:00",
        "2026-11-24T24:00:00Z",
        "2026-11-24T05:60:11Z",
        "2026-11-24T05:02:60Z", /* a leap second */
        "2026-00-24T05:02:11Z",
        "2026-13-24T05:02:11Z",
        "2026-11-00T05:02:11Z",
        "2026-11-31T05:02:11Z",
        "2026-02-29T05:02:11Z",
        "2024-02-30T05:02:11Z",
        "2100-02-29T05:02:11Z", /* a century is no leap year */
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+07:00", /* before 1970 by its zone */
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-00:01", /* the year 10000 in UTC */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t instant_us;
        if (clock_parse(rows[i], strlen(rows[i]), &instant_us)) {
            fail_msg("%s was taken", rows[i]);
        }
    }
}

/* Exactly `size` bytes are looked at: valgrind and the sanitizers would tell. */
static void every_cut_text_is_refused(void **state)
{
    (void)state;
    static const char text[] = "2026-11-24T12:02:11.123+07:00";
    for (size_t size = 0; size < sizeof text - 1; size++) {
        char *cut = test_malloc(size + 1);
        int64_t instant_us;
        memcpy(cut, text, size);
        assert_false(clock_parse(cut, size, &instant_us));
        test_free(cut);
    }
}

static void instants_are_written_with_milliseconds(void **state)
{
    (void)state;
    static const struct {
        int64_t instant_us;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {999, "1970-01-01T00:00:00.000Z"},
        {INT64_C(1795496531123999), "2026-11-24T05:02:11.123Z"}, /* truncated, not rounded */
        {INT64_C(951782400000000), "2000-02-29T00:00:00.000Z"},
        {INT64_C(253402300799999999), "9999-12-31T23:59:59.999Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[CLOCK_TEXT_SIZE];
        assert_string_equal(clock_format(rows[i].instant_us, text), rows[i].text);
    }
}

static void dates_are_days_of_the_calendar(void **state)
{
    (void)state;
    static const char *const good[] = {"2026-02-17", "2024-02-29", "1970-01-01", "2026-12-31"};
    static const char *const bad[] = {"",           "2026-2-17",   "2026-02-30", "2023-02-29",
                                      "2026-13-01", "2026-02-17Z", "26-02-17",   "2026-02-1",
                                      "2026/02/17", "2026-02-00",  "1969-12-31"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(clock_is_date(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(clock_is_date(bad[i]));
    }
}

/* Each day of more than one 400-year cycle, then some up to 9999, against the C library. */
static void days_go_there_and_back(void **state)
{
    (void)state;
    for (int64_t i = 0; i < 2932897; i += i < 160000 ? 1 : 97) {
        char text[CLOCK_TEXT_SIZE];
        int64_t instant_us;
        struct tm tm;
        time_t seconds = (time_t)(i * 86400);
        clock_format(i * day, text);
        assert_true(clock_parse(text, strlen(text), &instant_us));
        assert_true(instant_us == i * day);
        gmtime_r(&seconds, &tm);
        int digits = (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
        assert_int_equal((text[0] - '0') * 10000000 + (text[1] - '0') * 1000000 +
                             (text[2] - '0') * 100000 + (text[3] - '0') * 10000 +
                             (text[5] - '0') * 1000 + (text[6] - '0') * 100 + (text[8] - '0') * 10 +
                             (text[9] - '0'),
                         digits);
    }
}

static void clocks_run(void **state)
{
    (void)state;
    uint64_t before_us = clock_monotonic_us();
    assert_true(clock_now_us() > INT64_C(1700000000000000));
    assert_true(clock_monotonic_us() >= before_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_read),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(every_cut_text_is_refused),
        cmocka_unit_test(instants_are_written_with_milliseconds),
        cmocka_unit_test(days_go_there_and_back),
        cmocka_unit_test(dates_are_days_of_the_calendar),
        cmocka_unit_test(clocks_run),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
