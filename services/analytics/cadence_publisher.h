/* SPDX-License-Identifier: Apache-2.0 */
/* cadence_publisher: says on analytics.cadence.v1 how units keep their cadence, when it has
 * changed: with what they publish, and at midnight of the city. A unit is said at most once a
 * second; one that has no duty any more gets a tombstone. Loop thread only; run by the turn's
 * holder alone. */
#ifndef ANALYTICS_CADENCE_PUBLISHER_H
#define ANALYTICS_CADENCE_PUBLISHER_H

#include "common/service.h"

struct cadence_publisher;
struct turn;

struct cadence_publisher *cadence_publisher_new(const struct service_parts *parts,
                                                struct turn *turn);
void cadence_publisher_free(struct cadence_publisher *publisher); /* NULL is fine */

typedef void cadence_publisher_on_done(void *arg);
void cadence_publisher_run(struct cadence_publisher *publisher, cadence_publisher_on_done *on_done,
                           void *arg);

#endif
