/* SPDX-License-Identifier: Apache-2.0 */
/* case_event_json: what intake reads of a case snapshot (case_snapshot.schema.json). */
#ifndef INTAKE_CASE_EVENT_JSON_H
#define INTAKE_CASE_EVENT_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/error.h"
#include "store_submission.h"

/* Texts come to live in the arena. Members that intake does not use are not looked at. The type
 * says which words of a step are for the reporter; of a type that intake does not know, none. */
bool case_event_read(struct case_event *event, const char *type, const char *json, size_t size,
                     struct arena *arena, struct error *err);

#endif
