/* SPDX-License-Identifier: Apache-2.0 */
/* calendar: when do offices work?
 *
 * A calendar is data (reference/calendar.json): office hours, working weekdays, and dated
 * exceptions that beat the weekdays: holidays, compensatory rest, Saturdays that are worked in
 * exchange, half days. From it the working time of every day of its span is added up once, so that
 * questions about working time are look-ups. Instants are microseconds of UTC since 1970, days are
 * counted since 1970-01-01 in the calendar's own time zone, which has no daylight saving time.
 * Pure: no clock, no I/O. */
#ifndef ROUTING_CALENDAR_H
#define ROUTING_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

enum { CALENDAR_PERIODS_MAX = 4, CALENDAR_DAY_MIN = 24 * 60 };

#define CALENDAR_MINUTE_US INT64_C(60000000)
#define CALENDAR_DAY_US    (CALENDAR_DAY_MIN * CALENDAR_MINUTE_US)

struct calendar_period {
    int32_t start_min, end_min; /* of the day; end excluded; periods ascend and do not overlap */
};

/* Of several for one day the last one holds. */
struct calendar_exception {
    int64_t day;
    bool works;
    struct calendar_period periods[CALENDAR_PERIODS_MAX]; /* of that day, if it works */
    size_t period_count;                                  /* 0: the usual ones */
};

/* What a calendar is made from; only read while it is made. */
struct calendar_rules {
    int32_t utc_offset_min;
    struct calendar_period periods[CALENDAR_PERIODS_MAX];
    size_t period_count;
    uint8_t weekdays;  /* bit 0 is Monday */
    int64_t first_day; /* the span; outside of it nothing can be asked */
    int64_t last_day;
    const struct calendar_exception *exceptions;
    size_t exception_count;
};

struct calendar;

/* NULL when the rules contradict themselves: ERR_INPUT "bad_calendar". */
struct calendar *calendar_new(const struct calendar_rules *rules, struct error *err);
void calendar_free(struct calendar *calendar);

/* The span in UTC: first instant included, last excluded. */
int64_t calendar_first_us(const struct calendar *calendar);
int64_t calendar_last_us(const struct calendar *calendar);

/* Working time in µs from the beginning of the span to an instant; instants outside of the span
 * count as its nearer end. Never falls. */
int64_t calendar_worked_us(const struct calendar *calendar, int64_t at_us);

/* The earliest instant at which so much had been worked; false past the span's end. */
bool calendar_when_worked(const struct calendar *calendar, int64_t worked_us, int64_t *at_us);

bool calendar_is_working(const struct calendar *calendar, int64_t at_us);

/* The first instant after at_us at which work begins or ends; the span's end when there is none. */
int64_t calendar_next_change_us(const struct calendar *calendar, int64_t at_us);

/* Local day of an instant, and the instant at which a local day begins. */
int64_t calendar_day(const struct calendar *calendar, int64_t at_us);
int64_t calendar_day_start_us(const struct calendar *calendar, int64_t day);

#endif
