/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/news.h"

#include <assert.h>

#include "services/analytics/store.h"

void news_init(struct news *news, struct outbox *outbox, size_t most, struct arena *arena)
{
    *news = (struct news){.outbox = outbox,
                          .items = arena_array(arena, most, sizeof(struct outbox_item *)),
                          .commands = arena_array(arena, most, sizeof(struct uuid)),
                          .most = most};
}

void news_stage(struct news *news, const struct event *event)
{
    assert(news->count < news->most);
    struct event staged = *event;
    staged.id = news->commands[news->count] = uuid_new();
    news->items[news->count] = outbox_stage(news->outbox, &staged, &news->commands[news->count]);
    news->count++;
}

void news_put(const struct news *news, struct pg_tx *tx)
{
    store_put_events(tx, news->outbox, news->items, news->commands, news->count);
}

void news_settle(const struct news *news, bool took, enum pg_outcome outcome)
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
}
