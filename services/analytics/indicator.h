/* SPDX-License-Identifier: Apache-2.0 */
/* indicator: what is measured, in words and as a rule. Pure.
 *
 * An indicator looks at one case and says how the case stands: it does not count, cannot be judged
 * yet, is not what is looked for, or is. That may be praise (in time) or blame (reopened): the
 * words of the definition tell. A figure is the sum over cases:
 *
 *   numerator = met,  denominator = met + missed,  pending = shown apart
 *
 * A standing changes by an event of the case, or by time alone: then at the instant `due`. The
 * standings of a case are kept with its fact, one byte for each indicator in the order of the
 * table, so that what a new standing replaces is known exactly. Rows are therefore only appended
 * to the table; a rule that changes gets a new version and needs a rebuild. */
#ifndef ANALYTICS_INDICATOR_H
#define ANALYTICS_INDICATOR_H

#include <stddef.h>
#include <stdint.h>

#include "services/analytics/case_fact.h"

enum standing { STANDING_NONE, STANDING_PENDING, STANDING_MISSED, STANDING_MET };

struct bilingual {
    const char *vi, *en;
};

struct indicator {
    const char *code;
    int32_t version;
    struct bilingual label, formula;
    const char *source;
    /* How the case stands at `now`. */
    enum standing (*standing)(const struct case_fact *fact, int64_t now);
    /* Up to and including this instant a pending case is in time; 0: nobody can tell, or nothing
     * is ever pending (NULL). */
    int64_t (*due)(const struct case_fact *fact);
};

enum {
    INDICATOR_COUNT = 5,
    INDICATOR_OF_ALL = 2 /* its denominator is all cases: it has no sums but those of unit_count */
};

extern const struct indicator indicators[INDICATOR_COUNT];

/* The index of a code; INDICATOR_COUNT when there is none. */
size_t indicator_find(const char *code);

/* How a fact counts at an instant. */
struct fact_count {
    uint8_t standings[INDICATOR_COUNT]; /* enum standing */
    bool overdue;
    int64_t turn_at; /* past this instant time alone changes it; 0: never */
};

void fact_count_at(struct fact_count *count, const struct case_fact *fact, int64_t now);

#endif
