/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "services/routing/process.h"

static bool fault(struct error *err, const char *name, const char *text)
{
    char path[96];
    snprintf(path, sizeof path, "filing.%.60s", name);
    return error_add_field(err, path, "unsound", "%s", text);
}

static bool check_details(const struct process *process, struct error *err)
{
    bool good = true;
    for (int i = 0; i < process->detail_count; i++) {
        const struct process_detail *detail = &process->details[i];
        bool asked = process_has(process->filing.details, i);
        if (asked && detail->type == DETAIL_SLOT_TIME) {
            good = fault(err, "details", "asks for the time of a slot, which the slot tells");
        }
        if (!asked && detail->required) {
            good = fault(err, "details", "leaves out a detail that the process needs");
        }
    }
    return good;
}

/* Who files hears nothing before the case is there, so that a slot which is gone is told by it. */
static bool check_refusal(const struct process *process, struct error *err)
{
    const struct process_filing *filing = &process->filing;
    bool has_slot = process_detail_of(process, DETAIL_SLOT) != NULL;
    if (has_slot != (filing->refused >= 0)) {
        return fault(err, "refused",
                     has_slot ? "must name where a case goes whose slot cannot be had"
                              : "is for slots, and the process asks for none");
    }
    if (has_slot && process->states[filing->refused].phase != PHASE_REJECTED) {
        return fault(err, "refused", "must be a state of the phase rejected");
    }
    return has_slot || process->states[process->opening].phase == PHASE_RECEIVED ||
           fault(err, "by", "lets a case begin with work, and nobody knows by when");
}

bool process_check_filing(const struct process *process, struct error *err)
{
    if (process->filing.by == 0) {
        return true;
    }
    bool good = check_details(process, err);
    return check_refusal(process, err) && good;
}
