/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/store_survey.h"

static const struct pg_statement put_survey = {
    "analytics_put_survey",
    "INSERT INTO survey AS s (id, version, definition) VALUES ($1::uuid, $2::integer, $3::text) "
    "ON CONFLICT (id) DO UPDATE SET version = excluded.version, definition = excluded.definition, "
    "changes = s.changes + 1 WHERE s.version < excluded.version"};

static const struct pg_statement put_end = {
    "analytics_put_survey_end",
    "INSERT INTO survey AS s (id, closed_version, closed_at) "
    "VALUES ($1::uuid, $2::integer, $3::timestamptz) "
    "ON CONFLICT (id) DO UPDATE SET closed_version = excluded.closed_version, "
    "closed_at = excluded.closed_at, changes = s.changes + 1 "
    "WHERE s.closed_version < excluded.closed_version"};

/* Should two answers of somebody have the same version, the later one stands, whichever comes
 * first. */
static const struct pg_statement put_answer = {
    "analytics_put_survey_answer",
    "WITH put AS (INSERT INTO survey_answer AS a (survey, respondent, version, answer, at, "
    "stratum, "
    "items) VALUES ($1::uuid, $2::uuid, $3::integer, $4::uuid, $5::timestamptz, "
    "coalesce($6::text, ''), $7::text[]) ON CONFLICT (survey, respondent, version) DO UPDATE "
    "SET answer = excluded.answer, at = excluded.at, stratum = excluded.stratum, "
    "items = excluded.items WHERE (a.at, a.answer) < (excluded.at, excluded.answer) "
    "RETURNING survey) INSERT INTO survey AS s (id) SELECT survey FROM put "
    "ON CONFLICT (id) DO UPDATE SET changes = s.changes + 1"};

void store_put_survey(struct pg_tx *tx, const struct survey *survey, const char *definition)
{
    pg_tx_add(tx, &put_survey);
    pg_tx_uuid(tx, &survey->survey_id);
    pg_tx_int4(tx, survey->version);
    pg_tx_text(tx, definition);
}

void store_put_survey_end(struct pg_tx *tx, const struct survey_end *end)
{
    pg_tx_add(tx, &put_end);
    pg_tx_uuid(tx, &end->survey_id);
    pg_tx_int4(tx, end->version);
    pg_tx_instant(tx, end->at);
}

void store_put_survey_answer(struct pg_tx *tx, const struct survey_answer *answer)
{
    struct pg_array items;
    pg_array_init(&items, PG_TEXT);
    if (answer->item_count > 0) {
        pg_array_text(&items, "");
    }
    for (size_t i = 0; i < answer->item_count; i++) {
        pg_array_text(&items, answer->items[i]);
    }
    pg_tx_add(tx, &put_answer);
    pg_tx_uuid(tx, &answer->survey_id);
    pg_tx_uuid(tx, &answer->respondent);
    pg_tx_int4(tx, answer->version);
    pg_tx_uuid(tx, &answer->answer_id);
    pg_tx_instant(tx, answer->at);
    pg_tx_text(tx, answer->stratum);
    pg_tx_array(tx, &items);
    pg_array_finish(&items);
}

/* ---- counting ---- */

static const struct pg_statement read_uncounted = {
    "analytics_read_uncounted_survey", "SELECT id, changes FROM survey WHERE changes <> counted "
                                       "AND (counted_at IS NULL OR counted_at < $1::timestamptz) "
                                       "ORDER BY counted_at NULLS FIRST LIMIT 1"};

static const struct pg_statement forget_counts = {
    "analytics_forget_survey_counts", "DELETE FROM survey_count WHERE survey = $1::uuid"};

/* A survey that was opened again after it was closed goes on. */
static const struct pg_statement put_counts = {
    "analytics_put_survey_counts",
    "WITH standing AS (SELECT DISTINCT ON (a.respondent) a.stratum, a.items FROM survey_answer a "
    "JOIN survey s ON s.id = a.survey WHERE a.survey = $1::uuid "
    "AND (s.closed_version <= s.version OR a.at <= s.closed_at) "
    "ORDER BY a.respondent, a.version DESC) "
    "INSERT INTO survey_count (survey, stratum, item, n) "
    "SELECT $1::uuid, stratum, item, count(*) FROM standing, unnest(items) AS i (item) "
    "GROUP BY stratum, item"};

static const struct pg_statement put_counted = {
    "analytics_put_survey_counted",
    "UPDATE survey SET counted = $2::bigint, counted_at = $3::timestamptz, cutoff = "
    "(SELECT max(at) FROM survey_answer WHERE survey = $1::uuid) WHERE id = $1::uuid"};

void store_read_uncounted_survey(struct pg_tx *tx, int64_t before)
{
    pg_tx_add(tx, &read_uncounted);
    pg_tx_instant(tx, before);
}

bool store_take_uncounted_survey(const struct pg_tx *tx, size_t statement, struct uuid *survey,
                                 int64_t *changes)
{
    if (pg_rows(tx, statement) == 0) {
        return false;
    }
    *survey = pg_value_uuid(tx, statement, 0, 0);
    *changes = pg_value_int8(tx, statement, 0, 1);
    return true;
}

void store_count_survey(struct pg_tx *tx, const struct uuid *survey, int64_t changes, int64_t now)
{
    pg_tx_add(tx, &forget_counts);
    pg_tx_uuid(tx, survey);
    pg_tx_add(tx, &put_counts);
    pg_tx_uuid(tx, survey);
    pg_tx_add(tx, &put_counted);
    pg_tx_uuid(tx, survey);
    pg_tx_int8(tx, changes);
    pg_tx_instant(tx, now);
}

/* ---- results ---- */

static const struct pg_statement read_survey = {
    "analytics_read_survey",
    "SELECT definition, CASE WHEN closed_version > version THEN closed_at END, counted_at, cutoff "
    "FROM survey WHERE id = $1::uuid AND definition IS NOT NULL"};

static const struct pg_statement read_counts = {
    "analytics_read_survey_counts",
    "SELECT stratum, item, n FROM survey_count WHERE survey = $1::uuid ORDER BY stratum, item"};

void store_read_survey(struct pg_tx *tx, const struct uuid *survey)
{
    pg_tx_add(tx, &read_survey);
    pg_tx_uuid(tx, survey);
    pg_tx_add(tx, &read_counts);
    pg_tx_uuid(tx, survey);
}

bool store_take_survey(const struct pg_tx *tx, size_t statement, struct arena *arena,
                       struct survey_results *results)
{
    size_t rows = pg_rows(tx, statement + 1);
    struct survey_count *counts = arena_array(arena, rows, sizeof *counts);
    if (pg_rows(tx, statement) == 0) {
        return false;
    }
    for (size_t row = 0; row < rows; row++) {
        counts[row] = (struct survey_count){
            .stratum = arena_text(arena, pg_value_text(tx, statement + 1, row, 0)),
            .item = arena_text(arena, pg_value_text(tx, statement + 1, row, 1)),
            .n = pg_value_int8(tx, statement + 1, row, 2)};
    }
    *results =
        (struct survey_results){.definition = arena_text(arena, pg_value_text(tx, statement, 0, 0)),
                                .closed_at = pg_value_instant(tx, statement, 0, 1),
                                .counted_at = pg_value_instant(tx, statement, 0, 2),
                                .cutoff = pg_value_instant(tx, statement, 0, 3),
                                .counts = {counts, rows}};
    return true;
}
