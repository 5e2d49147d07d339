/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_deliveries.h"

#include "services/analytics/analytics.h"
#include "services/analytics/delivery_fact_json.h"
#include "services/analytics/store.h"

/* False: it is refused. */
static bool take_message(struct consume_batch *batch, struct consume_message *message,
                         struct told_fact *told)
{
    const struct event_in *event = &message->event;
    enum delivery_outcome outcome = delivery_outcome_of(event->type);
    struct delivery_fact delivery;
    struct error err = {0};

    if (outcome == DELIVERY_OUTCOMES) {
        consume_reject(batch, message, "unknown_type", "type");
        return false;
    }
    if (event->data == NULL) {
        consume_reject(batch, message, "no_data", "data");
        return false;
    }
    if (!delivery_fact_read(&delivery, outcome, event->data, event->data_size, consume_arena(batch),
                            &err)) {
        consume_reject(batch, message, "invalid_data", analytics_fault(&err));
        return false;
    }
    *told = delivery_tell(&delivery, consume_arena(batch));
    return true;
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    (void)batch, (void)tx, (void)state;
}

void consume_deliveries(struct consume_batch *batch, void *state)
{
    size_t count, taken = 0;
    struct consume_message *messages = consume_messages(batch, &count);
    struct told_fact *told = arena_array(consume_arena(batch), count, sizeof *told);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        taken += take_message(batch, &messages[i], &told[taken]);
    }
    taken = facts_coalesce(told, taken);
    if (taken > 0) {
        store_put_facts(consume_tx(batch), told, taken);
    }
    consume_commit(batch, on_committed);
}
