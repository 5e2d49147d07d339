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

void reference_open_case(const struct reference *reference, const struct submission *submission,
                         int64_t now_us, struct case_snapshot *opened)
{
    struct area_place place = area_find(reference->area, submission->lat, submission->lon);
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

size_t reference_desks(const struct reference *reference, const char *root, struct arena *arena,
                       const char *const **desks)
{
    return unit_subtree(&reference->units,
                        root == NULL || unit_sees_everything(root) ? UNIT_CITY : root, arena,
                        desks);
}
