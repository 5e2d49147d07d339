/* SPDX-License-Identifier: Apache-2.0 */
/* command_json: reads what somebody asks to be done with a case.
 *
 *   {result: {text, evidence: [https URL …]}, reason: {class, text}, assignee, unit, proposed_unit,
 *    question, asked, answer, rating, minutes, into, category, level, details: {…}, note}
 *
 * Every member is optional here, where only forms are checked: what an action requires and takes is
 * decided by case_decide. */
#ifndef ROUTING_COMMAND_JSON_H
#define ROUTING_COMMAND_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/routing/case.h"

/* Fills the fields of the command and tells them in `given`; texts are in the arena. No body (size
 * 0) is an empty object. Unknown fields, and details that the process does not know, are faults. */
bool command_json_read(struct case_command *command, const struct process *process,
                       const char *text, size_t size, struct arena *arena, struct error *err);

#endif
