/* SPDX-License-Identifier: Apache-2.0 */
/* delivery_counter: what is counted of deliveries. Pure.
 *
 * A delivery belongs to the day on which it came to its end. Why a message was not sent is a member
 * of the dimension reason; what was sent counts under none, even when a first try had failed.
 * Numbers of counters are stored: append, never reorder. */
#ifndef ANALYTICS_DELIVERY_COUNTER_H
#define ANALYTICS_DELIVERY_COUNTER_H

#include "services/analytics/contribution.h"
#include "services/analytics/delivery_fact.h"

enum delivery_counter { DELIVERIES_ALL, DELIVERIES_SENT, DELIVERIES_FAILED, DELIVERIES_SKIPPED };

/* Texts are the delivery's. */
void delivery_count(struct contribution *contribution, const struct delivery_fact *delivery);

#endif
