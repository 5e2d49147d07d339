/* SPDX-License-Identifier: Apache-2.0 */
/* case_json: a case as JSON and as event, as proto/events/case_snapshot.schema.json says.
 *
 * One text serves as event, as row of the history and as body of an answer. Routing's own members
 * of the struct are not in it. */
#ifndef ROUTING_CASE_JSON_H
#define ROUTING_CASE_JSON_H

#include "common/arena.h"
#include "common/event.h"
#include "common/json.h"
#include "services/routing/case.h"

void case_json_write(struct buffer *out, const struct case_snapshot *snapshot);

/* The members alone, for an object that says more. */
void case_json_put(struct json_writer *writer, const struct case_snapshot *snapshot);

/* Reads what case_json_write wrote; texts live in the arena. Faults name the field. */
bool case_json_read(struct case_snapshot *snapshot, const char *text, size_t size,
                    struct arena *arena, struct error *err);

/* "vn.hanoi.case.accepted.v1" of the action. */
const char *case_event_type(enum case_action action);

/* The event that tells of a snapshot, under a new id. json is filled and lent to it. */
struct case_event {
    struct event event;
    char case_id[UUID_TEXT_SIZE]; /* its subject and key */
};
void case_event_make(struct case_event *event, const struct case_snapshot *snapshot,
                     const char *traceparent, struct buffer *json);

#endif
