/* SPDX-License-Identifier: Apache-2.0 */
/* audit_timer: makes the signed checkpoint of each day (audit_checkpoint.h).
 *
 * Looks once a minute whether a day is over whose checkpoint is missing, since the first case on,
 * and makes what is missing, oldest day first. A day's rows are read in parts, each a transaction:
 * nothing is ever changed in them, and no more can come. For that,
 *   - a day is closed only AUDIT_GRACE_US after its end, and when every transaction that began
 *     before then has ended;
 *   - a process that was stopped for a while first lets what it had decided run into its deadlines
 *     (of others that were stopped, the outbox refuses what they commit).
 * All replicas come to the same checkpoint; the first one to store it also logs it. */
#ifndef ROUTING_AUDIT_TIMER_H
#define ROUTING_AUDIT_TIMER_H

#include "services/routing/routing.h"

struct audit_timer *audit_timer_new(struct routing *routing);

/* Waits for its transaction, then frees itself and calls on_closed. */
typedef void audit_on_closed(void *arg);
void audit_timer_close(struct audit_timer *timer, audit_on_closed *on_closed, void *arg);

#endif
