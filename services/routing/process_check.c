/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "services/routing/process.h"

enum { PATH_SIZE = 96 };

/* The fields without which an effect has nothing to work on. */
static const struct {
    enum process_effect effect;
    process_set fields;
} needs[] = {
    {EFFECT_EXTEND, PROCESS_BIT(FIELD_MINUTES)},
    {EFFECT_ROUTE, PROCESS_BIT(FIELD_UNIT)},
    {EFFECT_HAND_OVER, PROCESS_BIT(FIELD_REASON_TEXT)},
    {EFFECT_ASSIGN, PROCESS_BIT(FIELD_ASSIGNEE)},
    {EFFECT_ASK, PROCESS_BIT(FIELD_QUESTION)},
    {EFFECT_RECORD_RESULT, PROCESS_BIT(FIELD_RESULT_TEXT)},
    {EFFECT_RECORD_REASON, PROCESS_BIT(FIELD_REASON_TEXT)},
    {EFFECT_FAIL_AUDIT, PROCESS_BIT(FIELD_REASON_TEXT)},
    {EFFECT_RATE, PROCESS_BIT(FIELD_RATING)},
    {EFFECT_MERGE, PROCESS_BIT(FIELD_INTO)},
    {EFFECT_ADD_TASK, PROCESS_BIT(FIELD_UNIT)},
};

static const process_set ended = PROCESS_BIT(PHASE_RESOLVED) | PROCESS_BIT(PHASE_CLOSED) |
                                 PROCESS_BIT(PHASE_REJECTED) | PROCESS_BIT(PHASE_WITHDRAWN);

static bool has(process_set set, int value)
{
    return (set & PROCESS_BIT(value)) != 0;
}

static bool is_ended(const struct process *process, int state)
{
    return has(ended, (int)process->states[state].phase);
}

static void fault_state(struct error *err, const struct process *process, int state,
                        const char *text)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "states.%.60s", process->states[state].code);
    error_add_field(err, path, "unsound", "%s", text);
}

static void fault_action(struct error *err, const struct process_action *action, const char *text)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "actions.%.60s", action->code);
    error_add_field(err, path, "unsound", "%s", text);
}

/* The states that an action leads to from one of its states; where it leads back, all from which
 * that state can be entered. */
static process_set targets(const struct process *process, const struct process_action *action,
                           int from)
{
    process_set sources = 0;
    if (action->to >= 0) {
        return PROCESS_BIT(action->to);
    }
    if (action->to == PROCESS_STAYS) {
        return PROCESS_BIT(from);
    }
    for (int i = 0; i < process->action_count; i++) {
        if (process->actions[i].to == from) {
            sources |= process->actions[i].from;
        }
    }
    return sources & ~PROCESS_BIT(from);
}

static process_set step(const struct process *process, int from)
{
    process_set next = 0;
    for (int i = 0; i < process->action_count; i++) {
        if (has(process->actions[i].from, from)) {
            next |= targets(process, &process->actions[i], from);
        }
    }
    return next;
}

static void check_reachable(const struct process *process, struct error *err)
{
    process_set reached = PROCESS_BIT(process->opening), before = 0;
    while (reached != before) {
        before = reached;
        for (int i = 0; i < process->state_count; i++) {
            reached |= has(reached, i) ? step(process, i) : 0;
        }
    }
    for (int i = 0; i < process->state_count; i++) {
        if (!has(reached, i)) {
            fault_state(err, process, i, "no action leads here from the opening state");
        }
    }
}

static void check_ends(const struct process *process, struct error *err)
{
    process_set ending = 0, before = 1;
    for (int i = 0; i < process->state_count; i++) {
        if (process_state_is_final(process, i) && is_ended(process, i)) {
            ending |= PROCESS_BIT(i);
        }
    }
    while (ending != before) {
        before = ending;
        for (int i = 0; i < process->state_count; i++) {
            ending |= (step(process, i) & ending) != 0 ? PROCESS_BIT(i) : 0;
        }
    }
    for (int i = 0; i < process->state_count; i++) {
        if (!has(ending, i)) {
            fault_state(err, process, i, "is a dead end: no way leads from here to an end");
        }
    }
}

static void check_timeout(const struct process *process, int state, struct error *err)
{
    const struct process_state *at = &process->states[state];
    if (at->timeout_action < 0) {
        if (at->phase == PHASE_PAUSED) {
            fault_state(err, process, state, "waits for somebody outside without a time-out");
        }
        return;
    }
    const struct process_action *action = &process->actions[at->timeout_action];
    if (!has(action->from, state)) {
        fault_state(err, process, state, "its time-out cannot be taken from here");
    }
    if ((action->by & ACTOR_BIT(ROLE_SYSTEM)) == 0) {
        fault_state(err, process, state, "its time-out is not the system's to take");
    }
}

static void check_effects(const struct process_action *action, struct error *err)
{
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if (has(action->effects, (int)needs[i].effect) &&
            (needs[i].fields & ~action->requires) != 0) {
            fault_action(err, action, "does not require what its effects need");
        }
    }
    if (action->approvers != 0 &&
        (action->effects & ~(PROCESS_BIT(EFFECT_EXTEND) | PROCESS_BIT(EFFECT_STOP_CLOCKS) |
                             PROCESS_BIT(EFFECT_RECORD_REASON))) != 0) {
        fault_action(err, action, "a proposal can only extend or give a reason");
    }
}

static bool any_state(const struct process *process, process_set states, bool that_ended)
{
    for (int i = 0; i < process->state_count; i++) {
        if (has(states, i) && is_ended(process, i) == that_ended) {
            return true;
        }
    }
    return false;
}

static void check_clocks(const struct process *process, const struct process_action *action,
                         struct error *err)
{
    if (action->to < 0) {
        return;
    }
    if (is_ended(process, action->to) && any_state(process, action->from, false) &&
        !has(action->effects, EFFECT_STOP_CLOCKS)) {
        fault_action(err, action, "ends a case whose clocks run on");
    }
    if (!is_ended(process, action->to) && any_state(process, action->from, true) &&
        !has(action->effects, EFFECT_RESTART_RESOLVE)) {
        fault_action(err, action, "takes a case up again without a clock");
    }
    bool pauses = process->states[action->to].phase == PHASE_PAUSED ||
                  process->states[action->to].phase == PHASE_MERGED;
    if (pauses && !has(action->effects, EFFECT_PAUSE)) {
        fault_action(err, action, "leads to a pause without pausing the clock");
    }
}

static void check_action(const struct process *process, const struct process_action *action,
                         struct error *err)
{
    if (action->from == 0) {
        fault_action(err, action, "starts from no state");
    }
    if (action->by == 0) {
        fault_action(err, action, "nobody may take it");
    }
    if (action->to == PROCESS_BACK && action->from != 0 && !has(action->effects, EFFECT_RESUME)) {
        fault_action(err, action, "leads back without resuming the clock");
    }
    check_effects(action, err);
    check_clocks(process, action, err);
}

bool process_check(const struct process *process, struct error *err)
{
    struct error found = {0};
    process_check_details(process, &found);
    check_reachable(process, &found);
    check_ends(process, &found);
    for (int i = 0; i < process->state_count; i++) {
        check_timeout(process, i, &found);
    }
    for (int i = 0; i < process->action_count; i++) {
        check_action(process, &process->actions[i], &found);
    }
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
