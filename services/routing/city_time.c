/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/city_time.h"

#include <stdio.h>

#include "common/date.h"

char *city_time_format(const struct calendar *calendar, int64_t at_us, char text[CITY_TIME_SIZE])
{
    int year, month, day_of_month;
    int64_t day = calendar_day(calendar, at_us);
    int64_t minute = (at_us - calendar_day_start_us(calendar, day)) / CALENDAR_MINUTE_US;
    date_of_day(day, &year, &month, &day_of_month);
    snprintf(text, CITY_TIME_SIZE, "%02d:%02d %02d/%02d/%04d", (int)(minute / 60),
             (int)(minute % 60), day_of_month, month, year);
    return text;
}
