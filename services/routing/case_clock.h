/* SPDX-License-Identifier: Apache-2.0 */
/* case_clock: how much of its time has a duty used, and when does it run out?
 *
 * A clock keeps facts: its allowance and the runs during which it ran; between runs it is paused.
 * The due instant follows from them and from the calendar: the first instant at which the
 * allowance is used up, over all runs. Both readings are always told, in working time and around
 * the clock; one of them, the mode, binds. What once ran out stays run out: its due instant is
 * moved only by an extension or by another calendar, never by a pause.
 *
 * Instants are µs of UTC; 0 stands for none. A step at an instant before the clock's last one
 * counts as taken at that last one (two machines may disagree by a little). Work outside of the
 * calendar's span is unknown: it counts as none in clock_used_us, and a due instant that would
 * depend on it is 0, as the time spent is not told, until clock_derive is asked with a longer
 * calendar. Pure: no I/O, no clock, no allocation. */
#ifndef ROUTING_CASE_CLOCK_H
#define ROUTING_CASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "services/routing/calendar.h"

enum clock_mode {
    CLOCK_WORKING, /* office hours of the calendar */
    CLOCK_ALWAYS,  /* day and night */
    CLOCK_MODES
};
extern const char *const clock_mode_words[]; /* of JSON and SQL; ends with NULL */

enum { CLOCK_RUNS_MAX = 16 };

struct clock_run {
    int64_t from_us, to_us; /* to_us 0: still running */
};

struct case_clock {
    enum clock_mode mode;
    int64_t allowed_us; /* extensions included */
    struct clock_run runs[CLOCK_RUNS_MAX];
    uint8_t run_count;           /* 0: never started */
    bool stopped;                /* for good: the duty is met or has fallen away */
    int64_t due_us[CLOCK_MODES]; /* 0: cannot be told, as long as it is paused with time left */
    bool has_spent;              /* spent_us can be told; else it is 0 */
    int64_t spent_us;            /* working time, whatever the mode, until the last pause or stop */
    bool reminded;               /* reminded and escalation: steps taken; the engine's */
    uint8_t escalation;
};

/* A clock from nothing, running. False, and nothing is changed, when the calendar does not reach
 * the due instant of the mode. */
bool clock_start(struct case_clock *clock, const struct calendar *calendar, enum clock_mode mode,
                 int64_t allowed_min, int64_t now_us);

/* The same with a due instant that somebody was promised. It binds as it is, whatever the calendar
 * says by now, until the clock is paused with time left, extended or derived anew; the allowance is
 * the working time from start to due. False when due lies before start. */
bool clock_start_promised(struct case_clock *clock, const struct calendar *calendar,
                          int64_t start_us, int64_t due_us);

/* False, and nothing is changed, when it does not run. */
bool clock_pause(struct case_clock *clock, const struct calendar *calendar, int64_t now_us);

/* False, and nothing is changed, when it is not paused or has no run left. */
bool clock_resume(struct case_clock *clock, const struct calendar *calendar, int64_t now_us);

/* Ends it, running or paused, if it has started; its due instants stay, to judge it by. */
void clock_stop(struct case_clock *clock, const struct calendar *calendar, int64_t now_us);

/* Adds to the allowance, of one that has run out too. False, and nothing is changed, when it has
 * not started, has been stopped, or the calendar does not reach the new due instant. */
bool clock_extend(struct case_clock *clock, const struct calendar *calendar, int64_t minutes);

/* Takes from the allowance what would be used after an instant, if it runs on: it is due then at
 * the latest. Never adds to it. False, and nothing is changed, when it does not run, is due before
 * anyway, or the calendar does not tell. */
bool clock_limit(struct case_clock *clock, const struct calendar *calendar, int64_t by_us);

/* Time used up to an instant, in a mode; never negative, never falls as time goes on. */
int64_t clock_used_us(const struct case_clock *clock, const struct calendar *calendar,
                      enum clock_mode mode, int64_t now_us);

bool clock_is_running(const struct case_clock *clock);
bool clock_is_paused(const struct case_clock *clock);

/* After the due instant; on it is in time. Unless it runs, it is judged as at the end of its last
 * run. */
bool clock_is_overdue(const struct case_clock *clock, int64_t now_us);

int64_t clock_due(const struct case_clock *clock); /* of the binding mode */

/* Tells the due instants and the time spent anew, after the calendar has changed. True when a due
 * instant moved. A stopped clock stays as it was judged. */
bool clock_derive(struct case_clock *clock, const struct calendar *calendar);

/* The first instant at which that share (0 to 100) of the allowance is used, running on from here.
 * False when it is paused before, or the calendar does not reach so far. */
bool clock_share_at(const struct case_clock *clock, const struct calendar *calendar, int percent,
                    int64_t *at_us);

/* The instant at which so many minutes of its mode have been used beyond the allowance, pauses not
 * counted; 0 minutes: the due instant. False as in clock_share_at. */
bool clock_after_due(const struct case_clock *clock, const struct calendar *calendar,
                     int64_t minutes, int64_t *at_us);

#endif
