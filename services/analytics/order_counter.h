/* SPDX-License-Identifier: Apache-2.0 */
/* order_counter: what is counted of orders. Pure.
 *
 * An order belongs to the day on which it was placed, whatever becomes of it later: numerator and
 * denominator of a figure are about the same orders. Its process is the service, its unit the
 * provider, its reason why it failed or, when it did not, why it was paid back. Numbers of
 * counters are stored: append, never reorder. */
#ifndef ANALYTICS_ORDER_COUNTER_H
#define ANALYTICS_ORDER_COUNTER_H

#include "services/analytics/contribution.h"
#include "services/analytics/order_fact.h"

enum order_counter {
    ORDERS_ALL,
    ORDERS_STATE_FIRST, /* one for each enum order_state */
    ORDERS_EVER_PAID = ORDERS_STATE_FIRST + ORDER_STATES,
    ORDERS_PAID_SETTLED, /* paid, and not waiting any more */
    ORDERS_REFUNDED,     /* wholly or in part */
    ORDERS_PAID_VND,     /* amounts, in đồng */
    ORDERS_REFUNDED_VND
};

/* Texts are the order's. */
void order_count(struct contribution *contribution, const struct order_fact *order);

#endif
