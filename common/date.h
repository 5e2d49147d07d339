/* SPDX-License-Identifier: Apache-2.0 */
/* date: days of the Gregorian calendar as numbers since 1970-01-01, and when they begin. Pure. */
#ifndef COMMON_DATE_H
#define COMMON_DATE_H

#include <stdint.h>

/* Month 1 to 12; a day of the month past its end runs on into the next. */
int64_t date_day(int year, int month, int day_of_month);
void date_of_day(int64_t day, int *year, int *month, int *day_of_month);
int date_weekday(int64_t day); /* 0 is Monday */

/* ---- where clocks are the same time ahead of UTC the whole year ---- */

#define DATE_HOUR_US INT64_C(3600000000)
#define DATE_DAY_US  (24 * DATE_HOUR_US)
/* Indochina Time (tz database: Asia/Ho_Chi_Minh, since 1975). */
#define DATE_INDOCHINA_US (7 * DATE_HOUR_US)

/* The day that an instant (microseconds of UTC) falls on, and the instant at which a day begins. */
int64_t date_day_at(int64_t instant_us, int64_t ahead_us);
int64_t date_day_start_us(int64_t day, int64_t ahead_us);

#endif
