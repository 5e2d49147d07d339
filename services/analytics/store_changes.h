/* SPDX-License-Identifier: Apache-2.0 */
/* store_changes: which sums were told since a number of the turn. */
#ifndef ANALYTICS_STORE_CHANGES_H
#define ANALYTICS_STORE_CHANGES_H

#include "services/analytics/slice.h"
#include "services/analytics/store.h"

/* One row: the turn's number. */
void store_read_number(struct pg_tx *tx);
int64_t store_take_number(const struct pg_tx *tx, size_t statement);
/* Cells that were told after a number, in its order: about limit of them, and never some of one
 * number alone. */
void store_read_changes(struct pg_tx *tx, int64_t after, int32_t limit);
/* The same of a slice's cells, all. */
void store_read_slice_changes(struct pg_tx *tx, const struct slice_cells *cells, int64_t after);
/* False: the row is of another program. */
bool store_take_change(const struct pg_tx *tx, size_t statement, size_t row, struct arena *arena,
                       struct cell_row *cell, int64_t *number);

#endif
