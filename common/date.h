/* SPDX-License-Identifier: Apache-2.0 */
/* date: days of the Gregorian calendar as numbers since 1970-01-01. Pure. */
#ifndef COMMON_DATE_H
#define COMMON_DATE_H

#include <stdint.h>

/* Month 1 to 12; a day of the month past its end runs on into the next. */
int64_t date_day(int year, int month, int day_of_month);
void date_of_day(int64_t day, int *year, int *month, int *day_of_month);
int date_weekday(int64_t day); /* 0 is Monday */

#endif
