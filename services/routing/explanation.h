/* SPDX-License-Identifier: Apache-2.0 */
/* explanation: why a report goes where it goes.
 *
 * Asks the same functions that route, and keeps what they found on the way: the units around the
 * place, the rules that came before the one that leads and what each of them wanted else, the
 * people who were asked. Pure; texts are borrowed from the world. */
#ifndef ROUTING_EXPLANATION_H
#define ROUTING_EXPLANATION_H

#include "services/routing/area.h"
#include "services/routing/focal_choice.h"
#include "services/routing/route.h"

enum { EXPLAIN_NEARBY_MAX = 8, EXPLAIN_PASSED_MAX = 100 };

#define EXPLAIN_REACH_M 250.0

/* A rule that goes before the one that leads, and why it does not. */
struct passed_rule {
    const struct route_rule *rule;
    unsigned faults; /* of enum route_fault, as bits; none is 0 */
};

struct explanation {
    struct route_question question;
    bool has_place;
    struct area_place place;
    struct area_distance nearby[EXPLAIN_NEARBY_MAX]; /* within EXPLAIN_REACH_M, nearest first */
    size_t nearby_count;
    struct route route;
    struct passed_rule passed[EXPLAIN_PASSED_MAX]; /* those that nearly fit first */
    size_t passed_count, passed_left_out;
    struct focal_choice choice; /* meaningless while unroutable */
};

/* Where the point lies; question.of[ROUTE_BY_AREA] follows from it. */
void explain_place(struct explanation *explanation, const struct area *area, double lat,
                   double lon);
/* Which rule leads; the question is complete. */
void explain_route(struct explanation *explanation, const struct route_rules *rules,
                   const struct unit_set *units);
/* Who of the lead's people gets it. */
void explain_people(struct explanation *explanation, const struct focal_points *points);

#endif
