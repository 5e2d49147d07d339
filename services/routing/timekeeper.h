/* SPDX-License-Identifier: Apache-2.0 */
/* timekeeper: does to cases what time does: reminds, escalates, lets states time out, and lets what
 * was merged follow the case that stands for it.
 *
 * Twice a second, and in a row while there is more, it claims the cases whose timer has run out,
 * longest overdue first, whether assigned or not. A claim is a lease of 30 s: when this process
 * dies, another one takes them up. The decision is written only if the case is still at the
 * version that was read, so each step happens once across all replicas. */
#ifndef ROUTING_TIMEKEEPER_H
#define ROUTING_TIMEKEEPER_H

#include "services/routing/routing.h"

struct timekeeper *timekeeper_new(struct routing *routing);

/* Waits for its transactions, then frees itself and calls on_closed. */
typedef void timekeeper_on_closed(void *arg);
void timekeeper_close(struct timekeeper *keeper, timekeeper_on_closed *on_closed, void *arg);

#endif
