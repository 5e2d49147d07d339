/* SPDX-License-Identifier: Apache-2.0 */
/* kind_json: reads vn.hanoi.process.defined.v1, as far as filing goes. */
#ifndef INTAKE_KIND_JSON_H
#define INTAKE_KIND_JSON_H

#include "common/json.h"
#include "kind.h"

/* Texts live in the arena; kind->filing is written anew. Faults name the field. */
bool kind_read(struct kind *kind, const char *json, size_t size, struct arena *arena,
               struct error *err);

/* The members of kind out of what kind->filing says. False when it is none of ours. */
bool kind_read_filing(struct kind *kind, const char *filing, struct arena *arena);

#endif
