/* SPDX-License-Identifier: Apache-2.0 */
/* The working time that a clock tells when it is paused or stopped. */
#include "tests/unit/routing/clock_story.h"

static void time_spent_is_working_time_in_any_mode(void **state)
{
    enum { UNTOLD = -1 };
    static const struct {
        const char *what, *story;
        int64_t spent_min;
    } rows[] = {
        {"running", "working 480, 2026-11-24 08:00", UNTOLD},
        {"paused", "working 480, 2026-11-24 08:00; pause 2026-11-24 10:00", 120},
        {"running again tells the time until the pause",
         "working 480, 2026-11-24 08:00; pause 2026-11-24 10:00; resume 2026-11-24 14:00", 120},
        {"stopped after a pause",
         "working 480, 2026-11-24 08:00; pause 2026-11-24 10:00; resume 2026-11-24 14:00; "
         "stop 2026-11-24 15:00",
         180},
        {"stopped while paused",
         "working 480, 2026-11-24 08:00; pause 2026-11-24 10:00; stop 2026-11-26 10:00", 120},
        {"over lunch and a weekend", "working 480, 2026-11-27 11:00; stop 2026-11-30 09:00", 360},
        {"over Tet, paused on both sides of it",
         "working 960, 2026-02-13 15:00; pause 2026-02-13 16:00; resume 2026-02-13 16:30; "
         "pause 2026-02-23 09:00; resume 2026-02-24 08:00; stop 2026-02-24 08:30",
         180},
        {"a pause over Tet",
         "working 960, 2026-02-13 15:00; pause 2026-02-13 16:00; "
         "resume 2026-02-23 09:00; stop 2026-02-23 10:00",
         120},
        {"a Saturday worked for a Friday", "working 960, 2026-01-09 16:00; stop 2026-01-12 09:00",
         600},
        {"a half day", "working 480, 2026-12-24 08:00; stop 2026-12-25 09:00", 300},
        {"within a night", "working 480, 2026-11-24 18:00; stop 2026-11-24 23:00", 0},
        {"day and night over a weekend", "always 4320, 2026-11-27 16:00; stop 2026-11-30 09:00",
         120},
        {"day and night over Tet",
         "always 4320, 2026-02-13 16:00; pause 2026-02-14 16:00; resume 2026-02-15 16:00; "
         "stop 2026-02-23 08:30",
         90},
        {"longer than allowed", "working 60, 2026-11-24 08:00; stop 2026-11-24 12:00", 240},
        {"not more by an extension",
         "working 60, 2026-11-24 08:00; pause 2026-11-24 08:30; extend 600", 30},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct case_clock clock = after_story(rows[i].story);
        int64_t expected_us = rows[i].spent_min == UNTOLD ? 0 : rows[i].spent_min * MINUTE;
        if (clock.has_spent != (rows[i].spent_min != UNTOLD) || clock.spent_us != expected_us) {
            fail_msg("%s: spent %lld s", rows[i].what, (long long)clock.spent_us / 1000000);
        }
    }
}

static void a_clock_begun_anew_has_spent_nothing(void **state)
{
    struct case_clock clock = after_story("working 480, 2026-11-24 08:00; stop 2026-11-24 10:00");
    (void)state;
    assert_true(clock_start(&clock, office, CLOCK_WORKING, 480, hanoi("2026-11-26 08:00")));
    assert_false(clock.has_spent);
    clock_stop(&clock, office, hanoi("2026-11-26 08:10"));
    assert_int_equal(clock.spent_us, 10 * MINUTE);
}

static void another_calendar_recounts_what_is_not_over(void **state)
{
    struct calendar_rules rules = office_rules();
    struct calendar_exception storm = {.day = date("2026-11-25"), .works = false};
    struct case_clock clock = after_story("working 480, 2026-11-24 13:00; pause 2026-11-25 13:00");
    struct case_clock met = after_story("working 480, 2026-11-24 13:00; stop 2026-11-25 13:00");
    (void)state;
    rules.exceptions = &storm;
    rules.exception_count = 1;
    struct calendar *stormy = calendar_new(&rules, NULL);
    assert_int_equal(clock.spent_us, 480 * MINUTE);
    clock_derive(&clock, stormy);
    assert_int_equal(clock.spent_us, 240 * MINUTE);
    clock_derive(&met, stormy);
    clock_stop(&met, stormy, hanoi("2026-11-26 13:00"));
    assert_int_equal(met.spent_us, 480 * MINUTE); /* what has ended was judged */
    calendar_free(stormy);
}

static void time_that_no_calendar_tells_is_not_told(void **state)
{
    struct calendar_rules rules = office_rules();
    struct case_clock clock = after_story("working 60, 2026-12-31 16:00; pause 2026-12-31 16:30; "
                                          "resume 2027-01-04 08:00");
    (void)state;
    assert_int_equal(clock.spent_us, 30 * MINUTE);
    assert_true(clock_pause(&clock, office, hanoi("2027-01-04 08:10")));
    assert_false(clock.has_spent);
    rules.last_day = date("2027-12-31");
    struct calendar *longer = calendar_new(&rules, NULL);
    clock_derive(&clock, longer);
    assert_int_equal(clock.spent_us, 40 * MINUTE);
    calendar_free(longer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_spent_is_working_time_in_any_mode),
        cmocka_unit_test(a_clock_begun_anew_has_spent_nothing),
        cmocka_unit_test(another_calendar_recounts_what_is_not_over),
        cmocka_unit_test(time_that_no_calendar_tells_is_not_told),
    };
    return cmocka_run_group_tests(tests, make_office, free_office);
}
