/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/dispatch.h"

#include <string.h>

const char *const dispatch_why_words[] = {"unroutable", "disputed", "near_border", NULL};

enum dispatch_why dispatch_why(const struct case_snapshot *now)
{
    if (!case_is_open(now)) {
        return DISPATCH_NOTHING;
    }
    if (now->queue != QUEUE_UNIT) {
        return now->queue == QUEUE_UNROUTABLE ? DISPATCH_UNROUTABLE : DISPATCH_DISPUTED;
    }
    return now->near_border && !now->area_confirmed && !now->clocks[CASE_DISPATCH].stopped
               ? DISPATCH_NEAR_BORDER
               : DISPATCH_NOTHING;
}

int64_t dispatch_at(const struct case_snapshot *now)
{
    const struct case_clock *clock = &now->clocks[CASE_DISPATCH];
    if (dispatch_why(now) == DISPATCH_NOTHING) {
        return 0;
    }
    return clock_due(clock) != 0 && !clock->stopped ? clock_due(clock) : now->opened_at;
}

static size_t add(struct dispatch_candidate *found, size_t count, const char *unit, const char *as)
{
    for (size_t i = 0; unit != NULL && i < count; i++) {
        if (strcmp(found[i].unit, unit) == 0) {
            return count;
        }
    }
    if (unit != NULL) {
        found[count++] = (struct dispatch_candidate){unit, as};
    }
    return count;
}

size_t dispatch_candidates(const struct case_snapshot *now,
                           struct dispatch_candidate found[DISPATCH_CANDIDATES_MAX])
{
    size_t count = 0;
    if (now->trail_count > 0) {
        const struct case_handover *last = &now->trail[now->trail_count - 1];
        count = add(found, count, last->to, "proposed");
        count = add(found, count, last->from, "returned_by");
    }
    count = add(found, count, now->area, "area");
    return add(found, count, now->near_area, "near_area");
}
