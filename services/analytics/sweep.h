/* SPDX-License-Identifier: Apache-2.0 */
/* sweep: turns open cases late when their time is over, though no event tells.
 *
 * Each half second it reads the facts whose turn_at has passed, oldest first, counts them anew and
 * moves the sums by the difference, guarded by version and turn_at: of two replicas, or of the
 * sweep and a new event, one wins, so that a case turns once. */
#ifndef ANALYTICS_SWEEP_H
#define ANALYTICS_SWEEP_H

#include "common/service.h"

struct sweep;

struct sweep *sweep_new(const struct service_parts *parts);
/* Waits for the round under way. */
typedef void sweep_on_closed(void *arg);
void sweep_close(struct sweep *sweep, sweep_on_closed *on_closed, void *arg);

#endif
