/* SPDX-License-Identifier: Apache-2.0 */
/* route: who must act on a report?
 *
 * Rules are data (reference/rules.json): process × area × category × level → the unit that leads,
 * those that co-operate, and whom of the lead's people to ask first. "@area" stands for the ward or
 * commune of the point.
 *
 * One rule wins, by an order without ties. A rule that names the process comes before one that does
 * not, since the process says who is competent; then one that names the area, then the category,
 * then the level. Of two that name the same the one that began later comes first, then the one
 * whose code does, byte by byte. Of the versions of one rule only the newest that has begun counts,
 * for good: when it ends, the one before does not come back.
 *
 * A rule whose lead cannot act (a unit that has ended, "@area" outside of the city) is passed over
 * as if it did not match: the next one in order leads. What no rule fits is unroutable and waits in
 * the queue of the city office. Pure; texts are borrowed from the rules. */
#ifndef ROUTING_ROUTE_H
#define ROUTING_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "services/routing/rule.h"
#include "services/routing/unit.h"

enum { ROUTE_COOPERATING_MAX = 8 };

#define ROUTE_AREA "@area"
#define ROUTE_ANY  "*"

/* What rules tell reports apart by, weightiest first. */
enum route_dimension {
    ROUTE_BY_PROCESS,
    ROUTE_BY_AREA,
    ROUTE_BY_CATEGORY,
    ROUTE_BY_LEVEL,
    ROUTE_DIMENSIONS
};

struct route_rule {
    struct case_rule rule;
    const char *wanted[ROUTE_DIMENSIONS]; /* ROUTE_ANY: all */
    const char *lead;                     /* a unit's code or ROUTE_AREA */
    const char *focal_point;              /* asked first, as long as one of the lead's; NULL */
    const char *cooperating[ROUTE_COOPERATING_MAX];
    size_t cooperating_count;
    int64_t valid_from, valid_to; /* instants; valid_to 0: open */
};

struct route_rules {
    struct route_rule *rules; /* in order of precedence, as route_rules_sort leaves them */
    size_t count;
};

/* Also ends each version where a newer one of its rule begins. */
void route_rules_sort(struct route_rules *rules);

struct route_question {
    const char *of[ROUTE_DIMENSIONS]; /* area NULL: outside of the city */
    int64_t at_us;
};

/* Why a rule does not lead; the first ones are the dimensions in which it wants something else. */
enum route_fault {
    ROUTE_NOT_BEGUN = ROUTE_DIMENSIONS,
    ROUTE_OVER,
    ROUTE_OUTSIDE, /* its lead is the area, and there is none */
    ROUTE_LEAD_ENDED,
    ROUTE_FAULTS
};
extern const char *const route_fault_words[]; /* of dimensions and faults; ends with NULL */

/* A bit for each of them; 0: the rule fits. Of a rule that does not match, nothing is said of its
 * lead. */
unsigned route_faults(const struct route_rule *rule, const struct unit_set *units,
                      const struct route_question *question);

struct route {
    const struct route_rule *by;  /* NULL: none fits, the report is unroutable */
    const struct case_rule *rule; /* of by; else "unroutable" */
    const char *lead;             /* NULL: unroutable */
    const char *focal_point;      /* to be asked first; NULL: as the lead has it */
    const char *cooperating[ROUTE_COOPERATING_MAX];
    size_t cooperating_count; /* current units, each once, never the lead */
};

struct route route_find(const struct route_rules *rules, const struct unit_set *units,
                        const struct route_question *question);

/* Another rule, not over yet when this one begins, that wants the same in every dimension: of the
 * two only one would ever lead. NULL: none. */
const struct route_rule *route_rules_rival(const struct route_rules *rules,
                                           const struct route_rule *rule);

#endif
