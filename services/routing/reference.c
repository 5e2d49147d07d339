/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/reference.h"

#include <stdlib.h>
#include <string.h>

#include "services/routing/focal_choice.h"

void reference_free(struct reference *reference)
{
    if (reference != NULL) {
        area_free(reference->area);
        /* The rules only borrow it; here it ends. */
        calendar_free((struct calendar *)(uintptr_t)reference->cases.calendar);
        arena_finish(&reference->arena);
        free(reference);
    }
}

bool reference_has_unit(const struct reference *reference, const char *code)
{
    return unit_find(&reference->units, code) != NULL ||
           unit_find(&reference->former_units, code) != NULL;
}

const struct category *reference_category(const struct reference *reference, const char *code)
{
    for (size_t i = 0; i < reference->category_count; i++) {
        if (strcmp(reference->categories[i].code, code) == 0) {
            return &reference->categories[i];
        }
    }
    return NULL;
}

static const char *heir_of(const struct reference *reference, const char *unit)
{
    const char *heir = unit_successor(&reference->units, &reference->successions, unit);
    return heir != NULL ? heir : unit;
}

struct area_place reference_place(const struct reference *reference, double lat, double lon)
{
    struct area_place place = area_find(reference->area, lat, lon);
    place.unit = heir_of(reference, place.unit);
    place.near_unit = heir_of(reference, place.near_unit);
    if (place.near_unit != NULL && strcmp(place.near_unit, place.unit) == 0) {
        place.near_unit = NULL;
        place.near_border = false;
    }
    return place;
}

void reference_route_case(const struct reference *reference, int64_t now_us,
                          struct case_snapshot *opened)
{
    struct route_question question = {
        .of = {[ROUTE_BY_PROCESS] = opened->process->rule.code,
               [ROUTE_BY_AREA] = opened->area,
               [ROUTE_BY_CATEGORY] = opened->category,
               [ROUTE_BY_LEVEL] = case_level_words[opened->level]},
        .at_us = now_us,
    };
    struct route route = route_find(&reference->routes, &reference->units, &question);
    opened->routing_rule = *route.rule;
    opened->unit = route.lead;
    opened->queue = route.lead != NULL ? QUEUE_UNIT : QUEUE_UNROUTABLE;
    if (route.lead != NULL) {
        opened->focal_point = focal_choose(&reference->focal_points, route.lead, opened->category,
                                           route.focal_point, now_us)
                                  .account;
    }
    for (size_t i = 0; i < route.cooperating_count; i++) {
        opened->tasks[opened->task_count++].unit = route.cooperating[i];
    }
}

bool reference_is_within(const struct reference *reference, const char *desk, const char *root)
{
    if (unit_is_within(&reference->units, desk, root)) {
        return true;
    }
    const struct unit *former = unit_find(&reference->former_units, desk);
    if (former == NULL) {
        return false;
    }
    const char *heir = unit_successor(&reference->units, &reference->successions, desk);
    return unit_is_within(&reference->units, heir != NULL ? heir : former->parent, root);
}

size_t reference_desks(const struct reference *reference, const char *root, struct arena *arena,
                       const char *const **desks)
{
    const struct unit_set *sets[] = {&reference->units, &reference->former_units};
    const char **found =
        arena_array(arena, reference->units.count + reference->former_units.count, sizeof *found);
    size_t count = 0;
    if (root == NULL || unit_sees_everything(root)) {
        root = UNIT_CITY;
    }
    for (size_t set = 0; set < 2; set++) {
        for (size_t i = 0; i < sets[set]->count; i++) {
            if (reference_is_within(reference, sets[set]->units[i].code, root)) {
                found[count++] = sets[set]->units[i].code;
            }
        }
    }
    *desks = found;
    return count;
}
