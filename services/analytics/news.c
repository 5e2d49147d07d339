/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/news.h"

#include <assert.h>

#include "services/analytics/store.h"

void news_init(struct news *news, struct outbox *outbox, int64_t now, size_t most,
               struct arena *arena)
{
    *news = (struct news){.outbox = outbox,
                          .now = now,
                          .items = arena_array(arena, most, sizeof(struct outbox_item *)),
                          .commands = arena_array(arena, most, sizeof(struct uuid)),
                          .most = most};
}

void news_say(struct news *news, const struct news_kind *kind, const char *key,
              const struct buffer *data)
{
    assert(news->count < news->most);
    struct uuid *command = &news->commands[news->count];
    *command = uuid_new();
    const struct event event = {.id = *command,
                                .type = kind->type,
                                .subject = key,
                                .topic = kind->topic,
                                .key = key,
                                .time_us = news->now,
                                .data = data != NULL ? data->data : NULL,
                                .data_size = data != NULL ? data->size : 0};
    news->items[news->count++] = outbox_stage(news->outbox, &event, command);
}

void news_put(const struct news *news, struct pg_tx *tx)
{
    if (news->count > 0) {
        store_put_events(tx, news->outbox, news->items, news->commands, news->count);
    }
}

size_t news_settle(const struct news *news, bool took, enum pg_outcome outcome)
{
    for (size_t i = 0; i < news->count; i++) {
        if (took) {
            outbox_publish(news->outbox, news->items[i]);
        } else if (outcome == PG_UNKNOWN) {
            outbox_doubt(news->outbox, news->items[i]);
        } else {
            outbox_drop(news->outbox, news->items[i]);
        }
    }
    return took ? news->count : 0;
}
