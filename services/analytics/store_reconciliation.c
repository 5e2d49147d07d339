/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/store_reconciliation.h"

#define ROW "subject = $1::integer AND day = date '1970-01-01' + $2::integer"

static const struct pg_statement claim = {
    "analytics_claim_reconciliation",
    "WITH claimed AS (INSERT INTO reconciliation AS r (subject, day) "
    "VALUES ($1::integer, date '1970-01-01' + $2::integer) "
    "ON CONFLICT (subject, day) DO UPDATE SET began_at = now(), ended_at = NULL "
    "WHERE r.differences IS NULL AND r.began_at < now() - interval '10 minutes' RETURNING day) "
    "SELECT EXISTS (SELECT FROM claimed), EXISTS (SELECT FROM reconciliation "
    "WHERE " ROW " AND differences IS NOT NULL)"};

static const struct pg_statement end = {
    "analytics_end_reconciliation",
    "UPDATE reconciliation SET ended_at = now(), compared = $3::integer, "
    "differences = $4::integer WHERE " ROW};

void store_claim_reconciliation(struct pg_tx *tx, enum subject subject, int32_t day)
{
    pg_tx_add(tx, &claim);
    pg_tx_int4(tx, (int32_t)subject);
    pg_tx_int4(tx, day);
}

void store_end_reconciliation(struct pg_tx *tx, enum subject subject, int32_t day,
                              const struct reconciliation *made)
{
    pg_tx_add(tx, &end);
    pg_tx_int4(tx, (int32_t)subject);
    pg_tx_int4(tx, day);
    if (made == NULL) {
        pg_tx_null(tx);
        pg_tx_null(tx);
        return;
    }
    pg_tx_int4(tx, (int32_t)made->compared);
    pg_tx_int4(tx, (int32_t)made->count);
}

enum { SIDES = 2 }; /* the city, its members */

void store_read_reconciled(struct pg_tx *tx, const struct census_layout *layout, int32_t first)
{
    const unsigned dimensions[SIDES] = {0, 1u << layout->dimension};
    for (size_t i = 0; i < SIDES; i++) {
        int grouping = grouping_find(layout->subject, dimensions[i]);
        const struct slice_cells cells = {.subject = layout->subject,
                                          .grouping = grouping,
                                          .kind = layout->period,
                                          .from = first,
                                          .to = INT32_MAX};
        store_read_slice(tx, &cells, CELL_COUNTS);
    }
}

size_t store_take_reconciled(const struct pg_tx *tx, size_t statement, struct arena *arena,
                             struct reconciled_sum **sums)
{
    size_t count = 0, most = pg_rows(tx, statement) + pg_rows(tx, statement + 1);
    *sums = arena_array(arena, most, sizeof **sums);
    for (size_t side = 0; side < SIDES; side++) {
        for (size_t row = 0; row < pg_rows(tx, statement + side); row++) {
            struct cell_row *cell = arena_alloc(arena, sizeof *cell);
            if (store_take_cell(tx, statement + side, row, CELL_COUNTS, arena, cell)) {
                (*sums)[count++] = (struct reconciled_sum){
                    .member = side == 0 ? NULL : cell->key.members[0], .tally = &cell->tally};
            }
        }
    }
    return count;
}
