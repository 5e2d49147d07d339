/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/day.h"

#include <stdio.h>

#include "common/date.h"

static int number(const char *digits, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        value = value * 10 + (digits[i] - '0');
    }
    return value;
}

bool day_parse(const char *text, int64_t *day)
{
    int year, month, month_day;
    for (const char *form = "0000-00-00", *at = text; *form != '\0'; form++, at++) {
        if (*form == '0' ? *at < '0' || *at > '9' : *at != *form) {
            return false;
        }
    }
    year = number(text, 4);
    month = number(text + 5, 2);
    month_day = number(text + 8, 2);
    if (text[10] != '\0' || year < 1970 || month < 1 || month > 12 || month_day < 1) {
        return false;
    }
    *day = date_day(year, month, month_day);
    date_of_day(*day, &year, &month, &month_day);
    return month == number(text + 5, 2) && month_day == number(text + 8, 2);
}

char *day_format(int64_t day, char text[DAY_TEXT_SIZE])
{
    int year, month, month_day;
    date_of_day(day, &year, &month, &month_day);
    snprintf(text, DAY_TEXT_SIZE, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100,
             (unsigned)month_day % 100);
    return text;
}
