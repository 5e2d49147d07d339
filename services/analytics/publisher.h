/* SPDX-License-Identifier: Apache-2.0 */
/* publisher: says on analytics.indicators.v1 and analytics.units.v1 what has changed.
 *
 * Replicas take turns (store_claim_turn): a key is said at most once a second, and only when its
 * value is another than last time. A turn reads what is dirty and the values, in that order, so
 * that a change in between is said again rather than never. */
#ifndef ANALYTICS_PUBLISHER_H
#define ANALYTICS_PUBLISHER_H

#include "common/service.h"

struct publisher;

struct publisher *publisher_new(const struct service_parts *parts);
/* Waits for the turn under way. */
typedef void publisher_on_closed(void *arg);
void publisher_close(struct publisher *publisher, publisher_on_closed *on_closed, void *arg);

#endif
