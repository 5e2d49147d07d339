/* SPDX-License-Identifier: Apache-2.0 */
#include "store_reference.h"

#include <string.h>

#include "common/log.h"

static const struct pg_statement read_changes = {"notification_reference_changes",
                                                 "SELECT changes FROM reference_change"};

/* The WHERE leaves everything out when the reader is up to date. */
#define IF_CHANGED "WHERE (SELECT changes FROM reference_change) <> $1::bigint "

static const struct pg_statement read_units = {
    "notification_units", "SELECT code, name_vi, name_en, type, parent FROM unit " IF_CHANGED
                          "ORDER BY code COLLATE \"C\""};
static const struct pg_statement read_categories = {
    "notification_categories",
    "SELECT code, name_vi, name_en FROM category_name " IF_CHANGED "ORDER BY code COLLATE \"C\""};
static const struct pg_statement read_focal_points = {
    "notification_focal_points",
    "SELECT * FROM (SELECT unit, field, account, name, email, valid_from, valid_to, rank FROM "
    "focal_point "
    "UNION ALL SELECT code, '" FIELD_HEAD
    "', head_account, head_name, head_email, to_timestamp(0), "
    "NULL, 1 FROM unit WHERE head_account IS NOT NULL) AS p " IF_CHANGED
    "ORDER BY unit COLLATE \"C\", field COLLATE \"C\", account COLLATE \"C\""};

static const struct pg_statement read_absences = {
    "notification_absences",
    "SELECT unit, field, account, away_from, away_to FROM absence " IF_CHANGED
    "ORDER BY unit COLLATE \"C\", field COLLATE \"C\", account COLLATE \"C\", away_from"};

enum { CHANGES, UNITS, CATEGORIES, FOCAL_POINTS, ABSENCES };

static const struct pg_statement *const reads[] = {
    [CHANGES] = &read_changes,       [UNITS] = &read_units,
    [CATEGORIES] = &read_categories, [FOCAL_POINTS] = &read_focal_points,
    [ABSENCES] = &read_absences,
};

static const char *text(const struct pg_tx *tx, size_t statement, size_t row, int column,
                        struct arena *arena)
{
    return arena_text(arena, pg_value_text(tx, statement, row, column));
}

static void take_units(struct reference *reference, const struct pg_tx *tx)
{
    struct arena *arena = &reference->snapshot.arena;
    size_t count = pg_rows(tx, UNITS);
    struct unit *units = arena_array(arena, count, sizeof *units);
    for (size_t i = 0; i < count; i++) {
        units[i] = (struct unit){
            .code = text(tx, UNITS, i, 0, arena),
            .name_vi = text(tx, UNITS, i, 1, arena),
            .name_en = text(tx, UNITS, i, 2, arena),
            .type = text(tx, UNITS, i, 3, arena),
            .parent = text(tx, UNITS, i, 4, arena),
        };
    }
    reference->units = units;
    reference->unit_count = count;
}

static void take_categories(struct reference *reference, const struct pg_tx *tx)
{
    struct arena *arena = &reference->snapshot.arena;
    size_t count = pg_rows(tx, CATEGORIES);
    struct category_name *categories = arena_array(arena, count, sizeof *categories);
    for (size_t i = 0; i < count; i++) {
        categories[i] = (struct category_name){
            .code = text(tx, CATEGORIES, i, 0, arena),
            .name_vi = text(tx, CATEGORIES, i, 1, arena),
            .name_en = text(tx, CATEGORIES, i, 2, arena),
        };
    }
    reference->categories = categories;
    reference->category_count = count;
}

/* An absence's person: both come in the same order. */
static bool is_of(const struct pg_tx *tx, size_t row, const struct focal_point *point)
{
    return strcmp(pg_value_text(tx, ABSENCES, row, 0), point->unit) == 0 &&
           strcmp(pg_value_text(tx, ABSENCES, row, 1), point->field) == 0 &&
           strcmp(pg_value_text(tx, ABSENCES, row, 2), point->account) == 0;
}

static void take_absences(struct arena *arena, const struct pg_tx *tx, struct focal_point *points,
                          size_t count)
{
    size_t row = 0, rows = pg_rows(tx, ABSENCES);
    struct absence *absences = arena_array(arena, rows, sizeof *absences);
    for (size_t i = 0; i < count; i++) {
        points[i].absences = &absences[row];
        for (; row < rows && is_of(tx, row, &points[i]); row++) {
            absences[row].from = pg_value_instant(tx, ABSENCES, row, 3);
            absences[row].to = pg_value_instant(tx, ABSENCES, row, 4);
            points[i].absence_count++;
        }
    }
}

static void take_focal_points(struct reference *reference, const struct pg_tx *tx)
{
    struct arena *arena = &reference->snapshot.arena;
    size_t count = pg_rows(tx, FOCAL_POINTS);
    struct focal_point *points = arena_array(arena, count, sizeof *points);
    for (size_t i = 0; i < count; i++) {
        points[i] = (struct focal_point){
            .unit = text(tx, FOCAL_POINTS, i, 0, arena),
            .field = text(tx, FOCAL_POINTS, i, 1, arena),
            .account = text(tx, FOCAL_POINTS, i, 2, arena),
            .name = text(tx, FOCAL_POINTS, i, 3, arena),
            .email = text(tx, FOCAL_POINTS, i, 4, arena),
            .valid_from = pg_value_instant(tx, FOCAL_POINTS, i, 5),
            .valid_to = pg_value_is_null(tx, FOCAL_POINTS, i, 6)
                            ? 0
                            : pg_value_instant(tx, FOCAL_POINTS, i, 6),
            .rank = pg_value_int4(tx, FOCAL_POINTS, i, 7),
        };
    }
    take_absences(arena, tx, points, count);
    reference->focal_points = points;
    reference->focal_point_count = count;
    reference_index_people(reference);
}

static void take_reference(struct snapshot *snapshot, const struct pg_tx *tx)
{
    struct reference *reference = (struct reference *)snapshot;
    take_units(reference, tx);
    take_categories(reference, tx);
    take_focal_points(reference, tx);
    log_info("reference_loaded", log_int("units", (int64_t)reference->unit_count),
             log_int("categories", (int64_t)reference->category_count),
             log_int("focal_points", (int64_t)reference->focal_point_count));
}

const struct snapshot_tables store_reference_tables = {
    .size = sizeof(struct reference),
    .statements = reads,
    .statement_count = sizeof reads / sizeof reads[0],
    .take = take_reference,
    .event_not_read = "reference_not_read",
};

static const struct pg_statement withdraw_units = {
    "notification_withdraw_units", "DELETE FROM unit WHERE 'unit:' || code = ANY ($1::text[])"};
static const struct pg_statement withdraw_categories = {
    "notification_withdraw_categories",
    "DELETE FROM category_name WHERE 'category:' || code = ANY ($1::text[])"};
static const struct pg_statement withdraw_focal_points = {
    "notification_withdraw_focal_points",
    "DELETE FROM focal_point "
    "WHERE 'focal_point:' || unit || ':' || field || ':' || account = ANY ($1::text[])"};
static const struct pg_statement upsert_units = {
    "notification_upsert_units",
    "INSERT INTO unit (code, name_vi, name_en, type, parent, head_account, head_name, head_email) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], "
    "$7::text[], $8::text[]) "
    "ON CONFLICT (code) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en, "
    "type = excluded.type, parent = excluded.parent, head_account = excluded.head_account, "
    "head_name = excluded.head_name, head_email = excluded.head_email"};
static const struct pg_statement upsert_categories = {
    "notification_upsert_categories",
    "INSERT INTO category_name (code, name_vi, name_en) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) "
    "ON CONFLICT (code) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en"};
static const struct pg_statement upsert_focal_points = {
    "notification_upsert_focal_points",
    "INSERT INTO focal_point (unit, field, account, name, email, valid_from, valid_to, rank) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], "
    "$6::timestamptz[], $7::timestamptz[], $8::integer[]) "
    "ON CONFLICT (unit, field, account) DO UPDATE SET "
    "name = excluded.name, email = excluded.email, valid_from = excluded.valid_from, "
    "valid_to = excluded.valid_to, rank = excluded.rank"};
static const struct pg_statement drop_absences = {
    "notification_drop_absences", "DELETE FROM absence WHERE (unit, field, account) IN "
                                  "(SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))"};
static const struct pg_statement insert_absences = {
    "notification_insert_absences",
    "INSERT INTO absence SELECT * FROM unnest($1::text[], $2::text[], $3::text[], "
    "$4::timestamptz[], $5::timestamptz[])"};
static const struct pg_statement count_change = {
    "notification_reference_changed", "UPDATE reference_change SET changes = changes + 1"};

enum { COLUMNS_MAX = 8, UNIT_COLUMNS = 8 };

static void add_columns(struct pg_tx *tx, const struct pg_statement *statement,
                        struct pg_array *columns, size_t count)
{
    pg_tx_add(tx, statement);
    for (size_t i = 0; i < count; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
}

static void init_text_columns(struct pg_array *columns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pg_array_init(&columns[i], PG_TEXT);
    }
}

static void add_units(struct pg_tx *tx, const struct reference_words *words)
{
    struct pg_array columns[COLUMNS_MAX];
    init_text_columns(columns, UNIT_COLUMNS);
    for (size_t i = 0; i < words->unit_count; i++) {
        const struct unit *unit = &words->units[i];
        pg_array_text(&columns[0], unit->code);
        pg_array_text(&columns[1], unit->name_vi);
        pg_array_text(&columns[2], unit->name_en);
        pg_array_text(&columns[3], unit->type);
        pg_array_text(&columns[4], unit->parent);
        pg_array_text(&columns[5], unit->head_account);
        pg_array_text(&columns[6], unit->head_name);
        pg_array_text(&columns[7], unit->head_email);
    }
    add_columns(tx, &upsert_units, columns, UNIT_COLUMNS);
}

static void add_categories(struct pg_tx *tx, const struct reference_words *words)
{
    struct pg_array columns[COLUMNS_MAX];
    init_text_columns(columns, 3);
    for (size_t i = 0; i < words->category_count; i++) {
        const struct category_name *category = &words->categories[i];
        pg_array_text(&columns[0], category->code);
        pg_array_text(&columns[1], category->name_vi);
        pg_array_text(&columns[2], category->name_en);
    }
    add_columns(tx, &upsert_categories, columns, 3);
}

static void add_key(struct pg_array *columns, const struct focal_point *point)
{
    pg_array_text(&columns[0], point->unit);
    pg_array_text(&columns[1], point->field);
    pg_array_text(&columns[2], point->account);
}

static void add_focal_points(struct pg_tx *tx, const struct reference_words *words)
{
    struct pg_array columns[COLUMNS_MAX];
    init_text_columns(columns, 5);
    pg_array_init(&columns[5], PG_TIMESTAMPTZ);
    pg_array_init(&columns[6], PG_TIMESTAMPTZ);
    pg_array_init(&columns[7], PG_INT4);
    for (size_t i = 0; i < words->focal_point_count; i++) {
        const struct focal_point *point = &words->focal_points[i];
        add_key(columns, point);
        pg_array_text(&columns[3], point->name);
        pg_array_text(&columns[4], point->email);
        pg_array_instant(&columns[5], point->valid_from);
        pg_array_instant(&columns[6], point->valid_to);
        pg_array_int4(&columns[7], point->rank);
    }
    add_columns(tx, &upsert_focal_points, columns, 8);
}

/* An event tells all absences of its person that are not over. */
static void replace_absences(struct pg_tx *tx, const struct reference_words *words)
{
    struct pg_array keys[3], rows[5];
    init_text_columns(keys, 3);
    init_text_columns(rows, 3);
    pg_array_init(&rows[3], PG_TIMESTAMPTZ);
    pg_array_init(&rows[4], PG_TIMESTAMPTZ);
    for (size_t i = 0; i < words->focal_point_count; i++) {
        const struct focal_point *point = &words->focal_points[i];
        add_key(keys, point);
        for (size_t j = 0; j < point->absence_count; j++) {
            add_key(rows, point);
            pg_array_instant(&rows[3], point->absences[j].from);
            pg_array_instant(&rows[4], point->absences[j].to);
        }
    }
    add_columns(tx, &drop_absences, keys, 3);
    add_columns(tx, &insert_absences, rows, 5);
}

static void add_withdrawals(struct pg_tx *tx, const struct reference_words *words)
{
    static const struct pg_statement *const statements[] = {&withdraw_units, &withdraw_categories,
                                                            &withdraw_focal_points};
    struct pg_array keys;
    pg_array_init(&keys, PG_TEXT);
    for (size_t i = 0; i < words->withdrawn_count; i++) {
        pg_array_text(&keys, words->withdrawn[i]);
    }
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        pg_tx_add(tx, statements[i]);
        pg_tx_array(tx, &keys);
    }
    pg_array_finish(&keys);
}

void store_apply_reference(struct pg_tx *tx, const struct reference_words *words)
{
    size_t changes = words->withdrawn_count + words->unit_count + words->category_count +
                     words->focal_point_count;
    if (changes == 0) {
        return;
    }
    if (words->withdrawn_count > 0) {
        add_withdrawals(tx, words);
    }
    if (words->unit_count > 0) {
        add_units(tx, words);
    }
    if (words->category_count > 0) {
        add_categories(tx, words);
    }
    if (words->focal_point_count > 0) {
        add_focal_points(tx, words);
        replace_absences(tx, words);
    }
    pg_tx_add(tx, &count_change);
}
