/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_audit.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "services/routing/store.h"

/* What store_audit_checkpoint reads. */
#define CHECKPOINT                                                                                 \
    "c.day - date '1970-01-01', c.rows, c.total, c.root, c.previous, c.key_id, c.signature, "      \
    "c.made_at"

enum { CHECKPOINT_COLUMNS = 8 };

static const struct pg_statement look_statement = {
    "audit_look", "SELECT " CHECKPOINT ", (SELECT min(at) FROM case_history), audit_is_quiet($1) "
                  "FROM (SELECT) AS always LEFT JOIN "
                  "(SELECT * FROM audit_checkpoint ORDER BY day DESC LIMIT 1) AS c ON true"};

void store_audit_look(struct pg_tx *tx, int64_t quiet_since_us)
{
    pg_tx_add(tx, &look_statement);
    pg_tx_instant(tx, quiet_since_us);
}

void store_audit_looked(const struct pg_tx *tx, size_t statement, struct audit_look *look)
{
    *look = (struct audit_look){.has_last = !pg_value_is_null(tx, statement, 0, 0)};
    if (look->has_last) {
        store_audit_checkpoint(tx, statement, 0, &look->last);
    }
    look->first_at = pg_value_instant(tx, statement, 0, CHECKPOINT_COLUMNS);
    look->is_quiet = pg_value_bool(tx, statement, 0, CHECKPOINT_COLUMNS + 1);
}

static const struct pg_statement rows_statement = {
    "audit_rows", "SELECT at, case_id, version, hash FROM case_history "
                  "WHERE at >= $1 AND at < $4 AND (at, case_id, version) > ($1, $2::uuid, $3) "
                  "ORDER BY at, case_id, version LIMIT $5::integer"};

void store_audit_rows(struct pg_tx *tx, const struct audit_place *after, int64_t before_us,
                      int limit)
{
    pg_tx_add(tx, &rows_statement);
    pg_tx_instant(tx, after->at_us);
    pg_tx_uuid(tx, &after->case_id);
    pg_tx_int4(tx, after->version);
    pg_tx_instant(tx, before_us);
    pg_tx_int4(tx, limit);
}

static const struct pg_statement add_statement = {
    "audit_add",
    "INSERT INTO audit_checkpoint (day, rows, total, root, previous, key_id, signature, made_at) "
    "VALUES (date '1970-01-01' + $1::integer, $2, $3, $4, $5, $6, $7, $8) "
    "ON CONFLICT (day) DO NOTHING RETURNING day"};

void store_audit_add(struct pg_tx *tx, const struct audit_checkpoint *checkpoint)
{
    pg_tx_add(tx, &add_statement);
    pg_tx_int4(tx, (int32_t)checkpoint->day);
    pg_tx_int8(tx, checkpoint->rows);
    pg_tx_int8(tx, checkpoint->total);
    pg_tx_bytes(tx, checkpoint->root, DIGEST_SIZE);
    pg_tx_bytes(tx, checkpoint->previous, DIGEST_SIZE);
    pg_tx_text(tx, checkpoint->key_id);
    pg_tx_bytes(tx, checkpoint->signature, SIGN_SIZE);
    pg_tx_instant(tx, checkpoint->made_at);
}

static const struct pg_statement list_statement = {
    "audit_list", "SELECT " CHECKPOINT " FROM audit_checkpoint c "
                  "WHERE c.day > date '1970-01-01' + $1::integer ORDER BY c.day LIMIT $2::integer"};

void store_audit_list(struct pg_tx *tx, int64_t after_day, int limit)
{
    pg_tx_add(tx, &list_statement);
    pg_tx_int4(tx, (int32_t)after_day);
    pg_tx_int4(tx, limit);
}

void store_audit_checkpoint(const struct pg_tx *tx, size_t statement, size_t row,
                            struct audit_checkpoint *checkpoint)
{
    size_t size;
    checkpoint->day = pg_value_int4(tx, statement, row, 0);
    checkpoint->rows = pg_value_int8(tx, statement, row, 1);
    checkpoint->total = pg_value_int8(tx, statement, row, 2);
    store_digest(tx, statement, row, 3, checkpoint->root);
    store_digest(tx, statement, row, 4, checkpoint->previous);
    snprintf(checkpoint->key_id, sizeof checkpoint->key_id, "%s",
             pg_value_text(tx, statement, row, 5));
    const void *signature = pg_value_bytes(tx, statement, row, 6, &size);
    assert(size == SIGN_SIZE); /* the table checks it */
    memcpy(checkpoint->signature, signature, SIGN_SIZE);
    checkpoint->made_at = pg_value_instant(tx, statement, row, 7);
}
