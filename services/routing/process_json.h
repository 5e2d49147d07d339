/* SPDX-License-Identifier: Apache-2.0 */
/* process_json: reads a process (reference/processes/). */
#ifndef ROUTING_PROCESS_JSON_H
#define ROUTING_PROCESS_JSON_H

#include "common/arena.h"
#include "services/routing/process.h"

/* Texts live in the arena. False with field errors for what is no process, and with
 * "unsound_process" for what the engine must not run (process_check). Unknown members are faults:
 * a condition with a slip in its name would be none. Validity in time is kept by the table of
 * processes: valid_from and valid_to stay 0. */
bool process_json_read(struct process *process, const char *text, size_t size, struct arena *arena,
                       struct error *err);

#endif
