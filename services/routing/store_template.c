/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_desk.h"

/* $1 and $2: the rights of the caller. */
#define MAY "(unit = ANY ($1::text[]) OR ($2::boolean AND unit IS NULL))"
#define COLUMNS                                                                                    \
    "template_id, version, " MAY " IS TRUE, fingerprint, name, unit, process, state, action, "     \
    "text_vi, text_en, account, changed_at"

static void begin(struct pg_tx *tx, const struct pg_statement *statement,
                  const struct template_rights *rights)
{
    pg_tx_add(tx, statement);
    pg_tx_texts(tx, rights->units, rights->unit_count);
    pg_tx_bool(tx, rights->everywhere);
}

static const struct pg_statement template_list = {
    "template_list", "SELECT " COLUMNS " FROM answer_template WHERE template_id > $3::uuid "
                     "AND (unit IS NULL OR unit = ANY ($4::text[])) "
                     "AND ($5::text IS NULL OR process IS NULL OR process = $5) "
                     "AND ($6::text IS NULL OR state IS NULL OR state = $6) "
                     "AND ($7::text IS NULL OR action IS NULL OR action = $7) ORDER BY template_id "
                     "LIMIT $8::integer"};

void store_template_list(struct pg_tx *tx, const struct template_rights *rights,
                         const struct template_filter *filter, const struct uuid *after,
                         size_t rows)
{
    begin(tx, &template_list, rights);
    pg_tx_uuid(tx, after);
    pg_tx_texts(tx, filter->units, filter->unit_count);
    pg_tx_text(tx, filter->process);
    pg_tx_text(tx, filter->state);
    pg_tx_text(tx, filter->action);
    pg_tx_int4(tx, (int32_t)rows);
}

static const struct pg_statement template_read = {
    "template_read", "SELECT " COLUMNS " FROM answer_template WHERE template_id = $3::uuid"};

void store_template_read(struct pg_tx *tx, const struct template_rights *rights,
                         const struct uuid *id)
{
    begin(tx, &template_read, rights);
    pg_tx_uuid(tx, id);
}

static void put_row(struct pg_tx *tx, const struct template_row *row)
{
    pg_tx_text(tx, row->text->unit);
    pg_tx_text(tx, row->text->process);
    pg_tx_text(tx, row->text->state);
    pg_tx_text(tx, row->text->action);
    pg_tx_text(tx, row->text->name);
    pg_tx_text(tx, row->text->text_vi);
    pg_tx_text(tx, row->text->text_en);
    pg_tx_text(tx, row->account);
    pg_tx_instant(tx, row->changed_at);
    pg_tx_bytes(tx, row->creation->fingerprint, sizeof row->creation->fingerprint);
}

static const struct pg_statement template_add = {
    "template_add",
    "WITH made AS (INSERT INTO answer_template (template_id, version, unit, process, state, "
    "action, name, text_vi, text_en, account, changed_at, fingerprint) "
    "VALUES ($3::uuid, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::bytea) "
    "ON CONFLICT (template_id) DO NOTHING RETURNING *) SELECT " COLUMNS " FROM (SELECT * FROM made "
    "UNION ALL SELECT * FROM answer_template WHERE template_id = $3::uuid "
    "AND NOT EXISTS (SELECT FROM made)) t"};

void store_template_add(struct pg_tx *tx, const struct template_rights *rights,
                        const struct template_row *row)
{
    begin(tx, &template_add, rights);
    pg_tx_uuid(tx, &row->creation->id);
    put_row(tx, row);
}

static const struct pg_statement template_change = {
    "template_change",
    "UPDATE answer_template SET version = version + 1, unit = $5, process = $6, state = $7, "
    "action = $8, name = $9, text_vi = $10, text_en = $11, account = $12, changed_at = $13, "
    "fingerprint = $14::bytea WHERE template_id = $3::uuid AND version = $4::integer AND " MAY
    " RETURNING " COLUMNS};

void store_template_change(struct pg_tx *tx, const struct template_rights *rights,
                           const struct uuid *id, const struct template_row *row, int64_t version)
{
    begin(tx, &template_change, rights);
    pg_tx_uuid(tx, id);
    pg_tx_int4(tx, (int32_t)version);
    put_row(tx, row);
}

static const struct pg_statement template_remove = {
    "template_remove", "DELETE FROM answer_template WHERE template_id = $3::uuid "
                       "AND version = $4::integer AND " MAY " RETURNING template_id"};

void store_template_remove(struct pg_tx *tx, const struct template_rights *rights,
                           const struct uuid *id, int64_t version)
{
    begin(tx, &template_remove, rights);
    pg_tx_uuid(tx, id);
    pg_tx_int4(tx, (int32_t)version);
}
