/* SPDX-License-Identifier: Apache-2.0 */
/* unit_counts: a unit's cases by state, as a whole and by category. Pure. */
#ifndef ANALYTICS_UNIT_COUNTS_H
#define ANALYTICS_UNIT_COUNTS_H

#include "services/analytics/case_counter.h"

struct category_counts {
    const char *category;
    const struct tally *tally;
};

/* Categories in order. */
struct unit_counts {
    const char *unit;
    const struct tally *total;
    const struct category_counts *categories;
    size_t category_count;
};

#endif
