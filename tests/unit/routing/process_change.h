/* SPDX-License-Identifier: Apache-2.0 */
/* process_change: a process with something else in one place, as chance will have it. Most are not
 * sound any more; those that are must be run like any other. */
#ifndef TESTS_ROUTING_PROCESS_CHANGE_H
#define TESTS_ROUTING_PROCESS_CHANGE_H

#include "tests/unit/routing/world.h"

static inline process_set toggled(struct chance *chance, process_set set, int count)
{
    return set ^ PROCESS_BIT(chance_below(chance, (uint32_t)count));
}

static inline void change_action(struct chance *chance, struct process *process)
{
    uint32_t pick = chance_below(chance, (uint32_t)process->action_count);
    struct process_action *action = &process->actions[pick];
    switch (chance_below(chance, 8)) {
    case 0:
        action->from = toggled(chance, action->from, process->state_count);
        break;
    case 1:
        action->to = (int)chance_below(chance, (uint32_t)process->state_count + 2) - 2;
        break;
    case 2:
        action->queues = toggled(chance, action->queues, CASE_QUEUES);
        break;
    case 3:
        action->by = (actor_set)toggled(chance, action->by, ACTORS);
        break;
    case 4:
        action->requires
        = toggled(chance, action->requires, PROCESS_FIELDS);
        action->takes |= action->requires;
        break;
    case 5:
        action->conditions = toggled(chance, action->conditions, PROCESS_CONDITIONS);
        break;
    case 6:
        action->effects = toggled(chance, action->effects, PROCESS_EFFECTS);
        break;
    default:
        action->approvers = (actor_set)toggled(chance, action->approvers, ACTORS);
        break;
    }
}

static inline void change_state(struct chance *chance, struct process *process)
{
    uint32_t pick = chance_below(chance, (uint32_t)process->state_count);
    struct process_state *state = &process->states[pick];
    switch (chance_below(chance, 4)) {
    case 0:
        state->phase = (enum process_phase)chance_below(chance, PROCESS_PHASES);
        break;
    case 1:
        state->timeout_action = (int)chance_below(chance, (uint32_t)process->action_count);
        break;
    case 2:
        state->timeout_clock = (enum deadline_clock)chance_below(chance, DEADLINE_CLOCKS);
        break;
    default:
        process->opening = (int)pick;
        break;
    }
}

static inline void change_process(struct chance *chance, struct process *process)
{
    switch (chance_below(chance, 4)) {
    case 0:
        break;
    case 1:
        change_state(chance, process);
        break;
    default:
        change_action(chance, process);
        break;
    }
}

#endif
