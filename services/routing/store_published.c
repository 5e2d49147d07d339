/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store.h"

static const struct pg_statement published = {"published_read",
                                              "SELECT key, digest FROM reference_published "
                                              "ORDER BY key COLLATE \"C\""};

void store_published_read(struct pg_tx *tx)
{
    pg_tx_add(tx, &published);
}

void published_rows_init(struct published_rows *rows)
{
    pg_array_init(&rows->keys, PG_TEXT);
    pg_array_init(&rows->digests, PG_BYTEA);
    pg_array_init(&rows->event_ids, PG_UUID);
}

void published_rows_finish(struct published_rows *rows)
{
    pg_array_finish(&rows->keys);
    pg_array_finish(&rows->digests);
    pg_array_finish(&rows->event_ids);
}

/* Of replicas that say the same, the first wins; one that still holds older tables says nothing. */
static const struct pg_statement publish = {
    "published_write",
    "WITH won AS (INSERT INTO reference_published AS p (key, digest, reference_version, event_id) "
    "SELECT key, digest, $4::bigint, event_id "
    "FROM unnest($1::text[], $2::bytea[], $3::uuid[]) AS i (key, digest, event_id) "
    "ON CONFLICT (key) DO UPDATE SET digest = EXCLUDED.digest, "
    "reference_version = EXCLUDED.reference_version, event_id = EXCLUDED.event_id "
    "WHERE p.digest <> EXCLUDED.digest AND p.reference_version <= EXCLUDED.reference_version "
    "RETURNING event_id AS command), "
    "said AS (" OUTBOX_INSERT("won", 5, 6, 7, 8, 9, 10, 11, 12) ") SELECT command FROM won"};

void store_published_write(struct pg_tx *tx, const struct published_rows *rows,
                           int64_t reference_version, const struct outbox_columns *events)
{
    pg_tx_add(tx, &publish);
    pg_tx_array(tx, &rows->keys);
    pg_tx_array(tx, &rows->digests);
    pg_tx_array(tx, &rows->event_ids);
    pg_tx_int8(tx, reference_version);
    outbox_columns_put(events, tx);
}
