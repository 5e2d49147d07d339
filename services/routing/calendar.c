/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/calendar.h"

#include <assert.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/date.h"

enum { SPAN_DAYS_MAX = 200 * 366 };

/* The hours of one kind of day. */
struct day_hours {
    size_t period_count;
    struct calendar_period periods[CALENDAR_PERIODS_MAX];
    uint32_t total_min;
};

enum { DAY_OFF, USUAL_DAY, OWN_HOURS }; /* places in hours; exceptions with own hours follow */

struct calendar {
    int64_t offset_us;
    int64_t first_day;
    size_t day_count;
    struct day_hours *hours;
    uint32_t *hours_of;   /* which of them, by day of the span */
    uint32_t *worked_min; /* day_count + 1: working minutes before each day of the span */
};

static bool periods_are_sound(const struct calendar_period *periods, size_t count,
                              struct error *err)
{
    int32_t free_from = 0;
    if (count > CALENDAR_PERIODS_MAX) {
        return error_set(err, ERR_INPUT, "bad_calendar", "a day has at most %d periods",
                         CALENDAR_PERIODS_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        if (periods[i].start_min < free_from || periods[i].start_min >= periods[i].end_min ||
            periods[i].end_min > CALENDAR_DAY_MIN) {
            return error_set(err, ERR_INPUT, "bad_calendar",
                             "period %zu must begin after the one before and end later that day",
                             i + 1);
        }
        free_from = periods[i].end_min;
    }
    return true;
}

static bool rules_are_sound(const struct calendar_rules *rules, struct error *err)
{
    if (rules->first_day > rules->last_day || rules->last_day - rules->first_day >= SPAN_DAYS_MAX) {
        return error_set(err, ERR_INPUT, "bad_calendar", "the span of days is empty or too long");
    }
    if (rules->period_count == 0) {
        return error_set(err, ERR_INPUT, "bad_calendar", "a day that works needs a period");
    }
    if (!periods_are_sound(rules->periods, rules->period_count, err)) {
        return false;
    }
    for (size_t i = 0; i < rules->exception_count; i++) {
        const struct calendar_exception *exception = &rules->exceptions[i];
        if (!exception->works && exception->period_count > 0) {
            return error_set(err, ERR_INPUT, "bad_calendar", "a day off has no periods");
        }
        if (!periods_are_sound(exception->periods, exception->period_count, err)) {
            return false;
        }
    }
    return true;
}

static struct day_hours day_hours(const struct calendar_period *periods, size_t count)
{
    struct day_hours hours = {.period_count = count};
    for (size_t i = 0; i < count; i++) {
        hours.periods[i] = periods[i];
        hours.total_min += (uint32_t)(periods[i].end_min - periods[i].start_min);
    }
    return hours;
}

static uint32_t hours_of_weekday(const struct calendar_rules *rules, int64_t day)
{
    return (rules->weekdays >> date_weekday(day)) & 1 ? USUAL_DAY : DAY_OFF;
}

static void give_hours(struct calendar *calendar, const struct calendar_rules *rules)
{
    uint32_t own = OWN_HOURS;
    calendar->hours[USUAL_DAY] = day_hours(rules->periods, rules->period_count);
    for (size_t i = 0; i < calendar->day_count; i++) {
        calendar->hours_of[i] = hours_of_weekday(rules, rules->first_day + (int64_t)i);
    }
    for (size_t i = 0; i < rules->exception_count; i++) {
        const struct calendar_exception *exception = &rules->exceptions[i];
        int64_t at = exception->day - rules->first_day;
        uint32_t hours = exception->works ? USUAL_DAY : DAY_OFF;
        if (exception->period_count > 0) {
            calendar->hours[own] = day_hours(exception->periods, exception->period_count);
            hours = own++;
        }
        if (at >= 0 && at < (int64_t)calendar->day_count) {
            calendar->hours_of[at] = hours;
        }
    }
}

struct calendar *calendar_new(const struct calendar_rules *rules, struct error *err)
{
    if (!rules_are_sound(rules, err)) {
        return NULL;
    }
    struct calendar *calendar = memory_zero(1, sizeof *calendar);
    calendar->offset_us = rules->utc_offset_min * CALENDAR_MINUTE_US;
    calendar->first_day = rules->first_day;
    calendar->day_count = (size_t)(rules->last_day - rules->first_day + 1);
    calendar->hours = memory_zero(OWN_HOURS + rules->exception_count, sizeof *calendar->hours);
    calendar->hours_of = memory_zero(calendar->day_count, sizeof *calendar->hours_of);
    calendar->worked_min = memory_zero(calendar->day_count + 1, sizeof *calendar->worked_min);
    give_hours(calendar, rules);
    for (size_t i = 0; i < calendar->day_count; i++) {
        calendar->worked_min[i + 1] =
            calendar->worked_min[i] + calendar->hours[calendar->hours_of[i]].total_min;
    }
    return calendar;
}

void calendar_free(struct calendar *calendar)
{
    if (calendar != NULL) {
        free(calendar->worked_min);
        free(calendar->hours_of);
        free(calendar->hours);
        free(calendar);
    }
}

static const struct day_hours *hours_on(const struct calendar *calendar, size_t index)
{
    return &calendar->hours[calendar->hours_of[index]];
}

int64_t calendar_day(const struct calendar *calendar, int64_t at_us)
{
    return date_day_at(at_us, calendar->offset_us);
}

int64_t calendar_day_start_us(const struct calendar *calendar, int64_t day)
{
    return date_day_start_us(day, calendar->offset_us);
}

int64_t calendar_first_us(const struct calendar *calendar)
{
    return calendar_day_start_us(calendar, calendar->first_day);
}

int64_t calendar_last_us(const struct calendar *calendar)
{
    return calendar_day_start_us(calendar, calendar->first_day + (int64_t)calendar->day_count);
}

int64_t calendar_worked_us(const struct calendar *calendar, int64_t at_us)
{
    if (at_us <= calendar_first_us(calendar)) {
        return 0;
    }
    if (at_us >= calendar_last_us(calendar)) {
        return calendar->worked_min[calendar->day_count] * CALENDAR_MINUTE_US;
    }
    int64_t day = calendar_day(calendar, at_us);
    size_t index = (size_t)(day - calendar->first_day);
    const struct day_hours *hours = hours_on(calendar, index);
    int64_t worked = calendar->worked_min[index] * CALENDAR_MINUTE_US;
    int64_t of_day = at_us - calendar_day_start_us(calendar, day);
    for (size_t i = 0; i < hours->period_count; i++) {
        int64_t start = hours->periods[i].start_min * CALENDAR_MINUTE_US;
        int64_t end = hours->periods[i].end_min * CALENDAR_MINUTE_US;
        if (of_day <= start) {
            break;
        }
        worked += (of_day < end ? of_day : end) - start;
    }
    return worked;
}

/* The last day before which less than worked_us was worked: there the rest gets done. */
static size_t day_of_work(const struct calendar *calendar, int64_t worked_us)
{
    size_t low = 0, high = calendar->day_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (calendar->worked_min[middle] * CALENDAR_MINUTE_US < worked_us) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

bool calendar_when_worked(const struct calendar *calendar, int64_t worked_us, int64_t *at_us)
{
    if (worked_us <= 0) {
        *at_us = calendar_first_us(calendar);
        return true;
    }
    if (worked_us > calendar->worked_min[calendar->day_count] * CALENDAR_MINUTE_US) {
        return false;
    }
    size_t index = day_of_work(calendar, worked_us);
    const struct day_hours *hours = hours_on(calendar, index);
    int64_t rest = worked_us - calendar->worked_min[index] * CALENDAR_MINUTE_US;
    for (size_t i = 0; i < hours->period_count; i++) {
        int64_t start = hours->periods[i].start_min * CALENDAR_MINUTE_US;
        int64_t length = hours->periods[i].end_min * CALENDAR_MINUTE_US - start;
        if (rest <= length) {
            *at_us = calendar_day_start_us(calendar, calendar->first_day + (int64_t)index) + start +
                     rest;
            return true;
        }
        rest -= length;
    }
    assert(!"a working day holds what its sum says");
    return false;
}

bool calendar_is_working(const struct calendar *calendar, int64_t at_us)
{
    /* Time is worked in whole µs: the next one counts when this instant is working time. */
    return calendar_worked_us(calendar, at_us + 1) > calendar_worked_us(calendar, at_us);
}

int64_t calendar_next_change_us(const struct calendar *calendar, int64_t at_us)
{
    int64_t end_us = calendar_last_us(calendar);
    int64_t last_day = calendar->first_day + (int64_t)calendar->day_count - 1;
    int64_t day = calendar_day(calendar, at_us);
    bool working = calendar_is_working(calendar, at_us);

    for (day = day < calendar->first_day ? calendar->first_day : day; day <= last_day; day++) {
        const struct day_hours *hours = hours_on(calendar, (size_t)(day - calendar->first_day));
        for (size_t i = 0; i < 2 * hours->period_count; i++) {
            const struct calendar_period *period = &hours->periods[i / 2];
            int32_t minute = i % 2 == 0 ? period->start_min : period->end_min;
            int64_t edge_us = calendar_day_start_us(calendar, day) + minute * CALENDAR_MINUTE_US;
            if (edge_us > at_us && calendar_is_working(calendar, edge_us) != working) {
                return edge_us;
            }
        }
    }
    return at_us > end_us ? at_us : end_us;
}
