/* SPDX-License-Identifier: Apache-2.0 */
/* route_json: routing rules in commands and answers. */
#ifndef ROUTING_ROUTE_JSON_H
#define ROUTING_ROUTE_JSON_H

#include "common/json.h"
#include "services/routing/route_change.h"

/* The members of a rule; valid_to only when it ends. */
void route_rule_json_put(struct json_writer *writer, const struct route_rule *rule);

/* Which version ends, and on what day. */
void route_end_json_put(struct json_writer *writer, const struct route_change *change);

/* What a rule asks for and who acts by it; dimensions that are absent want all. */
void route_rule_json_read(struct json_reader *reader, struct route_rule *rule);

/* Its code. */
const char *route_code_json_read(struct json_reader *reader);

/* Bodies of commands. Texts live in the arena; versions and instants stay 0. */
bool route_change_json_read_new(struct route_change *change, const char *text, size_t size,
                                struct arena *arena, struct error *err);
bool route_change_json_read_end(struct route_change *change, const char *text, size_t size,
                                struct arena *arena, struct error *err);

#endif
