/* SPDX-License-Identifier: Apache-2.0 */
/* census: which deliveries are counted for who counts them from the events. Pure.
 *
 * Those that came to their end today or on one of the CENSUS_DAYS - 1 days before, in the city's
 * time: an event tells the instant of that end (`at`), which is the row's settled_at. Neither side
 * could count all there ever were: city.deliveries.v1 keeps 90 days, so who begins to read it late,
 * or anew, does not have more, and our table grows for ever. A third of that leaves who fell behind
 * two months to catch up, and each delivery is in the counts of 30 nights. */
#ifndef NOTIFICATION_CENSUS_H
#define NOTIFICATION_CENSUS_H

#include <stdint.h>

enum { CENSUS_DAYS = 30 };

/* The beginning of the first of these days: microseconds of UTC, as now. */
int64_t census_since(int64_t now);

#endif
