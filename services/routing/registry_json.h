/* SPDX-License-Identifier: Apache-2.0 */
/* registry_json: what is asked of the registry. */
#ifndef ROUTING_REGISTRY_JSON_H
#define ROUTING_REGISTRY_JSON_H

#include "services/routing/registry.h"

/* Reads the body of a command; its action must be set, and its code unless it is a creation. */
bool registry_json_read(struct registry_command *command, const char *text, size_t size,
                        struct arena *arena, struct error *err);

#endif
