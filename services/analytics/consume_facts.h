/* SPDX-License-Identifier: Apache-2.0 */
/* consume_facts: a batch of events that tell facts: decoded by their types, of each fact the
 * highest version kept, and stored together with the position. */
#ifndef ANALYTICS_CONSUME_FACTS_H
#define ANALYTICS_CONSUME_FACTS_H

#include "common/consume.h"
#include "services/analytics/facts.h"

/* From an event, which has data, to the facts that it tells: *count is 1, unless it sets another.
 * False: err says what is bad. */
typedef bool fact_reader(struct told_fact *told, size_t *count, const struct event_in *event,
                         struct arena *arena, struct error *err);

struct fact_type {
    const char *type;  /* of the event; with a dot at its end, all types that begin so */
    fact_reader *read; /* NULL: they tell nothing */
};

/* types: the last one is {NULL}; what is of no type of them is refused. facts_max: of one event. */
void consume_facts(struct consume_batch *batch, const struct fact_type *types, size_t facts_max);

#endif
