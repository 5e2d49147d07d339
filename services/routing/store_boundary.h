/* SPDX-License-Identifier: Apache-2.0 */
/* store_boundary: the sets of boundaries, of which one is current. */
#ifndef ROUTING_STORE_BOUNDARY_H
#define ROUTING_STORE_BOUNDARY_H

#include "common/pg.h"
#include "services/routing/area.h"
#include "services/routing/boundary.h"

/* A row that begins with the columns id, source, approximate, loaded_at; the text in the arena. */
struct boundary_set store_boundary_set_row(const struct pg_tx *tx, size_t statement, size_t row,
                                           struct arena *arena);

/* Newest first, those loaded before an instant (0: all). Columns as above, then is_current,
 * units. */
void store_boundary_sets(struct pg_tx *tx, int64_t before_us, int limit);

/* Makes the boundaries of a file a new set and the current one, unless they are it already or do
 * not cover the wards and communes of today. */
void store_boundary_import(struct pg_tx *tx, const struct boundary_file *file);
/* The result: the set, and whether it is new. False: the file does not cover the units. */
bool store_boundary_imported(const struct pg_tx *tx, size_t statement, struct arena *arena,
                             struct boundary_set *set, bool *is_new);

#endif
