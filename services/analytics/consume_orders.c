/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_orders.h"

#include "services/analytics/consume_facts.h"
#include "services/analytics/order_fact_json.h"

static bool read_order(struct told_fact *told, size_t *count, const struct event_in *event,
                       struct arena *arena, struct error *err)
{
    struct order_fact order;
    (void)count;
    if (!order_fact_read(&order, event->type, event->data, event->data_size, arena, err)) {
        return false;
    }
    *told = order_tell(&order, arena);
    return true;
}

static const struct fact_type types[] = {
    {"vn.hanoi.order.", read_order},
    {.type = NULL},
};

void consume_orders(struct consume_batch *batch, void *state)
{
    (void)state;
    consume_facts(batch, types, 1);
}
