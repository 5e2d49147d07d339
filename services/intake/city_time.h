/* SPDX-License-Identifier: Apache-2.0 */
/* city_time: the civil date in Hanoi. UTC+7 the whole year, no daylight saving. Pure. */
#ifndef INTAKE_CITY_TIME_H
#define INTAKE_CITY_TIME_H

#include <stdint.h>

enum { CITY_MONTH_SIZE = 8 }; /* "2026-11" and NUL */

int city_year(int64_t instant_us);
char *city_month(int64_t instant_us, char text[CITY_MONTH_SIZE]);

#endif
