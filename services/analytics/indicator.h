/* SPDX-License-Identifier: Apache-2.0 */
/* indicator: what is measured, in words and as counters. Pure, data.
 *
 * A definition says which counters of a tally make its numerator, its denominator and what is shown
 * apart. It is versioned: when its counters, or the rule behind one of them, change, the version
 * grows and the figures are counted anew (`analytics rebuild`). */
#ifndef ANALYTICS_INDICATOR_H
#define ANALYTICS_INDICATOR_H

#include <stddef.h>
#include <stdint.h>

#include "services/analytics/bilingual.h"
#include "services/analytics/subject.h"

enum indicator_kind {
    INDICATOR_SHARE, /* numerator among denominator: 0 to 1, with an interval */
    INDICATOR_MEAN,  /* so many for each */
    INDICATOR_TIME   /* median and p90, in hours */
};
extern const char *const indicator_kind_words[]; /* NULL-terminated */

/* Which end is good, if either is: what is neither has no ranks. */
enum indicator_better { BETTER_HIGH, BETTER_LOW, BETTER_NEITHER };
extern const char *const indicator_better_words[]; /* NULL-terminated */

/* The bit of a counter. */
#define COUNTER(number) (UINT64_C(1) << (number))

struct indicator {
    const char *code;
    int32_t version;
    enum indicator_kind kind;
    enum indicator_better better;
    enum subject subject;
    struct bilingual label, formula;
    struct bilingual note; /* what it must not be taken for; texts NULL: nothing to say */
    const char *source;
    enum dimension rule; /* whose versions decide what is in time; 0: none does */
    /* Bits of counters. The denominator is the sum of the ones less the sum of the others. Of
     * INDICATOR_TIME the denominator is those that might have a time. */
    uint64_t numerator, denominator, denominator_less, pending;
    int times_finer;   /* of INDICATOR_TIME: its sketch has times this many times as long, since a
                          sketch knows nothing below a minute; 0: as they are */
    int64_t threshold; /* below such a denominator a value is told as uncertain and never ranked */
};

/* What a figure is made of. */
enum indicator_part { PART_NUMERATOR, PART_DENOMINATOR, PART_PENDING, INDICATOR_PARTS };
extern const char *const indicator_part_words[]; /* NULL-terminated */

/* Its counters: the denominator's less is not among them. */
uint64_t indicator_counters(const struct indicator *indicator, enum indicator_part part);

/* All of them, subject by subject; NULL past the last. */
const struct indicator *indicator_at(size_t number);
/* NULL: there is none of this code. */
const struct indicator *indicator_find(const char *code);

#endif
