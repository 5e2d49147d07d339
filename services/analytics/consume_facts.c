/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_facts.h"

#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/store.h"

static bool is_of_type(const struct event_in *event, const char *type)
{
    size_t size = strlen(type);
    return type[size - 1] == '.' ? strncmp(event->type, type, size) == 0
                                 : strcmp(event->type, type) == 0;
}

/* NULL: there is none. */
static const struct fact_type *type_of(const struct event_in *event, const struct fact_type *types)
{
    while (types->type != NULL && !(event->type != NULL && is_of_type(event, types->type))) {
        types++;
    }
    return types->type != NULL ? types : NULL;
}

/* How many facts it tells; 0 when it is refused. */
static size_t take_message(struct consume_batch *batch, struct consume_message *message,
                           const struct fact_type *types, struct told_fact *told)
{
    const struct event_in *event = &message->event;
    const struct fact_type *type = type_of(event, types);
    struct error err = {0};
    size_t count = 1;

    if (type == NULL) {
        consume_reject(batch, message, "unknown_type", "type");
        return 0;
    }
    if (type->read == NULL) {
        return 0;
    }
    if (event->data == NULL) {
        consume_reject(batch, message, "no_data", "data");
        return 0;
    }
    if (!type->read(told, &count, event, consume_arena(batch), &err)) {
        consume_reject(batch, message, "invalid_data", analytics_fault(&err));
        return 0;
    }
    return count;
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    (void)batch, (void)tx, (void)state;
}

void consume_facts(struct consume_batch *batch, const struct fact_type *types, size_t facts_max)
{
    size_t count, taken = 0;
    struct consume_message *messages = consume_messages(batch, &count);
    struct told_fact *told = arena_array(consume_arena(batch), count * facts_max, sizeof *told);

    for (size_t i = 0; i < count; i++) {
        taken += take_message(batch, &messages[i], types, &told[taken]);
    }
    taken = facts_coalesce(told, taken);
    if (taken > 0) {
        store_put_heard(consume_tx(batch), told, taken);
    }
    consume_commit(batch, on_committed);
}
