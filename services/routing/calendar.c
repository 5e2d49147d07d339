/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/calendar.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"

enum { SPAN_DAYS_MAX = 200 * 366 };

struct calendar {
    int64_t offset_us;
    int64_t first_day;
    size_t day_count;
    size_t period_count;
    struct calendar_period periods[CALENDAR_PERIODS_MAX];
    uint32_t *worked_min; /* day_count + 1: working minutes before each day of the span */
};

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
int64_t calendar_day_of(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

/* The same source, civil_from_days. */
void calendar_date_of(int64_t day, int *year, int *month, int *month_day)
{
    int64_t shifted = day + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;

    *month_day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static bool rules_are_sound(const struct calendar_rules *rules, struct error *err)
{
    int32_t free_from = 0;
    if (rules->first_day > rules->last_day || rules->last_day - rules->first_day >= SPAN_DAYS_MAX) {
        return error_set(err, ERR_INPUT, "bad_calendar", "the span of days is empty or too long");
    }
    if (rules->period_count < 1 || rules->period_count > CALENDAR_PERIODS_MAX) {
        return error_set(err, ERR_INPUT, "bad_calendar", "a day has 1 to %d periods",
                         CALENDAR_PERIODS_MAX);
    }
    for (size_t i = 0; i < rules->period_count; i++) {
        struct calendar_period period = rules->periods[i];
        if (period.start_min < free_from || period.start_min >= period.end_min ||
            period.end_min > CALENDAR_DAY_MIN) {
            return error_set(err, ERR_INPUT, "bad_calendar",
                             "period %zu must begin after the one before and end later that day",
                             i + 1);
        }
        free_from = period.end_min;
    }
    return true;
}

static void mark_working_days(const struct calendar_rules *rules, bool *works, size_t day_count)
{
    for (size_t i = 0; i < day_count; i++) {
        int64_t day = rules->first_day + (int64_t)i;
        int64_t weekday = day + 3 - floor_div(day + 3, 7) * 7; /* day 0 was a Thursday */
        works[i] = (rules->weekdays >> weekday) & 1;
    }
    for (size_t i = 0; i < rules->exception_count; i++) {
        int64_t at = rules->exceptions[i].day - rules->first_day;
        if (at >= 0 && at < (int64_t)day_count) {
            works[at] = rules->exceptions[i].works;
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
    calendar->period_count = rules->period_count;
    memcpy(calendar->periods, rules->periods, sizeof calendar->periods);
    calendar->worked_min = memory_zero(calendar->day_count + 1, sizeof *calendar->worked_min);

    uint32_t full_day = 0;
    for (size_t i = 0; i < rules->period_count; i++) {
        full_day += (uint32_t)(rules->periods[i].end_min - rules->periods[i].start_min);
    }
    bool *works = memory_zero(calendar->day_count, sizeof *works);
    mark_working_days(rules, works, calendar->day_count);
    for (size_t i = 0; i < calendar->day_count; i++) {
        calendar->worked_min[i + 1] = calendar->worked_min[i] + (works[i] ? full_day : 0);
    }
    free(works);
    return calendar;
}

void calendar_free(struct calendar *calendar)
{
    if (calendar != NULL) {
        free(calendar->worked_min);
        free(calendar);
    }
}

int64_t calendar_day(const struct calendar *calendar, int64_t at_us)
{
    return floor_div(at_us + calendar->offset_us, CALENDAR_DAY_US);
}

int64_t calendar_day_start_us(const struct calendar *calendar, int64_t day)
{
    return day * CALENDAR_DAY_US - calendar->offset_us;
}

int64_t calendar_first_us(const struct calendar *calendar)
{
    return calendar_day_start_us(calendar, calendar->first_day);
}

int64_t calendar_last_us(const struct calendar *calendar)
{
    return calendar_day_start_us(calendar, calendar->first_day + (int64_t)calendar->day_count);
}

static bool day_works(const struct calendar *calendar, size_t index)
{
    return calendar->worked_min[index + 1] > calendar->worked_min[index];
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
    int64_t worked = calendar->worked_min[index] * CALENDAR_MINUTE_US;
    if (!day_works(calendar, index)) {
        return worked;
    }
    int64_t of_day = at_us - calendar_day_start_us(calendar, day);
    for (size_t i = 0; i < calendar->period_count; i++) {
        int64_t start = calendar->periods[i].start_min * CALENDAR_MINUTE_US;
        int64_t end = calendar->periods[i].end_min * CALENDAR_MINUTE_US;
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
    int64_t rest = worked_us - calendar->worked_min[index] * CALENDAR_MINUTE_US;
    for (size_t i = 0; i < calendar->period_count; i++) {
        int64_t start = calendar->periods[i].start_min * CALENDAR_MINUTE_US;
        int64_t length = calendar->periods[i].end_min * CALENDAR_MINUTE_US - start;
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
        if (!day_works(calendar, (size_t)(day - calendar->first_day))) {
            continue;
        }
        for (size_t i = 0; i < 2 * calendar->period_count; i++) {
            const struct calendar_period *period = &calendar->periods[i / 2];
            int32_t minute = i % 2 == 0 ? period->start_min : period->end_min;
            int64_t edge_us = calendar_day_start_us(calendar, day) + minute * CALENDAR_MINUTE_US;
            if (edge_us > at_us && calendar_is_working(calendar, edge_us) != working) {
                return edge_us;
            }
        }
    }
    return at_us > end_us ? at_us : end_us;
}
