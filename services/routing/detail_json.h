/* SPDX-License-Identifier: Apache-2.0 */
/* detail_json: reads what a process asks for beside the common members, as its data says. */
#ifndef ROUTING_DETAIL_JSON_H
#define ROUTING_DETAIL_JSON_H

#include "common/json.h"
#include "services/routing/case.h"

/* Reads the optional member "details"; returns how many of them were given. Details that the
 * process does not know are faults where the reader is strict. */
size_t details_read(struct json_reader *reader, const struct process *process,
                    struct case_detail details[CASE_DETAILS_MAX]);

#endif
