/* SPDX-License-Identifier: Apache-2.0 */
/* news: the events of one guarded transaction of the turn's holder, from being staged to being
 * published or dropped with it. Loop thread only. */
#ifndef ANALYTICS_NEWS_H
#define ANALYTICS_NEWS_H

#include "common/outbox.h"

struct news {
    struct outbox *outbox;
    struct outbox_item **items;
    struct uuid *commands;
    size_t count, most;
};

/* At most so many; the arena outlives them. */
void news_init(struct news *news, struct outbox *outbox, size_t most, struct arena *arena);
/* Command and id are made here; the rest is copied. */
void news_stage(struct news *news, const struct event *event);
void news_put(const struct news *news, struct pg_tx *tx);
/* took: the transaction is committed. Else outcome says whether it may be. */
void news_settle(const struct news *news, bool took, enum pg_outcome outcome);

#endif
