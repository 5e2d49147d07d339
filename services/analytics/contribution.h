/* SPDX-License-Identifier: Apache-2.0 */
/* contribution: what one thing adds to the sums that it is part of. Pure.
 *
 * It adds itself to every grouping whose members it has, on its day. Some counters belong to
 * others beside: a case that was handed over counts in the rows of the units that gave it back or
 * got it, wherever it is now. A contribution is stored with its fact, so that what a new one
 * replaces is taken back exactly. */
#ifndef ANALYTICS_CONTRIBUTION_H
#define ANALYTICS_CONTRIBUTION_H

#include <stdbool.h>

#include "services/analytics/cells.h"
#include "services/analytics/subject.h"

struct contribution {
    bool counts;                           /* false: adds nothing */
    int32_t day;                           /* of the city */
    const char *members[DIMENSIONS];       /* NULL: has none, is in no grouping by it */
    uint64_t marks;                        /* counters (by bit) that grow by one */
    int64_t amounts[CONTRIBUTION_AMOUNTS]; /* what the subject's counters of amounts grow by */
    int32_t bucket;                        /* of the sketch; SKETCH_NONE: it has no duration */
    const char *sides[CONTRIBUTION_SIDES]; /* units, blank-separated; NULL: none */
};

/* Adds it (sign 1) or takes it back (-1). */
void contribution_apply(const struct contribution *contribution, enum subject subject, int sign,
                        struct cells *cells);

#endif
