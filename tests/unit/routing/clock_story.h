/* SPDX-License-Identifier: Apache-2.0 */
/* clock_story: clocks by hand, over the office hours of Hanoi. */
#ifndef TESTS_ROUTING_CLOCK_STORY_H
#define TESTS_ROUTING_CLOCK_STORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/date.h"
#include "services/routing/case_clock.h"
#include "tests/support/number.h"

#define MINUTE      CALENDAR_MINUTE_US
#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

enum { MONDAY_TO_FRIDAY = 0x1f, HANOI_MIN = 420 };

static struct calendar *office;

static inline int64_t date(const char *text)
{
    int year, month, day;
    assert_int_equal(sscanf(text, "%d-%d-%d", &year, &month, &day), 3);
    return date_day(year, month, day);
}

/* "2026-02-13 16:30" in Hanoi; NULL: 0. */
static inline int64_t hanoi(const char *text)
{
    int hour, minute;
    if (text == NULL) {
        return 0;
    }
    assert_int_equal(sscanf(text + 10, "%d:%d", &hour, &minute), 2);
    return date(text) * CALENDAR_DAY_US + (hour * 60 + minute - HANOI_MIN) * MINUTE;
}

/* Office hours of 2026: Tết, a Friday off for a Saturday, half days before and after Christmas. */
static inline struct calendar_rules office_rules(void)
{
    static struct calendar_exception exceptions[] = {
        {.works = false}, {.works = true},  {.works = false}, {.works = false}, {.works = false},
        {.works = false}, {.works = false}, {.works = true},  {.works = true},
    };
    static const char *const days[COUNT(exceptions)] = {"2026-01-02", "2026-01-10", "2026-02-16",
                                                        "2026-02-17", "2026-02-18", "2026-02-19",
                                                        "2026-02-20", "2026-12-24", "2026-12-26"};
    for (size_t i = 0; i < COUNT(exceptions); i++) {
        exceptions[i].day = date(days[i]);
        if (i >= COUNT(exceptions) - 2) {
            exceptions[i].periods[0] = (struct calendar_period){8 * 60, 12 * 60};
            exceptions[i].period_count = 1;
        }
    }
    return (struct calendar_rules){
        .utc_offset_min = HANOI_MIN,
        .periods = {{8 * 60, 12 * 60}, {13 * 60, 17 * 60}},
        .period_count = 2,
        .weekdays = MONDAY_TO_FRIDAY,
        .first_day = date("2026-01-01"),
        .last_day = date("2026-12-31"),
        .exceptions = exceptions,
        .exception_count = COUNT(exceptions),
    };
}

static inline int make_office(void **state)
{
    struct calendar_rules rules = office_rules();
    (void)state;
    office = calendar_new(&rules, NULL);
    return office != NULL ? 0 : -1;
}

static inline int free_office(void **state)
{
    (void)state;
    calendar_free(office);
    return 0;
}

static inline void begin(struct case_clock *clock, const char *story)
{
    char mode[16];
    int minutes, start = 0;
    assert_int_equal(sscanf(story, "%15s %d, %n", mode, &minutes, &start), 2);
    assert_true(clock_start(clock, office,
                            strcmp(mode, "always") == 0 ? CLOCK_ALWAYS : CLOCK_WORKING, minutes,
                            hanoi(story + start)));
}

static inline void take_step(struct case_clock *clock, const char *step)
{
    const char *rest = strchr(step, ' ') + 1;
    switch (step[0]) {
    case 'p':
        assert_true(clock_pause(clock, office, hanoi(rest)));
        break;
    case 'r':
        assert_true(clock_resume(clock, office, hanoi(rest)));
        break;
    case 'e':
        assert_true(clock_extend(clock, office, number_of(rest, ';')));
        break;
    default:
        clock_stop(clock, office, hanoi(rest));
    }
}

/* "working 480, 2026-11-24 08:00; pause 2026-11-24 10:00; extend 60": mode, minutes, start, steps.
 */
static inline struct case_clock after_story(const char *story)
{
    struct case_clock clock;
    begin(&clock, story);
    for (const char *step = story; (step = strstr(step, "; ")) != NULL;) {
        step += 2;
        take_step(&clock, step);
    }
    return clock;
}

#endif
