/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/case_detail.h"

#include <string.h>

const char *case_detail_find(const struct case_detail *details, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(details[i].code, code) == 0) {
            return details[i].text;
        }
    }
    return NULL;
}

const char *case_detail_of(const struct process *process, enum detail_type type,
                           const struct case_detail *details, size_t count)
{
    const struct process_detail *detail = process_detail_of(process, type);
    return detail != NULL ? case_detail_find(details, count, detail->code) : NULL;
}

bool case_detail_is_missing(const struct process_detail *detail, const struct case_detail *details,
                            size_t count)
{
    return detail->required && case_detail_find(details, count, detail->code) == NULL;
}

bool case_gives_place_back(const struct case_snapshot *after)
{
    return case_phase(after) == PHASE_WITHDRAWN && after->previous_state != after->state &&
           process_detail_of(after->process, DETAIL_SLOT) != NULL;
}
