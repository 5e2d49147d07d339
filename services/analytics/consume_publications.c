/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/consume_publications.h"

#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/publication_fact_json.h"
#include "services/analytics/store_cadence.h"

static bool is_publication_event(const struct event_in *event)
{
    return event->type != NULL && strncmp(event->type, "vn.hanoi.publication.", 21) == 0;
}

/* False: it is refused. */
static bool take_message(struct consume_batch *batch, struct consume_message *message,
                         struct publication_fact *publication)
{
    const struct event_in *event = &message->event;
    struct error err = {0};

    if (!is_publication_event(event)) {
        consume_reject(batch, message, "unknown_type", "type");
        return false;
    }
    if (event->data == NULL) {
        consume_reject(batch, message, "no_data", "data");
        return false;
    }
    if (!publication_fact_read(publication, event->type, event->data, event->data_size,
                               consume_arena(batch), &err)) {
        consume_reject(batch, message, "invalid_data", analytics_fault(&err));
        return false;
    }
    return true;
}

static void on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state)
{
    (void)batch, (void)tx, (void)state;
}

void consume_publications(struct consume_batch *batch, void *state)
{
    size_t count, taken = 0;
    struct consume_message *messages = consume_messages(batch, &count);
    struct publication_fact *told = arena_array(consume_arena(batch), count, sizeof *told);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        taken += take_message(batch, &messages[i], &told[taken]);
    }
    taken = publications_coalesce(told, taken);
    if (taken > 0) {
        store_put_publications(consume_tx(batch), told, taken);
    }
    consume_commit(batch, on_committed);
}
