/* SPDX-License-Identifier: Apache-2.0 */
/* case_json: a case as JSON and as event, as proto/events/case_snapshot.schema.json says.
 *
 * One text serves as event, as row of the history and as body of an answer. It is whole: what
 * case_json_read gives back is what the engine goes on with; only next_timer is told anew. */
#ifndef ROUTING_CASE_JSON_H
#define ROUTING_CASE_JSON_H

#include "common/arena.h"
#include "common/event.h"
#include "common/json.h"
#include "services/routing/case.h"
#include "services/routing/process_book.h"

extern const char *const case_clock_words[]; /* by enum case_clock_number; ends with NULL */

void case_json_write(struct buffer *out, const struct case_snapshot *snapshot);

/* The members alone, for an object that says more. */
void case_json_put(struct json_writer *writer, const struct case_snapshot *snapshot);

/* Which rule was applied, as an object */
void case_json_put_rule(struct json_writer *writer, const char *name, const struct case_rule *rule);

/* What the reporter of a case may know of it: state, dues, the trail of hand-overs, what was asked
 * and answered, the details; nobody's account. */
void case_json_put_for_reporter(struct json_writer *writer, const struct case_snapshot *snapshot);

/* Reads what case_json_write wrote; texts live in the arena, the process in the book. Faults name
 * the field; a process that the book does not hold is ERR_RETRY "unknown_process". */
bool case_json_read(struct case_snapshot *snapshot, const struct process_book *book,
                    const char *text, size_t size, struct arena *arena, struct error *err);

/* The event that tells of a snapshot, under a new id. json is filled and lent to it. */
struct case_event {
    struct event event;
    char case_id[UUID_TEXT_SIZE]; /* its subject and key */
    char type[64];                /* "vn.hanoi.case.resolved.v1" */
};
void case_event_make(struct case_event *event, const struct case_snapshot *snapshot,
                     const char *traceparent, struct buffer *json);

#endif
