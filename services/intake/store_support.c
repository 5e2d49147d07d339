/* SPDX-License-Identifier: Apache-2.0 */
#include "store_support.h"

#include <string.h>

#include "store_view.h"

static const struct pg_statement add_support = {
    "intake_add_support",
    "WITH won AS (INSERT INTO support (submission_id, account, at) VALUES ($1::uuid, $2::text, "
    "$3::timestamptz) ON CONFLICT DO NOTHING RETURNING $4::uuid AS command), "
    "said AS (" OUTBOX_INSERT("won", 5, 6, 7, 8, 9, 10, 11, 12) ") SELECT command FROM won"};
static const struct pg_statement remove_support = {
    "intake_remove_support",
    "WITH won AS (DELETE FROM support WHERE submission_id = $1::uuid AND account = $2::text "
    "AND $3::timestamptz IS NOT NULL RETURNING $4::uuid AS command), "
    "said AS (" OUTBOX_INSERT("won", 5, 6, 7, 8, 9, 10, 11, 12) ") SELECT command FROM won"};
static const struct pg_statement count_support = {
    "intake_count_support", "SELECT count(*)::integer FROM support WHERE submission_id = $1::uuid"};
static const struct pg_statement add_follow = {
    "intake_add_follow",
    "INSERT INTO follow (submission_id, account, at) VALUES ($1::uuid, $2::text, "
    "$3::timestamptz) ON CONFLICT DO NOTHING"};
static const struct pg_statement remove_follow = {
    "intake_remove_follow",
    "DELETE FROM follow WHERE submission_id = $1::uuid AND account = $2::text "
    "AND $3::timestamptz IS NOT NULL"};
static const struct pg_statement list_followed = {
    "intake_list_followed",
    "WITH f AS MATERIALIZED (SELECT submission_id FROM follow WHERE account = $1::text "
    "AND submission_id < $2::uuid ORDER BY submission_id DESC LIMIT $3::integer) "
    "SELECT " VIEW_COLUMNS " FROM f JOIN submission s ON s.id = f.submission_id " VIEW_CASE
    "JOIN category k ON k.code = s.category WHERE " VIEW_PUBLIC " ORDER BY s.id DESC"};

static void put_change(struct pg_tx *tx, const struct support_change *change)
{
    pg_tx_uuid(tx, &change->submission_id);
    pg_tx_text(tx, change->account);
    pg_tx_instant(tx, change->at);
}

void store_change_support(struct pg_tx *tx, const struct support_change *change,
                          const struct outbox_columns *said)
{
    pg_tx_add(tx, change->wanted ? &add_support : &remove_support);
    put_change(tx, change);
    pg_tx_uuid(tx, &change->command);
    outbox_columns_put(said, tx);
    pg_tx_add(tx, &count_support);
    pg_tx_uuid(tx, &change->submission_id);
}

void store_change_follow(struct pg_tx *tx, const struct support_change *change)
{
    pg_tx_add(tx, change->wanted ? &add_follow : &remove_follow);
    put_change(tx, change);
}

void store_list_followed(struct pg_tx *tx, const char *account, const struct uuid *before,
                         int32_t limit)
{
    struct uuid end = *before;
    if (uuid_is_nil(&end)) {
        memset(end.bytes, 0xff, sizeof end.bytes);
    }
    pg_tx_add(tx, &list_followed);
    pg_tx_text(tx, account);
    pg_tx_uuid(tx, &end);
    pg_tx_int4(tx, limit);
}
