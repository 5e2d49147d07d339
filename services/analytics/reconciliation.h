/* SPDX-License-Identifier: Apache-2.0 */
/* reconciliation: what the owner of cases counts beside what was made of its events. Pure. */
#ifndef ANALYTICS_RECONCILIATION_H
#define ANALYTICS_RECONCILIATION_H

#include "services/analytics/case_fact.h"
#include "services/analytics/tally.h"

/* So many of a unit's cases stand like this; unit NULL: no unit has had them. */
struct census_item {
    const char *unit;
    enum case_state state;
    int64_t cases;
};
struct census {
    struct census_item *items; /* of a unit and state there may be several */
    size_t count;
};

/* What is counted here; unit NULL: all of the city. */
struct reconciled_sum {
    const char *unit;
    const struct tally *tally;
};

struct reconciliation_difference {
    const char *unit; /* NULL: all of the city */
    enum case_state state;
    int64_t theirs, ours;
};
struct reconciliation {
    struct reconciliation_difference *differences;
    size_t count;
    size_t compared; /* numbers */
};

/* Every unit that either side knows, by state, and the city. Texts are those that came in. */
void reconciliation_make(struct reconciliation *made, const struct census *census,
                         const struct reconciled_sum *sums, size_t sum_count, struct arena *arena);
/* Keeps the differences that were as great before: others come of events on their way. */
void reconciliation_keep(struct reconciliation *made, const struct reconciliation *before);

#endif
