/* SPDX-License-Identifier: Apache-2.0 */
#include "store_submission.h"

#include <stdio.h>
#include <string.h>

#include "common/words.h"
#include "handover_json.h"

/* What every reading of a submission selects; take_row knows the order. */
#define VIEW_COLUMNS                                                                               \
    "s.id, s.ticket, s.channel, s.category, s.level, s.title, s.description, s.lat, s.lon, "       \
    "s.address, s.media, s.reporter_ref, s.anonymous, s.client, s.language, s.submitted_at, "      \
    "s.receive_by, s.rule_code, s.rule_version, s.rule_source, coalesce(c.version, 0), c.state, "  \
    "c.phase, c.queue, c.unit, c.receive_due, c.resolve_due, c.timeout_at, c.updated_at, "         \
    "c.handovers::text, c.question::text, c.result::text, c.reason::text, c.result ->> 'text', "   \
    "c.reason ->> 'text', c.rating, coalesce(c.rating_asked, false), c.merged_into"
#define VIEW_CASE   "LEFT JOIN submission_case c ON c.submission_id = s.id "
#define VIEW_TABLES "FROM submission s " VIEW_CASE

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
    "WHERE NOT k.sensitive ORDER BY s.id DESC LIMIT $2::integer"};
static const struct pg_statement list_public = {
    "intake_list_public",
    "SELECT " VIEW_COLUMNS " " VIEW_TABLES "JOIN category k ON k.code = s.category "
    "WHERE s.id >= $1::uuid AND s.id < $2::uuid AND s.submitted_at >= $3::timestamptz "
    "AND s.submitted_at < $4::timestamptz AND NOT k.sensitive "
    "AND ($5::text[] IS NULL OR s.category = ANY ($5)) "
    "AND ($6::boolean IS NULL OR coalesce(c.phase IN ('resolved', 'closed', 'rejected', "
    "'withdrawn'), false) = $6) "
    "ORDER BY s.id DESC LIMIT $7::integer"};
static const struct pg_statement read_versions = {
    "intake_read_versions",
    "SELECT submission_id, version FROM submission_case WHERE submission_id = ANY ($1::uuid[])"};

/* A jsonb array of texts, as PostgreSQL prints it. */
static size_t take_media(const char *json, const char *const **media, struct arena *arena)
{
    struct json_document document;
    struct json_reader reader;
    struct error err = {0};
    const char *wrapped = arena_format(arena, "{\"media\":%s}", json);
    size_t count = 0;
    if (json_document_parse(&document, wrapped, strlen(wrapped), &err)) {
        json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, &err);
        count = json_read_texts(&reader, "media", JSON_OPTIONAL, MEDIA_MAX, MEDIA_URL_MAX, media);
        json_document_free(&document);
    }
    return count;
}

static void take_submission(const struct pg_tx *tx, size_t row, struct submission *s,
                            struct arena *arena)
{
    const char *text[20];
    for (int column = 0; column < 20; column++) {
        bool is_text = (column >= 1 && column <= 6) || (column >= 9 && column <= 11) ||
                       column == 13 || column == 14 || column == 17 || column == 19;
        text[column] = is_text ? arena_text(arena, pg_value_text(tx, 0, row, column)) : NULL;
    }
    *s = (struct submission){
        .id = pg_value_uuid(tx, 0, row, 0),
        .channel = (enum channel)word_index(channel_words, text[2]),
        .category = text[3],
        .level = (enum level)word_index(level_words, text[4]),
        .title = text[5],
        .description = text[6],
        .lat = pg_value_float8(tx, 0, row, 7),
        .lon = pg_value_float8(tx, 0, row, 8),
        .address = text[9],
        .reporter_ref = text[11],
        .anonymous = pg_value_bool(tx, 0, row, 12),
        .client = text[13],
        .language = (enum language)word_index(language_words, text[14]),
        .submitted_at = pg_value_instant(tx, 0, row, 15),
        .receive_by = pg_value_instant(tx, 0, row, 16),
        .receive_rule = {text[17], pg_value_int4(tx, 0, row, 18), text[19]},
    };
    snprintf(s->ticket, sizeof s->ticket, "%s", text[1]);
    s->media_count = take_media(text[10], &s->media, arena);
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
    };
    view->handover_count = handovers_parse(pg_value_text(tx, 0, row, 29), arena, &view->handovers);
}

static void take_row(const struct pg_tx *tx, size_t row, struct submission_view *view,
                     struct arena *arena)
{
    take_submission(tx, row, &view->submission, arena);
    take_case(tx, row, &view->state, arena);
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

enum { POSITION = 38, STEP_POSITION = 9 };

size_t store_submission_position(const struct pg_tx *tx, size_t row)
{
    return (size_t)(pg_value_int8(tx, 0, row, POSITION) - 1);
}

static void take_step(const struct pg_tx *tx, size_t row, struct case_step *step,
                      struct arena *arena)
{
    *step = (struct case_step){
        .version = pg_value_int4(tx, 1, row, 0),
        .action = arena_text(arena, pg_value_text(tx, 1, row, 1)),
        .state = arena_text(arena, pg_value_text(tx, 1, row, 2)),
        .phase = take_phase(tx, 1, row, 3),
        .unit = arena_text(arena, pg_value_text(tx, 1, row, 4)),
        .actor_role = arena_text(arena, pg_value_text(tx, 1, row, 5)),
        .note = arena_text(arena, pg_value_text(tx, 1, row, 6)),
        .reason = arena_text(arena, pg_value_text(tx, 1, row, 7)),
        .at = pg_value_instant(tx, 1, row, 8),
    };
}

void store_take_submission(const struct pg_tx *tx, size_t row, size_t *step,
                           struct submission_view *view, struct arena *arena)
{
    int64_t position = pg_value_int8(tx, 0, row, POSITION);
    size_t rows = pg_rows(tx, 1), from = *step;

    take_row(tx, row, view, arena);
    while (from < rows && pg_value_int8(tx, 1, from, STEP_POSITION) < position) {
        from++; /* of a submission that is another reporter's */
    }
    size_t to = from;
    while (to < rows && pg_value_int8(tx, 1, to, STEP_POSITION) == position) {
        to++;
    }
    struct case_step *steps = arena_array(arena, to - from, sizeof *steps);
    for (size_t i = from; i < to; i++) {
        take_step(tx, i, &steps[i - from], arena);
    }
    view->steps = steps;
    view->step_count = to - from;
    *step = to;
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

/* The least id that a filing of this millisecond can have (RFC 9562, UUIDv7). */
static struct uuid first_id_at(int64_t instant_us)
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

void store_list_public(struct pg_tx *tx, const struct public_query *query)
{
    /* Ids are made within moments of submitted_at: a second is ample on both sides. */
    enum { SLACK_US = 1000000 };
    if (query->ticket_count > 0) {
        pg_tx_add(tx, &list_by_ticket);
        put_texts(tx, query->tickets, query->ticket_count);
        pg_tx_int4(tx, query->limit);
        return;
    }
    struct uuid from = first_id_at(query->from - SLACK_US), to = first_id_at(query->to + SLACK_US);
    pg_tx_add(tx, &list_public);
    pg_tx_uuid(tx, &from);
    pg_tx_uuid(tx, &to);
    pg_tx_instant(tx, query->from);
    pg_tx_instant(tx, query->to);
    put_texts(tx, query->categories, query->category_count);
    if (query->open == query->closed) {
        pg_tx_null(tx);
    } else {
        pg_tx_bool(tx, query->closed);
    }
    pg_tx_int4(tx, query->limit);
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
