/* SPDX-License-Identifier: Apache-2.0 */
/* store_load: writes reference data, for operator verbs. Blocking; never on a loop.
 *
 * A file's JSON goes to PostgreSQL as it is; constraints and triggers say what is wrong with it.
 * A version of a rule that is known already must be the same as before: give a change a new
 * version. What a file no longer names stays; end it with valid_to. */
#ifndef ROUTING_STORE_LOAD_H
#define ROUTING_STORE_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "services/routing/boundary.h"

struct load; /* a connection with a transaction open */

struct load *load_begin(const char *conninfo, struct error *err); /* NULL: no database */
bool load_commit(struct load *load, struct error *err);
void load_free(struct load *load); /* rolls back what is not committed; NULL is fine */

/* name: "units.json", "successors.json", "categories.json", "rules.json", "deadlines.json",
 * "calendar.json", "rejections.json", "focal_points.json" or "process.json" (one process). */
bool load_file(struct load *load, const char *name, const char *json, size_t size,
               struct error *err);

/* Whether any boundaries are there. */
bool load_has_boundaries(struct load *load, bool *has, struct error *err);
/* The codes of the current wards and communes, in the arena. */
bool load_area_codes(struct load *load, struct arena *arena, const char *const **codes,
                     size_t *count, struct error *err);
/* Stores a new set and makes it the current one. */
bool load_boundaries(struct load *load, const struct boundary_file *file, struct error *err);

#endif
