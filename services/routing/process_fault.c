/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/process_fault.h"

#include <stdio.h>

enum { PATH_SIZE = 96 };

void process_fault_state(struct error *err, const struct process *process, int state,
                         const char *text)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "states.%.60s", process->states[state].code);
    error_add_field(err, path, "unsound", "%s", text);
}

void process_fault_action(struct error *err, const struct process_action *action, const char *text)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "actions.%.60s", action->code);
    error_add_field(err, path, "unsound", "%s", text);
}
