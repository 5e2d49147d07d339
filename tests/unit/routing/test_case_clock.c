/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks by hand, over the office hours of Hanoi; and what holds for any clock, whatever is done to
 * it in whatever order. SEED repeats a run. */
#include "tests/unit/routing/clock_story.h"

#include <stdlib.h>
#include <time.h>

#include "common/clock.h"

static const char *told(int64_t instant_us, char text[CLOCK_TEXT_SIZE])
{
    return instant_us != 0 ? clock_format(instant_us, text) : "none";
}

/* ---- by hand ---- */

struct row {
    const char *what, *story;
    const char *due; /* NULL: cannot be told */
    const char *at;  /* then this much is used, and it is overdue or not */
    int64_t used_min;
    bool overdue;
};

static void check_row(const struct row *row)
{
    char text[CLOCK_TEXT_SIZE];
    struct case_clock clock = after_story(row->story);
    int64_t at_us = hanoi(row->at);
    int64_t used_us = clock_used_us(&clock, office, clock.mode, at_us);
    if (clock_due(&clock) != hanoi(row->due)) {
        fail_msg("%s: due %s", row->what, told(clock_due(&clock), text));
    }
    if (used_us != row->used_min * MINUTE) {
        fail_msg("%s: used %lld s", row->what, (long long)used_us / 1000000);
    }
    if (clock_is_overdue(&clock, at_us) != row->overdue) {
        fail_msg("%s: overdue or not", row->what);
    }
    assert_false(clock_derive(&clock, office));
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_row(&rows[i]);
    }
}

static void working_time_is_that_of_the_calendar(void **state)
{
    static const struct row rows[] = {
        {"from Friday evening", "working 240, 2026-11-27 19:00", "2026-11-30 12:00",
         "2026-11-30 11:00", 180, false},
        {"the due instant is in time", "working 480, 2026-11-27 19:00", "2026-11-30 17:00",
         "2026-11-30 17:00", 480, false},
        {"a minute later is not", "working 480, 2026-11-27 19:00", "2026-11-30 17:00",
         "2026-11-30 17:01", 480, true},
        {"over Tet", "working 480, 2026-02-13 16:00", "2026-02-23 16:00", "2026-02-20 12:00", 60,
         false},
        {"a Saturday worked for a Friday", "working 120, 2026-01-09 16:00", "2026-01-10 09:00",
         "2026-01-10 08:30", 90, false},
        {"the Friday off for it", "working 60, 2026-01-02 08:00", "2026-01-05 09:00",
         "2026-01-04 12:00", 0, false},
        {"a half day", "working 120, 2026-12-24 11:00", "2026-12-25 09:00", "2026-12-24 15:00", 60,
         false},
        {"half a Saturday", "working 360, 2026-12-25 16:00", "2026-12-28 09:00", "2026-12-27 12:00",
         300, false},
        {"ends at noon, not after lunch", "working 240, 2026-11-24 08:00", "2026-11-24 12:00",
         "2026-11-24 12:30", 240, true},
        {"nothing is allowed", "working 0, 2026-11-28 03:00", "2026-11-28 03:00",
         "2026-11-28 03:00", 0, false},
        {"day and night", "always 4320, 2026-11-27 19:00", "2026-11-30 19:00", "2026-11-29 19:00",
         2880, false},
        {"day and night at Tet", "always 240, 2026-02-17 23:00", "2026-02-18 03:00",
         "2026-02-18 03:01", 241, true},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void a_pause_takes_no_time(void **state)
{
    static const struct row rows[] = {
        {"over a weekend",
         "working 480, 2026-11-27 16:00; pause 2026-11-27 16:30; resume 2026-11-30 08:30",
         "2026-11-30 17:00", "2026-11-30 09:00", 60, false},
        {"over closed doors only",
         "working 480, 2026-11-27 16:00; pause 2026-11-27 17:00; resume 2026-11-30 08:00",
         "2026-11-30 16:00", "2026-11-30 08:00", 60, false},
        {"the same day and night",
         "always 480, 2026-11-27 16:00; pause 2026-11-27 17:00; resume 2026-11-30 08:00",
         "2026-11-30 15:00", "2026-11-30 08:00", 60, false},
        {"over lunch",
         "working 300, 2026-11-24 09:00; pause 2026-11-24 11:30; resume 2026-11-24 12:30",
         "2026-11-24 15:30", "2026-11-24 12:30", 150, false},
        {"still paused", "working 480, 2026-11-24 08:00; pause 2026-11-24 10:00", NULL,
         "2026-11-26 10:00", 120, false},
        {"twice",
         "working 180, 2026-11-24 08:00; pause 2026-11-24 09:00; resume 2026-11-24 10:00; "
         "pause 2026-11-24 11:00; resume 2026-11-25 08:00",
         "2026-11-25 09:00", "2026-11-25 08:30", 150, false},
        {"for no time",
         "working 180, 2026-11-24 08:00; pause 2026-11-24 09:00; resume 2026-11-24 09:00",
         "2026-11-24 11:00", "2026-11-24 11:00", 180, false},
        {"at an instant before the start", "working 180, 2026-11-24 09:00; pause 2026-11-24 08:00",
         NULL, "2026-11-24 12:00", 0, false},
        {"ended before it began",
         "working 180, 2026-11-24 08:00; pause 2026-11-24 10:00; resume 2026-11-24 09:00",
         "2026-11-24 11:00", "2026-11-24 10:30", 150, false},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void a_pause_mends_nothing_that_is_overdue(void **state)
{
    static const struct row rows[] = {
        {"paused an hour late", "working 60, 2026-11-24 08:00; pause 2026-11-24 10:00",
         "2026-11-24 09:00", "2026-11-26 10:00", 120, true},
        {"paused an hour late, day and night",
         "always 60, 2026-11-24 20:00; pause 2026-11-24 22:00", "2026-11-24 21:00",
         "2026-11-26 10:00", 120, true},
        {"and resumed",
         "working 60, 2026-11-24 08:00; pause 2026-11-24 10:00; resume 2026-11-25 08:00",
         "2026-11-24 09:00", "2026-11-25 08:00", 120, true},
        {"run out at closing, paused in the night",
         "working 60, 2026-11-24 16:00; pause 2026-11-24 20:00", "2026-11-24 17:00",
         "2026-11-25 08:00", 60, true},
        {"paused in the last instant", "working 60, 2026-11-24 08:00; pause 2026-11-24 09:00",
         "2026-11-24 09:00", "2026-11-24 11:00", 60, false},
        {"resumed with nothing left",
         "working 60, 2026-11-24 08:00; pause 2026-11-24 09:00; resume 2026-11-24 10:00",
         "2026-11-24 09:00", "2026-11-24 10:01", 61, true},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void an_extension_counts_over_all_runs(void **state)
{
    static const struct row rows[] = {
        {"while running", "working 60, 2026-11-24 08:00; extend 60", "2026-11-24 10:00",
         "2026-11-24 09:30", 90, false},
        {"into the next day", "working 60, 2026-11-24 16:00; extend 60", "2026-11-25 09:00",
         "2026-11-24 18:00", 60, false},
        {"day and night", "always 60, 2026-11-24 16:30; extend 60", "2026-11-24 18:30",
         "2026-11-24 18:00", 90, false},
        {"run out, and still so in an earlier run",
         "working 60, 2026-11-24 08:00; pause 2026-11-24 11:00; resume 2026-11-24 14:00; "
         "extend 60",
         "2026-11-24 10:00", "2026-11-24 14:30", 210, true},
        {"run out in an earlier run, no more",
         "working 60, 2026-11-24 08:00; pause 2026-11-24 11:00; resume 2026-11-24 14:00; "
         "extend 180",
         "2026-11-24 15:00", "2026-11-24 14:30", 210, false},
        {"to the end of an earlier run",
         "working 60, 2026-11-24 08:00; pause 2026-11-24 11:00; resume 2026-11-24 14:00; "
         "extend 120",
         "2026-11-24 11:00", "2026-11-24 14:30", 210, true},
        {"run out and paused", "working 60, 2026-11-24 08:00; pause 2026-11-24 10:00; extend 120",
         NULL, "2026-11-24 12:00", 120, false},
        {"run out and paused, too little",
         "working 60, 2026-11-24 08:00; pause 2026-11-24 10:00; extend 30", "2026-11-24 09:30",
         "2026-11-24 12:00", 120, true},
        {"while paused, with effect later",
         "working 60, 2026-11-24 08:00; pause 2026-11-24 08:30; extend 60; "
         "resume 2026-11-24 10:00",
         "2026-11-24 11:30", "2026-11-24 11:00", 90, false},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

static void a_stopped_clock_is_judged_by_its_end(void **state)
{
    static const struct row rows[] = {
        {"in time", "working 60, 2026-11-24 08:00; stop 2026-11-24 09:00", "2026-11-24 09:00",
         "2026-11-25 09:00", 60, false},
        {"late", "working 60, 2026-11-24 08:00; stop 2026-11-24 09:01", "2026-11-24 09:00",
         "2026-11-25 09:00", 61, true},
        {"early", "always 60, 2026-11-24 20:00; stop 2026-11-24 20:01", "2026-11-24 21:00",
         "2026-11-25 09:00", 1, false},
        {"while paused",
         "working 60, 2026-11-24 08:00; pause 2026-11-24 08:30; stop 2026-11-26 08:00", NULL,
         "2026-11-27 09:00", 30, false},
        {"while paused too late",
         "working 60, 2026-11-24 08:00; pause 2026-11-24 09:30; stop 2026-11-26 08:00",
         "2026-11-24 09:00", "2026-11-27 09:00", 90, true},
    };
    (void)state;
    check_rows(rows, COUNT(rows));
}

/* ---- the rest of the contract ---- */

static void both_readings_are_told(void **state)
{
    struct case_clock clock;
    (void)state;
    assert_true(clock_start(&clock, office, CLOCK_WORKING, 480, hanoi("2026-11-27 16:00")));
    assert_int_equal(clock.due_us[CLOCK_WORKING], hanoi("2026-11-30 16:00"));
    assert_int_equal(clock.due_us[CLOCK_ALWAYS], hanoi("2026-11-28 00:00"));
    assert_true(clock_pause(&clock, office, hanoi("2026-11-29 12:00")));
    assert_int_equal(clock.due_us[CLOCK_WORKING], 0);
    assert_int_equal(clock.due_us[CLOCK_ALWAYS], hanoi("2026-11-28 00:00"));
    assert_int_equal(clock_used_us(&clock, office, CLOCK_ALWAYS, hanoi("2026-12-01 00:00")),
                     44 * 60 * MINUTE);
    assert_string_equal(clock_mode_words[clock.mode], "working");
    assert_null(clock_mode_words[CLOCK_MODES]);
}

static void steps_that_do_not_fit_change_nothing(void **state)
{
    struct case_clock clock = {0}, before;
    int64_t now_us = hanoi("2026-11-24 08:00");
    (void)state;
    clock_stop(&clock, office, now_us);
    assert_false(clock.stopped || clock_is_running(&clock) || clock_is_paused(&clock));
    assert_false(clock_pause(&clock, office, now_us) || clock_resume(&clock, office, now_us) ||
                 clock_extend(&clock, office, 60) || clock_is_overdue(&clock, now_us));

    assert_true(clock_start(&clock, office, CLOCK_WORKING, 60, now_us));
    assert_true(clock_is_running(&clock) && !clock_is_paused(&clock));
    assert_false(clock_resume(&clock, office, now_us));
    assert_true(clock_pause(&clock, office, now_us + MINUTE));
    assert_true(clock_is_paused(&clock) && !clock_is_running(&clock));
    assert_false(clock_pause(&clock, office, now_us + 2 * MINUTE));

    clock_stop(&clock, office, now_us + 3 * MINUTE);
    before = clock;
    clock_stop(&clock, office, now_us + 9 * MINUTE);
    assert_false(clock_is_paused(&clock) || clock_is_running(&clock));
    assert_false(clock_resume(&clock, office, now_us) || clock_extend(&clock, office, 60) ||
                 clock_derive(&clock, office));
    assert_memory_equal(&clock, &before, sizeof clock);
}

static void pauses_are_bounded(void **state)
{
    struct case_clock clock;
    int64_t now_us = hanoi("2026-11-24 08:00");
    (void)state;
    assert_true(clock_start(&clock, office, CLOCK_WORKING, 60, now_us));
    for (int run = 1; run < CLOCK_RUNS_MAX; run++) {
        assert_true(clock_pause(&clock, office, now_us += MINUTE));
        assert_true(clock_resume(&clock, office, now_us += MINUTE));
    }
    assert_int_equal(clock_due(&clock), now_us + (60 - CLOCK_RUNS_MAX + 1) * MINUTE);
    assert_true(clock_pause(&clock, office, now_us += MINUTE));
    assert_false(clock_resume(&clock, office, now_us += MINUTE));
    assert_int_equal(clock_used_us(&clock, office, CLOCK_WORKING, now_us), CLOCK_RUNS_MAX * MINUTE);
    assert_int_equal(clock_due(&clock), 0);
}

static void a_promise_binds_as_it_is(void **state)
{
    /* Told to somebody before the Saturday of the calendar was taken back. */
    int64_t start_us = hanoi("2026-11-27 16:00"), promised_us = hanoi("2026-11-28 15:00");
    struct case_clock clock;
    (void)state;
    assert_true(clock_start_promised(&clock, office, start_us, promised_us));
    assert_int_equal(clock_due(&clock), promised_us);
    assert_int_equal(clock.allowed_us, 60 * MINUTE);
    assert_int_equal(clock.due_us[CLOCK_ALWAYS], hanoi("2026-11-27 17:00"));
    assert_false(clock_is_overdue(&clock, promised_us));
    assert_true(clock_is_overdue(&clock, promised_us + 1));

    struct case_clock paused = clock;
    assert_true(clock_pause(&paused, office, hanoi("2026-11-28 10:00")));
    assert_int_equal(clock_due(&paused), promised_us); /* no time was left to be kept */
    paused = clock;
    assert_true(clock_pause(&paused, office, hanoi("2026-11-27 16:30")));
    assert_int_equal(clock_due(&paused), 0);
    assert_true(clock_resume(&paused, office, hanoi("2026-11-30 08:00")));
    assert_int_equal(clock_due(&paused), hanoi("2026-11-30 08:30"));

    struct case_clock extended = clock;
    assert_true(clock_extend(&extended, office, 60));
    assert_int_equal(clock_due(&extended), hanoi("2026-11-30 09:00"));
    assert_true(clock_derive(&clock, office));
    assert_int_equal(clock_due(&clock), hanoi("2026-11-27 17:00"));
    assert_false(clock_start_promised(&clock, office, start_us, start_us - 1));
}

static void another_calendar_moves_the_due_instant(void **state)
{
    struct calendar_rules rules = office_rules();
    struct calendar_exception storm = {.day = date("2026-11-25"), .works = false};
    struct case_clock clock, met;
    (void)state;
    rules.exceptions = &storm;
    rules.exception_count = 1;
    struct calendar *stormy = calendar_new(&rules, NULL);
    assert_true(clock_start(&clock, office, CLOCK_WORKING, 480, hanoi("2026-11-24 13:00")));
    assert_int_equal(clock_due(&clock), hanoi("2026-11-25 12:00"));
    struct case_clock late = clock;
    assert_true(clock_pause(&late, stormy, hanoi("2026-11-25 13:00")));
    assert_int_equal(clock_due(&late), hanoi("2026-11-25 12:00")); /* not by a pause */
    met = clock;
    clock_stop(&met, office, hanoi("2026-11-25 13:00"));
    assert_true(clock_derive(&clock, stormy));
    assert_int_equal(clock_due(&clock), hanoi("2026-11-26 12:00"));
    assert_false(clock_is_overdue(&clock, hanoi("2026-11-25 13:00")));
    assert_false(clock_derive(&clock, stormy));
    assert_false(clock_derive(&met, stormy)); /* what has ended was judged */
    assert_true(clock_is_overdue(&met, hanoi("2026-11-26 13:00")));
    calendar_free(stormy);
}

static void what_the_calendar_does_not_reach_cannot_be_told(void **state)
{
    static const struct case_clock nothing;
    struct case_clock clock = nothing;
    int64_t eve_us = hanoi("2026-12-31 16:00"), at_us;
    (void)state;
    assert_false(clock_start(&clock, office, CLOCK_WORKING, 61, eve_us));
    assert_false(clock_start(&clock, office, CLOCK_WORKING, 1, hanoi("2025-12-31 23:59")));
    assert_memory_equal(&clock, &nothing, sizeof clock);

    assert_true(clock_start(&clock, office, CLOCK_ALWAYS, 61, eve_us));
    assert_int_equal(clock.due_us[CLOCK_WORKING], 0);
    assert_true(clock_start(&clock, office, CLOCK_WORKING, 60, eve_us));
    assert_false(clock_extend(&clock, office, 1));
    assert_int_equal(clock.allowed_us, 60 * MINUTE);
    assert_true(clock_after_due(&clock, office, 0, &at_us));
    assert_false(clock_after_due(&clock, office, 1, &at_us));

    /* Resumed beyond the span: a longer calendar tells it later. */
    assert_true(clock_pause(&clock, office, eve_us + 30 * MINUTE));
    assert_true(clock_resume(&clock, office, hanoi("2027-01-04 08:00")));
    assert_int_equal(clock_due(&clock), 0);
    struct calendar_rules rules = office_rules();
    rules.last_day = date("2027-12-31");
    struct calendar *longer = calendar_new(&rules, NULL);
    assert_true(clock_derive(&clock, longer));
    assert_int_equal(clock_due(&clock), hanoi("2027-01-04 08:30"));
    calendar_free(longer);

    /* Work before the span is unknown, so what is left of the time is too. */
    assert_true(clock_start(&clock, office, CLOCK_ALWAYS, 9000, hanoi("2025-12-31 10:00")));
    assert_true(clock_pause(&clock, office, hanoi("2026-01-05 10:00")));
    assert_true(clock_resume(&clock, office, hanoi("2026-01-06 10:00")));
    assert_int_equal(clock.due_us[CLOCK_WORKING], 0);
    assert_int_equal(clock_due(&clock), hanoi("2026-01-07 16:00"));
}

static void shares_and_steps_are_counted_on_the_clock(void **state)
{
    struct case_clock clock;
    int64_t at_us;
    (void)state;
    assert_true(clock_start(&clock, office, CLOCK_WORKING, 480, hanoi("2026-11-27 15:00")));
    assert_true(clock_share_at(&clock, office, 75, &at_us));
    assert_int_equal(at_us, hanoi("2026-11-30 12:00"));
    assert_true(clock_after_due(&clock, office, 240, &at_us));
    assert_int_equal(at_us, hanoi("2026-12-01 10:00"));

    assert_true(clock_pause(&clock, office, hanoi("2026-11-27 16:00")));
    assert_true(clock_share_at(&clock, office, 12, &at_us)); /* before the pause */
    assert_int_equal(at_us, hanoi("2026-11-27 15:57") + 36 * 1000000);
    assert_false(clock_share_at(&clock, office, 75, &at_us));
    assert_false(clock_after_due(&clock, office, 0, &at_us));
    assert_true(clock_resume(&clock, office, hanoi("2026-12-01 08:00")));
    assert_true(clock_share_at(&clock, office, 75, &at_us));
    assert_int_equal(at_us, hanoi("2026-12-01 14:00"));

    assert_true(clock_start(&clock, office, CLOCK_ALWAYS, INT32_MAX, hanoi("2026-11-27 15:00")));
    assert_true(clock_share_at(&clock, office, 100, &at_us)); /* no overflow in 4000 years */
    assert_int_equal(at_us, clock_due(&clock));
    assert_true(clock_after_due(&clock, office, 60, &at_us));
    assert_int_equal(at_us, clock_due(&clock) + 60 * MINUTE);
}

/* ---- whatever is done, in whatever order ---- */

static uint64_t random_state;

static int64_t random_below(int64_t limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((random_state >> 11) % (uint64_t)limit);
}

/* Any µs of the year, and of a month before and after it. */
static int64_t random_instant(void)
{
    return hanoi("2025-12-01 00:00") + random_below(425 * CALENDAR_DAY_US);
}

static void random_step(struct case_clock *clock)
{
    switch (random_below(16)) {
    case 0:
        clock_stop(clock, office, random_instant());
        break;
    case 1:
    case 2:
        clock_extend(clock, office, random_below(20000));
        break;
    case 3:
        clock_derive(clock, office);
        break;
    default:
        if (!clock_pause(clock, office, random_instant())) {
            clock_resume(clock, office, random_instant());
        }
    }
}

static void check_always_true(const struct case_clock *clock)
{
    int64_t early_us = random_instant(), late_us = random_instant();
    if (early_us > late_us) {
        int64_t swap_us = early_us;
        early_us = late_us;
        late_us = swap_us;
    }
    for (int mode = 0; mode < CLOCK_MODES; mode++) {
        int64_t due_us = clock->due_us[mode];
        int64_t early_use_us = clock_used_us(clock, office, mode, early_us);
        assert_true(early_use_us >= 0);
        assert_true(early_use_us <= clock_used_us(clock, office, mode, late_us));
        assert_true(due_us == 0 || due_us >= clock->runs[0].from_us);
        assert_true(due_us == 0 || clock->runs[clock->run_count - 1].to_us != 0 ||
                    clock_used_us(clock, office, mode, due_us) == clock->allowed_us);
    }
    assert_true(!clock_is_overdue(clock, early_us) || clock_is_overdue(clock, late_us));
    for (size_t i = 0; i < clock->run_count; i++) {
        bool last = i + 1 == clock->run_count;
        assert_true(clock->runs[i].to_us >= clock->runs[i].from_us ||
                    (last && clock->runs[i].to_us == 0));
        assert_true(last || clock->runs[i + 1].from_us >= clock->runs[i].to_us);
    }
    struct case_clock again = *clock;
    assert_false(clock_derive(&again, office));
    assert_memory_equal(&again, clock, sizeof again);
}

static void whatever_is_done_some_things_hold(void **state)
{
    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct case_clock clock = {0};
        enum clock_mode mode = random_below(2) == 0 ? CLOCK_WORKING : CLOCK_ALWAYS;
        if (!clock_start(&clock, office, mode, random_below(20000), random_instant())) {
            continue;
        }
        for (int64_t steps = random_below(50); steps > 0; steps--) {
            random_step(&clock);
            check_always_true(&clock);
        }
    }
}

int main(void)
{
    const char *seed = getenv("SEED");
    random_state = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
    printf("SEED=%llu\n", (unsigned long long)random_state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(working_time_is_that_of_the_calendar),
        cmocka_unit_test(a_pause_takes_no_time),
        cmocka_unit_test(a_pause_mends_nothing_that_is_overdue),
        cmocka_unit_test(an_extension_counts_over_all_runs),
        cmocka_unit_test(a_stopped_clock_is_judged_by_its_end),
        cmocka_unit_test(both_readings_are_told),
        cmocka_unit_test(steps_that_do_not_fit_change_nothing),
        cmocka_unit_test(pauses_are_bounded),
        cmocka_unit_test(a_promise_binds_as_it_is),
        cmocka_unit_test(another_calendar_moves_the_due_instant),
        cmocka_unit_test(what_the_calendar_does_not_reach_cannot_be_told),
        cmocka_unit_test(shares_and_steps_are_counted_on_the_clock),
        cmocka_unit_test(whatever_is_done_some_things_hold),
    };
    return cmocka_run_group_tests(tests, make_office, free_office);
}
