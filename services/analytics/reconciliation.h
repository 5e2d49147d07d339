/* SPDX-License-Identifier: Apache-2.0 */
/* reconciliation: what the owner of something counts beside what was made of its events. Pure. */
#ifndef ANALYTICS_RECONCILIATION_H
#define ANALYTICS_RECONCILIATION_H

#include "services/analytics/census.h"
#include "services/analytics/tally.h"

/* What is counted here; member NULL: all of the city. */
struct reconciled_sum {
    const char *member;
    const struct tally *tally;
};

struct reconciliation_difference {
    const char *member; /* NULL: all of the city */
    int kind;
    int64_t theirs, ours;
};
struct reconciliation {
    const struct census_layout *layout; /* whose, and what the kinds are */
    struct reconciliation_difference *differences;
    size_t count;
    size_t compared; /* numbers */
};

/* Every member that either side knows, by kind, and the city; of either there may be several sums.
 * Texts are those that came in, memory is the arena's. */
void reconciliation_make(struct reconciliation *made, const struct census_layout *layout,
                         const struct census *census, const struct reconciled_sum *sums,
                         size_t sum_count, struct arena *arena);
/* Keeps the differences that were as great before: others come of events on their way. */
void reconciliation_keep(struct reconciliation *made, const struct reconciliation *before);

#endif
