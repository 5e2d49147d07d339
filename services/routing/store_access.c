/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_desk.h"

static const struct pg_statement access_add = {
    "access_add", "INSERT INTO access_log (at, id, account, roles, unit, case_id, what, reason, "
                  "trace) VALUES ($1, $2::uuid, $3, $4, $5, $6::uuid, $7, $8, $9)"};

void store_access_add(struct pg_tx *tx, const struct access_row *row)
{
    pg_tx_add(tx, &access_add);
    pg_tx_instant(tx, row->at_us);
    pg_tx_uuid(tx, &row->id);
    pg_tx_text(tx, row->account);
    pg_tx_text(tx, row->roles);
    pg_tx_text(tx, row->unit);
    pg_tx_uuid(tx, row->case_id);
    pg_tx_text(tx, row->what);
    pg_tx_text(tx, row->reason);
    pg_tx_text(tx, row->trace);
}

/* Newest first, by one index each: of a case, of an account, of all. */
#define PAGE(condition)                                                                            \
    "SELECT at, id, account, roles, unit, case_id, what, reason, trace FROM access_log "           \
    "WHERE " condition "(at, id) < ($1, $2::uuid) AND at >= $3 ORDER BY at DESC, id DESC "         \
    "LIMIT $4::integer"

static const struct pg_statement of_all = {"access_of_all", PAGE("")};
static const struct pg_statement of_case = {
    "access_of_case", PAGE("case_id = $5::uuid AND ($6::text IS NULL OR account = $6) AND ")};
static const struct pg_statement of_account = {"access_of_account",
                                               PAGE("account = $5::text AND ")};

void store_access_list(struct pg_tx *tx, const struct access_filter *filter, size_t rows)
{
    static const struct uuid before_all;
    pg_tx_add(tx, filter->case_id != NULL   ? &of_case
                  : filter->account != NULL ? &of_account
                                            : &of_all);
    pg_tx_instant(tx, filter->has_cursor ? filter->cursor.at_us : filter->until_us);
    pg_tx_uuid(tx, filter->has_cursor ? &filter->cursor.id : &before_all);
    pg_tx_instant(tx, filter->from_us > 0 ? filter->from_us : 1); /* 0 would be NULL */
    pg_tx_int4(tx, (int32_t)rows);
    if (filter->case_id != NULL) {
        pg_tx_uuid(tx, filter->case_id);
        pg_tx_text(tx, filter->account);
    } else if (filter->account != NULL) {
        pg_tx_text(tx, filter->account);
    }
}
