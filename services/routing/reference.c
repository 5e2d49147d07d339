/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/reference.h"

#include <stdlib.h>
#include <string.h>

#include "services/routing/focal_choice.h"
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

bool reference_open_case(const struct reference *reference, const struct submission *submission,
                         int64_t now_us, struct case_snapshot *opened, struct error *err)
{
    const struct process *process =
        process_current(reference->processes, submission->kind, submission->submitted_at);
    if (process == NULL || process->states[process->opening].phase != PHASE_RECEIVED) {
        return error_set(err, ERR_INPUT, "unknown_kind", "kind: no process takes it in");
    }
    *opened = (struct case_snapshot){
        .id = submission->id,
        .ticket = submission->ticket,
        .process = process,
        .category = submission->category,
        .level = submission->level,
        .reporter_ref = submission->reporter_ref,
        .language = submission->language,
        .receive_rule = submission->receive_rule,
    };
    if (submission->has_place) {
        struct area_place place = area_find(reference->area, submission->lat, submission->lon);
        opened->area = place.unit;
        opened->near_border = place.near_border;
        opened->near_area = place.near_unit;
        opened->area_set = reference->boundaries.id;
    }
    reference_route_case(reference, now_us, opened);
    clock_start_promised(&opened->clocks[CASE_RECEIVE], reference->cases.calendar,
                         submission->submitted_at, submission->receive_by);
    return case_open(opened, &reference->cases, now_us, err);
}

size_t reference_desks(const struct reference *reference, const char *root, struct arena *arena,
                       const char *const **desks)
{
    return unit_subtree(&reference->units,
                        root == NULL || unit_sees_everything(root) ? UNIT_CITY : root, arena,
                        desks);
}
