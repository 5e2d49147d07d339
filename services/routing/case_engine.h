/* SPDX-License-Identifier: Apache-2.0 */
/* case_engine: the engine of case work.
 *
 * A decision takes the case as it is, a command, the rules and the time, and gives the case as it
 * will be, or says why not. What may be done is data: the process of the case (process.h). Pure: no
 * I/O, no clock, no allocation; texts are borrowed. */
#ifndef ROUTING_CASE_ENGINE_H
#define ROUTING_CASE_ENGINE_H

#include "common/error.h"
#include "services/routing/case_command.h"

/* A new case; the caller has filled who and where it is, its rules, the actor, its tasks, and the
 * clocks that somebody was promised: to be received by, to be seen at. Completes version, state,
 * action, the other clocks and the timer. False with ERR_RETRY "no_rule". */
bool case_open(struct case_snapshot *opened, const struct case_rules *rules, int64_t now_us,
               struct error *err);

/* A new case of what was filed and cannot be had, in the state that its process has for that
 * (filing.refused): ended, with the reason, and nobody's duty. The caller has filled the same as
 * for case_open. */
void case_open_refused(struct case_snapshot *opened, const struct case_rules *rules,
                       const char *reason, int64_t now_us);

/* False with
 *   ERR_NOT_FOUND     "unknown_action"      the process has no such action
 *   ERR_FORBIDDEN     "forbidden"           the actor may not take it
 *   ERR_CONFLICT      "stale_version"       the command saw another version
 *   ERR_UNPROCESSABLE "action_not_allowed"  not in this state or queue; see case_may_take
 *   ERR_INPUT                               the action lacks what it requires, or got what it does
 *                                           not take (field errors)
 *   ERR_UNPROCESSABLE "condition_not_met"   something else is in the way; the text says what
 *   ERR_RETRY         "no_rule"             no deadline rule or calendar for now
 * checked in this order. */
bool case_decide(const struct case_snapshot *before, const struct case_command *command,
                 const struct case_rules *rules, int64_t now_us, struct case_snapshot *after,
                 struct error *err);

/* Whether the present version is what this command made, so that its answer was lost. */
bool case_is_repeat(const struct case_snapshot *now, const struct case_command *command,
                    const struct case_rules *rules);

/* Whether the actor may take an action now, whatever it brings, and if it is not too late. */
bool case_may_take(const struct case_snapshot *now, const struct case_command *actor,
                   const char *action);

#endif
