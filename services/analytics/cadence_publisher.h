/* SPDX-License-Identifier: Apache-2.0 */
/* cadence_publisher: says on analytics.cadence.v1 how units keep their cadence, when it has
 * changed: with what they publish, and at midnight of the city. A unit is said at most once a
 * second; one that has no duty any more gets a tombstone. Loop thread only. */
#ifndef ANALYTICS_CADENCE_PUBLISHER_H
#define ANALYTICS_CADENCE_PUBLISHER_H

#include "services/analytics/turn.h"

struct turn_step cadence_publisher_step(const struct service_parts *parts, struct turn *turn);

#endif
