/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/order_counter.h"

_Static_assert((int)ORDERS_REFUNDED_VND < (int)TALLY_COUNTERS, "a counter for each");

static uint64_t mark(int counter, bool so)
{
    return so ? UINT64_C(1) << counter : 0;
}

void order_count(struct contribution *contribution, const struct order_fact *order)
{
    enum order_state state = order_state_of(order);
    bool paid = order->paid_at != 0, refunded = order->refunded_at != 0;
    *contribution = (struct contribution){
        .counts = true,
        .day = period_day(order->placed_at),
        .members = {[DIMENSION_UNIT] = order->provider,
                    [DIMENSION_PROCESS] = order->service,
                    [DIMENSION_CHANNEL] = order->channel,
                    [DIMENSION_REASON] = order->failed_reason != NULL ? order->failed_reason
                                                                      : order->refunded_reason},
        .marks = mark(ORDERS_ALL, true) | mark(ORDERS_STATE_FIRST + (int)state, true) |
                 mark(ORDERS_EVER_PAID, paid) |
                 mark(ORDERS_PAID_SETTLED, paid && state != ORDER_PAID) |
                 mark(ORDERS_REFUNDED, refunded),
        .amounts = {paid ? order->amount : 0, refunded ? order->refunded : 0},
        .bucket = SKETCH_NONE,
    };
    if (state == ORDER_FULFILLED && paid) {
        contribution->bucket = sketch_bucket(order->fulfilled_at - order->paid_at);
    }
}
