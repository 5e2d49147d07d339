/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store.h"

void opening_rows_init(struct opening_rows *rows)
{
    pg_array_init(&rows->ids, PG_UUID);
    pg_array_init(&rows->queues, PG_TEXT);
    pg_array_init(&rows->desks, PG_TEXT);
    pg_array_init(&rows->categories, PG_TEXT);
    pg_array_init(&rows->levels, PG_TEXT);
    pg_array_init(&rows->dues, PG_TIMESTAMPTZ);
    pg_array_init(&rows->clock_starts, PG_TIMESTAMPTZ);
    pg_array_init(&rows->next_timers, PG_TIMESTAMPTZ);
    pg_array_init(&rows->cooperating, PG_TEXT);
    pg_array_init(&rows->event_ids, PG_UUID);
    pg_array_init(&rows->snapshots, PG_TEXT);
    pg_array_init(&rows->reports, PG_TEXT);
    pg_array_init(&rows->hashes, PG_BYTEA);
}

void opening_rows_finish(struct opening_rows *rows)
{
    pg_array_finish(&rows->ids);
    pg_array_finish(&rows->queues);
    pg_array_finish(&rows->desks);
    pg_array_finish(&rows->categories);
    pg_array_finish(&rows->levels);
    pg_array_finish(&rows->dues);
    pg_array_finish(&rows->clock_starts);
    pg_array_finish(&rows->next_timers);
    pg_array_finish(&rows->cooperating);
    pg_array_finish(&rows->event_ids);
    pg_array_finish(&rows->snapshots);
    pg_array_finish(&rows->reports);
    pg_array_finish(&rows->hashes);
}

void opening_rows_add(struct opening_rows *rows, const struct case_snapshot *opened,
                      const struct uuid *event_id, const struct buffer *json,
                      const struct event_in *report, const uint8_t hash[DIGEST_SIZE])
{
    pg_array_uuid(&rows->ids, &opened->id);
    pg_array_text(&rows->queues, case_queue_words[opened->queue]);
    pg_array_text(&rows->desks, store_desk(opened));
    pg_array_text(&rows->categories, opened->category);
    pg_array_text(&rows->levels, case_level_words[opened->level]);
    pg_array_instant(&rows->dues, opened->receive_due);
    pg_array_instant(&rows->clock_starts, opened->clock_start);
    pg_array_instant(&rows->next_timers, opened->next_timer);
    store_add_cooperating(&rows->cooperating, opened);
    pg_array_uuid(&rows->event_ids, event_id);
    pg_array_bytes(&rows->snapshots, json->data, json->size);
    pg_array_bytes(&rows->reports, report->data, report->data_size);
    pg_array_bytes(&rows->hashes, hash, DIGEST_SIZE);
}

/* A case is opened together with the first row of its history, so the two inserts meet the same
 * conflicts. Each unnests only the columns that it needs: a row of the others costs as much as an
 * index entry (measured). */
static const struct pg_statement cases_open = {
    "cases_open",
    "WITH won AS ("
    "INSERT INTO case_current (case_id, version, state, queue, desk, category, level, due_at, "
    "clock_start, reminded, next_timer, cooperating) "
    "SELECT case_id, 1, 'received', queue, desk, category, level, due_at, clock_start, false, "
    "next_timer, string_to_array(cooperating, ',') "
    "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], "
    "$7::timestamptz[], $8::timestamptz[], $9::text[]) AS i (case_id, queue, desk, category, "
    "level, due_at, clock_start, next_timer, cooperating) "
    "ON CONFLICT (case_id) DO NOTHING RETURNING case_id AS command), "
    "told AS (INSERT INTO case_history (case_id, version, action, at, event_id, snapshot, "
    "report, hash) SELECT case_id, 1, 'open', $14::timestamptz, event_id, snapshot, report, hash "
    "FROM unnest($1::uuid[], $10::uuid[], $11::text[], $12::text[], $13::bytea[]) "
    "AS i (case_id, event_id, snapshot, report, hash) "
    "ON CONFLICT (case_id, version) DO NOTHING), "
    "said AS (" OUTBOX_INSERT("won", 15, 16, 17, 18, 19, 20, 21, 22) ") SELECT command FROM won"};

void store_cases_open(struct pg_tx *tx, const struct opening_rows *rows, int64_t now_us)
{
    pg_tx_add(tx, &cases_open);
    pg_tx_array(tx, &rows->ids);
    pg_tx_array(tx, &rows->queues);
    pg_tx_array(tx, &rows->desks);
    pg_tx_array(tx, &rows->categories);
    pg_tx_array(tx, &rows->levels);
    pg_tx_array(tx, &rows->dues);
    pg_tx_array(tx, &rows->clock_starts);
    pg_tx_array(tx, &rows->next_timers);
    pg_tx_array(tx, &rows->cooperating);
    pg_tx_array(tx, &rows->event_ids);
    pg_tx_array(tx, &rows->snapshots);
    pg_tx_array(tx, &rows->reports);
    pg_tx_array(tx, &rows->hashes);
    pg_tx_instant(tx, now_us);
}
