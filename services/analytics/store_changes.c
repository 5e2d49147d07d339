/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/store_changes.h"

static const struct pg_statement read_number = {"analytics_read_number", "SELECT number FROM turn"};

/* As store_take_cell wants them, and the number behind. */
#define CHANGE                                                                                     \
    "SELECT subject::integer, grouping::integer, period::integer, first, a, b, data, "             \
    "NULL::bytea, told FROM cell "

static const struct pg_statement read_changes = {
    "analytics_read_changes",
    CHANGE "WHERE told > $1::bigint ORDER BY told FETCH FIRST ($2::integer) ROWS WITH TIES"};

static const struct pg_statement read_slice_changes = {
    "analytics_read_slice_changes",
    CHANGE "WHERE subject = $1::integer AND grouping = $2::integer AND period = $3::integer "
           "AND first >= $4::integer AND first < $5::integer AND ($6::text IS NULL OR a = $6) "
           "AND ($7::text IS NULL OR b = $7) AND told > $8::bigint ORDER BY told"};

void store_read_number(struct pg_tx *tx)
{
    pg_tx_add(tx, &read_number);
}

int64_t store_take_number(const struct pg_tx *tx, size_t statement)
{
    return pg_value_int8(tx, statement, 0, 0);
}

void store_read_changes(struct pg_tx *tx, int64_t after, int32_t limit)
{
    pg_tx_add(tx, &read_changes);
    pg_tx_int8(tx, after);
    pg_tx_int4(tx, limit);
}

void store_read_slice_changes(struct pg_tx *tx, const struct slice_cells *cells, int64_t after)
{
    pg_tx_add(tx, &read_slice_changes);
    pg_tx_int4(tx, (int32_t)cells->subject);
    pg_tx_int4(tx, cells->grouping);
    pg_tx_int4(tx, (int32_t)cells->kind);
    pg_tx_int4(tx, cells->from);
    pg_tx_int4(tx, cells->to);
    pg_tx_text(tx, cells->members[0]);
    pg_tx_text(tx, cells->members[1]);
    pg_tx_int8(tx, after);
}

bool store_take_change(const struct pg_tx *tx, size_t statement, size_t row, struct arena *arena,
                       struct cell_row *cell, int64_t *number)
{
    *number = pg_value_int8(tx, statement, row, 8);
    return store_take_cell(tx, statement, row, CELL_WHOLE, arena, cell);
}
