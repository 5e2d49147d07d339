/* SPDX-License-Identifier: Apache-2.0 */
/* registry_json: what is asked of the registry, and what it knows of a unit. */
#ifndef ROUTING_REGISTRY_JSON_H
#define ROUTING_REGISTRY_JSON_H

#include "common/buffer.h"
#include "services/routing/registry.h"

/* Reads the body of a command; its action must be set, and its code unless it is a creation. */
bool registry_json_read(struct registry_command *command, const char *text, size_t size,
                        struct arena *arena, struct error *err);

/* For the public: the unit, its place in the tree, who leads it, the fields in which somebody gets
 * its cases today, what it went over into. For officials also accounts, terms and absences. The
 * record must have a period. */
void registry_json_write(struct buffer *out, const struct unit_record *record,
                         const struct unit_world *units, bool for_officials);

/* {"code", "version"}: what a creation is answered, now and when it is repeated. */
void registry_json_write_created(struct buffer *out, const char *code, int32_t version);

#endif
