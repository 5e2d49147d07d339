/* SPDX-License-Identifier: Apache-2.0 */
/* A fact's row is written by two: consuming sets version, body and dirty; the fold sets how it is
 * counted. Both lock rows in the order of ids, so that neither waits for the other in a ring. */
#include "services/analytics/store.h"

/* A version that comes late may still know under which category a case was filed. */
static const struct pg_statement put_facts = {
    "analytics_put_facts",
    "INSERT INTO fact AS f (id, subject, version, body, filed) "
    "SELECT * FROM unnest($1::uuid[], $2::int2[], $3::int4[], $4::bytea[], $5::text[]) "
    "ON CONFLICT (id) DO UPDATE SET version = greatest(f.version, excluded.version), "
    "body = CASE WHEN f.version < excluded.version THEN excluded.body ELSE f.body END, "
    "filed = coalesce(f.filed, excluded.filed), dirty = true "
    "WHERE f.version < excluded.version OR (f.filed IS NULL AND excluded.filed IS NOT NULL)"};

void store_put_facts(struct pg_tx *tx, const struct told_fact *facts, size_t count)
{
    static const enum pg_type types[] = {PG_UUID, PG_INT2, PG_INT4, PG_BYTEA, PG_TEXT};
    enum { COLUMNS = sizeof types / sizeof types[0] };
    struct pg_array columns[COLUMNS];

    for (size_t i = 0; i < COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&columns[0], &facts[i].id);
        pg_array_int2(&columns[1], (int16_t)facts[i].subject);
        pg_array_int4(&columns[2], facts[i].version);
        pg_array_bytes(&columns[3], facts[i].body.bytes, facts[i].body.size);
        pg_array_text(&columns[4], facts[i].body.filed);
    }
    pg_tx_add(tx, &put_facts);
    for (size_t i = 0; i < COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
}

/* ---- to be counted ---- */

#define COUNTED                                                                                    \
    "id, subject::integer, version, filed, body, day, marks, bucket::integer, amount_1, "          \
    "amount_2, "                                                                                   \
    "amount_3, unit, category, process, level, area, channel, reason, team, givers, takers"

static const struct pg_statement read_dirty = {
    "analytics_read_dirty", "SELECT " COUNTED " FROM fact WHERE dirty AND subject < $2::integer "
                            "ORDER BY id LIMIT $1::integer"};

static const struct pg_statement read_turned = {
    "analytics_read_turned", "SELECT " COUNTED " FROM fact WHERE turn_at < $1::timestamptz "
                             "AND NOT dirty AND subject < $3::integer "
                             "ORDER BY turn_at LIMIT $2::integer"};

enum {
    AMOUNT_COLUMN = 8,
    MEMBER_COLUMN = AMOUNT_COLUMN + CONTRIBUTION_AMOUNTS,
    SIDE_COLUMN = MEMBER_COLUMN + DIMENSIONS
};

void store_read_changed(struct pg_tx *tx, int64_t now, int32_t limit)
{
    pg_tx_add(tx, &read_dirty);
    pg_tx_int4(tx, limit);
    pg_tx_int4(tx, SUBJECTS);
    pg_tx_add(tx, &read_turned);
    pg_tx_instant(tx, now);
    pg_tx_int4(tx, limit);
    pg_tx_int4(tx, SUBJECTS);
}

static void take_counted(const struct pg_tx *tx, size_t statement, size_t row, struct arena *arena,
                         struct contribution *counted)
{
    *counted = (struct contribution){
        .counts = !pg_value_is_null(tx, statement, row, 5),
        .day = pg_value_int4(tx, statement, row, 5),
        .marks = (uint64_t)pg_value_int8(tx, statement, row, 6),
        .bucket = pg_value_int4(tx, statement, row, 7),
    };
    for (int i = 0; i < CONTRIBUTION_AMOUNTS; i++) {
        counted->amounts[i] = pg_value_int8(tx, statement, row, AMOUNT_COLUMN + i);
    }
    for (int i = 0; i < DIMENSIONS; i++) {
        counted->members[i] =
            arena_text(arena, pg_value_text(tx, statement, row, MEMBER_COLUMN + i));
    }
    for (int i = 0; i < CONTRIBUTION_SIDES; i++) {
        counted->sides[i] = arena_text(arena, pg_value_text(tx, statement, row, SIDE_COLUMN + i));
    }
}

size_t store_take_changed(const struct pg_tx *tx, size_t statement, struct arena *arena,
                          struct changed_fact *facts)
{
    size_t rows = pg_rows(tx, statement);
    for (size_t row = 0; row < rows; row++) {
        struct changed_fact *fact = &facts[row];
        const void *body = pg_value_bytes(tx, statement, row, 4, &fact->body.size);
        fact->id = pg_value_uuid(tx, statement, row, 0);
        fact->subject = (enum subject)pg_value_int4(tx, statement, row, 1);
        fact->version = pg_value_int4(tx, statement, row, 2);
        fact->body.filed = arena_text(arena, pg_value_text(tx, statement, row, 3));
        fact->body.bytes = arena_copy(arena, body, fact->body.size);
        take_counted(tx, statement, row, arena, &fact->counted);
    }
    return rows;
}

/* ---- counted ---- */

/* Locked in order first: an update of joined rows comes in whatever order the plan has. */
static const struct pg_statement put_counted = {
    "analytics_put_counted",
    "WITH held AS (SELECT id FROM fact WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE) "
    "UPDATE fact AS f SET dirty = f.dirty AND (f.version, f.filed) IS DISTINCT FROM (d.version, "
    "d.filed), turn_at = d.turn_at, day = d.day, marks = d.marks, bucket = d.bucket, "
    "amount_1 = d.amount_1, amount_2 = d.amount_2, amount_3 = d.amount_3, unit = d.unit, "
    "category = d.category, process = d.process, level = d.level, area = d.area, "
    "channel = d.channel, reason = d.reason, team = d.team, givers = d.givers, takers = d.takers "
    "FROM unnest($1::uuid[], $2::int4[], $3::text[], $4::timestamptz[], $5::int4[], $6::int8[], "
    "$7::int2[], $8::int8[], $9::int8[], $10::int8[], $11::text[], $12::text[], $13::text[], "
    "$14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::text[]) "
    "AS d (id, version, filed, turn_at, day, marks, bucket, amount_1, amount_2, amount_3, unit, "
    "category, process, level, area, channel, reason, team, givers, takers) "
    "JOIN held ON held.id = d.id WHERE f.id = d.id"};

enum {
    COUNTED_AMOUNT = 7,
    COUNTED_MEMBER = COUNTED_AMOUNT + CONTRIBUTION_AMOUNTS,
    COUNTED_SIDE = COUNTED_MEMBER + DIMENSIONS,
    COUNTED_COLUMNS = COUNTED_SIDE + CONTRIBUTION_SIDES
};

/* Most have none: NULL takes no room. */
static void add_amount(struct pg_array *column, int64_t amount)
{
    if (amount == 0) {
        pg_array_null(column);
    } else {
        pg_array_int8(column, amount);
    }
}

static void add_counted(struct pg_array columns[COUNTED_COLUMNS], const struct changed_fact *fact)
{
    const struct contribution *counts = &fact->counts;
    pg_array_uuid(&columns[0], &fact->id);
    pg_array_int4(&columns[1], fact->version);
    pg_array_text(&columns[2], fact->body.filed);
    pg_array_instant(&columns[3], fact->turn_at);
    if (counts->counts) {
        pg_array_int4(&columns[4], counts->day);
    } else {
        pg_array_null(&columns[4]); /* so that it is not taken back */
    }
    pg_array_int8(&columns[5], (int64_t)counts->marks);
    pg_array_int2(&columns[6], (int16_t)counts->bucket);
    for (size_t i = 0; i < CONTRIBUTION_AMOUNTS; i++) {
        add_amount(&columns[COUNTED_AMOUNT + i], counts->amounts[i]);
    }
    for (size_t i = 0; i < DIMENSIONS; i++) {
        pg_array_text(&columns[COUNTED_MEMBER + i], counts->members[i]);
    }
    for (size_t i = 0; i < CONTRIBUTION_SIDES; i++) {
        pg_array_text(&columns[COUNTED_SIDE + i], counts->sides[i]);
    }
}

void store_put_counted(struct pg_tx *tx, struct changed_fact *facts, size_t count)
{
    static const enum pg_type types[COUNTED_MEMBER] = {PG_UUID, PG_INT4, PG_TEXT, PG_TIMESTAMPTZ,
                                                       PG_INT4, PG_INT8, PG_INT2, PG_INT8,
                                                       PG_INT8, PG_INT8};
    struct pg_array columns[COUNTED_COLUMNS];

    for (size_t i = 0; i < COUNTED_COLUMNS; i++) {
        pg_array_init(&columns[i], i < COUNTED_MEMBER ? types[i] : PG_TEXT);
    }
    for (size_t i = 0; i < count; i++) {
        add_counted(columns, &facts[i]);
    }
    pg_tx_add(tx, &put_counted);
    for (size_t i = 0; i < COUNTED_COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
}
