/* SPDX-License-Identifier: Apache-2.0 */
/* city_time: an instant as people in Hanoi read it. Pure. */
#ifndef ROUTING_CITY_TIME_H
#define ROUTING_CITY_TIME_H

#include "services/routing/calendar.h"

enum { CITY_TIME_SIZE = 40 };

/* "16:30 24/11/2026", in the calendar's time zone. Returns text. */
char *city_time_format(const struct calendar *calendar, int64_t at_us, char text[CITY_TIME_SIZE]);

#endif
