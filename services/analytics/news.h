/* SPDX-License-Identifier: Apache-2.0 */
/* news: the events of one guarded transaction of the turn's holder, from being staged to being
 * published or dropped with it. Loop thread only. */
#ifndef ANALYTICS_NEWS_H
#define ANALYTICS_NEWS_H

#include "common/outbox.h"

struct news_kind {
    const char *topic, *type;
};

struct news {
    struct outbox *outbox;
    int64_t now;
    struct outbox_item **items;
    struct uuid *commands;
    size_t count, most;
};

/* At most so many, all of one instant; the arena outlives them. */
void news_init(struct news *news, struct outbox *outbox, int64_t now, size_t most,
               struct arena *arena);
/* data: copied; NULL: a tombstone. */
void news_say(struct news *news, const struct news_kind *kind, const char *key,
              const struct buffer *data);
void news_put(const struct news *news, struct pg_tx *tx);
/* took: the transaction is committed. Else outcome says whether it may be. Returns how many are
 * published. */
size_t news_settle(const struct news *news, bool took, enum pg_outcome outcome);

#endif
