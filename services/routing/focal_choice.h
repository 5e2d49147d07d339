/* SPDX-License-Identifier: Apache-2.0 */
/* focal_choice: who of a unit's people gets a case, and why not the others?
 *
 * A routing rule may name somebody to be asked first. The name is a wish: it holds only while the
 * person is a focal point of the unit, in any field, and present, so that no rule can send cases to
 * somebody who has left. Otherwise people are asked as focal_point_find asks them: those of the
 * category in order of their rank, then those for all. Whoever is present first gets the case.
 * Pure; texts are borrowed. */
#ifndef ROUTING_FOCAL_CHOICE_H
#define ROUTING_FOCAL_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/routing/focal_point.h"

enum { FOCAL_ASKED_MAX = 16 };

enum focal_reason {
    FOCAL_FOR_RULE,       /* named by the rule */
    FOCAL_FOR_RANK,       /* the focal point itself, of rank 1 */
    FOCAL_FOR_SUBSTITUTE, /* of a lower rank */
    FOCAL_ALL_AWAY,       /* all are absent: nobody */
    FOCAL_NONE_NAMED,     /* nobody */
    FOCAL_REASONS
};
extern const char *const focal_reason_words[]; /* ends with NULL */

/* One who was asked, in order. */
struct focal_asked {
    const struct focal_point *point;
    bool absent;
};

struct focal_choice {
    const char *account; /* NULL: nobody */
    enum focal_reason reason;
    struct focal_asked asked[FOCAL_ASKED_MAX]; /* whoever got it is the last one */
    size_t asked_count;                        /* more than FOCAL_ASKED_MAX are not told */
};

/* named NULL: the rule names nobody. */
struct focal_choice focal_choose(const struct focal_points *points, const char *unit,
                                 const char *category, const char *named, int64_t at_us);

#endif
