/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_outreach.h"

#include "services/analytics/consume_facts.h"
#include "services/analytics/outreach_json.h"

static bool read_outreach(struct told_fact *told, size_t *count, const struct event_in *event,
                          struct arena *arena, struct error *err)
{
    struct outreach_fact outreach;
    (void)count;
    if (!outreach_fact_read(&outreach, event->data, event->data_size, arena, err)) {
        return false;
    }
    *told = outreach_tell(&outreach, arena);
    return true;
}

static bool read_training(struct told_fact *told, size_t *count, const struct event_in *event,
                          struct arena *arena, struct error *err)
{
    struct training_fact training;
    (void)count;
    if (!training_fact_read(&training, event->data, event->data_size, arena, err)) {
        return false;
    }
    *told = training_tell(&training, arena);
    return true;
}

static bool read_call(struct told_fact *told, size_t *count, const struct event_in *event,
                      struct arena *arena, struct error *err)
{
    struct call_fact call;
    (void)count;
    if (!call_fact_read(&call, event->data, event->data_size, arena, err)) {
        return false;
    }
    *told = call_tell(&call, arena);
    return true;
}

static const struct fact_type types[] = {
    {"vn.hanoi.outreach.recorded.v1", read_outreach},
    {"vn.hanoi.training.held.v1", read_training},
    {"vn.hanoi.hotline_call.ended.v1", read_call},
    {.type = NULL},
};

void consume_outreach(struct consume_batch *batch, void *state)
{
    (void)state;
    consume_facts(batch, types, 1);
}
