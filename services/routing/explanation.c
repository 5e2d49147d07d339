/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/explanation.h"

void explain_place(struct explanation *explanation, const struct area *area, double lat, double lon)
{
    explanation->has_place = true;
    explanation->place = area_find(area, lat, lon);
    explanation->nearby_count =
        area_nearby(area, lat, lon, EXPLAIN_REACH_M, explanation->nearby, EXPLAIN_NEARBY_MAX);
    explanation->question.of[ROUTE_BY_AREA] = explanation->place.unit;
}

static int fault_count(unsigned faults)
{
    return __builtin_popcount(faults);
}

/* Those with so many faults, among the first `before` rules. */
static void pass_over(struct explanation *explanation, const struct route_rules *rules,
                      size_t before, const struct unit_set *units, int wanted)
{
    for (size_t i = 0; i < before; i++) {
        unsigned faults = route_faults(&rules->rules[i], units, &explanation->question);
        if (fault_count(faults) != wanted) {
            continue;
        }
        if (explanation->passed_count < EXPLAIN_PASSED_MAX) {
            explanation->passed[explanation->passed_count++] =
                (struct passed_rule){&rules->rules[i], faults};
        } else {
            explanation->passed_left_out++;
        }
    }
}

void explain_route(struct explanation *explanation, const struct route_rules *rules,
                   const struct unit_set *units)
{
    struct route route = route_find(rules, units, &explanation->question);
    size_t before = route.by != NULL ? (size_t)(route.by - rules->rules) : rules->count;
    explanation->route = route;
    for (int faults = 1; faults <= ROUTE_FAULTS; faults++) {
        pass_over(explanation, rules, before, units, faults);
    }
}

void explain_people(struct explanation *explanation, const struct focal_points *points)
{
    const struct route *route = &explanation->route;
    explanation->choice =
        focal_choose(points, route->lead, explanation->question.of[ROUTE_BY_CATEGORY],
                     route->focal_point, explanation->question.at_us);
}
