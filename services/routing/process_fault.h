/* SPDX-License-Identifier: Apache-2.0 */
/* process_fault: why a process cannot be run, by the state or action that is to blame. The inside
 * of processes: others call process.h. */
#ifndef ROUTING_PROCESS_FAULT_H
#define ROUTING_PROCESS_FAULT_H

#include "services/routing/process.h"

void process_fault_state(struct error *err, const struct process *process, int state,
                         const char *text);
void process_fault_action(struct error *err, const struct process_action *action, const char *text);

#endif
