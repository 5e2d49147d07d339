/* SPDX-License-Identifier: Apache-2.0 */
/* reference_json: reference data as events of city.reference.v1 and as answers. */
#ifndef ROUTING_REFERENCE_JSON_H
#define ROUTING_REFERENCE_JSON_H

#include "common/buffer.h"
#include "services/routing/promise.h"
#include "services/routing/reference.h"

#define UNIT_DEFINED         "vn.hanoi.unit.defined.v1"
#define CATEGORY_DEFINED     "vn.hanoi.category.defined.v1"
#define PROCESS_DEFINED      "vn.hanoi.process.defined.v1"
#define FOCAL_POINT_ASSIGNED "vn.hanoi.focal_point.assigned.v1"
#define PROMISE_PUBLISHED    "vn.hanoi.promise.published.v1"
#define UNIT_SET_PUBLISHED   "vn.hanoi.unit_set.published.v1"

/* A month in Hanoi, 1–12. */
struct promise {
    int year, month;
    const struct deadline_rule *deadline;
    struct promise_segment segments[PROMISE_SEGMENTS_MAX];
    size_t segment_count;
};

/* As an event tells it: with the account of its head, which is not for the public. */
void unit_json_write(struct buffer *out, const struct unit *unit);
void division_json_write(struct buffer *out, const struct division *division);
void category_json_write(struct buffer *out, const struct category *category);
/* What who files must know of it. */
void process_json_write(struct buffer *out, const struct process *process);
void focal_point_json_write(struct buffer *out, const struct focal_point *point);
void promise_json_write(struct buffer *out, const struct promise *promise);

/* {"items": [unit …], "boundaries": {id, approximate, source}}: for the public. */
void units_json_write(struct buffer *out, const struct reference *reference);

/* {"at": day, "items": [unit …]}: for the public. */
void units_of_day_json_write(struct buffer *out, const struct unit_set *units, int64_t day);

/* {"version", "routes": […], "deadlines": […], "timers": […], "calendar": {…}}: every rule with
 * its version, valid_from and source. */
void rules_json_write(struct buffer *out, const struct reference *reference);

#endif
