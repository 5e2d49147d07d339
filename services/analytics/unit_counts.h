/* SPDX-License-Identifier: Apache-2.0 */
/* unit_counts: a unit's cases by state, as a whole and by category. Pure. */
#ifndef ANALYTICS_UNIT_COUNTS_H
#define ANALYTICS_UNIT_COUNTS_H

#include "services/analytics/case_counter.h"

struct category_counts {
    const char *category;
    const struct tally *tally;
};

/* Categories in order, those that the reader may see. */
struct unit_counts {
    const char *unit;
    bool hidden; /* the reader may not see them */
    const struct tally *total;
    const struct category_counts *categories;
    size_t category_count;
};

#endif
