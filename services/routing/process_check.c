/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "services/routing/case_command.h"
#include "services/routing/process_fault.h"
#include "services/routing/process_walk.h"

/* Without what an effect has nothing to work on, or no bound. */
static const struct {
    enum process_effect effect;
    process_set fields, conditions;
} needs[] = {
    {EFFECT_EXTEND, PROCESS_BIT(FIELD_MINUTES), PROCESS_BIT(CONDITION_WITHIN_EXTENSIONS)},
    {EFFECT_ROUTE, PROCESS_BIT(FIELD_UNIT), 0},
    {EFFECT_HAND_OVER, PROCESS_BIT(FIELD_REASON_TEXT) | PROCESS_BIT(FIELD_PROPOSED_UNIT),
     PROCESS_BIT(CONDITION_NOT_BOUND)},
    {EFFECT_ASK, PROCESS_BIT(FIELD_QUESTION), 0},
    {EFFECT_ANSWER, PROCESS_BIT(FIELD_ANSWER), 0},
    {EFFECT_RECORD_RESULT, PROCESS_BIT(FIELD_RESULT_TEXT), 0},
    {EFFECT_RECORD_REASON, PROCESS_BIT(FIELD_REASON_TEXT), 0},
    {EFFECT_PASS_AUDIT, 0,
     PROCESS_BIT(CONDITION_AUDIT_PENDING) | PROCESS_BIT(CONDITION_INDEPENDENT)},
    {EFFECT_FAIL_AUDIT, PROCESS_BIT(FIELD_REASON_TEXT),
     PROCESS_BIT(CONDITION_AUDIT_PENDING) | PROCESS_BIT(CONDITION_INDEPENDENT)},
    {EFFECT_RATE, PROCESS_BIT(FIELD_RATING), PROCESS_BIT(CONDITION_NOT_RATED)},
    {EFFECT_COUNT_REOPENING, 0, PROCESS_BIT(CONDITION_WITHIN_REOPENINGS)},
    {EFFECT_MERGE, PROCESS_BIT(FIELD_INTO), 0},
    {EFFECT_ADD_TASK, PROCESS_BIT(FIELD_UNIT), 0},
    {EFFECT_ACCEPT_TASK, 0, PROCESS_BIT(CONDITION_TASK_OPEN)},
    {EFFECT_FINISH_TASK, 0, PROCESS_BIT(CONDITION_TASK_OPEN)},
    {EFFECT_DECLINE_TASK, PROCESS_BIT(FIELD_REASON_TEXT), PROCESS_BIT(CONDITION_TASK_OPEN)},
};

/* What effects do with a field; a reason and a note are kept in any case. */
static const struct {
    enum process_field field;
    process_set effects;
} uses[] = {
    {FIELD_RESULT_TEXT, PROCESS_BIT(EFFECT_RECORD_RESULT)},
    {FIELD_EVIDENCE, PROCESS_BIT(EFFECT_RECORD_RESULT)},
    {FIELD_REASON_CLASS, PROCESS_BIT(EFFECT_RECORD_REASON)},
    {FIELD_ASSIGNEE, PROCESS_BIT(EFFECT_ASSIGN)},
    {FIELD_UNIT, PROCESS_BIT(EFFECT_ROUTE) | PROCESS_BIT(EFFECT_ADD_TASK) |
                     PROCESS_BIT(EFFECT_ACCEPT_TASK) | PROCESS_BIT(EFFECT_FINISH_TASK) |
                     PROCESS_BIT(EFFECT_DECLINE_TASK)},
    {FIELD_PROPOSED_UNIT, PROCESS_BIT(EFFECT_HAND_OVER)},
    {FIELD_QUESTION, PROCESS_BIT(EFFECT_ASK)},
    {FIELD_ASKED, PROCESS_BIT(EFFECT_ASK)},
    {FIELD_ANSWER, PROCESS_BIT(EFFECT_ANSWER)},
    {FIELD_RATING, PROCESS_BIT(EFFECT_RATE)},
    {FIELD_MINUTES, PROCESS_BIT(EFFECT_EXTEND)},
    {FIELD_INTO, PROCESS_BIT(EFFECT_MERGE)},
    {FIELD_CATEGORY, PROCESS_BIT(EFFECT_CLASSIFY)},
    {FIELD_LEVEL, PROCESS_BIT(EFFECT_CLASSIFY)},
    {FIELD_DETAILS, PROCESS_BIT(EFFECT_SET_DETAILS)},
};

/* ---- time-outs ---- */

/* The system brings nothing along, asks nobody, and only waits for the control office. */
static bool is_for_the_system(const struct process_action *action)
{
    return (action->by & ACTOR_BIT(ROLE_SYSTEM)) != 0 && action->requires == 0 &&
           action->approvers == 0 &&
           (action->conditions & ~PROCESS_BIT(CONDITION_AUDIT_SETTLED)) == 0;
}

static void check_timeout(const struct process *process, int state, struct error *err)
{
    const struct process_state *at = &process->states[state];
    if (at->timeout_action < 0) {
        if (at->phase == PHASE_PAUSED) {
            process_fault_state(err, process, state,
                                "waits for somebody outside without a time-out");
        }
        return;
    }
    const struct process_action *action = &process->actions[at->timeout_action];
    if (!process_has(action->from, state)) {
        process_fault_state(err, process, state, "its time-out cannot be taken from here");
    }
    if (!is_for_the_system(action)) {
        process_fault_state(err, process, state, "its time-out is not the system's to take");
    }
    if (action->to == PROCESS_STAYS || action->to == state) {
        process_fault_state(err, process, state, "its time-out does not lead away from here");
    }
}

/* ---- cases that stand for others ---- */

/* The timer takes these two by name; see case_follow_command. */
static bool timer_can_take(const struct process *process, int state, const char *code,
                           process_set brings)
{
    int found = process_action_find(process, code);
    if (found < 0) {
        return false;
    }
    const struct process_action *action = &process->actions[found];
    return process_has(action->from, state) && process_has(action->queues, QUEUE_UNIT) &&
           (action->by & ACTOR_BIT(ROLE_SYSTEM)) != 0 && action->approvers == 0 &&
           action->conditions == 0 && (action->requires & ~brings) == 0 &&
           (brings & ~action->takes) == 0 && action->to != PROCESS_STAYS && action->to != state;
}

static void check_merged(const struct process *process, int state, struct error *err)
{
    static const process_set result = PROCESS_BIT(FIELD_RESULT_TEXT) | PROCESS_BIT(FIELD_EVIDENCE);
    if (process->states[state].phase != PHASE_MERGED) {
        return;
    }
    if (!timer_can_take(process, state, CASE_FOLLOW, result)) {
        process_fault_state(err, process, state,
                            "needs an action follow, by which the system takes a result over");
    }
    if (!timer_can_take(process, state, CASE_SEPARATE, 0)) {
        process_fault_state(err, process, state,
                            "needs an action separate, by which the system lets the case go on");
    }
}

/* ---- actions ---- */

static bool is_reserved(const char *code)
{
    static const char *const reserved[] = {CASE_OPEN,       CASE_PROPOSE,      CASE_APPROVE,
                                           CASE_DISAPPROVE, CASE_REMIND,       CASE_ESCALATE,
                                           CASE_SUCCEED,    CASE_SUCCEED_TASK, CASE_RECOMPUTE};
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        if (strcmp(reserved[i], code) == 0) {
            return true;
        }
    }
    return false;
}

static void check_needs(const struct process_action *action, struct error *err)
{
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if (!process_has(action->effects, (int)needs[i].effect)) {
            continue;
        }
        if ((needs[i].fields & ~action->requires) != 0) {
            process_fault_action(err, action, "does not require what its effects need");
        }
        if ((needs[i].conditions & ~action->conditions) != 0) {
            process_fault_action(err, action, "lacks a condition that its effects need");
        }
    }
    if (process_has(action->effects, EFFECT_CLASSIFY) &&
        (action->takes & (PROCESS_BIT(FIELD_CATEGORY) | PROCESS_BIT(FIELD_LEVEL))) == 0) {
        process_fault_action(err, action, "takes neither category nor level to classify by");
    }
    if (process_has(action->effects, EFFECT_SET_DETAILS) &&
        !process_has(action->takes, FIELD_DETAILS)) {
        process_fault_action(err, action, "sets details and takes none");
    }
    if (process_has(action->effects, EFFECT_ASSIGN) &&
        !process_has(action->takes, FIELD_ASSIGNEE)) {
        process_fault_action(err, action, "assigns a case to nobody");
    }
}

/* Or somebody says it and it is lost. What a split brings is for the case that it opens. */
static void check_uses(const struct process_action *action, struct error *err)
{
    if (strcmp(process_event_words[action->event], "split") == 0) {
        return;
    }
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        if (process_has(action->takes, (int)uses[i].field) &&
            (action->effects & uses[i].effects) == 0) {
            process_fault_action(err, action, "takes what none of its effects uses");
        }
    }
}

static void check_approval(const struct process_action *action, struct error *err)
{
    static const process_set proposable = PROCESS_BIT(EFFECT_EXTEND) |
                                          PROCESS_BIT(EFFECT_STOP_CLOCKS) |
                                          PROCESS_BIT(EFFECT_RECORD_REASON);
    if (action->approvers != 0 && (action->effects & ~proposable) != 0) {
        process_fault_action(err, action, "a proposal can only extend or give a reason");
    }
    if (action->approval_by_class && !process_has(action->requires, FIELD_REASON_CLASS)) {
        process_fault_action(err, action, "goes by the class of a reason that it does not require");
    }
}

/* Only who has a case gives it back, takes it on or says on which side of a border it lies; what is
 * disputed is decided for good, or it would go round. */
static void check_queues(const struct process_action *action, struct error *err)
{
    static const process_set of_the_unit = PROCESS_BIT(EFFECT_HAND_OVER) |
                                           PROCESS_BIT(EFFECT_STOP_RECEIVE) |
                                           PROCESS_BIT(EFFECT_CONFIRM_AREA);
    if ((action->effects & of_the_unit) != 0 && action->queues != PROCESS_BIT(QUEUE_UNIT)) {
        process_fault_action(err, action, "does for a unit what no unit has");
    }
    if (process_has(action->effects, EFFECT_ROUTE) && process_has(action->queues, QUEUE_DISPUTED) &&
        !process_has(action->effects, EFFECT_BIND)) {
        process_fault_action(err, action, "decides a dispute without binding anybody");
    }
}

static bool leads_to(const struct process *process, const struct process_action *action,
                     enum process_phase phase)
{
    return action->to >= 0 && process->states[action->to].phase == phase;
}

/* What phases promise to those who read them. */
static void check_target(const struct process *process, const struct process_action *action,
                         struct error *err)
{
    bool merges = process_has(action->effects, EFFECT_MERGE);
    if (merges != leads_to(process, action, PHASE_MERGED)) {
        process_fault_action(err, action,
                             merges ? "merges a case that stays as it is"
                                    : "leads to a merged state without merging");
    }
    if (leads_to(process, action, PHASE_RESOLVED) &&
        !process_has(action->effects, EFFECT_RECORD_RESULT)) {
        process_fault_action(err, action, "resolves a case without a result");
    }
    if (leads_to(process, action, PHASE_REJECTED) &&
        !process_has(action->effects, EFFECT_RECORD_REASON)) {
        process_fault_action(err, action, "rejects a case without a reason");
    }
}

static bool any_passes(const struct process *process, int state)
{
    for (int i = 0; i < process->action_count; i++) {
        if (process_has(process->actions[i].from, state) &&
            process_has(process->actions[i].effects, EFFECT_PASS_AUDIT)) {
            return true;
        }
    }
    return false;
}

static void check_sampling(const struct process *process, const struct process_action *action,
                           struct error *err)
{
    if (!process_has(action->effects, EFFECT_SAMPLE_AUDIT)) {
        return;
    }
    if (!leads_to(process, action, PHASE_RESOLVED)) {
        process_fault_action(err, action, "picks cases for a check that have no result");
    } else if (!any_passes(process, action->to)) {
        process_fault_action(err, action, "picks results for a check that nobody can pass");
    }
}

static void check_action(const struct process *process, const struct process_action *action,
                         struct error *err)
{
    if (is_reserved(action->code)) {
        process_fault_action(err, action, "is the name of an action that every case has");
    }
    if (action->from == 0) {
        process_fault_action(err, action, "starts from no state");
    }
    if (action->by == 0) {
        process_fault_action(err, action, "nobody may take it");
    }
    check_needs(action, err);
    check_approval(action, err);
    check_queues(action, err);
    check_target(process, action, err);
    check_sampling(process, action, err);
    check_uses(action, err);
}

bool process_check(const struct process *process, struct error *err)
{
    struct error found = {0};
    process_check_details(process, &found);
    process_check_filing(process, &found);
    for (int i = 0; i < process->state_count; i++) {
        check_timeout(process, i, &found);
        check_merged(process, i, &found);
    }
    for (int i = 0; i < process->action_count; i++) {
        check_action(process, &process->actions[i], &found);
    }
    process_walk(process, &found);
    if (found.field_count == 0) {
        return true;
    }
    snprintf(found.code, sizeof found.code, "unsound_process");
    snprintf(found.text, sizeof found.text, "the process %.64s is not sound: %.48s %.100s",
             process->rule.code, found.fields[0].field, found.fields[0].text);
    if (err != NULL && !error_is_set(err)) {
        *err = found;
    }
    return false;
}
