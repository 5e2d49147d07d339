/* SPDX-License-Identifier: Apache-2.0 */
/* delivery_fact: what became of a message to somebody. Pure.
 *
 * Who it went to stays out. A delivery has no version: its events are told apart by how often it
 * had been tried, so that what came of a later try stands; of events after as many tries, sent
 * stands over given up over skipped, since what got through got through. Instants are microseconds
 * of UTC. */
#ifndef ANALYTICS_DELIVERY_FACT_H
#define ANALYTICS_DELIVERY_FACT_H

#include <stdbool.h>

#include "services/analytics/facts.h"

/* In the order of their weight. */
enum delivery_outcome { DELIVERY_SKIPPED, DELIVERY_FAILED, DELIVERY_SENT, DELIVERY_OUTCOMES };

enum { DELIVERY_ATTEMPTS_MAX = 1000 };

struct delivery_fact {
    struct uuid delivery_id;
    enum delivery_outcome outcome;
    int attempts;
    const char *channel;
    const char *reason; /* NULL: none was told */
    int64_t at;
};

struct told_fact delivery_tell(const struct delivery_fact *delivery, struct arena *arena);

/* All but delivery_id and attempts; texts are the arena's. False: these bytes were written by no
 * program of this layout. */
bool delivery_unpack(struct delivery_fact *delivery, const void *bytes, size_t size,
                     struct arena *arena);

#endif
