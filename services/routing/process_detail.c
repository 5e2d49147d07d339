/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "services/routing/process.h"

const struct process_detail *process_detail_of(const struct process *process, enum detail_type type)
{
    for (int i = 0; i < process->detail_count; i++) {
        if (process->details[i].type == type) {
            return &process->details[i];
        }
    }
    return NULL;
}

static bool fault(struct error *err, const struct process_detail *detail, const char *text)
{
    char path[96];
    snprintf(path, sizeof path, "details.%.60s", detail->code);
    return error_add_field(err, path, "unsound", "%s", text);
}

/* Rules look for the detail of such a type: a second one would never be found. */
static bool is_one_of_a_kind(enum detail_type type)
{
    return type >= DETAIL_DEADLINE;
}

static bool check_kinds(const struct process *process, struct error *err)
{
    bool good = true;
    for (int i = 0; i < process->detail_count; i++) {
        const struct process_detail *detail = &process->details[i];
        if (is_one_of_a_kind(detail->type) && process_detail_of(process, detail->type) != detail) {
            good = fault(err, detail, "is the second detail of its type");
        }
    }
    return good;
}

static bool check_appointments(const struct process *process, struct error *err)
{
    bool good = true;
    for (int i = 0; i < process->state_count; i++) {
        const struct process_state *state = &process->states[i];
        if (state->timeout_action >= 0 && state->timeout_clock == DEADLINE_APPOINTMENT &&
            process_detail_of(process, DETAIL_SLOT_TIME) == NULL) {
            char path[96];
            snprintf(path, sizeof path, "states.%.60s", state->code);
            good = error_add_field(err, path, "unsound",
                                   "times out before an appointment, and nothing tells its time");
        }
    }
    return good;
}

bool process_check_details(const struct process *process, struct error *err)
{
    const struct process_detail *slot = process_detail_of(process, DETAIL_SLOT);
    const struct process_detail *time = process_detail_of(process, DETAIL_SLOT_TIME);
    bool good = check_kinds(process, err);
    if (slot != NULL && !slot->required) {
        good = fault(err, slot, "must be required: a case has its place or is not opened");
    }
    if (slot == NULL && time != NULL) {
        good = fault(err, time, "is the time of a slot, and there is none");
    }
    return good && check_appointments(process, err);
}
