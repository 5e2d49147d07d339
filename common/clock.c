/* SPDX-License-Identifier: Apache-2.0 */
#include "common/clock.h"

#include <assert.h>
#include <string.h>
#include <time.h>

enum { US_PER_S = 1000000, S_PER_DAY = 86400 };

static const int64_t seconds_max = CLOCK_LAST_US / US_PER_S;

static int64_t clock_read(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
    return clock_read(CLOCK_REALTIME);
}

uint64_t clock_monotonic_us(void)
{
    return (uint64_t)clock_read(CLOCK_MONOTONIC);
}

/* Days since 1970 to a civil date and back: the Gregorian calendar counted in 400-year eras that
 * begin on 1 March, so that the leap day ends a year. */
static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t shifted = days + 719468; /* 0000-03-01 */
    int64_t era = shifted / 146097;
    int64_t day_of_era = shifted % 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;

    *day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
    *month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static int64_t days_from_civil(int year, int month, int day)
{
    int64_t shifted = month <= 2 ? year - 1 : year;
    int64_t era = shifted / 400;
    int64_t year_of_era = shifted % 400;
    int64_t march_month = month > 2 ? month - 3 : month + 9;
    int64_t day_of_year = (153 * march_month + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void put_digits(char *text, int64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--) {
        text[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

char *clock_format(int64_t instant_us, char text[CLOCK_TEXT_SIZE])
{
    int year, month, day;
    assert(instant_us >= 0);
    int64_t second = instant_us / US_PER_S;
    int64_t of_day = second % S_PER_DAY;

    civil_from_days(second / S_PER_DAY, &year, &month, &day);
    assert(year <= 9999);
    memcpy(text, "0000-00-00T00:00:00.000Z", CLOCK_TEXT_SIZE);
    put_digits(text, year, 4);
    put_digits(text + 5, month, 2);
    put_digits(text + 8, day, 2);
    put_digits(text + 11, of_day / 3600, 2);
    put_digits(text + 14, of_day / 60 % 60, 2);
    put_digits(text + 17, of_day % 60, 2);
    put_digits(text + 20, instant_us % US_PER_S / 1000, 3);
    return text;
}

/* Reads exactly `digits` digits at *at and steps over them. */
static bool take_number(const char **at, const char *end, int digits, int *value)
{
    if (end - *at < digits) {
        return false;
    }
    *value = 0;
    for (int i = 0; i < digits; i++) {
        char c = *(*at)++;
        if (c < '0' || c > '9') {
            return false;
        }
        *value = *value * 10 + (c - '0');
    }
    return true;
}

static bool take_char(const char **at, const char *end, char c)
{
    return *at < end && *(*at)++ == c;
}

static bool take_fraction(const char **at, const char *end, int64_t *us)
{
    int digits = 0;
    *us = 0;
    if (*at == end || **at != '.') {
        return true;
    }
    for ((*at)++; *at < end && **at >= '0' && **at <= '9'; (*at)++, digits++) {
        if (digits < 6) {
            *us = *us * 10 + (**at - '0');
        }
    }
    for (int i = digits; i < 6; i++) {
        *us *= 10;
    }
    return digits >= 1 && digits <= 9;
}

static bool take_zone(const char **at, const char *end, int64_t *offset_s)
{
    int hours, minutes;
    *offset_s = 0;
    if (*at == end) {
        return false;
    }
    char sign = *(*at)++;
    if (sign == 'Z' || sign == 'z') {
        return true;
    }
    if ((sign != '+' && sign != '-') || !take_number(at, end, 2, &hours) ||
        !take_char(at, end, ':') || !take_number(at, end, 2, &minutes) || hours > 23 ||
        minutes > 59) {
        return false;
    }
    *offset_s = (sign == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

static bool date_exists(int year, int month, int day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year >= 1970 && month >= 1 && month <= 12 && day >= 1 &&
           day <= lengths[month - 1] + (month == 2 && leap);
}

static bool take_date(const char **at, const char *end, int *year, int *month, int *day)
{
    return take_number(at, end, 4, year) && take_char(at, end, '-') &&
           take_number(at, end, 2, month) && take_char(at, end, '-') &&
           take_number(at, end, 2, day) && date_exists(*year, *month, *day);
}

bool clock_is_date(const char *text)
{
    const char *at = text, *end = text + strlen(text);
    int year, month, day;
    return take_date(&at, end, &year, &month, &day) && at == end;
}

bool clock_parse(const char *text, size_t size, int64_t *instant_us)
{
    const char *at = text, *end = text + size;
    int year, month, day, hour, minute, second;
    int64_t fraction_us, offset_s;

    if (!take_date(&at, end, &year, &month, &day) || !take_char(&at, end, 'T') ||
        !take_number(&at, end, 2, &hour) || !take_char(&at, end, ':') ||
        !take_number(&at, end, 2, &minute) || !take_char(&at, end, ':') ||
        !take_number(&at, end, 2, &second) || !take_fraction(&at, end, &fraction_us) ||
        !take_zone(&at, end, &offset_s) || at != end) {
        return false;
    }
    if (hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    int64_t seconds = days_from_civil(year, month, day) * S_PER_DAY + hour * 3600 + minute * 60 +
                      second - offset_s;
    *instant_us = seconds * US_PER_S + fraction_us;
    return seconds >= 0 && seconds <= seconds_max; /* the zone may have moved it past an end */
}
