/* SPDX-License-Identifier: Apache-2.0 */
/* Consuming leaves what was told; the turn's holder alone makes facts of it. */
#include "services/analytics/store.h"

#include "common/log.h"

static const struct pg_statement put_heard = {
    "analytics_put_heard", "INSERT INTO heard (layout, subjects, facts, data) "
                           "VALUES ($1::integer, $2::integer, $3::integer, $4::bytea)"};

void store_put_heard(struct pg_tx *tx, const struct told_fact *facts, size_t count)
{
    enum subject last = 0;
    struct buffer data;
    buffer_init(&data);
    facts_pack(facts, count, &data);
    for (size_t i = 0; i < count; i++) {
        last = facts[i].subject > last ? facts[i].subject : last;
    }
    pg_tx_add(tx, &put_heard);
    pg_tx_int4(tx, FACTS_LAYOUT);
    pg_tx_int4(tx, (int32_t)last + 1);
    pg_tx_int4(tx, (int32_t)count);
    pg_tx_bytes(tx, data.data, data.size);
    buffer_finish(&data);
}

/* ---- to be counted ---- */

#define COUNTED                                                                                    \
    "day, marks, bucket::integer, amount_1, amount_2, amount_3, unit, category, process, level, "  \
    "area, channel, reason, team, district, receive_rule, "                                        \
    "resolve_rule, givers, takers"

enum {
    DAY_COLUMN = 5,
    AMOUNT_COLUMN = DAY_COLUMN + 3,
    MEMBER_COLUMN = AMOUNT_COLUMN + CONTRIBUTION_AMOUNTS,
    SIDE_COLUMN = MEMBER_COLUMN + DIMENSIONS
};

/* The inner limit, so that a long line of them is not added up to its end. */
static const struct pg_statement read_heard = {
    "analytics_read_heard",
    "SELECT id, facts, data FROM (SELECT id, facts, data, sum(facts) OVER (ORDER BY id) - facts AS "
    "before FROM (SELECT id, facts, data FROM heard WHERE layout = $2::integer "
    "AND subjects <= $3::integer ORDER BY id LIMIT $4::integer) AS next) AS t "
    "WHERE before < $1::integer ORDER BY id"};

static const struct pg_statement read_turned = {
    "analytics_read_turned", "SELECT id, subject::integer, version, filed, body, " COUNTED
                             " FROM fact WHERE turn_at < $1::timestamptz "
                             "AND subject < $3::integer ORDER BY turn_at LIMIT $2::integer"};

void store_read_changed(struct pg_tx *tx, int64_t now, int32_t heard_max, int32_t turned_max)
{
    pg_tx_add(tx, &read_heard);
    pg_tx_int4(tx, heard_max);
    pg_tx_int4(tx, FACTS_LAYOUT);
    pg_tx_int4(tx, SUBJECTS);
    pg_tx_int4(tx, STORE_HEARD_BATCHES);
    pg_tx_add(tx, &read_turned);
    pg_tx_instant(tx, now);
    pg_tx_int4(tx, turned_max);
    pg_tx_int4(tx, SUBJECTS);
}

struct told_fact *store_take_heard(const struct pg_tx *tx, size_t statement, struct arena *arena,
                                   size_t *count, int64_t *ids)
{
    size_t rows = pg_rows(tx, statement), most = 0;
    *count = 0;
    for (size_t row = 0; row < rows; row++) {
        most += (size_t)pg_value_int4(tx, statement, row, 1);
    }
    struct told_fact *told = arena_array(arena, most, sizeof *told);
    for (size_t row = 0; row < rows; row++) {
        size_t size, facts = (size_t)pg_value_int4(tx, statement, row, 1);
        const void *data = pg_value_bytes(tx, statement, row, 2, &size);
        ids[row] = pg_value_int8(tx, statement, row, 0);
        if (facts_unpack(&told[*count], facts, arena_copy(arena, data, size), size, arena)) {
            *count += facts;
        } else {
            log_error("heard_not_readable", log_int("id", ids[row]));
        }
    }
    return told;
}

static void take_counted(const struct pg_tx *tx, size_t statement, size_t row, struct arena *arena,
                         struct contribution *counted)
{
    *counted = (struct contribution){
        .counts = !pg_value_is_null(tx, statement, row, DAY_COLUMN),
        .day = pg_value_int4(tx, statement, row, DAY_COLUMN),
        .marks = (uint64_t)pg_value_int8(tx, statement, row, DAY_COLUMN + 1),
        .bucket = pg_value_int4(tx, statement, row, DAY_COLUMN + 2),
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

static void take_body(const struct pg_tx *tx, size_t statement, size_t row, struct arena *arena,
                      struct fact_body *body)
{
    const void *bytes = pg_value_bytes(tx, statement, row, 4, &body->size);
    body->bytes = arena_copy(arena, bytes, body->size);
}

size_t store_take_turned(const struct pg_tx *tx, size_t statement, struct arena *arena,
                         struct changed_fact *facts)
{
    size_t rows = pg_rows(tx, statement);
    for (size_t row = 0; row < rows; row++) {
        struct changed_fact *fact = &facts[row];
        fact->id = pg_value_uuid(tx, statement, row, 0);
        fact->subject = (enum subject)pg_value_int4(tx, statement, row, 1);
        fact->version = pg_value_int4(tx, statement, row, 2);
        fact->body.filed = arena_text(arena, pg_value_text(tx, statement, row, 3));
        take_body(tx, statement, row, arena, &fact->body);
        take_counted(tx, statement, row, arena, &fact->counted);
    }
    return rows;
}

/* ---- what was told, beside what is stored ---- */

/* The stored body only where it stays: what is told is older, and knows what the case was filed
 * under. OFFSET 0: each by its key, however few rows the table is taken to have; a plan is kept. */
static const struct pg_statement read_stored = {
    "analytics_read_stored",
    "SELECT k.place::integer, 0, f.version, f.filed, CASE WHEN f.version >= k.version "
    "AND f.filed IS NULL AND k.filed THEN f.body END, " COUNTED
    " FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::int4[]) AS version, "
    "unnest($3::bool[]) AS filed, generate_series(1, cardinality($1)) AS place) AS k "
    "CROSS JOIN LATERAL (SELECT * FROM fact WHERE fact.id = k.id OFFSET 0) AS f"};

void store_read_stored(struct pg_tx *tx, const struct told_fact *told, size_t count)
{
    struct pg_array ids, versions, filed;
    pg_array_init(&ids, PG_UUID);
    pg_array_init(&versions, PG_INT4);
    pg_array_init(&filed, PG_BOOL);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&ids, &told[i].id);
        pg_array_int4(&versions, told[i].version);
        pg_array_bool(&filed, told[i].body.filed != NULL);
    }
    pg_tx_add(tx, &read_stored);
    pg_tx_array(tx, &ids);
    pg_tx_array(tx, &versions);
    pg_tx_array(tx, &filed);
    pg_array_finish(&ids);
    pg_array_finish(&versions);
    pg_array_finish(&filed);
}

/* False: what is told changes nothing. */
static bool take_beside(const struct pg_tx *tx, size_t statement, size_t row, struct arena *arena,
                        struct changed_fact *fact)
{
    int32_t version = pg_value_int4(tx, statement, row, 2);
    const char *filed = pg_value_text(tx, statement, row, 3);
    bool newer = fact->version > version, files = filed == NULL && fact->body.filed != NULL;
    if (!newer && !files) {
        return false;
    }
    if (!newer) {
        fact->version = version;
        take_body(tx, statement, row, arena, &fact->body);
    }
    fact->body.filed = filed != NULL ? arena_text(arena, filed) : fact->body.filed;
    take_counted(tx, statement, row, arena, &fact->counted);
    return true;
}

size_t store_take_stored(const struct pg_tx *tx, size_t statement, struct arena *arena,
                         const struct told_fact *told, size_t count, struct changed_fact *facts)
{
    bool *same = arena_array(arena, count, sizeof *same);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        facts[i] = (struct changed_fact){.id = told[i].id,
                                         .subject = told[i].subject,
                                         .version = told[i].version,
                                         .body = told[i].body};
    }
    for (size_t row = 0; row < pg_rows(tx, statement); row++) {
        size_t place = (size_t)pg_value_int4(tx, statement, row, 0) - 1;
        same[place] = !take_beside(tx, statement, row, arena, &facts[place]);
    }
    for (size_t i = 0; i < count; i++) {
        if (!same[i]) {
            facts[kept++] = facts[i];
        }
    }
    return kept;
}

/* ---- counted ---- */

/* Arrays in the list of what is selected are walked together; in FROM, each is laid down first. */
static const struct pg_statement put_counted = {
    "analytics_put_counted",
    "INSERT INTO fact AS f (id, subject, version, filed, body, turn_at, day, marks, bucket, "
    "amount_1, amount_2, amount_3, unit, category, process, level, area, channel, reason, team, "
    "district, receive_rule, resolve_rule, givers, takers) SELECT unnest($1::uuid[]), "
    "unnest($2::int2[]), unnest($3::int4[]), "
    "unnest($4::text[]), unnest($5::bytea[]), unnest($6::timestamptz[]), unnest($7::int4[]), "
    "unnest($8::int8[]), unnest($9::int2[]), unnest($10::int8[]), unnest($11::int8[]), "
    "unnest($12::int8[]), unnest($13::text[]), unnest($14::text[]), unnest($15::text[]), "
    "unnest($16::text[]), unnest($17::text[]), unnest($18::text[]), unnest($19::text[]), "
    "unnest($20::text[]), unnest($21::text[]), unnest($22::text[]), unnest($23::text[]), "
    "unnest($24::text[]), unnest($25::text[]) "
    "ON CONFLICT (id) DO UPDATE SET version = excluded.version, filed = excluded.filed, "
    "body = excluded.body, turn_at = excluded.turn_at, day = excluded.day, "
    "marks = excluded.marks, bucket = excluded.bucket, amount_1 = excluded.amount_1, "
    "amount_2 = excluded.amount_2, amount_3 = excluded.amount_3, unit = excluded.unit, "
    "category = excluded.category, process = excluded.process, level = excluded.level, "
    "area = excluded.area, channel = excluded.channel, reason = excluded.reason, "
    "team = excluded.team, district = excluded.district, receive_rule = excluded.receive_rule, "
    "resolve_rule = excluded.resolve_rule, givers = excluded.givers, takers = "
    "excluded.takers"};

enum {
    PUT_DAY = 6,
    PUT_AMOUNT = PUT_DAY + 3,
    PUT_MEMBER = PUT_AMOUNT + CONTRIBUTION_AMOUNTS,
    PUT_SIDE = PUT_MEMBER + DIMENSIONS,
    PUT_COLUMNS = PUT_SIDE + CONTRIBUTION_SIDES
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

static void add_counted(struct pg_array columns[PUT_COLUMNS], const struct contribution *counts)
{
    if (counts->counts) {
        pg_array_int4(&columns[PUT_DAY], counts->day);
    } else {
        pg_array_null(&columns[PUT_DAY]); /* so that it is not taken back */
    }
    pg_array_int8(&columns[PUT_DAY + 1], (int64_t)counts->marks);
    pg_array_int2(&columns[PUT_DAY + 2], (int16_t)counts->bucket);
    for (size_t i = 0; i < CONTRIBUTION_AMOUNTS; i++) {
        add_amount(&columns[PUT_AMOUNT + i], counts->amounts[i]);
    }
    for (size_t i = 0; i < DIMENSIONS; i++) {
        pg_array_text(&columns[PUT_MEMBER + i], counts->members[i]);
    }
    for (size_t i = 0; i < CONTRIBUTION_SIDES; i++) {
        pg_array_text(&columns[PUT_SIDE + i], counts->sides[i]);
    }
}

static void add_fact(struct pg_array columns[PUT_COLUMNS], const struct changed_fact *fact)
{
    pg_array_uuid(&columns[0], &fact->id);
    pg_array_int2(&columns[1], (int16_t)fact->subject);
    pg_array_int4(&columns[2], fact->version);
    pg_array_text(&columns[3], fact->body.filed);
    pg_array_bytes(&columns[4], fact->body.bytes, fact->body.size);
    pg_array_instant(&columns[5], fact->turn_at);
    add_counted(columns, &fact->counts);
}

void store_put_counted(struct pg_tx *tx, const struct changed_fact *facts, size_t count)
{
    static const enum pg_type types[PUT_MEMBER] = {PG_UUID,  PG_INT2,        PG_INT4, PG_TEXT,
                                                   PG_BYTEA, PG_TIMESTAMPTZ, PG_INT4, PG_INT8,
                                                   PG_INT2,  PG_INT8,        PG_INT8, PG_INT8};
    struct pg_array columns[PUT_COLUMNS];

    for (size_t i = 0; i < PUT_COLUMNS; i++) {
        pg_array_init(&columns[i], i < PUT_MEMBER ? types[i] : PG_TEXT);
    }
    for (size_t i = 0; i < count; i++) {
        add_fact(columns, &facts[i]);
    }
    pg_tx_add(tx, &put_counted);
    for (size_t i = 0; i < PUT_COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
}

static const struct pg_statement forget_heard = {"analytics_forget_heard",
                                                 "DELETE FROM heard WHERE id = ANY ($1::bigint[])"};

void store_forget_heard(struct pg_tx *tx, const int64_t *ids, size_t count)
{
    struct pg_array column;
    pg_array_init(&column, PG_INT8);
    for (size_t i = 0; i < count; i++) {
        pg_array_int8(&column, ids[i]);
    }
    pg_tx_add(tx, &forget_heard);
    pg_tx_array(tx, &column);
    pg_array_finish(&column);
}
