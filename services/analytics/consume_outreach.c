/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_outreach.h"

#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/outreach_json.h"
#include "services/analytics/store.h"

/* From data to fact; false: err says what is bad. */
typedef bool read_fact(struct told_fact *told, const struct event_in *event, struct arena *arena,
                       struct error *err);

static bool read_outreach(struct told_fact *told, const struct event_in *event, struct arena *arena,
                          struct error *err)
{
    struct outreach_fact outreach;
    if (!outreach_fact_read(&outreach, event->data, event->data_size, arena, err)) {
        return false;
    }
    *told = outreach_tell(&outreach, arena);
    return true;
}

static bool read_training(struct told_fact *told, const struct event_in *event, struct arena *arena,
                          struct error *err)
{
    struct training_fact training;
    if (!training_fact_read(&training, event->data, event->data_size, arena, err)) {
        return false;
    }
    *told = training_tell(&training, arena);
    return true;
}

static bool read_call(struct told_fact *told, const struct event_in *event, struct arena *arena,
                      struct error *err)
{
    struct call_fact call;
    if (!call_fact_read(&call, event->data, event->data_size, arena, err)) {
        return false;
    }
    *told = call_tell(&call, arena);
    return true;
}

static const struct {
    const char *type;
    read_fact *read;
} types[] = {
    {"vn.hanoi.outreach.recorded.v1", read_outreach},
    {"vn.hanoi.training.held.v1", read_training},
    {"vn.hanoi.hotline_call.ended.v1", read_call},
};

static read_fact *reader_of(const struct event_in *event)
{
    for (size_t i = 0; event->type != NULL && i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(event->type, types[i].type) == 0) {
            return types[i].read;
        }
    }
    return NULL;
}

static bool read_message(struct consume_batch *batch, struct consume_message *message,
                         struct told_fact *told)
{
    read_fact *read = reader_of(&message->event);
    struct error err = {0};
    if (read == NULL) {
        consume_reject(batch, message, "unknown_type", "type");
        return false;
    }
    if (message->event.data == NULL) {
        consume_reject(batch, message, "no_data", "data");
        return false;
    }
    if (!read(told, &message->event, consume_arena(batch), &err)) {
        consume_reject(batch, message, "invalid_data", analytics_fault(&err));
        return false;
    }
    return true;
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    (void)batch, (void)tx, (void)state;
}

void consume_outreach(struct consume_batch *batch, void *state)
{
    size_t count, told_count = 0;
    struct consume_message *messages = consume_messages(batch, &count);
    struct told_fact *told = arena_array(consume_arena(batch), count, sizeof *told);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        told_count += read_message(batch, &messages[i], &told[told_count]);
    }
    told_count = facts_coalesce(told, told_count);
    if (told_count > 0) {
        store_put_facts(consume_tx(batch), told, told_count);
    }
    consume_commit(batch, on_committed);
}
