/* SPDX-License-Identifier: Apache-2.0 */
#include "common/date.h"

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* Years begin in March here, so that the leap day is the last of one. After Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms": days_from_civil. */
int64_t date_day(int year, int month, int day_of_month)
{
    int64_t y = year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day_of_month - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

/* The same source, civil_from_days. */
void date_of_day(int64_t day, int *year, int *month, int *day_of_month)
{
    int64_t shifted = day + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;

    *day_of_month = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

int date_weekday(int64_t day)
{
    int64_t since_monday = (day + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(since_monday < 0 ? since_monday + 7 : since_monday);
}

int64_t date_day_at(int64_t instant_us, int64_t ahead_us)
{
    return floor_div(instant_us + ahead_us, DATE_DAY_US);
}

int64_t date_day_start_us(int64_t day, int64_t ahead_us)
{
    return day * DATE_DAY_US - ahead_us;
}
