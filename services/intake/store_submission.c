/* SPDX-License-Identifier: Apache-2.0 */
#include "store_submission.h"

#include <stdio.h>

#include "common/words.h"
#include "handover_json.h"
#include "store_view.h"
#include "submission_json.h"

static const struct pg_statement read_submissions = {
    "intake_read_submissions",
    "SELECT " VIEW_COLUMNS ", i.position FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY "
    "AS i (id, reporter, position) JOIN submission s ON s.id = i.id "
    "AND (i.reporter IS NULL OR s.reporter_ref = i.reporter) " VIEW_CASE "ORDER BY i.position"};
static const struct pg_statement read_steps = {
    "intake_read_steps",
    "SELECT p.version, p.action, p.state, p.phase, p.unit, p.actor_role, p.note, p.reason, p.at, "
    "i.position "
    "FROM unnest($1::uuid[]) WITH ORDINALITY AS i (id, position) "
    "JOIN submission_step p ON p.submission_id = i.id ORDER BY i.position, p.version"};
static const struct pg_statement list_own = {
    "intake_list_own", "SELECT " VIEW_COLUMNS " " VIEW_TABLES
                       "WHERE s.reporter_ref = $1::text AND ($2::uuid IS NULL OR s.id < $2) "
                       "ORDER BY s.id DESC LIMIT $3::integer"};
/* The tickets first, by themselves: a plan of the whole, made while the table was small, walked
 * through all ids for the order's sake. */
static const struct pg_statement list_by_ticket = {
    "intake_list_by_ticket",
    "WITH s AS MATERIALIZED (SELECT * FROM submission WHERE ticket = ANY ($1::text[])) "
    "SELECT " VIEW_COLUMNS " FROM s " VIEW_CASE "JOIN category k ON k.code = s.category "
    "WHERE " VIEW_PUBLIC " ORDER BY s.id DESC LIMIT $2::integer"};
/* Of both lists of the public: $5 categories, $6 closed, $9 to $12 a box, $13 its decimals. */
#define PUBLIC_FILTER                                                                              \
    VIEW_PUBLIC                                                                                    \
    " AND ($5::text[] IS NULL OR s.category = ANY ($5)) "                                          \
    "AND ($6::boolean IS NULL OR coalesce(c.phase IN ('resolved', 'closed', 'rejected', "          \
    "'withdrawn'), false) = $6) "                                                                  \
    "AND ($9::float8 IS NULL OR (round(s.lon::numeric, greatest($13::integer, " VIEW_DECIMALS      \
    "))::float8 BETWEEN $9 AND $11::float8 AND round(s.lat::numeric, "                             \
    "greatest($13, " VIEW_DECIMALS "))::float8 BETWEEN $10::float8 AND $12::float8)) "
static const struct pg_statement list_public = {
    "intake_list_public",
    "SELECT " VIEW_COLUMNS " " VIEW_TABLES "JOIN category k ON k.code = s.category "
    "WHERE s.id >= $1::uuid AND s.id < $2::uuid AND s.submitted_at >= $3::timestamptz "
    "AND s.submitted_at < $4::timestamptz AND " PUBLIC_FILTER
    "ORDER BY s.id DESC LIMIT $7::integer OFFSET $8::integer"};
/* What has a case is found by the step that the public was told last, so that the index gives it
 * in the asked order; what has none changed when it was filed. */
static const struct pg_statement list_updated = {
    "intake_list_updated",
    "WITH told AS ((SELECT p.submission_id AS id, p.at FROM submission_step p "
    "JOIN submission_case c ON c.submission_id = p.submission_id "
    "AND coalesce(c.closed_at, c.updated_at) = p.at "
    "JOIN submission s ON s.id = p.submission_id JOIN category k ON k.code = "
    "s.category " VIEW_MODERATION "WHERE p.at >= $14::timestamptz AND p.at < $15::timestamptz "
    "AND s.submitted_at >= $3::timestamptz AND s.submitted_at < $4::timestamptz "
    "AND NOT EXISTS (SELECT FROM submission_step q WHERE q.submission_id = p.submission_id "
    "AND q.at = p.at AND q.version > p.version) AND " PUBLIC_FILTER
    "ORDER BY p.at DESC, p.submission_id DESC LIMIT $7::integer + $8::integer) "
    "UNION ALL (SELECT s.id, s.submitted_at " VIEW_TABLES "JOIN category k ON k.code = s.category "
    "WHERE c.submission_id IS NULL AND s.id >= $1::uuid AND s.id < $2::uuid "
    "AND s.submitted_at >= greatest($3, $14) AND s.submitted_at < least($4, $15) "
    "AND " PUBLIC_FILTER "ORDER BY s.id DESC LIMIT $7 + $8)) "
    "SELECT " VIEW_COLUMNS " FROM told JOIN submission s ON s.id = told.id " VIEW_CASE
    "ORDER BY told.at DESC, s.id DESC LIMIT $7 OFFSET $8"};
static const struct pg_statement read_versions = {
    "intake_read_versions",
    "SELECT submission_id, version FROM submission_case WHERE submission_id = ANY ($1::uuid[])"};

static void take_submission(const struct pg_tx *tx, size_t row, struct submission *s,
                            struct arena *arena)
{
    const char *text[20];
    bool has_point = !pg_value_is_null(tx, 0, row, 7);
    for (int column = 0; column < 20; column++) {
        bool is_text = (column >= 1 && column <= 6) || (column >= 9 && column <= 11) ||
                       column == 13 || column == 14 || column == 17 || column == 19;
        text[column] = is_text ? arena_text(arena, pg_value_text(tx, 0, row, column)) : NULL;
    }
    *s = (struct submission){
        .id = pg_value_uuid(tx, 0, row, 0),
        .kind = arena_text(arena, pg_value_text(tx, 0, row, 47)),
        .channel = (enum channel)word_index(channel_words, text[2]),
        .category = text[3],
        .level = (enum level)word_index(level_words, text[4]),
        .title = text[5],
        .description = text[6],
        .has_point = has_point,
        .lat = has_point ? pg_value_float8(tx, 0, row, 7) : 0,
        .lon = has_point ? pg_value_float8(tx, 0, row, 8) : 0,
        .address = text[9],
        .address_id = arena_text(arena, pg_value_text(tx, 0, row, 39)),
        .answers = arena_text(arena, pg_value_text(tx, 0, row, 48)),
        .details = arena_text(arena, pg_value_text(tx, 0, row, 49)),
        .reporter_ref = text[11],
        .anonymous = pg_value_bool(tx, 0, row, 12),
        .business = arena_text(arena, pg_value_text(tx, 0, row, 50)),
        .client = text[13],
        .language = (enum language)word_index(language_words, text[14]),
        .submitted_at = pg_value_instant(tx, 0, row, 15),
        .receive_by = pg_value_instant(tx, 0, row, 16),
        .receive_rule = {text[17], pg_value_int4(tx, 0, row, 18), text[19]},
    };
    snprintf(s->ticket, sizeof s->ticket, "%s", text[1]);
    s->media_count = submission_read_media(text[10], &s->media, arena);
}

static int64_t instant_or_zero(const struct pg_tx *tx, size_t row, int column)
{
    return pg_value_is_null(tx, 0, row, column) ? 0 : pg_value_instant(tx, 0, row, column);
}

static struct uuid uuid_or_zero(const struct pg_tx *tx, size_t row, int column)
{
    return pg_value_is_null(tx, 0, row, column) ? (struct uuid){0}
                                                : pg_value_uuid(tx, 0, row, column);
}

static enum case_phase take_phase(const struct pg_tx *tx, size_t statement, size_t row, int column)
{
    const char *word = pg_value_text(tx, statement, row, column);
    return word == NULL ? PHASE_RECEIVED : (enum case_phase)word_index(case_phase_words, word);
}

static void take_case(const struct pg_tx *tx, size_t row, struct case_view *view,
                      struct arena *arena)
{
    *view = (struct case_view){
        .version = pg_value_int4(tx, 0, row, 20),
        .state = arena_text(arena, pg_value_text(tx, 0, row, 21)),
        .phase = take_phase(tx, 0, row, 22),
        .queue = arena_text(arena, pg_value_text(tx, 0, row, 23)),
        .unit = arena_text(arena, pg_value_text(tx, 0, row, 24)),
        .receive_due = instant_or_zero(tx, row, 25),
        .resolve_due = instant_or_zero(tx, row, 26),
        .timeout_at = instant_or_zero(tx, row, 27),
        .updated_at = instant_or_zero(tx, row, 28),
        .question = arena_text(arena, pg_value_text(tx, 0, row, 30)),
        .result = arena_text(arena, pg_value_text(tx, 0, row, 31)),
        .reason = arena_text(arena, pg_value_text(tx, 0, row, 32)),
        .result_text = arena_text(arena, pg_value_text(tx, 0, row, 33)),
        .reason_text = arena_text(arena, pg_value_text(tx, 0, row, 34)),
        .rating = arena_text(arena, pg_value_text(tx, 0, row, 35)),
        .rating_asked = pg_value_bool(tx, 0, row, 36),
        .merged_into = uuid_or_zero(tx, row, 37),
        .closed_at = instant_or_zero(tx, row, 38),
    };
    view->handover_count = handovers_parse(pg_value_text(tx, 0, row, 29), arena, &view->handovers);
}

static void take_moderation(const struct pg_tx *tx, size_t row, struct moderation *moderation,
                            struct arena *arena)
{
    *moderation = (struct moderation){.version = pg_value_int4(tx, 0, row, 40)};
    if (moderation->version == 0) {
        return;
    }
    moderation->decision = (enum moderation_decision)word_index(moderation_decision_words,
                                                                pg_value_text(tx, 0, row, 41));
    moderation->title = arena_text(arena, pg_value_text(tx, 0, row, 42));
    moderation->description = arena_text(arena, pg_value_text(tx, 0, row, 43));
    moderation->media_count =
        submission_read_media(pg_value_text(tx, 0, row, 44), &moderation->media, arena);
    moderation->exact_place = pg_value_bool(tx, 0, row, 45);
}

static void take_row(const struct pg_tx *tx, size_t row, struct submission_view *view,
                     struct arena *arena)
{
    take_submission(tx, row, &view->submission, arena);
    view->business = NULL;
    take_case(tx, row, &view->state, arena);
    take_moderation(tx, row, &view->moderation, arena);
    view->supports = pg_value_int4(tx, 0, row, 46);
    view->steps = NULL;
    view->step_count = 0;
}

void store_read_submissions(struct pg_tx *tx, const struct pg_array *ids,
                            const struct pg_array *reporters)
{
    pg_tx_add(tx, &read_submissions);
    pg_tx_array(tx, ids);
    pg_tx_array(tx, reporters);
    pg_tx_add(tx, &read_steps);
    pg_tx_array(tx, ids);
}

enum { POSITION = 51, STEP_POSITION = 9 };

size_t store_submission_position(const struct pg_tx *tx, size_t row)
{
    return (size_t)(pg_value_int8(tx, 0, row, POSITION) - 1);
}

static void take_step(const struct pg_tx *tx, size_t statement, size_t row, struct case_step *step,
                      struct arena *arena)
{
    *step = (struct case_step){
        .version = pg_value_int4(tx, statement, row, 0),
        .action = arena_text(arena, pg_value_text(tx, statement, row, 1)),
        .state = arena_text(arena, pg_value_text(tx, statement, row, 2)),
        .phase = take_phase(tx, statement, row, 3),
        .unit = arena_text(arena, pg_value_text(tx, statement, row, 4)),
        .actor_role = arena_text(arena, pg_value_text(tx, statement, row, 5)),
        .note = arena_text(arena, pg_value_text(tx, statement, row, 6)),
        .reason = arena_text(arena, pg_value_text(tx, statement, row, 7)),
        .at = pg_value_instant(tx, statement, row, 8),
    };
}

/* The steps of one position, from row *step on; those of positions before are passed over. */
static void take_steps(const struct pg_tx *tx, size_t statement, int64_t position, size_t *step,
                       struct submission_view *view, struct arena *arena)
{
    size_t rows = pg_rows(tx, statement), from = *step;
    while (from < rows && pg_value_int8(tx, statement, from, STEP_POSITION) < position) {
        from++; /* of a submission that is another reporter's */
    }
    size_t to = from;
    while (to < rows && pg_value_int8(tx, statement, to, STEP_POSITION) == position) {
        to++;
    }
    struct case_step *steps = arena_array(arena, to - from, sizeof *steps);
    for (size_t i = from; i < to; i++) {
        take_step(tx, statement, i, &steps[i - from], arena);
    }
    view->steps = steps;
    view->step_count = to - from;
    *step = to;
}

void store_take_submission(const struct pg_tx *tx, size_t row, size_t *step,
                           struct submission_view *view, struct arena *arena)
{
    take_row(tx, row, view, arena);
    take_steps(tx, 1, pg_value_int8(tx, 0, row, POSITION), step, view, arena);
}

void store_read_timelines(struct pg_tx *tx, const struct submission_view *views, size_t count)
{
    struct pg_array ids;
    pg_array_init(&ids, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&ids, &views[i].submission.id);
    }
    pg_tx_add(tx, &read_steps);
    pg_tx_array(tx, &ids);
    pg_array_finish(&ids);
}

void store_take_timelines(const struct pg_tx *tx, struct submission_view *views, size_t count,
                          struct arena *arena)
{
    size_t step = 0;
    for (size_t i = 0; i < count; i++) {
        take_steps(tx, 0, (int64_t)i + 1, &step, &views[i], arena);
    }
}

void store_list_own(struct pg_tx *tx, const char *reporter, const struct cursor *after,
                    int32_t limit)
{
    pg_tx_add(tx, &list_own);
    pg_tx_text(tx, reporter);
    if (after == NULL) {
        pg_tx_null(tx);
    } else {
        pg_tx_uuid(tx, &after->id);
    }
    pg_tx_int4(tx, limit);
}

struct uuid store_first_id_at(int64_t instant_us)
{
    struct uuid id = {{0}};
    uint64_t ms = instant_us < 0 ? 0 : (uint64_t)instant_us / 1000;
    for (int i = 0; i < 6; i++) {
        id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
    }
    return id;
}

static void put_texts(struct pg_tx *tx, const char *const *texts, size_t count)
{
    struct pg_array array;
    if (count == 0) {
        pg_tx_null(tx);
        return;
    }
    pg_array_init(&array, PG_TEXT);
    for (size_t i = 0; i < count; i++) {
        pg_array_text(&array, texts[i]);
    }
    pg_tx_array(tx, &array);
    pg_array_finish(&array);
}

static void put_box(struct pg_tx *tx, const struct public_box *box)
{
    if (box == NULL) {
        for (int i = 0; i < 5; i++) {
            pg_tx_null(tx);
        }
        return;
    }
    pg_tx_float8(tx, box->box.west);
    pg_tx_float8(tx, box->box.south);
    pg_tx_float8(tx, box->box.east);
    pg_tx_float8(tx, box->box.north);
    pg_tx_int4(tx, box->decimals);
}

/* The ids that filings of these instants can have: they are made within moments of submitted_at,
 * a second is ample on both sides. */
static void put_id_range(struct pg_tx *tx, int64_t from, int64_t to)
{
    enum { SLACK_US = 1000000 };
    struct uuid first = store_first_id_at(from - SLACK_US), end = store_first_id_at(to + SLACK_US);
    pg_tx_uuid(tx, &first);
    pg_tx_uuid(tx, &end);
}

/* 1970 itself would be no instant at all to pg_tx_instant. */
static void put_bound(struct pg_tx *tx, int64_t instant)
{
    pg_tx_instant(tx, instant != 0 ? instant : 1);
}

void store_list_public(struct pg_tx *tx, const struct public_query *query)
{
    if (query->ticket_count > 0) {
        pg_tx_add(tx, &list_by_ticket);
        put_texts(tx, query->tickets, query->ticket_count);
        pg_tx_int4(tx, query->limit);
        return;
    }
    pg_tx_add(tx, query->by_update ? &list_updated : &list_public);
    if (query->by_update) {
        put_id_range(tx, query->from > query->told_from ? query->from : query->told_from,
                     query->to < query->told_to ? query->to : query->told_to);
    } else {
        put_id_range(tx, query->from, query->to);
    }
    put_bound(tx, query->from);
    put_bound(tx, query->to);
    put_texts(tx, query->categories, query->category_count);
    if (query->open == query->closed) {
        pg_tx_null(tx);
    } else {
        pg_tx_bool(tx, query->closed);
    }
    pg_tx_int4(tx, query->limit);
    pg_tx_int4(tx, query->offset);
    put_box(tx, query->box);
    if (query->by_update) {
        put_bound(tx, query->told_from);
        put_bound(tx, query->told_to);
    }
}

size_t store_take_list(const struct pg_tx *tx, struct submission_view **views, struct arena *arena)
{
    size_t count = pg_rows(tx, 0);
    *views = arena_array(arena, count, sizeof **views);
    for (size_t i = 0; i < count; i++) {
        take_row(tx, i, &(*views)[i], arena);
    }
    return count;
}

void store_read_versions(struct pg_tx *tx, const struct uuid *ids, size_t count)
{
    struct pg_array array;
    pg_array_init(&array, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&array, &ids[i]);
    }
    pg_tx_add(tx, &read_versions);
    pg_tx_array(tx, &array);
    pg_array_finish(&array);
}

static const struct pg_statement find_ticket = {
    "intake_find_ticket", "SELECT id FROM submission WHERE ticket = $1::text"};

void store_find_ticket(struct pg_tx *tx, const char *ticket)
{
    pg_tx_add(tx, &find_ticket);
    pg_tx_text(tx, ticket);
}
