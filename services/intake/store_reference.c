/* SPDX-License-Identifier: Apache-2.0 */
#include "store_reference.h"

#include <assert.h>
#include <string.h>

#include "common/log.h"
#include "common/words.h"
#include "kind_json.h"
#include "question_json.h"

static const struct pg_statement read_changes = {"intake_reference_changes",
                                                 "SELECT changes FROM reference_change"};

/* The WHERE leaves everything out when the reader is up to date. */
static const struct pg_statement read_categories = {
    "intake_reference_categories",
    "SELECT code, name_vi, name_en, group_vi, group_en, level, keywords, sensitive, "
    "duplicate_radius_m, kind, "
    "json_build_object('questions', questions)::text "
    "FROM category WHERE (SELECT changes FROM reference_change) <> $1::bigint "
    "ORDER BY code COLLATE \"C\""};
static const struct pg_statement read_units = {
    "intake_reference_units",
    "SELECT code, name_vi, name_en FROM unit_name "
    "WHERE (SELECT changes FROM reference_change) <> $1::bigint ORDER BY code COLLATE \"C\""};
static const struct pg_statement read_kinds = {
    "intake_reference_kinds",
    "SELECT code, name_vi, name_en, filing::text FROM kind "
    "WHERE (SELECT changes FROM reference_change) <> $1::bigint ORDER BY code COLLATE \"C\""};
static const struct pg_statement read_promises = {
    "intake_reference_promises",
    "SELECT p.month, p.rule_code, p.rule_version, p.rule_source, s.segment_from, s.segment_due, "
    "s.segment_slope::integer FROM promise p CROSS JOIN LATERAL unnest(p.segment_from, "
    "p.segment_due, "
    "p.segment_slope) WITH ORDINALITY AS s (segment_from, segment_due, segment_slope, place) "
    "WHERE (SELECT changes FROM reference_change) <> $1::bigint ORDER BY p.month, s.place"};

enum { CHANGES, CATEGORIES, KINDS, UNITS, PROMISES };

static const struct pg_statement *const reads[] = {
    [CHANGES] = &read_changes, [CATEGORIES] = &read_categories, [KINDS] = &read_kinds,
    [UNITS] = &read_units,     [PROMISES] = &read_promises,
};

static const char *text(const struct pg_tx *tx, size_t statement, size_t row, int column,
                        struct arena *arena)
{
    return arena_text(arena, pg_value_text(tx, statement, row, column));
}

/* They were checked when they were taken. */
static struct questions take_questions(const char *json, struct arena *arena)
{
    struct json_document document;
    struct json_reader reader;
    struct error err = {0};
    struct questions questions = {0};
    if (!json_document_parse(&document, json, strlen(json), &err)) {
        return questions;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, &err);
    questions = questions_read(&reader);
    json_document_free(&document);
    assert(!error_is_set(&err));
    return questions;
}

static void take_categories(struct reference *reference, const struct pg_tx *tx)
{
    size_t count = pg_rows(tx, CATEGORIES);
    struct arena *arena = &reference->snapshot.arena;
    struct category *categories = arena_array(arena, count, sizeof *categories);
    for (size_t i = 0; i < count; i++) {
        categories[i] = (struct category){
            .code = text(tx, CATEGORIES, i, 0, arena),
            .name_vi = text(tx, CATEGORIES, i, 1, arena),
            .name_en = text(tx, CATEGORIES, i, 2, arena),
            .group_vi = text(tx, CATEGORIES, i, 3, arena),
            .group_en = text(tx, CATEGORIES, i, 4, arena),
            .level = (enum level)word_index(level_words, pg_value_text(tx, CATEGORIES, i, 5)),
            .keywords = text(tx, CATEGORIES, i, 6, arena),
            .sensitive = pg_value_bool(tx, CATEGORIES, i, 7),
            .duplicate_radius_m = pg_value_int4(tx, CATEGORIES, i, 8),
            .kind = text(tx, CATEGORIES, i, 9, arena),
            .questions = take_questions(pg_value_text(tx, CATEGORIES, i, 10), arena),
        };
    }
    reference->categories = categories;
    reference->category_count = count;
}

static void take_kinds(struct reference *reference, const struct pg_tx *tx)
{
    size_t count = pg_rows(tx, KINDS);
    struct arena *arena = &reference->snapshot.arena;
    struct kind *kinds = arena_array(arena, count, sizeof *kinds);
    for (size_t i = 0; i < count; i++) {
        const char *filing = pg_value_text(tx, KINDS, i, 3);
        kinds[i] = (struct kind){0};
        if (filing != NULL && !kind_read_filing(&kinds[i], filing, arena)) {
            kinds[i] = (struct kind){0}; /* of a newer program: not for this one to file */
        }
        kinds[i].code = text(tx, KINDS, i, 0, arena);
        kinds[i].name_vi = text(tx, KINDS, i, 1, arena);
        kinds[i].name_en = text(tx, KINDS, i, 2, arena);
    }
    reference->kinds = kinds;
    reference->kind_count = count;
}

static void take_units(struct reference *reference, const struct pg_tx *tx)
{
    size_t count = pg_rows(tx, UNITS);
    struct arena *arena = &reference->snapshot.arena;
    struct unit_name *units = arena_array(arena, count, sizeof *units);
    for (size_t i = 0; i < count; i++) {
        units[i] = (struct unit_name){
            .code = text(tx, UNITS, i, 0, arena),
            .name_vi = text(tx, UNITS, i, 1, arena),
            .name_en = text(tx, UNITS, i, 2, arena),
        };
    }
    reference->units = units;
    reference->unit_count = count;
}

/* Rows are segments, in order of month and place. */
static void take_promises(struct reference *reference, const struct pg_tx *tx)
{
    size_t rows = pg_rows(tx, PROMISES), count = 0;
    struct arena *arena = &reference->snapshot.arena;
    struct promise_segment *segments = arena_array(arena, rows, sizeof *segments);
    struct promise *promises = arena_array(arena, rows, sizeof *promises);
    for (size_t i = 0; i < rows; i++) {
        const char *month = pg_value_text(tx, PROMISES, i, 0);
        if (count == 0 || strcmp(promises[count - 1].month, month) != 0) {
            promises[count++] = (struct promise){
                .month = arena_text(arena, month),
                .rule = {.code = text(tx, PROMISES, i, 1, arena),
                         .version = pg_value_int4(tx, PROMISES, i, 2),
                         .source = text(tx, PROMISES, i, 3, arena)},
                .segments = &segments[i],
            };
        }
        segments[i] = (struct promise_segment){
            .from = pg_value_int8(tx, PROMISES, i, 4),
            .due = pg_value_int8(tx, PROMISES, i, 5),
            .slope = (int)pg_value_int4(tx, PROMISES, i, 6),
        };
        promises[count - 1].segment_count++;
    }
    reference->promises = promises;
    reference->promise_count = count;
}

static void take_reference(struct snapshot *snapshot, const struct pg_tx *tx)
{
    struct reference *reference = (struct reference *)snapshot;
    take_categories(reference, tx);
    take_kinds(reference, tx);
    take_units(reference, tx);
    take_promises(reference, tx);
    log_info("reference_loaded", log_int("categories", (int64_t)reference->category_count),
             log_int("units", (int64_t)reference->unit_count),
             log_int("promises", (int64_t)reference->promise_count));
}

const struct snapshot_tables store_reference_tables = {
    .size = sizeof(struct reference),
    .statements = reads,
    .statement_count = sizeof reads / sizeof reads[0],
    .take = take_reference,
    .event_not_read = "reference_not_read",
};

static const struct pg_statement upsert_categories = {
    "intake_upsert_categories",
    "INSERT INTO category (code, name_vi, name_en, group_vi, group_en, level, keywords, kind, "
    "sensitive, duplicate_radius_m, questions) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], "
    "$7::text[], $8::text[], $9::boolean[], $10::integer[], $11::jsonb[]) ON CONFLICT (code) DO "
    "UPDATE SET name_vi "
    "= excluded.name_vi, "
    "name_en = excluded.name_en, group_vi = excluded.group_vi, group_en = excluded.group_en, "
    "level = excluded.level, keywords = excluded.keywords, kind = excluded.kind, "
    "sensitive = excluded.sensitive, duplicate_radius_m = excluded.duplicate_radius_m, "
    "questions = excluded.questions"};
static const struct pg_statement upsert_kinds = {
    "intake_upsert_kinds",
    "INSERT INTO kind (code, name_vi, name_en, filing) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) ON CONFLICT (code) "
    "DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en, "
    "filing = excluded.filing"};
static const struct pg_statement upsert_units = {
    "intake_upsert_units",
    "INSERT INTO unit_name (code, name_vi, name_en, parent) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) ON CONFLICT (code) "
    "DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en, "
    "parent = excluded.parent"};
static const struct pg_statement upsert_promise = {
    "intake_upsert_promise",
    "INSERT INTO promise (month, rule_code, rule_version, rule_source, segment_from, segment_due, "
    "segment_slope) VALUES ($1::text, $2::text, $3::integer, $4::text, $5::bigint[], $6::bigint[], "
    "$7::smallint[]) ON CONFLICT (month) DO UPDATE SET rule_code = excluded.rule_code, "
    "rule_version = excluded.rule_version, rule_source = excluded.rule_source, "
    "segment_from = excluded.segment_from, segment_due = excluded.segment_due, "
    "segment_slope = excluded.segment_slope"};
static const struct pg_statement withdraw = {
    "intake_withdraw_reference",
    "WITH gone AS (SELECT unnest($1::text[]) AS key), "
    "category_gone AS (DELETE FROM category USING gone WHERE gone.key = 'category:' || code), "
    "kind_gone AS (DELETE FROM kind USING gone WHERE gone.key = 'process:' || code), "
    "unit_gone AS (DELETE FROM unit_name USING gone WHERE gone.key = 'unit:' || code) "
    "DELETE FROM promise USING gone WHERE gone.key = 'promise:receive:' || month"};
static const struct pg_statement count_change = {
    "intake_count_reference_change", "UPDATE reference_change SET changes = changes + 1"};

static void put_questions(struct pg_array *column, const struct questions *questions)
{
    struct json_writer writer;
    struct buffer out;
    buffer_init(&out);
    json_write_start(&writer, &out);
    questions_put(&writer, NULL, questions);
    pg_array_bytes(column, out.data, out.size);
    buffer_finish(&out);
}

static void add_categories(struct pg_tx *tx, const struct reference_words *words)
{
    enum { TEXTS = 8 };
    struct pg_array texts[TEXTS], sensitive, radius, questions;
    for (size_t i = 0; i < TEXTS; i++) {
        pg_array_init(&texts[i], PG_TEXT);
    }
    pg_array_init(&sensitive, PG_BOOL);
    pg_array_init(&radius, PG_INT4);
    pg_array_init(&questions, PG_JSONB);
    for (size_t i = 0; i < words->category_count; i++) {
        const struct category *category = &words->categories[i];
        const char *const row[TEXTS] = {category->code,     category->name_vi,
                                        category->name_en,  category->group_vi,
                                        category->group_en, level_words[category->level],
                                        category->keywords, category->kind};
        for (size_t column = 0; column < TEXTS; column++) {
            pg_array_text(&texts[column], row[column]);
        }
        pg_array_bool(&sensitive, category->sensitive);
        pg_array_int4(&radius, category->duplicate_radius_m);
        put_questions(&questions, &category->questions);
    }
    pg_tx_add(tx, &upsert_categories);
    for (size_t i = 0; i < TEXTS; i++) {
        pg_tx_array(tx, &texts[i]);
        pg_array_finish(&texts[i]);
    }
    pg_tx_array(tx, &sensitive);
    pg_array_finish(&sensitive);
    pg_tx_array(tx, &radius);
    pg_array_finish(&radius);
    pg_tx_array(tx, &questions);
    pg_array_finish(&questions);
}

static void add_kinds(struct pg_tx *tx, const struct reference_words *words)
{
    struct pg_array codes, names_vi, names_en, filings;
    pg_array_init(&codes, PG_TEXT);
    pg_array_init(&names_vi, PG_TEXT);
    pg_array_init(&names_en, PG_TEXT);
    pg_array_init(&filings, PG_JSONB);
    for (size_t i = 0; i < words->kind_count; i++) {
        const struct kind *kind = &words->kinds[i];
        pg_array_text(&codes, kind->code);
        pg_array_text(&names_vi, kind->name_vi);
        pg_array_text(&names_en, kind->name_en);
        pg_array_text(&filings, kind->filing);
    }
    pg_tx_add(tx, &upsert_kinds);
    pg_tx_array(tx, &codes);
    pg_tx_array(tx, &names_vi);
    pg_tx_array(tx, &names_en);
    pg_tx_array(tx, &filings);
    pg_array_finish(&codes);
    pg_array_finish(&names_vi);
    pg_array_finish(&names_en);
    pg_array_finish(&filings);
}

static void add_units(struct pg_tx *tx, const struct reference_words *words)
{
    enum { TEXTS = 4 };
    struct pg_array texts[TEXTS];
    for (size_t i = 0; i < TEXTS; i++) {
        pg_array_init(&texts[i], PG_TEXT);
    }
    for (size_t i = 0; i < words->unit_count; i++) {
        const struct unit_name *unit = &words->units[i];
        pg_array_text(&texts[0], unit->code);
        pg_array_text(&texts[1], unit->name_vi);
        pg_array_text(&texts[2], unit->name_en);
        pg_array_text(&texts[3], unit->parent);
    }
    pg_tx_add(tx, &upsert_units);
    for (size_t i = 0; i < TEXTS; i++) {
        pg_tx_array(tx, &texts[i]);
        pg_array_finish(&texts[i]);
    }
}

static void add_promise(struct pg_tx *tx, const struct promise *promise)
{
    struct pg_array from, due, slope;
    pg_array_init(&from, PG_INT8);
    pg_array_init(&due, PG_INT8);
    pg_array_init(&slope, PG_INT2);
    for (size_t i = 0; i < promise->segment_count; i++) {
        pg_array_int8(&from, promise->segments[i].from);
        pg_array_int8(&due, promise->segments[i].due);
        pg_array_int2(&slope, (int16_t)promise->segments[i].slope);
    }
    pg_tx_add(tx, &upsert_promise);
    pg_tx_text(tx, promise->month);
    pg_tx_text(tx, promise->rule.code);
    pg_tx_int4(tx, promise->rule.version);
    pg_tx_text(tx, promise->rule.source);
    pg_tx_array(tx, &from);
    pg_tx_array(tx, &due);
    pg_tx_array(tx, &slope);
    pg_array_finish(&from);
    pg_array_finish(&due);
    pg_array_finish(&slope);
}

void store_apply_reference(struct pg_tx *tx, const struct reference_words *words)
{
    if (words->withdrawn_count > 0) {
        struct pg_array keys;
        pg_array_init(&keys, PG_TEXT);
        for (size_t i = 0; i < words->withdrawn_count; i++) {
            pg_array_text(&keys, words->withdrawn[i]);
        }
        pg_tx_add(tx, &withdraw);
        pg_tx_array(tx, &keys);
        pg_array_finish(&keys);
    }
    if (words->category_count > 0) {
        add_categories(tx, words);
    }
    if (words->kind_count > 0) {
        add_kinds(tx, words);
    }
    if (words->unit_count > 0) {
        add_units(tx, words);
    }
    for (size_t i = 0; i < words->promise_count; i++) {
        add_promise(tx, &words->promises[i]);
    }
    pg_tx_add(tx, &count_change);
}
