/* SPDX-License-Identifier: Apache-2.0 */
/* explanation: what a figure is made of, and what is in no part of it. Pure. */
#ifndef ANALYTICS_EXPLANATION_H
#define ANALYTICS_EXPLANATION_H

#include "services/analytics/figure.h"

/* A sum of counters, less others. */
struct explanation_part {
    enum indicator_part part;
    int64_t sum;
    uint64_t counters, less; /* bits */
    bool is_whole; /* the reader may not see the counters: fewer than the public may see are told
                      apart by them */
};

/* Things that were counted, and are in no part, or not in that which makes the value. */
struct left_out {
    const char *reason;
    int64_t number;
    struct bilingual why;
};

enum { LEFT_OUT_MAX = 4 };

struct explanation {
    struct explanation_part parts[INDICATOR_PARTS];
    size_t part_count;
    struct left_out left_out[LEFT_OUT_MAX];
    size_t left_out_count;
};

/* Of a figure that the reader may see. */
void explanation_of(struct explanation *explanation, const struct figure *figure,
                    const struct tally *tally, bool sees_all);

#endif
