/* SPDX-License-Identifier: Apache-2.0 */
/* process_check: the parts of process_check. The inside of processes: others call process.h. */
#ifndef ROUTING_PROCESS_CHECK_H
#define ROUTING_PROCESS_CHECK_H

#include "services/routing/process.h"

bool process_has(process_set set, int value);

/* Resolved, closed, rejected and withdrawn: nobody has to act any more. */
bool process_phase_is_ended(enum process_phase phase);

void process_fault_state(struct error *err, const struct process *process, int state,
                         const char *text);
void process_fault_action(struct error *err, const struct process_action *action, const char *text);

/* ---- process_walk.c ---- */

/* Takes every way that a case can go, through states, queues and clocks, and tells what is wrong
 * there: clocks that run on or stand still, states that are never reached or never left. */
void process_walk(const struct process *process, struct error *err);

#endif
