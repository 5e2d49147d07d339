/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store.h"

#include <assert.h>
#include <string.h>

#include "services/routing/case_json.h"
#include "services/routing/dispatch.h"

/* The columns of struct case_rows as one relation, and their parameters $1 … $23. */
#define ROWS                                                                                       \
    "unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], "           \
    "$7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::boolean[], " \
    "$13::boolean[], $14::boolean[], $15::uuid[], $16::text[], $17::uuid[], $18::text[], "         \
    "$19::text[], $20::timestamptz[], $21::text[], $22::bytea[], $23::timestamptz[]) AS i ("       \
    "case_id, version, state, phase, queue, desk, category, level, assignee, due_at, next_timer, " \
    "near_border, audit_pending, proposed, merged_into, task_desks, event_id, action, actor, at, " \
    "snapshot, hash, dispatch_at)"

#define OUTBOX_OF(won) OUTBOX_INSERT(won, 24, 25, 26, 27, 28, 29, 30, 31)

void case_rows_init(struct case_rows *rows)
{
    pg_array_init(&rows->ids, PG_UUID);
    pg_array_init(&rows->versions, PG_INT4);
    pg_array_init(&rows->states, PG_TEXT);
    pg_array_init(&rows->phases, PG_TEXT);
    pg_array_init(&rows->queues, PG_TEXT);
    pg_array_init(&rows->desks, PG_TEXT);
    pg_array_init(&rows->categories, PG_TEXT);
    pg_array_init(&rows->levels, PG_TEXT);
    pg_array_init(&rows->assignees, PG_TEXT);
    pg_array_init(&rows->dues, PG_TIMESTAMPTZ);
    pg_array_init(&rows->next_timers, PG_TIMESTAMPTZ);
    pg_array_init(&rows->near_borders, PG_BOOL);
    pg_array_init(&rows->audits, PG_BOOL);
    pg_array_init(&rows->proposals, PG_BOOL);
    pg_array_init(&rows->merged_into, PG_UUID);
    pg_array_init(&rows->task_desks, PG_TEXT);
    pg_array_init(&rows->event_ids, PG_UUID);
    pg_array_init(&rows->actions, PG_TEXT);
    pg_array_init(&rows->actors, PG_TEXT);
    pg_array_init(&rows->times, PG_TIMESTAMPTZ);
    pg_array_init(&rows->snapshots, PG_TEXT);
    pg_array_init(&rows->hashes, PG_BYTEA);
    pg_array_init(&rows->dispatches, PG_TIMESTAMPTZ);
}

void case_rows_finish(struct case_rows *rows)
{
    pg_array_finish(&rows->ids);
    pg_array_finish(&rows->versions);
    pg_array_finish(&rows->states);
    pg_array_finish(&rows->phases);
    pg_array_finish(&rows->queues);
    pg_array_finish(&rows->desks);
    pg_array_finish(&rows->categories);
    pg_array_finish(&rows->levels);
    pg_array_finish(&rows->assignees);
    pg_array_finish(&rows->dues);
    pg_array_finish(&rows->next_timers);
    pg_array_finish(&rows->near_borders);
    pg_array_finish(&rows->audits);
    pg_array_finish(&rows->proposals);
    pg_array_finish(&rows->merged_into);
    pg_array_finish(&rows->task_desks);
    pg_array_finish(&rows->event_ids);
    pg_array_finish(&rows->actions);
    pg_array_finish(&rows->actors);
    pg_array_finish(&rows->times);
    pg_array_finish(&rows->snapshots);
    pg_array_finish(&rows->hashes);
    pg_array_finish(&rows->dispatches);
}

const char *store_desk(const struct case_snapshot *snapshot)
{
    return snapshot->queue == QUEUE_UNIT ? snapshot->unit : UNIT_CITY_OFFICE;
}

/* "SXD,00070": unit codes hold no comma. */
static void add_task_desks(struct pg_array *column, const struct case_snapshot *snapshot)
{
    char text[CASE_TASKS_MAX * 33];
    size_t size = 0;
    for (size_t i = 0; i < snapshot->task_count; i++) {
        const struct case_task *task = &snapshot->tasks[i];
        size_t length = strnlen(task->unit, 32);
        if (task->state != TASK_OPEN && task->state != TASK_ACCEPTED) {
            continue;
        }
        if (size > 0) {
            text[size++] = ',';
        }
        memcpy(text + size, task->unit, length);
        size += length;
    }
    pg_array_bytes(column, text, size);
}

static void add_merged_into(struct pg_array *column, const struct case_snapshot *snapshot)
{
    static const struct uuid none;
    pg_array_uuid(column,
                  uuid_equal(&snapshot->merged_into, &none) ? NULL : &snapshot->merged_into);
}

void case_rows_add(struct case_rows *rows, const struct case_snapshot *snapshot,
                   const struct uuid *event_id, const char *json, size_t json_size,
                   const uint8_t hash[DIGEST_SIZE])
{
    pg_array_uuid(&rows->ids, &snapshot->id);
    pg_array_int4(&rows->versions, snapshot->version);
    pg_array_text(&rows->states, snapshot->process->states[snapshot->state].code);
    pg_array_text(&rows->phases, process_phase_words[case_phase(snapshot)]);
    pg_array_text(&rows->queues, case_queue_words[snapshot->queue]);
    pg_array_text(&rows->desks, store_desk(snapshot));
    pg_array_text(&rows->categories, snapshot->category);
    pg_array_text(&rows->levels, case_level_words[snapshot->level]);
    pg_array_text(&rows->assignees, snapshot->assignee);
    pg_array_instant(&rows->dues, case_due(snapshot));
    pg_array_instant(&rows->next_timers, snapshot->next_timer);
    pg_array_bool(&rows->near_borders, snapshot->near_border && !snapshot->area_confirmed);
    pg_array_bool(&rows->audits, snapshot->audit == AUDIT_PENDING);
    pg_array_bool(&rows->proposals, snapshot->proposal.action >= 0);
    add_merged_into(&rows->merged_into, snapshot);
    add_task_desks(&rows->task_desks, snapshot);
    pg_array_uuid(&rows->event_ids, event_id);
    pg_array_text(&rows->actions, snapshot->action);
    pg_array_text(&rows->actors, snapshot->actor_ref);
    pg_array_instant(&rows->times, snapshot->at_us);
    pg_array_bytes(&rows->snapshots, json, json_size);
    pg_array_bytes(&rows->hashes, hash, DIGEST_SIZE);
    pg_array_instant(&rows->dispatches, dispatch_at(snapshot));
}

static void put_rows(struct pg_tx *tx, const struct case_rows *rows)
{
    pg_tx_array(tx, &rows->ids);
    pg_tx_array(tx, &rows->versions);
    pg_tx_array(tx, &rows->states);
    pg_tx_array(tx, &rows->phases);
    pg_tx_array(tx, &rows->queues);
    pg_tx_array(tx, &rows->desks);
    pg_tx_array(tx, &rows->categories);
    pg_tx_array(tx, &rows->levels);
    pg_tx_array(tx, &rows->assignees);
    pg_tx_array(tx, &rows->dues);
    pg_tx_array(tx, &rows->next_timers);
    pg_tx_array(tx, &rows->near_borders);
    pg_tx_array(tx, &rows->audits);
    pg_tx_array(tx, &rows->proposals);
    pg_tx_array(tx, &rows->merged_into);
    pg_tx_array(tx, &rows->task_desks);
    pg_tx_array(tx, &rows->event_ids);
    pg_tx_array(tx, &rows->actions);
    pg_tx_array(tx, &rows->actors);
    pg_tx_array(tx, &rows->times);
    pg_tx_array(tx, &rows->snapshots);
    pg_tx_array(tx, &rows->hashes);
    pg_tx_array(tx, &rows->dispatches);
}

/* Who is merged needs a lead that stays open until it is, so that the lead's end wakes it; of those
 * that would follow each other in a circle, one does not. */
static const struct pg_statement cases_move = {
    "cases_move",
    "WITH input AS (SELECT * FROM " ROWS "), "
    "led AS (SELECT i.case_id FROM input i JOIN case_current l ON l.case_id = i.merged_into "
    "WHERE i.phase = 'merged' AND l.phase IN ('received', 'working', 'paused') "
    "AND NOT EXISTS (SELECT 1 FROM input j WHERE j.case_id = l.case_id AND j.phase = 'merged' "
    "AND j.case_id < i.case_id) FOR SHARE OF l), "
    "won AS (UPDATE case_current c SET version = i.version, state = i.state, phase = i.phase, "
    "queue = i.queue, desk = i.desk, category = i.category, level = i.level, "
    "assignee = i.assignee, due_at = i.due_at, next_timer = i.next_timer, "
    "near_border = i.near_border, audit_pending = i.audit_pending, proposed = i.proposed, "
    "merged_into = i.merged_into, task_desks = string_to_array(i.task_desks, ','), "
    "dispatch_at = i.dispatch_at FROM input i "
    "WHERE c.case_id = i.case_id AND c.version = i.version - 1 AND (i.phase <> 'merged' "
    "OR c.phase = 'merged' OR i.case_id IN (SELECT case_id FROM led)) "
    "RETURNING i.event_id AS command), "
    "told AS (INSERT INTO case_history (case_id, version, action, actor, at, event_id, snapshot, "
    "hash) "
    "SELECT i.case_id, i.version, i.action, i.actor, i.at, i.event_id, i.snapshot, i.hash "
    "FROM input i JOIN won ON won.command = i.event_id), "
    "said AS (" OUTBOX_OF(
        "won") ") "
               "SELECT command FROM won UNION ALL "
               "SELECT h.event_id FROM input i JOIN case_history h "
               "ON h.case_id = i.case_id AND h.version = i.version AND h.event_id = i.event_id"};

void store_cases_move(struct pg_tx *tx, const struct case_rows *rows)
{
    pg_tx_add(tx, &cases_move);
    put_rows(tx, rows);
}

/* The version first (OFFSET 0): where most cases have one, the planner takes all versions of a case
 * for as cheap as the last, and one that is moved on a thousand times would be read a thousandfold.
 */
static const struct pg_statement cases_read = {
    "cases_read", "SELECT now.position, now.next_timer, h.snapshot, h.hash FROM ("
                  "SELECT i.position, c.case_id, c.version, c.next_timer "
                  "FROM unnest($1::uuid[]) WITH ORDINALITY AS i (case_id, position) "
                  "JOIN case_current c ON c.case_id = i.case_id OFFSET 0) now "
                  "JOIN case_history h ON h.case_id = now.case_id AND h.version = now.version"};

void store_cases_read(struct pg_tx *tx, const struct pg_array *ids)
{
    pg_tx_add(tx, &cases_read);
    pg_tx_array(tx, ids);
}

static const struct pg_statement open_cases_read = {
    "open_cases_read",
    "SELECT row_number() OVER (ORDER BY c.desk, c.due_at, c.case_id), c.next_timer, h.snapshot, "
    "h.hash, c.desk, c.due_at, c.case_id FROM (SELECT * FROM case_current WHERE due_at IS NOT NULL "
    "AND (desk, due_at, case_id) > ($1::text, $2::timestamptz, $3::uuid) "
    "ORDER BY desk, due_at, case_id LIMIT $4::integer) c "
    "JOIN case_history h ON h.case_id = c.case_id AND h.version = c.version "
    "ORDER BY c.desk, c.due_at, c.case_id"};

void store_open_cases_read(struct pg_tx *tx, const struct store_place *place, int limit)
{
    pg_tx_add(tx, &open_cases_read);
    pg_tx_text(tx, place->desk != NULL ? place->desk : "");
    pg_tx_instant(tx, place->due_at != 0 ? place->due_at : 1);
    pg_tx_uuid(tx, &place->id);
    pg_tx_int4(tx, limit);
}

struct store_place store_open_case_place(const struct pg_tx *tx, size_t statement, size_t row,
                                         struct arena *arena)
{
    return (struct store_place){.desk = arena_text(arena, pg_value_text(tx, statement, row, 4)),
                                .due_at = pg_value_instant(tx, statement, row, 5),
                                .id = pg_value_uuid(tx, statement, row, 6)};
}

static const struct pg_statement cases_claim = {
    "cases_claim",
    "WITH due AS (SELECT case_id, version, next_timer FROM case_current WHERE next_timer <= $1 "
    "ORDER BY next_timer LIMIT $3::integer FOR UPDATE SKIP LOCKED), "
    "claimed AS (UPDATE case_current c SET next_timer = $2 FROM due "
    "WHERE c.case_id = due.case_id RETURNING due.next_timer, c.case_id, c.version) "
    "SELECT row_number() OVER (ORDER BY c.next_timer), c.next_timer, h.snapshot, h.hash FROM "
    "claimed c "
    "JOIN case_history h ON h.case_id = c.case_id AND h.version = c.version "
    "ORDER BY c.next_timer"};

void store_cases_claim(struct pg_tx *tx, int64_t now_us, int64_t lease_until_us, int limit)
{
    pg_tx_add(tx, &cases_claim);
    pg_tx_instant(tx, now_us);
    pg_tx_instant(tx, lease_until_us);
    pg_tx_int4(tx, limit);
}

static const struct pg_statement followers_wake = {
    "followers_wake", "UPDATE case_current SET next_timer = $2::timestamptz "
                      "WHERE merged_into = ANY ($1::uuid[]) AND phase = 'merged'"};

void store_followers_wake(struct pg_tx *tx, const struct pg_array *lead_ids, int64_t now_us)
{
    pg_tx_add(tx, &followers_wake);
    pg_tx_array(tx, lead_ids);
    pg_tx_instant(tx, now_us);
}

static const struct pg_statement timers_set = {
    "timers_set", "UPDATE case_current c SET next_timer = i.next_timer "
                  "FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[]) "
                  "AS i (case_id, version, next_timer) "
                  "WHERE c.case_id = i.case_id AND c.version = i.version "
                  "AND c.next_timer = $4::timestamptz"};

void store_timers_set(struct pg_tx *tx, const struct pg_array *ids, const struct pg_array *versions,
                      const struct pg_array *next_timers, int64_t lease_until_us)
{
    pg_tx_add(tx, &timers_set);
    pg_tx_array(tx, ids);
    pg_tx_array(tx, versions);
    pg_tx_array(tx, next_timers);
    pg_tx_instant(tx, lease_until_us);
}

size_t store_case_position(const struct pg_tx *tx, size_t statement, size_t row)
{
    return (size_t)(pg_value_int8(tx, statement, row, 0) - 1);
}

void store_digest(const struct pg_tx *tx, size_t statement, size_t row, int column,
                  uint8_t digest[DIGEST_SIZE])
{
    size_t size;
    const void *bytes = pg_value_bytes(tx, statement, row, column, &size);
    assert(size == DIGEST_SIZE); /* the tables check it */
    memcpy(digest, bytes, DIGEST_SIZE);
}

bool store_case_row(const struct pg_tx *tx, size_t statement, size_t row,
                    const struct process_book *book, struct arena *arena,
                    struct case_snapshot *snapshot, const char **json, struct error *err)
{
    const char *text = pg_value_text(tx, statement, row, 2);
    if (!case_json_read(snapshot, book, text, strlen(text), arena, err)) {
        return false;
    }
    snapshot->next_timer =
        pg_value_is_null(tx, statement, row, 1) ? 0 : pg_value_instant(tx, statement, row, 1);
    store_digest(tx, statement, row, 3, snapshot->hash);
    *json = arena_text(arena, text);
    return true;
}

static const struct pg_statement case_versions = {
    "case_versions", "SELECT c.case_id, c.version FROM unnest($1::uuid[]) AS i (case_id) "
                     "JOIN case_current c ON c.case_id = i.case_id"};

void store_case_versions(struct pg_tx *tx, const struct pg_array *ids)
{
    pg_tx_add(tx, &case_versions);
    pg_tx_array(tx, ids);
}
