/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/store.h"

/* The turn's guard rolls everything back when the turn is not ours, so all commands win. */
static const struct pg_statement put_events = {
    "analytics_put_events",
    "WITH won AS (SELECT command FROM unnest($1::uuid[]) AS w (command)), "
    "said AS (" OUTBOX_INSERT("won", 2, 3, 4, 5, 6, 7, 8, 9) ") SELECT command FROM won"};

static const struct pg_statement read_units_said = {
    "analytics_read_units_said",
    "SELECT unit, digest FROM unit_said WHERE unit = ANY ($1::text[]) ORDER BY unit"};

static const struct pg_statement put_units_said = {
    "analytics_put_units_said",
    "INSERT INTO unit_said (unit, digest) SELECT * FROM unnest($1::text[], $2::bytea[]) "
    "ON CONFLICT (unit) DO UPDATE SET digest = excluded.digest"};

/* Each unit by the index: with a = ANY ($3) a plan for any values reads those of all units, since
 * they come in the right order. */
static const struct pg_statement read_unit_categories = {
    "analytics_read_unit_categories",
    "SELECT c.* FROM unnest($3::text[]) AS u (unit) CROSS JOIN LATERAL (SELECT subject::integer, "
    "grouping::integer, period::integer, first, a, b, substring(data FROM 1 FOR $4::integer), "
    "NULL::bytea FROM cell "
    "WHERE subject = $1::integer AND grouping = $2::integer AND period = 0 AND first = 0 "
    "AND a = u.unit OFFSET 0) AS c ORDER BY a, b"};

void store_put_events(struct pg_tx *tx, struct outbox *outbox, struct outbox_item *const *items,
                      const struct uuid *commands, size_t count)
{
    struct pg_array column;
    struct outbox_columns columns;

    pg_array_init(&column, PG_UUID);
    outbox_columns_init(&columns, outbox);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&column, &commands[i]);
        outbox_columns_add(&columns, items[i]);
    }
    outbox_guard(outbox, tx);
    pg_tx_add(tx, &put_events);
    pg_tx_array(tx, &column);
    outbox_columns_put(&columns, tx);
    pg_array_finish(&column);
    outbox_columns_finish(&columns);
}

void store_read_unit_categories(struct pg_tx *tx, const char *const *units, size_t count)
{
    pg_tx_add(tx, &read_unit_categories);
    pg_tx_int4(tx, SUBJECT_CASES);
    pg_tx_int4(tx, grouping_find(SUBJECT_CASES, 1 << DIMENSION_UNIT | 1 << DIMENSION_CATEGORY));
    pg_tx_texts(tx, units, count);
    pg_tx_int4(tx, TALLY_COUNTS_SIZE);
}

void store_read_units_said(struct pg_tx *tx, const char *const *units, size_t count)
{
    pg_tx_add(tx, &read_units_said);
    pg_tx_texts(tx, units, count);
}

void store_put_units_said(struct pg_tx *tx, const char *const *units, const uint8_t *digests,
                          size_t count)
{
    struct pg_array column;
    pg_array_init(&column, PG_BYTEA);
    for (size_t i = 0; i < count; i++) {
        pg_array_bytes(&column, &digests[i * DIGEST_SIZE], DIGEST_SIZE);
    }
    pg_tx_add(tx, &put_units_said);
    pg_tx_texts(tx, units, count);
    pg_tx_array(tx, &column);
    pg_array_finish(&column);
}
