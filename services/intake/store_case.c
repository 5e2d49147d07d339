/* SPDX-License-Identifier: Apache-2.0 */
/* Applying case events: the timeline gets each version once, the view the highest. */
#include <stdlib.h>
#include <string.h>

#include "handover_json.h"
#include "store_media.h"
#include "store_submission.h"

static const struct pg_statement add_steps = {
    "intake_add_steps",
    "INSERT INTO submission_step (submission_id, version, action, state, phase, unit, actor_role, "
    "note, reason, at) SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], "
    "$5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[]) "
    "ON CONFLICT DO NOTHING"};
static const struct pg_statement move_views = {
    "intake_move_views",
    "INSERT INTO submission_case AS c (submission_id, version, state, phase, queue, unit, "
    "receive_due, resolve_due, timeout_at, updated_at, handovers, question, result, reason, "
    "rating, rating_asked, merged_into, closed_at, assignee, task_units) "
    "SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], "
    "$6::text[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], "
    "$11::jsonb[], $12::jsonb[], $13::jsonb[], $14::jsonb[], $15::text[], $16::boolean[], "
    "$17::uuid[], $18::timestamptz[], $19::text[], $20::text[]) "
    "ON CONFLICT (submission_id) DO UPDATE SET version = excluded.version, state = excluded.state, "
    "phase = excluded.phase, queue = excluded.queue, unit = excluded.unit, "
    "receive_due = excluded.receive_due, resolve_due = excluded.resolve_due, "
    "timeout_at = excluded.timeout_at, updated_at = excluded.updated_at, "
    "handovers = excluded.handovers, question = excluded.question, result = excluded.result, "
    "reason = excluded.reason, rating = excluded.rating, rating_asked = excluded.rating_asked, "
    "merged_into = excluded.merged_into, closed_at = excluded.closed_at, "
    "assignee = excluded.assignee, task_units = excluded.task_units "
    "WHERE c.version < excluded.version"};

enum { STEP_COLUMNS = 10, VIEW_COLUMNS = 20 };

static void put_steps(struct pg_tx *tx, const struct case_event *const *events, size_t count)
{
    static const enum pg_type types[STEP_COLUMNS] = {PG_UUID, PG_INT4,       PG_TEXT, PG_TEXT,
                                                     PG_TEXT, PG_TEXT,       PG_TEXT, PG_TEXT,
                                                     PG_TEXT, PG_TIMESTAMPTZ};
    struct pg_array columns[STEP_COLUMNS];
    for (size_t i = 0; i < STEP_COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct case_step *step = &events[i]->step;
        pg_array_uuid(&columns[0], &events[i]->submission_id);
        pg_array_int4(&columns[1], step->version);
        pg_array_text(&columns[2], step->action);
        pg_array_text(&columns[3], step->state);
        pg_array_text(&columns[4], case_phase_words[step->phase]);
        pg_array_text(&columns[5], step->unit);
        pg_array_text(&columns[6], step->actor_role);
        pg_array_text(&columns[7], step->note);
        pg_array_text(&columns[8], step->reason);
        pg_array_instant(&columns[9], step->at);
    }
    pg_tx_add(tx, &add_steps);
    for (size_t i = 0; i < STEP_COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
}

static void add_handovers(struct pg_array *column, const struct case_view *view)
{
    struct buffer json;
    if (view->handover_count == 0) {
        pg_array_null(column);
        return;
    }
    buffer_init(&json);
    handovers_write(view->handovers, view->handover_count, &json);
    pg_array_text(column, json.data);
    buffer_finish(&json);
}

static void add_uuid(struct pg_array *column, const struct uuid *uuid)
{
    static const struct uuid none;
    if (uuid_equal(uuid, &none)) {
        pg_array_null(column);
    } else {
        pg_array_uuid(column, uuid);
    }
}

static void add_view(struct pg_array columns[VIEW_COLUMNS], const struct case_event *event)
{
    const struct case_view *view = &event->state;
    pg_array_uuid(&columns[0], &event->submission_id);
    pg_array_int4(&columns[1], view->version);
    pg_array_text(&columns[2], view->state);
    pg_array_text(&columns[3], case_phase_words[view->phase]);
    pg_array_text(&columns[4], view->queue);
    pg_array_text(&columns[5], view->unit);
    pg_array_instant(&columns[6], view->receive_due);
    pg_array_instant(&columns[7], view->resolve_due);
    pg_array_instant(&columns[8], view->timeout_at);
    pg_array_instant(&columns[9], view->updated_at);
    add_handovers(&columns[10], view);
    pg_array_text(&columns[11], view->question);
    pg_array_text(&columns[12], view->result);
    pg_array_text(&columns[13], view->reason);
    pg_array_text(&columns[14], view->rating);
    pg_array_bool(&columns[15], view->rating_asked);
    add_uuid(&columns[16], &view->merged_into);
    pg_array_instant(&columns[17], view->closed_at);
    pg_array_text(&columns[18], event->assignee);
    pg_array_text(&columns[19], event->task_units);
}

static void put_views(struct pg_tx *tx, const struct case_event *const *events, size_t count)
{
    static const enum pg_type types[VIEW_COLUMNS] = {
        PG_UUID,  PG_INT4,        PG_TEXT,        PG_TEXT,        PG_TEXT,
        PG_TEXT,  PG_TIMESTAMPTZ, PG_TIMESTAMPTZ, PG_TIMESTAMPTZ, PG_TIMESTAMPTZ,
        PG_JSONB, PG_JSONB,       PG_JSONB,       PG_JSONB,       PG_TEXT,
        PG_BOOL,  PG_UUID,        PG_TIMESTAMPTZ, PG_TEXT,        PG_TEXT};
    struct pg_array columns[VIEW_COLUMNS];
    for (size_t i = 0; i < VIEW_COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        add_view(columns, events[i]);
    }
    pg_tx_add(tx, &move_views);
    for (size_t i = 0; i < VIEW_COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
}

/* The pictures of each result belong to the submission, also when another result follows. */
static void use_media(struct pg_tx *tx, const struct case_event *const *events, size_t count,
                      struct arena *arena)
{
    size_t named = 0, used = 0;
    for (size_t i = 0; i < count; i++) {
        named += events[i]->upload_count;
    }
    struct media_use *uses = arena_array(arena, named, sizeof *uses);
    for (size_t i = 0; i < count; i++) {
        for (size_t upload = 0; upload < events[i]->upload_count; upload++) {
            uses[used++] = (struct media_use){.media = events[i]->uploads[upload],
                                              .submission = events[i]->submission_id};
        }
    }
    store_use_media(tx, uses, used);
}

/* By case, then version. */
static int by_case(const void *a, const void *b)
{
    const struct case_event *const *left = a, *const *right = b;
    int order = memcmp(&(*left)->submission_id, &(*right)->submission_id, sizeof(struct uuid));
    return order != 0 ? order : (*left)->step.version - (*right)->step.version;
}

void store_apply_cases(struct pg_tx *tx, const struct case_event *events, size_t count,
                       struct arena *arena)
{
    const struct case_event **sorted = arena_array(arena, count, sizeof *sorted);
    const struct case_event **latest = arena_array(arena, count, sizeof *latest);
    size_t latest_count = 0;

    if (count == 0) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &events[i];
    }
    /* Sorted, so that replicas lock rows in one order; one row per case, the highest. */
    qsort(sorted, count, sizeof *sorted, by_case);
    for (size_t i = 0; i < count; i++) {
        bool last =
            i + 1 == count || !uuid_equal(&sorted[i]->submission_id, &sorted[i + 1]->submission_id);
        if (last) {
            latest[latest_count++] = sorted[i];
        }
    }
    put_steps(tx, sorted, count);
    put_views(tx, latest, latest_count);
    use_media(tx, sorted, count, arena);
}
