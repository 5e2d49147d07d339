/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store.h"

#include "services/routing/dispatch.h"

void opening_rows_init(struct opening_rows *rows, int64_t now_us)
{
    rows->now_us = now_us;
    pg_array_init(&rows->ids, PG_UUID);
    pg_array_init(&rows->processes, PG_TEXT);
    pg_array_init(&rows->states, PG_TEXT);
    pg_array_init(&rows->phases, PG_TEXT);
    pg_array_init(&rows->queues, PG_TEXT);
    pg_array_init(&rows->desks, PG_TEXT);
    pg_array_init(&rows->categories, PG_TEXT);
    pg_array_init(&rows->levels, PG_TEXT);
    pg_array_init(&rows->areas, PG_TEXT);
    pg_array_init(&rows->reporters, PG_TEXT);
    pg_array_init(&rows->dues, PG_TIMESTAMPTZ);
    pg_array_init(&rows->next_timers, PG_TIMESTAMPTZ);
    pg_array_init(&rows->near_borders, PG_BOOL);
    pg_array_init(&rows->event_ids, PG_UUID);
    pg_array_init(&rows->actors, PG_TEXT);
    pg_array_init(&rows->snapshots, PG_TEXT);
    pg_array_init(&rows->reports, PG_TEXT);
    pg_array_init(&rows->hashes, PG_BYTEA);
    pg_array_init(&rows->dispatches, PG_TIMESTAMPTZ);
}

void opening_rows_finish(struct opening_rows *rows)
{
    pg_array_finish(&rows->ids);
    pg_array_finish(&rows->processes);
    pg_array_finish(&rows->states);
    pg_array_finish(&rows->phases);
    pg_array_finish(&rows->queues);
    pg_array_finish(&rows->desks);
    pg_array_finish(&rows->categories);
    pg_array_finish(&rows->levels);
    pg_array_finish(&rows->areas);
    pg_array_finish(&rows->reporters);
    pg_array_finish(&rows->dues);
    pg_array_finish(&rows->next_timers);
    pg_array_finish(&rows->near_borders);
    pg_array_finish(&rows->event_ids);
    pg_array_finish(&rows->actors);
    pg_array_finish(&rows->snapshots);
    pg_array_finish(&rows->reports);
    pg_array_finish(&rows->hashes);
    pg_array_finish(&rows->dispatches);
}

void opening_rows_add(struct opening_rows *rows, const struct case_snapshot *opened,
                      const struct uuid *event_id, const struct buffer *json,
                      const struct event_in *report, const uint8_t hash[DIGEST_SIZE])
{
    pg_array_uuid(&rows->ids, &opened->id);
    pg_array_text(&rows->processes, opened->process->rule.code);
    pg_array_text(&rows->states, opened->process->states[opened->state].code);
    pg_array_text(&rows->phases, process_phase_words[case_phase(opened)]);
    pg_array_text(&rows->queues, case_queue_words[opened->queue]);
    pg_array_text(&rows->desks, store_desk(opened));
    pg_array_text(&rows->categories, opened->category);
    pg_array_text(&rows->levels, case_level_words[opened->level]);
    pg_array_text(&rows->areas, opened->area);
    pg_array_text(&rows->reporters, opened->reporter_ref);
    pg_array_instant(&rows->dues, case_due(opened));
    pg_array_instant(&rows->next_timers, opened->next_timer);
    pg_array_bool(&rows->near_borders, opened->near_border);
    pg_array_uuid(&rows->event_ids, event_id);
    pg_array_text(&rows->actors, opened->actor_ref);
    pg_array_bytes(&rows->snapshots, json->data, json->size);
    pg_array_bytes(&rows->reports, report->data, report->data_size);
    pg_array_bytes(&rows->hashes, hash, DIGEST_SIZE);
    pg_array_instant(&rows->dispatches, dispatch_at(opened));
}

/* A case is opened together with the first row of its history, so the two inserts meet the same
 * conflicts. Each unnests only the columns that it needs: a row of the others costs as much as an
 * index entry (measured). Co-operating units have their tasks from acceptance on. */
static const struct pg_statement cases_open = {
    "cases_open",
    "WITH won AS ("
    "INSERT INTO case_current (case_id, version, process, state, phase, queue, desk, category, "
    "level, area, reporter, due_at, next_timer, near_border, audit_pending, proposed, task_desks, "
    "dispatch_at) "
    "SELECT case_id, 1, process, state, phase, queue, desk, category, level, area, reporter, "
    "due_at, next_timer, near_border, false, false, '{}', dispatch_at "
    "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], "
    "$7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], "
    "$13::boolean[], $20::timestamptz[]) AS i (case_id, process, state, phase, queue, desk, "
    "category, level, area, reporter, due_at, next_timer, near_border, dispatch_at) "
    "ON CONFLICT (case_id) DO NOTHING RETURNING case_id AS command), "
    "told AS (INSERT INTO case_history (case_id, version, action, actor, at, event_id, "
    "snapshot, report, hash) "
    "SELECT case_id, 1, 'open', actor, $19::timestamptz, event_id, snapshot, report, hash "
    "FROM unnest($1::uuid[], $14::uuid[], $15::text[], $16::text[], $17::text[], $18::bytea[]) "
    "AS i (case_id, event_id, actor, snapshot, report, hash) "
    "ON CONFLICT (case_id, version) DO NOTHING), "
    "said AS (" OUTBOX_INSERT("won", 21, 22, 23, 24, 25, 26, 27, 28) ") SELECT command FROM won"};

void store_cases_open(struct pg_tx *tx, const struct opening_rows *rows)
{
    pg_tx_add(tx, &cases_open);
    pg_tx_array(tx, &rows->ids);
    pg_tx_array(tx, &rows->processes);
    pg_tx_array(tx, &rows->states);
    pg_tx_array(tx, &rows->phases);
    pg_tx_array(tx, &rows->queues);
    pg_tx_array(tx, &rows->desks);
    pg_tx_array(tx, &rows->categories);
    pg_tx_array(tx, &rows->levels);
    pg_tx_array(tx, &rows->areas);
    pg_tx_array(tx, &rows->reporters);
    pg_tx_array(tx, &rows->dues);
    pg_tx_array(tx, &rows->next_timers);
    pg_tx_array(tx, &rows->near_borders);
    pg_tx_array(tx, &rows->event_ids);
    pg_tx_array(tx, &rows->actors);
    pg_tx_array(tx, &rows->snapshots);
    pg_tx_array(tx, &rows->reports);
    pg_tx_array(tx, &rows->hashes);
    pg_tx_instant(tx, rows->now_us);
    pg_tx_array(tx, &rows->dispatches);
}
