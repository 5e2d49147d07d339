/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/process.h"

#include <string.h>

const char *const process_phase_words[] = {"received", "working",   "paused", "resolved", "closed",
                                           "rejected", "withdrawn", "merged", NULL};
const char *const case_queue_words[] = {"unit", "unroutable", "disputed", NULL};
const char *const process_field_words[] = {
    "result.text",   "result.evidence", "reason.text", "reason.class", "assignee", "unit",
    "proposed_unit", "question",        "asked",       "answer",       "rating",   "minutes",
    "into",          "category",        "level",       "details",      "note",     NULL};
const char *const process_condition_words[] = {
    "tasks_settled",     "not_overdue", "not_bound",     "within_extensions",
    "within_reopenings", "not_rated",   "audit_pending", "audit_settled",
    "independent",       "task_open",   "near_border",   NULL};
const char *const process_effect_words[] = {"stop_receive",
                                            "start_resolve",
                                            "restart_resolve",
                                            "pause",
                                            "resume",
                                            "stop_clocks",
                                            "extend",
                                            "classify",
                                            "route",
                                            "bind",
                                            "hand_over",
                                            "confirm_area",
                                            "assign",
                                            "unassign",
                                            "ask",
                                            "answer",
                                            "record_result",
                                            "record_reason",
                                            "sample_audit",
                                            "pass_audit",
                                            "fail_audit",
                                            "rate",
                                            "count_reopening",
                                            "merge",
                                            "separate",
                                            "add_task",
                                            "accept_task",
                                            "finish_task",
                                            "decline_task",
                                            "set_details",
                                            NULL};
const char *const process_event_words[] = {
    "opened",    "accepted",   "assigned",       "started",
    "resolved",  "rejected",   "routed",         "reminded",
    "escalated", "returned",   "info_requested", "info_supplied",
    "extended",  "proposed",   "declined",       "reopened",
    "rated",     "closed",     "withdrawn",      "merged",
    "separated", "split",      "classified",     "task_changed",
    "audited",   "recomputed", "advanced",       "commented",
    NULL};
const char *const detail_type_words[] = {"text",    "date", "instant",   "word", "deadline",
                                         "consent", "slot", "slot_time", NULL};
const char *const process_consent_words[] = {"none", "verbal", "written", NULL};

bool process_phase_is_open(enum process_phase phase)
{
    return phase == PHASE_RECEIVED || phase == PHASE_WORKING || phase == PHASE_PAUSED;
}

bool process_phase_is_ended(enum process_phase phase)
{
    return !process_phase_is_open(phase) && phase != PHASE_MERGED;
}

bool process_has(process_set set, int value)
{
    return (set & PROCESS_BIT(value)) != 0;
}

int process_state_find(const struct process *process, const char *code)
{
    for (int i = 0; i < process->state_count; i++) {
        if (strcmp(process->states[i].code, code) == 0) {
            return i;
        }
    }
    return -1;
}

int process_action_find(const struct process *process, const char *code)
{
    for (int i = 0; i < process->action_count; i++) {
        if (strcmp(process->actions[i].code, code) == 0) {
            return i;
        }
    }
    return -1;
}

bool process_state_is_final(const struct process *process, int state)
{
    for (int i = 0; i < process->action_count; i++) {
        const struct process_action *action = &process->actions[i];
        if (process_has(action->from, state) && action->to != PROCESS_STAYS &&
            action->to != state) {
            return false;
        }
    }
    return true;
}
