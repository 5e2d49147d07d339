/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/period.h"

#include <stdio.h>
#include <string.h>

#include "common/date.h"

const char *const period_words[PERIOD_KINDS + 1] = {"all",  "year", "quarter", "month",
                                                    "week", "day",  NULL};

int32_t period_day(int64_t instant)
{
    return (int32_t)date_day_at(instant, DATE_INDOCHINA_US);
}

int64_t period_instant(int32_t day)
{
    return date_day_start_us(day, DATE_INDOCHINA_US);
}

struct period period_of(enum period_kind kind, int32_t day)
{
    int year, month, day_of_month;
    date_of_day(day, &year, &month, &day_of_month);
    int32_t first = 0;
    switch (kind) {
    case PERIOD_YEAR:
        first = (int32_t)date_day(year, 1, 1);
        break;
    case PERIOD_QUARTER:
        first = (int32_t)date_day(year, (month - 1) / 3 * 3 + 1, 1);
        break;
    case PERIOD_MONTH:
        first = (int32_t)date_day(year, month, 1);
        break;
    case PERIOD_WEEK:
        first = day - date_weekday(day);
        break;
    case PERIOD_DAY:
        first = day;
        break;
    case PERIOD_ALL:
    case PERIOD_KINDS:
        break;
    }
    return (struct period){kind, first};
}

int32_t period_end(const struct period *period)
{
    enum { ENOUGH = 40 }; /* days: into the next month whatever the month */
    switch (period->kind) {
    case PERIOD_YEAR:
        return period_of(PERIOD_YEAR, period->first + 370).first;
    case PERIOD_QUARTER:
        return period_of(PERIOD_QUARTER, period->first + 100).first;
    case PERIOD_MONTH:
        return period_of(PERIOD_MONTH, period->first + ENOUGH).first;
    case PERIOD_WEEK:
        return period->first + 7;
    case PERIOD_DAY:
        return period->first + 1;
    case PERIOD_ALL:
    case PERIOD_KINDS:
        break;
    }
    return INT32_MAX;
}

struct period period_next(const struct period *period)
{
    return (struct period){period->kind, period_end(period)};
}

struct period period_previous(const struct period *period)
{
    return period_of(period->kind, period->first - 1);
}

char *period_format(const struct period *period, char text[PERIOD_TEXT_SIZE])
{
    int year, month, day_of_month;
    int32_t day =
        period->kind == PERIOD_WEEK ? period->first + 3 : period->first; /* its Thursday */
    date_of_day(day, &year, &month, &day_of_month);
    unsigned y = (unsigned)year % 10000, m = (unsigned)month % 100;
    switch (period->kind) {
    case PERIOD_YEAR:
        snprintf(text, PERIOD_TEXT_SIZE, "%04u", y);
        break;
    case PERIOD_QUARTER:
        snprintf(text, PERIOD_TEXT_SIZE, "%04u-Q%u", y, (m - 1) / 3 % 4 + 1);
        break;
    case PERIOD_MONTH:
        snprintf(text, PERIOD_TEXT_SIZE, "%04u-%02u", y, m);
        break;
    case PERIOD_WEEK: {
        unsigned week = (unsigned)(day - date_day(year, 1, 1)) / 7 + 1;
        snprintf(text, PERIOD_TEXT_SIZE, "%04u-W%02u", y, week % 100);
        break;
    }
    case PERIOD_DAY:
        snprintf(text, PERIOD_TEXT_SIZE, "%04u-%02u-%02u", y, m, (unsigned)day_of_month % 100);
        break;
    case PERIOD_ALL:
    case PERIOD_KINDS:
        snprintf(text, PERIOD_TEXT_SIZE, "all");
        break;
    }
    return text;
}

/* ---- reading ---- */

/* Digits where form has 0, itself elsewhere. */
static bool has_form(const char *text, const char *form)
{
    for (; *form != '\0'; form++, text++) {
        if (*form == '0' ? *text < '0' || *text > '9' : *text != *form) {
            return false;
        }
    }
    return *text == '\0';
}

static int number(const char *digits, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        value = value * 10 + (digits[i] - '0');
    }
    return value;
}

/* A day that lies in the period of this text, if there is such a period: whether there is shows
 * when it is written again. */
static int64_t day_within(enum period_kind kind, const char *text)
{
    int year = number(text, 4);
    switch (kind) {
    case PERIOD_QUARTER:
        return date_day(year, number(text + 6, 1) * 3 - 2, 1);
    case PERIOD_MONTH:
        return date_day(year, number(text + 5, 2), 1);
    case PERIOD_WEEK:
        return date_day(year, 1, 4) + (number(text + 6, 2) - 1) * 7;
    case PERIOD_DAY:
        return date_day(year, number(text + 5, 2), number(text + 8, 2));
    case PERIOD_YEAR:
    case PERIOD_ALL:
    case PERIOD_KINDS:
        break;
    }
    return date_day(year, 1, 1);
}

bool period_parse(const char *text, struct period *period)
{
    static const struct {
        enum period_kind kind;
        const char *form;
    } forms[] = {{PERIOD_YEAR, "0000"},
                 {PERIOD_QUARTER, "0000-Q0"},
                 {PERIOD_MONTH, "0000-00"},
                 {PERIOD_WEEK, "0000-W00"},
                 {PERIOD_DAY, "0000-00-00"}};
    char again[PERIOD_TEXT_SIZE];

    if (strcmp(text, period_words[PERIOD_ALL]) == 0) {
        *period = (struct period){PERIOD_ALL, 0};
        return true;
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (has_form(text, forms[i].form) && number(text, 4) >= 1970) {
            *period = period_of(forms[i].kind, (int32_t)day_within(forms[i].kind, text));
            return strcmp(period_format(period, again), text) == 0;
        }
    }
    return false;
}
