/* SPDX-License-Identifier: Apache-2.0 */
/* reference_watch: keeps the running process on today's reference data, and tells it to others.
 *
 * Once a second it looks whether the tables or the day have changed; then it reads everything anew
 * (off the hot path: decisions go by the old data until the new is whole) and says on
 * city.reference.v1 what has changed. Every replica tries; the table lets one of them win. */
#ifndef ROUTING_REFERENCE_WATCH_H
#define ROUTING_REFERENCE_WATCH_H

#include "services/routing/routing.h"

/* Calls on_first once, after the first look; there may be no reference data yet. */
typedef void reference_on_first(void *arg);
struct reference_watch *reference_watch_new(struct routing *routing, reference_on_first *on_first,
                                            void *arg);

/* Waits for its transaction, then frees itself and calls on_closed. */
typedef void reference_on_closed(void *arg);
void reference_watch_close(struct reference_watch *watch, reference_on_closed *on_closed,
                           void *arg);

#endif
