/* SPDX-License-Identifier: Apache-2.0 */
/* escalation_timer: reminds of deadlines and escalates what has missed them.
 *
 * Twice a second, and in a row while there is more, it claims the cases whose timer has run out,
 * longest overdue first, whether assigned or not. A claim is a lease of 30 s: when this process
 * dies, another one takes them up. The decision is written only if the case is still at the
 * version that was read, so each step happens once across all replicas. */
#ifndef ROUTING_ESCALATION_TIMER_H
#define ROUTING_ESCALATION_TIMER_H

#include "services/routing/routing.h"

struct escalation_timer *escalation_timer_new(struct routing *routing);

/* Waits for its transactions, then frees itself and calls on_closed. */
typedef void escalation_on_closed(void *arg);
void escalation_timer_close(struct escalation_timer *timer, escalation_on_closed *on_closed,
                            void *arg);

#endif
