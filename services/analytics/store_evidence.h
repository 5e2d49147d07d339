/* SPDX-License-Identifier: Apache-2.0 */
/* store_evidence: the cases that a figure counts, as it counts them. */
#ifndef ANALYTICS_STORE_EVIDENCE_H
#define ANALYTICS_STORE_EVIDENCE_H

#include "common/pg.h"
#include "services/analytics/slice.h"

/* Which cases: those that add to a part of a figure. */
struct evidence_of {
    const struct slice *slice;
    uint64_t any, none; /* counters (bits): has one of these, none of those; any 0: whatever */
    bool amount;        /* adds to the amount of cases */
    bool timed;         /* has a duration */
};

/* Newest day first, and within a day the greatest id. */
struct evidence_place {
    int32_t day;
    struct uuid id;
};

struct evidence {
    struct evidence_place place; /* id is the case's */
    uint64_t marks;
    int64_t amount;
    int32_t bucket;
    const char *unit; /* NULL: nobody's; the result's */
};

/* Behind a place, at most limit of them. So many cases are looked at and no more, however few of
 * them are such: then the last row only says how far that was. */
void store_read_evidence(struct pg_tx *tx, const struct evidence_of *of,
                         const struct evidence_place *before, int32_t limit);
/* False: it is no such case. is_end: there may be more behind it that were not looked at. */
bool store_take_evidence(const struct pg_tx *tx, size_t statement, size_t row,
                         struct evidence *evidence, bool *is_end);

#endif
