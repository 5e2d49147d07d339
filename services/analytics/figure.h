/* SPDX-License-Identifier: Apache-2.0 */
/* figure: a number that is told, with all that one needs to check it. Pure. */
#ifndef ANALYTICS_FIGURE_H
#define ANALYTICS_FIGURE_H

#include "services/analytics/indicator.h"
#include "services/analytics/period.h"
#include "services/analytics/tally.h"
#include "services/analytics/unit_set.h"
#include "services/analytics/wilson.h"

/* When figures are told: they are exact for as_of (later dues may be in already). */
struct moment {
    int64_t as_of;
    int64_t cutoff; /* newest event counted; 0: none yet */
    struct unit_set_names unit_sets;
};

/* The instants between which things belong to a period: up to as_of while it is not over. */
struct window {
    int64_t from, to; /* from 0: since the beginning */
};
struct window figure_window(const struct period *period, const struct moment *moment);

struct figure {
    const struct indicator *indicator;
    bool hidden; /* the reader may not see it; set by whoever tells it */
    int64_t numerator, denominator, pending;
    struct interval interval; /* of a share, when there is a denominator */
    /* Of INDICATOR_TIME, in hours; numerator and denominator are those that have a time. */
    double median, p90;
    bool open_known;         /* false: half of all, open ones among them, are longer than known */
    double median_with_open; /* open ones taken to last longer than all */
};

void figure_of(struct figure *figure, const struct indicator *indicator, const struct tally *tally);
/* True: the value would mislead, so many are too few. */
bool figure_is_uncertain(const struct figure *figure);
/* Below 0: a is better; 0: equally good. Both have a denominator. */
int figure_order(const struct figure *a, const struct figure *b);
/* The same numbers: nothing to tell anew. */
bool figure_equal(const struct figure *a, const struct figure *b);

#endif
