/* SPDX-License-Identifier: Apache-2.0 */
/* figure: a number that is told, with all that one needs to check it. */
#ifndef ANALYTICS_FIGURE_H
#define ANALYTICS_FIGURE_H

#include "services/analytics/indicator.h"

/* When figures are told: they are exact for as_of (later dues may be in already). */
struct moment {
    int64_t as_of;
    int64_t cutoff; /* newest event counted; 0: none yet */
};

/* Sum of an indicator over the cases of a unit and category. */
struct figure {
    const struct indicator *indicator;
    const char *unit;     /* NULL: of all */
    const char *category; /* NULL: of all */
    int64_t numerator, denominator, pending;
};

/* Of the cases that a unit has now; and of those that it gave back or got from another, wherever
 * they are. */
struct state_counts {
    int64_t states[CASE_STATES];
    int64_t overdue;
    int64_t returned, received;
};

struct category_counts {
    const char *category;
    struct state_counts counts;
};

/* A unit's cases; categories in order. */
struct unit_counts {
    const char *unit;
    struct state_counts total;
    const struct category_counts *categories;
    size_t category_count;
};

void state_counts_add(struct state_counts *sum, const struct state_counts *more);

#endif
