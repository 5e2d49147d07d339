/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_deliveries.h"

#include "services/analytics/consume_facts.h"
#include "services/analytics/delivery_fact_json.h"

static bool read_delivery(struct told_fact *told, size_t *count, const struct event_in *event,
                          struct arena *arena, struct error *err)
{
    struct delivery_fact delivery;
    (void)count;
    if (!delivery_fact_read(&delivery, delivery_outcome_of(event->type), event->data,
                            event->data_size, arena, err)) {
        return false;
    }
    *told = delivery_tell(&delivery, arena);
    return true;
}

static const struct fact_type types[] = {
    {"vn.hanoi.delivery.sent.v1", read_delivery},
    {"vn.hanoi.delivery.failed.v1", read_delivery},
    {"vn.hanoi.delivery.skipped.v1", read_delivery},
    {.type = NULL},
};

void consume_deliveries(struct consume_batch *batch, void *state)
{
    (void)state;
    consume_facts(batch, types, 1);
}
