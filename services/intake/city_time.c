/* SPDX-License-Identifier: Apache-2.0 */
#include "city_time.h"

#include <stdio.h>

#include "common/date.h"

char *city_month(int64_t instant_us, char text[CITY_MONTH_SIZE])
{
    int year, month, day_of_month;
    date_of_day(date_day_at(instant_us, DATE_INDOCHINA_US), &year, &month, &day_of_month);
    snprintf(text, CITY_MONTH_SIZE, "%04u-%02u", (unsigned)year % 10000, (unsigned)month % 100);
    return text;
}

int city_year(int64_t instant_us)
{
    int year, month, day_of_month;
    date_of_day(date_day_at(instant_us, DATE_INDOCHINA_US), &year, &month, &day_of_month);
    return year;
}
