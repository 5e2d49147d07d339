/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_desk.h"

/* $1: the caller. */
#define COLUMNS "note_id, 1, account = $1::text, fingerprint, at, account, unit, body"

static const struct pg_statement note_add = {
    "note_add",
    "WITH made AS (INSERT INTO case_note (account, note_id, case_id, at, unit, body, fingerprint) "
    "VALUES ($1, $2::uuid, $3::uuid, $4, $5, $6, $7::bytea) "
    "ON CONFLICT (note_id) DO NOTHING RETURNING *) SELECT " COLUMNS " FROM (SELECT * FROM made "
    "UNION ALL SELECT * FROM case_note WHERE note_id = $2::uuid "
    "AND NOT EXISTS (SELECT FROM made)) n"};

void store_note_add(struct pg_tx *tx, const struct note_row *row)
{
    pg_tx_add(tx, &note_add);
    pg_tx_text(tx, row->account);
    pg_tx_uuid(tx, &row->creation->id);
    pg_tx_uuid(tx, row->case_id);
    pg_tx_instant(tx, row->at_us);
    pg_tx_text(tx, row->unit);
    pg_tx_text(tx, row->body);
    pg_tx_bytes(tx, row->creation->fingerprint, sizeof row->creation->fingerprint);
}

static const struct pg_statement note_list = {
    "note_list", "SELECT " COLUMNS " FROM case_note WHERE case_id = $2::uuid "
                 "AND (at, note_id) > ($3, $4::uuid) ORDER BY at, note_id LIMIT $5::integer"};

void store_note_list(struct pg_tx *tx, const struct uuid *case_id, const char *reader,
                     const struct cursor *after, size_t rows)
{
    pg_tx_add(tx, &note_list);
    pg_tx_text(tx, reader);
    pg_tx_uuid(tx, case_id);
    pg_tx_instant(tx, after->at_us > 0 ? after->at_us : 1);
    pg_tx_uuid(tx, &after->id);
    pg_tx_int4(tx, (int32_t)rows);
}
