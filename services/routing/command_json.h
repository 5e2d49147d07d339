/* SPDX-License-Identifier: Apache-2.0 */
/* command_json: reads what an official asks to be done with a case.
 *
 *   accept, start  {note?}
 *   assign         {assignee, note?}
 *   resolve        {result: {text, evidence: [https URL …]}, note?}
 *   reject         {reason: {class, text}, note?}
 *   route          {unit, note?}
 *
 * What an action requires is decided by case_decide; here only forms are checked. */
#ifndef ROUTING_COMMAND_JSON_H
#define ROUTING_COMMAND_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/routing/case.h"

/* command->action is set; the fields of that action are filled, texts in the arena. No body
 * (size 0) is an empty object. Unknown fields are faults. */
bool command_json_read(struct case_command *command, const char *text, size_t size,
                       struct arena *arena, struct error *err);

#endif
