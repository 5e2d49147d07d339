/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_slot.h"

#include <string.h>

#include "common/clock.h"
#include "services/routing/case_detail.h"

bool case_slot_id(const struct process *process, const struct case_detail *details, size_t count,
                  struct uuid *id)
{
    const char *text = case_detail_of(process, DETAIL_SLOT, details, count);
    return text != NULL && uuid_parse(text, strlen(text), id);
}

void case_slot_set_details(struct case_snapshot *opened, const struct case_detail *details,
                           size_t count, const struct reception_slot *slot, struct arena *arena)
{
    for (int i = 0; i < opened->process->detail_count; i++) {
        const struct process_detail *detail = &opened->process->details[i];
        const char *text = case_detail_find(details, count, detail->code);
        if (detail->type == DETAIL_SLOT_TIME && slot != NULL) {
            char *time = arena_alloc(arena, CLOCK_TEXT_SIZE);
            text = clock_format(slot->starts_at, time);
        }
        if (text != NULL) {
            opened->details[opened->detail_count++] = (struct case_detail){detail->code, text};
        }
    }
}

void case_slot_route(struct case_snapshot *opened, const struct reception_slot *slot,
                     const struct reference *reference, int64_t now_us)
{
    opened->unit = slot->unit;
    opened->routing_rule = (struct case_rule){"reception-slot", 1, "assumption"};
    opened->focal_point =
        focal_point_find(&reference->focal_points, slot->unit, opened->category, now_us);
}

bool case_slot_start_clock(struct case_snapshot *opened, const struct reception_slot *slot,
                           const struct calendar *calendar, int64_t now_us)
{
    opened->resolve_rule = (struct case_rule){"appointment", 1, "assumption"};
    return clock_start_promised(&opened->clocks[CASE_RESOLVE], calendar, now_us, slot->ends_at);
}
