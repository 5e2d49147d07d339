/* SPDX-License-Identifier: Apache-2.0 */
/* process_walk: takes every way that a case can go, through states, queues and clocks, and tells
 * what is wrong there: clocks that run on or stand still, states that are never reached or never
 * left. The inside of processes: others call process.h. */
#ifndef ROUTING_PROCESS_WALK_H
#define ROUTING_PROCESS_WALK_H

#include "services/routing/process.h"

void process_walk(const struct process *process, struct error *err);

#endif
