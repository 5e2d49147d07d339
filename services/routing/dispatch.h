/* SPDX-License-Identifier: Apache-2.0 */
/* dispatch: which cases wait for the city office to say whose they are?
 *
 * Those that no rule fits, those that units dispute, and those so close to a border that the place
 * does not tell the side, until the unit or the office has confirmed it. The office has a clock of
 * its own for them (CASE_DISPATCH). Pure; texts are borrowed from the case. */
#ifndef ROUTING_DISPATCH_H
#define ROUTING_DISPATCH_H

#include "services/routing/case.h"

enum dispatch_why {
    DISPATCH_UNROUTABLE,
    DISPATCH_DISPUTED,
    DISPATCH_NEAR_BORDER,
    DISPATCH_NOTHING /* there is nothing to say */
};
extern const char *const dispatch_why_words[]; /* without the last one; ends with NULL */

enum dispatch_why dispatch_why(const struct case_snapshot *now);

/* By when the office must have said it: without a deadline rule for it the opening, so that the
 * case stands first in the queue rather than nowhere. 0: nothing to say. */
int64_t dispatch_at(const struct case_snapshot *now);

/* A unit that may be the right one, and what speaks for it: the place, or who had the case and who
 * should have it. */
struct dispatch_candidate {
    const char *unit;
    const char *as; /* "area", "near_area", "returned_by", "proposed" */
};
enum { DISPATCH_CANDIDATES_MAX = 4 };

/* Each unit once. */
size_t dispatch_candidates(const struct case_snapshot *now,
                           struct dispatch_candidate found[DISPATCH_CANDIDATES_MAX]);

#endif
