/* SPDX-License-Identifier: Apache-2.0 */
/* command_json: reads what somebody asks to be done with a case.
 *
 *   {result: {text, evidence: [https URL or media:<id> …]}, reason: {class, text}, assignee, unit,
 * proposed_unit, question, asked, answer, rating, minutes, into, category, level, details: {…},
 * note}
 *
 * Every member is optional here, where only forms are checked: what an action requires and takes is
 * decided by case_decide. */
#ifndef ROUTING_COMMAND_JSON_H
#define ROUTING_COMMAND_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "common/json.h"
#include "services/routing/case_command.h"

/* Fills the fields of the command and tells them in `given`; texts are in the arena. No body (size
 * 0) is an empty object. Unknown fields, and details that the process does not know, are faults. */
bool command_json_read(struct case_command *command, const struct process *process,
                       const char *text, size_t size, struct arena *arena, struct error *err);

/* The same command on many cases: {action, cases: [{id, version} …]} and the members above. */
enum { COMMAND_CASES_MAX = 200 };

struct command_case {
    struct uuid id;
    int64_t version; /* that the caller saw */
};

struct command_bulk {
    const char *action;
    struct command_case *cases; /* in the arena; each once */
    size_t case_count;
    struct json_document document;
};

/* Reads action and cases, and refuses what no command has or is malformed, but for the details:
 * they are data of the process of each case. Finish it in any case. */
bool command_bulk_read(struct command_bulk *bulk, const char *text, size_t size,
                       struct arena *arena, struct error *err);
/* As command_json_read, for one of the cases. */
bool command_bulk_read_command(const struct command_bulk *bulk, struct case_command *command,
                               const struct process *process, struct arena *arena,
                               struct error *err);
void command_bulk_finish(struct command_bulk *bulk);

#endif
