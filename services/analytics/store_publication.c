/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/store.h"

/* Nobody reads a turn's figures while a rebuild counts: they would fall to nothing and rise again.
 */
static const struct pg_statement claim_turn = {
    "analytics_claim_turn",
    "UPDATE publication SET turn = turn + 1, "
    "claimed_until = clock_timestamp() + $1::integer * interval '1 millisecond' "
    "WHERE claimed_until <= clock_timestamp() "
    "AND published_at <= clock_timestamp() - interval '1 second' "
    "AND (EXISTS (SELECT FROM unit_count WHERE dirty) "
    "OR EXISTS (SELECT FROM indicator_cell WHERE dirty)) AND NOT is_rebuilding() RETURNING turn"};

static const struct pg_statement dirty_units = {
    "analytics_dirty_units", "SELECT unit, category, change FROM unit_count WHERE dirty "
                             "ORDER BY unit, category"};

static const struct pg_statement dirty_cells = {
    "analytics_dirty_cells", "SELECT code, unit, category, change FROM indicator_cell WHERE dirty "
                             "ORDER BY code, unit, category"};

static const struct pg_statement publish = {
    "analytics_publish",
    "WITH turn AS (UPDATE publication SET published_at = clock_timestamp(), "
    "claimed_until = clock_timestamp() WHERE turn = $1::bigint RETURNING turn), "
    "won AS (INSERT INTO published AS p (topic, key, digest, command, turn) "
    "SELECT s.*, turn.turn FROM unnest($2::text[], $3::text[], $4::bytea[], $5::uuid[]) AS s, turn "
    "ON CONFLICT (topic, key) DO UPDATE SET digest = excluded.digest, command = excluded.command, "
    "turn = excluded.turn WHERE p.digest <> excluded.digest RETURNING command), "
    "said AS (" OUTBOX_INSERT("won", 6, 7, 8, 9, 10, 11, 12, 13) ") SELECT command FROM won"};

/* Rows that a batch holds are about to change and stay dirty: waiting for it would only make a ring
 * of two that wait for each other. */
static const struct pg_statement clean_units = {
    "analytics_clean_units",
    "WITH clean AS (SELECT c.unit, c.category "
    "FROM unnest($2::text[], $3::text[], $4::bigint[]) AS d (unit, category, change) "
    "JOIN unit_count c ON c.unit = d.unit AND c.category = d.category AND c.change = d.change "
    "WHERE EXISTS (SELECT FROM publication WHERE turn = $1::bigint) "
    "FOR UPDATE OF c SKIP LOCKED) "
    "UPDATE unit_count c SET dirty = false FROM clean "
    "WHERE c.unit = clean.unit AND c.category = clean.category"};

static const struct pg_statement clean_cells = {
    "analytics_clean_cells",
    "WITH clean AS (SELECT c.code, c.unit, c.category "
    "FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) AS d (code, unit, category, "
    "change) JOIN indicator_cell c ON c.code = d.code AND c.unit = d.unit "
    "AND c.category = d.category AND c.change = d.change "
    "WHERE EXISTS (SELECT FROM publication WHERE turn = $1::bigint) "
    "FOR UPDATE OF c SKIP LOCKED) "
    "UPDATE indicator_cell c SET dirty = false FROM clean "
    "WHERE c.code = clean.code AND c.unit = clean.unit AND c.category = clean.category"};

void store_claim_turn(struct pg_tx *tx, int32_t lease_ms)
{
    pg_tx_add(tx, &claim_turn);
    pg_tx_int4(tx, lease_ms);
}

void store_read_dirty(struct pg_tx *tx)
{
    pg_tx_add(tx, &dirty_units);
    pg_tx_add(tx, &dirty_cells);
}

static void put_said(struct pg_tx *tx, const struct outbox *outbox, const struct said *said,
                     size_t count)
{
    struct pg_array topics, keys, digests, commands;
    struct outbox_columns columns;

    pg_array_init(&topics, PG_TEXT);
    pg_array_init(&keys, PG_TEXT);
    pg_array_init(&digests, PG_BYTEA);
    pg_array_init(&commands, PG_UUID);
    outbox_columns_init(&columns, outbox);
    for (size_t i = 0; i < count; i++) {
        pg_array_text(&topics, said[i].topic);
        pg_array_text(&keys, said[i].key);
        pg_array_bytes(&digests, said[i].digest, sizeof said[i].digest);
        pg_array_uuid(&commands, &said[i].command);
        outbox_columns_add(&columns, said[i].item);
    }
    pg_tx_array(tx, &topics);
    pg_tx_array(tx, &keys);
    pg_tx_array(tx, &digests);
    pg_tx_array(tx, &commands);
    outbox_columns_put(&columns, tx);
    pg_array_finish(&topics);
    pg_array_finish(&keys);
    pg_array_finish(&digests);
    pg_array_finish(&commands);
    outbox_columns_finish(&columns);
}

/* The rows of a dirty_… statement, whose last column is the change number, as columns. */
static void put_dirty(struct pg_tx *tx, const struct pg_tx *dirty, size_t statement, int keys)
{
    size_t rows = pg_rows(dirty, statement);
    struct pg_array column;

    for (int i = 0; i < keys; i++) {
        pg_array_init(&column, PG_TEXT);
        for (size_t row = 0; row < rows; row++) {
            pg_array_text(&column, pg_value_text(dirty, statement, row, i));
        }
        pg_tx_array(tx, &column);
        pg_array_finish(&column);
    }
    pg_array_init(&column, PG_INT8);
    for (size_t row = 0; row < rows; row++) {
        pg_array_int8(&column, pg_value_int8(dirty, statement, row, keys));
    }
    pg_tx_array(tx, &column);
    pg_array_finish(&column);
}

void store_publish(struct pg_tx *tx, struct outbox *outbox, int64_t turn, const struct said *said,
                   size_t count, const struct pg_tx *dirty, size_t dirty_first)
{
    outbox_guard(outbox, tx);
    pg_tx_add(tx, &publish);
    pg_tx_int8(tx, turn);
    put_said(tx, outbox, said, count);
    pg_tx_add(tx, &clean_units);
    pg_tx_int8(tx, turn);
    put_dirty(tx, dirty, dirty_first, 2);
    pg_tx_add(tx, &clean_cells);
    pg_tx_int8(tx, turn);
    put_dirty(tx, dirty, dirty_first + 1, 3);
}
