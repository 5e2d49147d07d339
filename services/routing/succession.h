/* SPDX-License-Identifier: Apache-2.0 */
/* succession: hands the open cases of units that have ended, and their parts in the cases of
 * others, to whoever took over.
 *
 * Looks after every change of the reference data and of the day, in chunks, and again when one
 * could not be written. A case without a successor goes to the city office. Closed cases stay with
 * the unit of their day. Several processes may do it at once: a case moves on once. */
#ifndef ROUTING_SUCCESSION_H
#define ROUTING_SUCCESSION_H

#include "services/routing/routing.h"

struct succession *succession_new(struct routing *routing);

/* Waits for its transactions, then frees itself and calls on_closed. */
typedef void succession_on_closed(void *arg);
void succession_close(struct succession *succession, succession_on_closed *on_closed, void *arg);

#endif
