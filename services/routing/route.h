/* SPDX-License-Identifier: Apache-2.0 */
/* route: who must act on a report?
 *
 * Rules are data (reference/rules.json): category × level × area → the unit that leads and those
 * that co-operate. "@area" stands for the ward or commune of the point. The most specific rule
 * wins: area before category before level. What no rule fits, and "@area" outside of the city,
 * is unroutable: it waits in the queue of the city office. The answer names its rule. Pure; texts
 * are borrowed from the rules. */
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

struct route_rule {
    struct case_rule rule;
    const char *category, *level, *area; /* ROUTE_ANY: all */
    const char *lead;                    /* a unit's code or ROUTE_AREA */
    const char *cooperating[ROUTE_COOPERATING_MAX];
    size_t cooperating_count;
    int64_t valid_from, valid_to; /* instants; valid_to 0: open */
};

struct route_rules {
    struct route_rule *rules; /* most specific first, as route_rules_sort leaves them */
    size_t count;
};

void route_rules_sort(struct route_rules *rules);

/* A person who gets the cases of a unit in one field (a category) or, with ROUTE_ANY, in all. */
struct focal_point {
    const char *unit, *field, *account;
    const char *name, *email;
    int64_t valid_from, valid_to;
};

struct focal_points {
    struct focal_point *items; /* by unit, field and account, as focal_points_sort leaves them */
    size_t count;
};

void focal_points_sort(struct focal_points *points);

/* The account of the unit's focal point for a category: one for the category itself before one for
 * all. NULL: nobody. */
const char *focal_point_find(const struct focal_points *points, const char *unit,
                             const char *category, int64_t at_us);

struct route_question {
    const char *category;
    enum case_level level;
    const char *area; /* NULL: outside of the city */
    int64_t at_us;
};

struct route {
    const char *lead; /* NULL: unroutable */
    const char *cooperating[ROUTE_COOPERATING_MAX];
    size_t cooperating_count;
    const struct case_rule *rule; /* "unroutable" when none fits */
};

struct route route_find(const struct route_rules *rules, const struct unit_set *units,
                        const struct route_question *question);

#endif
