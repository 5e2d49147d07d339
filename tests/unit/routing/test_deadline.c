/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines over the calendar of the reference data, and against an independent model that counts
 * minute by minute over random calendars. SEED repeats a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/date.h"
#include "services/routing/deadline.h"
#include "services/routing/promise.h"

#define HOURS INT64_C(60)

enum { MONDAY_TO_FRIDAY = 0x1f, HANOI_MIN = 420 };

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % limit);
}

/* "2026-02-13 16:30" in Hanoi. */
static int64_t hanoi(const char *text)
{
    int year, month, day, hour, minute;
    assert_int_equal(sscanf(text, "%d-%d-%d %d:%d", &year, &month, &day, &hour, &minute), 5);
    return date_day(year, month, day) * CALENDAR_DAY_US +
           (hour * 60 + minute - HANOI_MIN) * CALENDAR_MINUTE_US;
}

static int64_t date(const char *text)
{
    int year, month, day;
    assert_int_equal(sscanf(text, "%d-%d-%d", &year, &month, &day), 3);
    return date_day(year, month, day);
}

static struct calendar *office_calendar(void)
{
    static const struct {
        const char *day;
        bool works;
        int32_t until_min; /* of a day that ends early */
    } dated[] = {
        {"2025-04-26", true, 0},       {"2025-04-30", false, 0},      {"2025-05-01", false, 0},
        {"2025-05-02", false, 0},      {"2026-01-01", false, 0},      {"2026-01-02", false, 0},
        {"2026-01-10", true, 0},       {"2026-02-16", false, 0},      {"2026-02-17", false, 0},
        {"2026-02-18", false, 0},      {"2026-02-19", false, 0},      {"2026-02-20", false, 0},
        {"2026-12-24", true, 12 * 60}, {"2026-12-26", true, 12 * 60},
    };
    enum { DATED = sizeof dated / sizeof dated[0] };
    struct calendar_exception exceptions[DATED];
    for (size_t i = 0; i < DATED; i++) {
        exceptions[i] = (struct calendar_exception){
            .day = date(dated[i].day),
            .works = dated[i].works,
            .periods = {{8 * 60, dated[i].until_min}},
            .period_count = dated[i].until_min != 0 ? 1 : 0,
        };
    }
    struct calendar_rules rules = {
        .utc_offset_min = HANOI_MIN,
        .periods = {{8 * 60, 12 * 60}, {13 * 60, 17 * 60}},
        .period_count = 2,
        .weekdays = MONDAY_TO_FRIDAY,
        .first_day = date("2024-01-01"),
        .last_day = date("2027-12-31"),
        .exceptions = exceptions,
        .exception_count = DATED,
    };
    struct calendar *calendar = calendar_new(&rules, NULL);
    assert_non_null(calendar);
    return calendar;
}

static void deadline_counts_office_hours(void **state)
{
    static const struct {
        const char *what, *start;
        int64_t minutes;
        const char *due;
    } rows[] = {
        {"a full day from opening", "2026-11-24 08:00", 8 * HOURS, "2026-11-24 17:00"},
        {"over lunch", "2026-11-24 11:00", 2 * HOURS, "2026-11-24 14:00"},
        {"ends at lunch, not after it", "2026-11-24 09:00", 3 * HOURS, "2026-11-24 12:00"},
        {"filed during lunch", "2026-11-24 12:20", 1 * HOURS, "2026-11-24 14:00"},
        {"into the next day", "2026-11-24 13:30", 8 * HOURS, "2026-11-25 13:30"},
        {"Friday evening waits for Monday", "2026-11-27 19:00", 4 * HOURS, "2026-11-30 12:00"},
        {"a minute before the weekend", "2026-11-27 16:59", 8 * HOURS, "2026-11-30 16:59"},
        {"over Tet", "2026-02-13 16:00", 8 * HOURS, "2026-02-23 16:00"},
        {"filed during Tet", "2026-02-18 10:00", 8 * HOURS, "2026-02-23 17:00"},
        {"a Saturday that is worked", "2026-01-09 16:00", 2 * HOURS, "2026-01-10 09:00"},
        {"another Saturday is not", "2026-01-16 16:00", 2 * HOURS, "2026-01-19 09:00"},
        {"a long break after a worked Saturday", "2025-04-29 15:00", 4 * HOURS, "2025-05-05 10:00"},
        {"month end", "2026-10-30 16:30", 8 * HOURS, "2026-11-02 16:30"},
        {"leap day", "2024-02-28 13:00", 8 * HOURS, "2024-02-29 12:00"},
        {"year end", "2025-12-31 16:00", 8 * HOURS, "2026-01-05 16:00"},
        {"a day that ends at noon", "2026-12-24 11:00", 2 * HOURS, "2026-12-25 09:00"},
        {"filed in its free afternoon", "2026-12-24 14:00", 1 * HOURS, "2026-12-25 09:00"},
        {"half a Saturday that is worked", "2026-12-25 16:00", 6 * HOURS, "2026-12-28 09:00"},
        {"fifteen days", "2026-11-24 08:00", 7200, "2026-12-14 17:00"},
        {"no time at all", "2026-11-28 03:00", 0, "2026-11-28 03:00"},
    };
    (void)state;
    struct calendar *calendar = office_calendar();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t due = 0;
        bool found = deadline_after(calendar, hanoi(rows[i].start), rows[i].minutes, &due);
        if (!found || due != hanoi(rows[i].due)) {
            char text[CLOCK_TEXT_SIZE];
            fail_msg("%s: %s", rows[i].what, found ? clock_format(due, text) : "none");
        }
    }
    calendar_free(calendar);
}

static void deadline_ends_with_the_calendar(void **state)
{
    (void)state;
    int64_t due;
    struct calendar *calendar = office_calendar();
    assert_false(deadline_after(calendar, hanoi("2027-12-31 16:00"), 61, &due));
    assert_true(deadline_after(calendar, hanoi("2027-12-31 16:00"), 60, &due));
    assert_false(deadline_after(calendar, hanoi("2023-12-31 23:59"), 1, &due));
    assert_false(deadline_after(calendar, hanoi("2028-01-01 00:00"), 0, &due));
    calendar_free(calendar);
}

static void share_is_counted_in_working_time(void **state)
{
    (void)state;
    int64_t at;
    struct calendar *calendar = office_calendar();
    assert_true(
        deadline_share(calendar, hanoi("2026-11-27 15:00"), hanoi("2026-11-30 15:00"), 75, &at));
    assert_int_equal(at, hanoi("2026-11-30 12:00"));
    assert_int_equal(
        deadline_between_us(calendar, hanoi("2026-11-30 15:00"), hanoi("2026-11-27 15:00")),
        -8 * HOURS * CALENDAR_MINUTE_US);
    calendar_free(calendar);
}

static void bad_rules_are_refused(void **state)
{
    (void)state;
    struct calendar_rules good = {.periods = {{0, 60}}, .period_count = 1, .last_day = 10};
    struct calendar_exception off_with_hours = {.periods = {{0, 60}}, .period_count = 1};
    struct calendar_exception backwards = {
        .works = true, .periods = {{60, 120}, {30, 60}}, .period_count = 2};
    struct calendar_rules rows[] = {good, good, good, good, good, good, good};
    rows[0].last_day = -1;
    rows[1].period_count = 0;
    rows[2].periods[0] = (struct calendar_period){60, 60};
    rows[3].periods[0].end_min = CALENDAR_DAY_MIN + 1;
    rows[4].period_count = 2; /* the second one is empty */
    rows[5].exceptions = &off_with_hours;
    rows[5].exception_count = 1;
    rows[6].exceptions = &backwards;
    rows[6].exception_count = 1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err = {0};
        assert_null(calendar_new(&rows[i], &err));
        assert_string_equal(err.code, "bad_calendar");
    }
}

/* ---- the model: one bool per minute ---- */

enum { MODEL_DAYS = 40, MODEL_MINUTES = MODEL_DAYS * CALENDAR_DAY_MIN };

struct model {
    struct calendar_rules rules;
    struct calendar_exception exceptions[12];
    bool open[MODEL_MINUTES]; /* since the start of the span, in local time */
};

static size_t random_periods(struct calendar_period *periods)
{
    int32_t count = 1 + (int32_t)random_below(CALENDAR_PERIODS_MAX), from = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t width = CALENDAR_DAY_MIN / count, end = (i + 1) * width;
        /* Now and then a period that touches its neighbours or midnight. */
        periods[i].start_min =
            random_below(4) == 0 ? from : end - width + (int32_t)random_below(90);
        periods[i].end_min = random_below(4) == 0 ? end : end - (int32_t)random_below(90);
        from = periods[i].end_min;
    }
    return (size_t)count;
}

static void random_exception(struct calendar_exception *exception, int64_t first_day)
{
    exception->day = first_day + random_below(MODEL_DAYS);
    exception->works = random_below(2) == 0;
    if (exception->works && random_below(2) == 0) {
        exception->period_count = random_periods(exception->periods);
    }
}

static bool model_is_open(const struct model *model, int64_t day, int32_t of_day)
{
    const struct calendar_rules *rules = &model->rules;
    const struct calendar_period *periods = rules->periods;
    size_t period_count = rules->period_count;
    bool works = (rules->weekdays >> ((day + 3) % 7)) & 1, inside = false;
    for (size_t i = 0; i < rules->exception_count; i++) {
        const struct calendar_exception *exception = &model->exceptions[i];
        if (exception->day == day) {
            bool own = exception->period_count > 0;
            works = exception->works;
            periods = own ? exception->periods : rules->periods;
            period_count = own ? exception->period_count : rules->period_count;
        }
    }
    for (size_t i = 0; i < period_count; i++) {
        inside |= of_day >= periods[i].start_min && of_day < periods[i].end_min;
    }
    return works && inside;
}

static void model_fill(struct model *model)
{
    struct calendar_rules *rules = &model->rules;
    memset(model, 0, sizeof *model);
    rules->utc_offset_min = (int32_t)random_below(27) * 30 - 360;
    rules->first_day = 20000 + random_below(4000);
    rules->last_day = rules->first_day + MODEL_DAYS - 1;
    rules->weekdays = (uint8_t)(1 + random_below(127));
    rules->period_count = random_periods(rules->periods);
    rules->exceptions = model->exceptions;
    rules->exception_count = random_below(13);
    for (size_t i = 0; i < rules->exception_count; i++) {
        random_exception(&model->exceptions[i], rules->first_day);
    }
    for (int32_t minute = 0; minute < MODEL_MINUTES; minute++) {
        model->open[minute] = model_is_open(model, rules->first_day + minute / CALENDAR_DAY_MIN,
                                            minute % CALENDAR_DAY_MIN);
    }
}

/* Walks until the time is used up; -1 past the span. In µs since the span's start. */
static int64_t model_after(const struct model *model, int64_t start_us, int64_t work_us)
{
    int64_t at_us = start_us;
    while (work_us > 0 && at_us < MODEL_MINUTES * CALENDAR_MINUTE_US) {
        int64_t minute = at_us / CALENDAR_MINUTE_US;
        int64_t left_us = (minute + 1) * CALENDAR_MINUTE_US - at_us;
        if (!model->open[minute]) {
            at_us += left_us;
        } else if (work_us <= left_us) {
            return at_us + work_us;
        } else {
            work_us -= left_us;
            at_us += left_us;
        }
    }
    return work_us == 0 ? at_us : -1;
}

static void deadline_agrees_with_counting_minutes(void **state)
{
    static struct model model;
    (void)state;
    for (int round = 0; round < 300; round++) {
        model_fill(&model);
        struct calendar *calendar = calendar_new(&model.rules, NULL);
        assert_non_null(calendar);
        int64_t base = calendar_first_us(calendar);
        for (int i = 0; i < 60; i++) {
            int64_t start = random_below(MODEL_MINUTES) * CALENDAR_MINUTE_US;
            start += random_below(2) == 0 ? random_below(60000000) : 0;
            int64_t minutes = random_below(i % 2 == 0 ? 300 : 9000);
            int64_t due = 0, expected = model_after(&model, start, minutes * CALENDAR_MINUTE_US);
            bool found = deadline_after(calendar, base + start, minutes, &due);
            assert_int_equal(found, expected >= 0);
            assert_true(!found || due - base == expected);
            assert_int_equal(calendar_is_working(calendar, base + start),
                             model.open[start / CALENDAR_MINUTE_US]);
        }
        calendar_free(calendar);
    }
}

static void promise_agrees_with_deadline(void **state)
{
    static struct model model;
    static struct promise_segment segments[PROMISE_SEGMENTS_MAX];
    (void)state;
    for (int round = 0; round < 300; round++) {
        model_fill(&model);
        struct calendar *calendar = calendar_new(&model.rules, NULL);
        assert_non_null(calendar);
        int64_t start = calendar_first_us(calendar) + random_below(3) * CALENDAR_DAY_US;
        int64_t end = start + 8 * CALENDAR_DAY_US;
        int64_t minutes = 1 + random_below(900);
        size_t count = promise_segments(calendar, start, end, minutes, segments);
        for (int i = 0; count > 0 && i < 400; i++) {
            /* Any instant, then the ticks around the joints. */
            int64_t at = start + random_below(8 * 86400) * INT64_C(1000000) +
                         random_below(1000) * INT64_C(1000);
            if (i % 2 == 1) {
                at = segments[random_below((uint32_t)count)].from_us +
                     ((int64_t)random_below(3) - 1) * 1000;
            }
            int64_t due = 0;
            if (at < start || at >= end) {
                continue;
            }
            assert_true(deadline_after(calendar, at, minutes, &due));
            assert_int_equal(promise_due(segments, count, at), due);
        }
        calendar_free(calendar);
    }
}

static void promise_of_a_month_is_short(void **state)
{
    static struct promise_segment segments[PROMISE_SEGMENTS_MAX];
    (void)state;
    struct calendar *calendar = office_calendar();
    size_t count = promise_segments(calendar, hanoi("2026-11-01 00:00"), hanoi("2026-12-01 00:00"),
                                    8 * HOURS, segments);
    assert_in_range(count, 21, 150);
    assert_int_equal(segments[0].from_us, hanoi("2026-11-01 00:00"));
    assert_int_equal(segments[0].due_us, hanoi("2026-11-02 17:00"));
    assert_int_equal(promise_due(segments, count, hanoi("2026-11-27 19:00")),
                     hanoi("2026-11-30 17:00"));
    assert_int_equal(promise_segments(calendar, hanoi("2027-12-01 00:00"),
                                      hanoi("2028-01-01 00:00"), 8 * HOURS, segments),
                     0);
    calendar_free(calendar);
}

int main(void)
{
    const char *seed = getenv("SEED");
    random_state = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
    printf("SEED=%llu\n", (unsigned long long)random_state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadline_counts_office_hours),
        cmocka_unit_test(deadline_ends_with_the_calendar),
        cmocka_unit_test(share_is_counted_in_working_time),
        cmocka_unit_test(bad_rules_are_refused),
        cmocka_unit_test(deadline_agrees_with_counting_minutes),
        cmocka_unit_test(promise_agrees_with_deadline),
        cmocka_unit_test(promise_of_a_month_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
