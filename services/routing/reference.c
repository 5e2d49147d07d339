/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/reference.h"

#include <stdlib.h>
#include <string.h>

#include "services/routing/submission_json.h"

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

/* Boundaries may be older than the units: what lies in a unit that has ended lies in its heir, and
 * between two parts of one unit there is no border any more. */
static struct area_place find_area(const struct reference *reference,
                                   const struct submission *submission)
{
    struct area_place place = area_find(reference->area, submission->lat, submission->lon);
    place.unit = heir_of(reference, place.unit);
    place.near_unit = heir_of(reference, place.near_unit);
    if (place.near_unit != NULL && strcmp(place.near_unit, place.unit) == 0) {
        place.near_unit = NULL;
        place.near_border = false;
    }
    return place;
}

void reference_open_case(const struct reference *reference, const struct submission *submission,
                         int64_t now_us, struct case_snapshot *opened)
{
    struct area_place place = find_area(reference, submission);
    struct route_question question = {.category = submission->category,
                                      .level = submission->level,
                                      .area = place.unit,
                                      .at_us = now_us};
    struct route route = route_find(&reference->routes, &reference->units, &question);

    *opened = (struct case_snapshot){
        .id = submission->id,
        .ticket = submission->ticket,
        .category = submission->category,
        .level = submission->level,
        .queue = route.lead != NULL ? QUEUE_UNIT : QUEUE_UNROUTABLE,
        .area = place.unit,
        .near_border = place.near_border,
        .near_area = place.near_unit,
        .unit = route.lead,
        .reporter_ref = submission->reporter_ref,
        .language = submission->language,
        .receive_due = submission->receive_by,
        .receive_rule = submission->receive_rule,
        .routing_rule = *route.rule,
        .clock_start = submission->submitted_at,
        .cooperating_count = route.cooperating_count,
    };
    memcpy(opened->cooperating, route.cooperating, sizeof opened->cooperating);
    if (route.lead != NULL) {
        opened->focal_point =
            focal_point_find(&reference->focal_points, route.lead, submission->category, now_us);
    }
    case_open(opened, &reference->cases, now_us);
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
