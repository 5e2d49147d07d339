/* SPDX-License-Identifier: Apache-2.0 */
/* case_effect: what single effects do to a case. The inside of the engine: others call
 * case_engine.h. */
#ifndef ROUTING_CASE_EFFECT_H
#define ROUTING_CASE_EFFECT_H

#include "common/error.h"
#include "services/routing/case_command.h"

/* A decision under way: `after` is a copy of the case as it was, at its next version and state. */
struct case_decision {
    const struct process_action *action;
    const struct case_command *command;
    const struct case_rules *rules;
    struct case_snapshot *after;
    struct error *err;
};

/* Applies the effects of the action in the order of their enumeration; false with err. */
bool case_effects_apply(const struct case_decision *decision);

/* Starts the clock that runs while the city office looks for a unit. */
bool case_start_dispatch(struct case_snapshot *snapshot, const struct case_rules *rules,
                         struct error *err);

/* The unit leads from now on; nobody there has been given the case yet. Who leads does not also
 * co-operate. */
void case_set_lead(struct case_snapshot *snapshot, const char *unit, const char *focal_point);

/* The open part of a unit becomes that of another one; if that one has a part already, or leads,
 * there is nothing left to do for the unit. */
void case_hand_on_task(struct case_snapshot *snapshot, const struct case_rules *rules,
                       const char *from, const char *to);

#endif
