/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_desk.h"

/* $2: the caller. Columns as in enum record_column and enum filter_column. */
#define COLUMNS                                                                                    \
    "filter_id, version, account = $2::text, fingerprint, name, unit IS NOT NULL, query, "         \
    "changed_at"
/* $3: the caller's unit. */
#define VISIBLE "(account = $2::text OR unit = $3::text)"

static const struct pg_statement filter_read = {
    "filter_read", "SELECT " COLUMNS " FROM saved_filter WHERE filter_id = $1::uuid AND " VISIBLE};

void store_filter_read(struct pg_tx *tx, const struct uuid *id, const struct principal *reader)
{
    pg_tx_add(tx, &filter_read);
    pg_tx_uuid(tx, id);
    pg_tx_text(tx, reader->id);
    pg_tx_text(tx, reader->unit);
}

static const struct pg_statement filter_list = {
    "filter_list",
    "SELECT " COLUMNS " FROM (SELECT * FROM saved_filter "
    "WHERE account = $2::text AND filter_id > $1::uuid UNION ALL SELECT * FROM saved_filter "
    "WHERE unit = $3::text AND account <> $2::text AND filter_id > $1::uuid) f "
    "ORDER BY filter_id LIMIT $4::integer"};

void store_filter_list(struct pg_tx *tx, const struct uuid *after, const struct principal *reader,
                       size_t rows)
{
    pg_tx_add(tx, &filter_list);
    pg_tx_uuid(tx, after);
    pg_tx_text(tx, reader->id);
    pg_tx_text(tx, reader->unit);
    pg_tx_int4(tx, (int32_t)rows);
}

static const struct pg_statement filter_add = {
    "filter_add",
    "WITH made AS (INSERT INTO saved_filter (filter_id, version, account, unit, name, query, "
    "changed_at, fingerprint) VALUES ($1::uuid, 1, $2, $3, $4, $5, $6, $7::bytea) "
    "ON CONFLICT (filter_id) DO NOTHING RETURNING *) SELECT " COLUMNS " FROM (SELECT * FROM made "
    "UNION ALL SELECT * FROM saved_filter WHERE filter_id = $1::uuid "
    "AND NOT EXISTS (SELECT FROM made)) f"};

void store_filter_add(struct pg_tx *tx, const struct filter_row *row)
{
    pg_tx_add(tx, &filter_add);
    pg_tx_uuid(tx, &row->creation->id);
    pg_tx_text(tx, row->account);
    pg_tx_text(tx, row->unit);
    pg_tx_text(tx, row->name);
    pg_tx_text(tx, row->query);
    pg_tx_instant(tx, row->changed_at);
    pg_tx_bytes(tx, row->creation->fingerprint, sizeof row->creation->fingerprint);
}

static const struct pg_statement filter_change = {
    "filter_change",
    "UPDATE saved_filter SET version = version + 1, unit = $4, name = $5, query = $6, "
    "changed_at = $7, fingerprint = $8::bytea WHERE filter_id = $1::uuid AND account = $2::text "
    "AND version = $3::integer RETURNING " COLUMNS};

void store_filter_change(struct pg_tx *tx, const struct uuid *id, const struct filter_row *row,
                         int64_t version)
{
    pg_tx_add(tx, &filter_change);
    pg_tx_uuid(tx, id);
    pg_tx_text(tx, row->account);
    pg_tx_int4(tx, (int32_t)version);
    pg_tx_text(tx, row->unit);
    pg_tx_text(tx, row->name);
    pg_tx_text(tx, row->query);
    pg_tx_instant(tx, row->changed_at);
    pg_tx_bytes(tx, row->creation->fingerprint, sizeof row->creation->fingerprint);
}

static const struct pg_statement filter_remove = {
    "filter_remove", "DELETE FROM saved_filter WHERE filter_id = $1::uuid AND account = $2::text "
                     "AND version = $3::integer RETURNING filter_id"};

void store_filter_remove(struct pg_tx *tx, const struct uuid *id, const char *account,
                         int64_t version)
{
    pg_tx_add(tx, &filter_remove);
    pg_tx_uuid(tx, id);
    pg_tx_text(tx, account);
    pg_tx_int4(tx, (int32_t)version);
}
