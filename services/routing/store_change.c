/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_registry.h"

static const struct pg_statement change_list = {
    "reference_changes",
    "SELECT id, at, actor, role, reason, kind, key, before::text, after::text "
    "FROM reference_change WHERE (at, id) < ($1, $2::uuid) AND ($3::text IS NULL OR kind = $3) "
    "AND ($4::text IS NULL OR key = $4 OR starts_with(key, $4 || ':')) "
    "ORDER BY at DESC, id DESC LIMIT $5::integer"};

void store_change_list(struct pg_tx *tx, const struct change_filter *filter)
{
    static const struct uuid first;
    const int64_t far_us = INT64_C(253402300799000000); /* the end of the year 9999 */
    pg_tx_add(tx, &change_list);
    pg_tx_instant(tx, filter->has_cursor ? filter->cursor.at_us : far_us);
    pg_tx_uuid(tx, filter->has_cursor ? &filter->cursor.id : &first);
    pg_tx_text(tx, filter->kind);
    pg_tx_text(tx, filter->key);
    pg_tx_int4(tx, filter->limit);
}
