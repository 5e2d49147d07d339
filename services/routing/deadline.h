/* SPDX-License-Identifier: Apache-2.0 */
/* deadline: by when must a desk act?
 *
 * A deadline is the first instant at which the allowed working time has passed. What is filed while
 * nobody works counts from the next opening; time that runs out just at closing is due then and
 * not at the next opening. Instants are µs of UTC; all O(log days). Pure. */
#ifndef ROUTING_DEADLINE_H
#define ROUTING_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "services/routing/calendar.h"

/* The instant at which `minutes` working minutes have passed since start_us; 0 minutes give
 * start_us. False when the calendar does not reach so far. */
bool deadline_after(const struct calendar *calendar, int64_t start_us, int64_t minutes,
                    int64_t *due_us);

/* The same with the time in µs. */
bool deadline_after_us(const struct calendar *calendar, int64_t start_us, int64_t work_us,
                       int64_t *due_us);

/* Working time between two instants, in µs; negative when `to` lies before `from`. */
int64_t deadline_between_us(const struct calendar *calendar, int64_t from_us, int64_t to_us);

/* When `percent` of the working time between start and due have passed. */
bool deadline_share(const struct calendar *calendar, int64_t start_us, int64_t due_us, int percent,
                    int64_t *at_us);

#endif
