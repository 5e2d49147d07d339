/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_clock.h"

#include <assert.h>
#include <stddef.h>

#include "services/routing/deadline.h"

const char *const clock_mode_words[] = {"working", "always", NULL};

static int64_t earlier(int64_t a_us, int64_t b_us)
{
    return a_us < b_us ? a_us : b_us;
}

static int64_t later(int64_t a_us, int64_t b_us)
{
    return a_us > b_us ? a_us : b_us;
}

static int64_t between_us(const struct calendar *calendar, enum clock_mode mode, int64_t from_us,
                          int64_t to_us)
{
    return mode == CLOCK_ALWAYS ? to_us - from_us : deadline_between_us(calendar, from_us, to_us);
}

/* The first instant at which so much time has passed since from_us. */
static bool after_us(const struct calendar *calendar, enum clock_mode mode, int64_t from_us,
                     int64_t time_us, int64_t *at_us)
{
    if (mode == CLOCK_ALWAYS) {
        *at_us = from_us + time_us;
        return true;
    }
    return deadline_after_us(calendar, from_us, time_us, at_us);
}

/* Is all the time between two instants told by the calendar? */
static bool is_known(const struct calendar *calendar, enum clock_mode mode, int64_t from_us,
                     int64_t to_us)
{
    return mode == CLOCK_ALWAYS ||
           (from_us >= calendar_first_us(calendar) && to_us <= calendar_last_us(calendar));
}

/* The first instant at which time_us have been used, over all runs. */
static bool when_used(const struct case_clock *clock, const struct calendar *calendar,
                      enum clock_mode mode, int64_t time_us, int64_t *at_us)
{
    for (size_t i = 0; i < clock->run_count; i++) {
        const struct clock_run *run = &clock->runs[i];
        if (run->to_us == 0) {
            return after_us(calendar, mode, run->from_us, time_us, at_us);
        }
        int64_t used_us = between_us(calendar, mode, run->from_us, run->to_us);
        if (time_us <= used_us) {
            return after_us(calendar, mode, run->from_us, time_us, at_us);
        }
        if (!is_known(calendar, mode, run->from_us, run->to_us)) {
            return false;
        }
        time_us -= used_us;
    }
    return false;
}

static int64_t due_in(const struct case_clock *clock, const struct calendar *calendar,
                      enum clock_mode mode)
{
    int64_t due_us;
    return when_used(clock, calendar, mode, clock->allowed_us, &due_us) ? due_us : 0;
}

static struct clock_run *last_run(struct case_clock *clock)
{
    return &clock->runs[clock->run_count - 1];
}

bool clock_is_running(const struct case_clock *clock)
{
    return clock->run_count > 0 && !clock->stopped && clock->runs[clock->run_count - 1].to_us == 0;
}

bool clock_is_paused(const struct case_clock *clock)
{
    return clock->run_count > 0 && !clock->stopped && clock->runs[clock->run_count - 1].to_us != 0;
}

/* Told whatever the mode, because people compare how long things took in office hours. */
static void tell_spent(struct case_clock *clock, const struct calendar *calendar)
{
    size_t ended = clock->run_count;
    if (ended > 0 && clock->runs[ended - 1].to_us == 0) {
        ended--;
    }
    int64_t to_us = ended > 0 ? clock->runs[ended - 1].to_us : 0;
    clock->has_spent =
        ended > 0 && is_known(calendar, CLOCK_WORKING, clock->runs[0].from_us, to_us);
    clock->spent_us = clock->has_spent ? clock_used_us(clock, calendar, CLOCK_WORKING, to_us) : 0;
}

bool clock_start(struct case_clock *clock, const struct calendar *calendar, enum clock_mode mode,
                 int64_t allowed_min, int64_t now_us)
{
    assert(allowed_min >= 0 && allowed_min <= INT32_MAX);
    struct case_clock started = {
        .mode = mode,
        .allowed_us = allowed_min * CALENDAR_MINUTE_US,
        .runs = {{.from_us = now_us}},
        .run_count = 1,
    };
    clock_derive(&started, calendar);
    if (clock_due(&started) == 0) {
        return false;
    }
    *clock = started;
    return true;
}

bool clock_start_promised(struct case_clock *clock, const struct calendar *calendar,
                          int64_t start_us, int64_t due_us)
{
    if (due_us < start_us) {
        return false;
    }
    *clock = (struct case_clock){
        .mode = CLOCK_WORKING,
        .allowed_us = deadline_between_us(calendar, start_us, due_us),
        .runs = {{.from_us = start_us}},
        .run_count = 1,
    };
    clock_derive(clock, calendar);
    clock->due_us[CLOCK_WORKING] = due_us;
    return true;
}

bool clock_pause(struct case_clock *clock, const struct calendar *calendar, int64_t now_us)
{
    if (!clock_is_running(clock)) {
        return false;
    }
    struct clock_run *run = last_run(clock);
    run->to_us = later(now_us, run->from_us);
    for (int mode = 0; mode < CLOCK_MODES; mode++) {
        bool time_is_left = clock_used_us(clock, calendar, mode, run->to_us) < clock->allowed_us;
        if (clock->due_us[mode] > run->to_us && time_is_left) {
            clock->due_us[mode] = 0;
        }
    }
    tell_spent(clock, calendar);
    return true;
}

bool clock_resume(struct case_clock *clock, const struct calendar *calendar, int64_t now_us)
{
    if (!clock_is_paused(clock) || clock->run_count == CLOCK_RUNS_MAX) {
        return false;
    }
    int64_t paused_us = last_run(clock)->to_us;
    clock->runs[clock->run_count++] = (struct clock_run){.from_us = later(now_us, paused_us)};
    for (int mode = 0; mode < CLOCK_MODES; mode++) {
        if (clock->due_us[mode] == 0) {
            clock->due_us[mode] = due_in(clock, calendar, mode);
        }
    }
    return true;
}

void clock_stop(struct case_clock *clock, const struct calendar *calendar, int64_t now_us)
{
    if (clock->run_count == 0 || clock->stopped) {
        return; /* whatever the calendar says by now */
    }
    if (clock_is_running(clock)) {
        struct clock_run *run = last_run(clock);
        run->to_us = later(now_us, run->from_us);
    }
    clock->stopped = true;
    tell_spent(clock, calendar);
}

bool clock_extend(struct case_clock *clock, const struct calendar *calendar, int64_t minutes)
{
    assert(minutes >= 0 && minutes <= INT32_MAX);
    struct case_clock extended = *clock;
    extended.allowed_us += minutes * CALENDAR_MINUTE_US;
    clock_derive(&extended, calendar);
    if (!clock_is_paused(clock) && (!clock_is_running(clock) || clock_due(&extended) == 0)) {
        return false;
    }
    *clock = extended;
    return true;
}

bool clock_limit(struct case_clock *clock, const struct calendar *calendar, int64_t by_us)
{
    struct case_clock limited = *clock;
    limited.allowed_us = clock_used_us(clock, calendar, clock->mode, by_us);
    if (!clock_is_running(clock) || limited.allowed_us >= clock->allowed_us) {
        return false;
    }
    clock_derive(&limited, calendar);
    if (clock_due(&limited) == 0) {
        return false;
    }
    *clock = limited;
    return true;
}

int64_t clock_used_us(const struct case_clock *clock, const struct calendar *calendar,
                      enum clock_mode mode, int64_t now_us)
{
    int64_t used_us = 0;
    for (size_t i = 0; i < clock->run_count; i++) {
        const struct clock_run *run = &clock->runs[i];
        int64_t to_us = run->to_us == 0 ? now_us : earlier(run->to_us, now_us);
        used_us += later(between_us(calendar, mode, run->from_us, to_us), 0);
    }
    return used_us;
}

bool clock_is_overdue(const struct case_clock *clock, int64_t now_us)
{
    int64_t due_us = clock_due(clock);
    if (clock->run_count > 0 && !clock_is_running(clock)) {
        now_us = earlier(now_us, clock->runs[clock->run_count - 1].to_us);
    }
    return due_us != 0 && now_us > due_us;
}

int64_t clock_due(const struct case_clock *clock)
{
    return clock->due_us[clock->mode];
}

bool clock_derive(struct case_clock *clock, const struct calendar *calendar)
{
    bool moved = false;
    if (clock->stopped) {
        return false;
    }
    for (int mode = 0; mode < CLOCK_MODES; mode++) {
        int64_t due_us = due_in(clock, calendar, mode);
        moved |= clock->due_us[mode] != due_us;
        clock->due_us[mode] = due_us;
    }
    tell_spent(clock, calendar);
    return moved;
}

bool clock_share_at(const struct case_clock *clock, const struct calendar *calendar, int percent,
                    int64_t *at_us)
{
    assert(percent >= 0 && percent <= 100);
    /* Split, or the product of a long allowance would not fit. */
    int64_t share_us = clock->allowed_us / 100 * percent + clock->allowed_us % 100 * percent / 100;
    return when_used(clock, calendar, clock->mode, share_us, at_us);
}

bool clock_after_due(const struct case_clock *clock, const struct calendar *calendar,
                     int64_t minutes, int64_t *at_us)
{
    assert(minutes >= 0 && minutes <= INT32_MAX);
    if (minutes == 0) {
        *at_us = clock_due(clock);
        return *at_us != 0;
    }
    return when_used(clock, calendar, clock->mode, clock->allowed_us + minutes * CALENDAR_MINUTE_US,
                     at_us);
}
