/* SPDX-License-Identifier: Apache-2.0 */
#include "store_contact.h"

static const struct pg_statement upsert = {
    "notification_upsert_contacts",
    "INSERT INTO contact (ref, sealed) SELECT ref, sealed "
    "FROM unnest($1::text[], $2::text[]) AS c (ref, sealed) ORDER BY ref "
    "ON CONFLICT (ref) DO UPDATE SET sealed = excluded.sealed"};
static const struct pg_statement erase = {"notification_erase_contacts",
                                          "DELETE FROM contact WHERE ref = ANY ($1::text[])"};
static const struct pg_statement wake = {
    "notification_wake_letters",
    "UPDATE delivery SET next_attempt_at = $2::timestamptz WHERE recipient = ANY ($1::text[]) "
    "AND next_attempt_at IS NOT NULL AND state = 'waiting' AND lane = 0"};

void store_apply_contacts(struct pg_tx *tx, const struct contact_change *changes,
                          size_t change_count, const char *const *erased, size_t erased_count,
                          int64_t now)
{
    struct pg_array refs, sealed, gone;
    pg_array_init(&refs, PG_TEXT);
    pg_array_init(&sealed, PG_TEXT);
    pg_array_init(&gone, PG_TEXT);
    for (size_t i = 0; i < change_count; i++) {
        pg_array_text(&refs, changes[i].ref);
        pg_array_text(&sealed, changes[i].sealed);
    }
    for (size_t i = 0; i < erased_count; i++) {
        pg_array_text(&gone, erased[i]);
    }
    if (change_count > 0) {
        pg_tx_add(tx, &upsert);
        pg_tx_array(tx, &refs);
        pg_tx_array(tx, &sealed);
        pg_tx_add(tx, &wake);
        pg_tx_array(tx, &refs);
        pg_tx_instant(tx, now);
    }
    if (erased_count > 0) {
        pg_tx_add(tx, &erase);
        pg_tx_array(tx, &gone);
        pg_tx_add(tx, &wake);
        pg_tx_array(tx, &gone);
        pg_tx_instant(tx, now);
    }
    pg_array_finish(&refs);
    pg_array_finish(&sealed);
    pg_array_finish(&gone);
}
