/* SPDX-License-Identifier: Apache-2.0 */
/* audit_json: checkpoints as JSON (proto/openapi/routing.yaml). */
#ifndef ROUTING_AUDIT_JSON_H
#define ROUTING_AUDIT_JSON_H

#include "common/arena.h"
#include "common/json.h"
#include "services/routing/audit_checkpoint.h"

void audit_json_write(struct buffer *out, const struct audit_checkpoint *checkpoint);
void audit_json_put(struct json_writer *writer, const struct audit_checkpoint *checkpoint);

/* A list that grows in an arena. */
struct audit_list {
    struct arena *arena; /* borrowed */
    struct audit_checkpoint *items;
    size_t count, capacity;
};
void audit_list_add(struct audit_list *list, const struct audit_checkpoint *checkpoint);

/* Adds what somebody kept: each line a checkpoint, be it from our log, or a whole answer of
 * GET /api/routing/audit/checkpoints. Lines without a signature tell of other things. */
bool audit_json_read_lines(struct audit_list *list, const char *text, struct error *err);

#endif
