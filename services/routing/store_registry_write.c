/* SPDX-License-Identifier: Apache-2.0 */
/* A record is written as a whole: rows that it does not hold any more go, those that are new or
 * different are written, the others are not touched. */
#include <string.h>

#include "services/routing/store_registry.h"

#define DAY(number)          "DATE '1970-01-01' + (" number ")::integer"
#define SQLSTATE_STALE       "IH163"
#define SQLSTATE_TWICE_A_DAY "IH162"
#define SQLSTATE_UNIQUE      "23505"

/* ---- columns of rows that begin with a span ---- */

enum { COLUMNS_MAX = 8 };

struct columns {
    struct pg_array first, last;
    struct pg_array others[COLUMNS_MAX];
    size_t count; /* of others */
};

static void columns_init(struct columns *columns, size_t count, const enum pg_type *types)
{
    pg_array_init(&columns->first, PG_INT8);
    pg_array_init(&columns->last, PG_INT8);
    columns->count = count;
    for (size_t i = 0; i < count; i++) {
        pg_array_init(&columns->others[i], types[i]);
    }
}

static void columns_add_span(struct columns *columns, const struct span *span)
{
    pg_array_int8(&columns->first, span->first);
    if (span->last == DAY_OPEN) {
        pg_array_null(&columns->last);
    } else {
        pg_array_int8(&columns->last, span->last);
    }
}

/* The parameters $1: code, $2, $3: days, $4 …: the others. */
static void columns_put(struct columns *columns, struct pg_tx *tx,
                        const struct pg_statement *statement, const char *code)
{
    pg_tx_add(tx, statement);
    pg_tx_text(tx, code);
    pg_tx_array(tx, &columns->first);
    pg_tx_array(tx, &columns->last);
    pg_array_finish(&columns->first);
    pg_array_finish(&columns->last);
    for (size_t i = 0; i < columns->count; i++) {
        pg_tx_array(tx, &columns->others[i]);
        pg_array_finish(&columns->others[i]);
    }
}

/* ---- one table after the other ---- */

static const struct pg_statement write_periods = {
    "unit_write_periods",
    "WITH input AS (SELECT " DAY("first") " AS valid_from, " DAY(
        "last") " AS valid_to, type, parent, "
                "name_vi, name_en, source, by_hand FROM unnest($2::bigint[], $3::bigint[], "
                "$4::text[], "
                "$5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[]) "
                "AS i (first, last, type, parent, name_vi, name_en, source, by_hand)), "
                "gone AS (DELETE FROM unit WHERE code = $1 AND valid_from NOT IN (SELECT "
                "valid_from FROM input)) "
                "INSERT INTO unit AS t (code, valid_from, valid_to, type, parent, name_vi, "
                "name_en, source, "
                "by_hand) SELECT $1, valid_from, valid_to, type, parent, name_vi, name_en, source, "
                "by_hand "
                "FROM input ON CONFLICT (code, valid_from) DO UPDATE SET valid_to = "
                "EXCLUDED.valid_to, "
                "type = EXCLUDED.type, parent = EXCLUDED.parent, name_vi = EXCLUDED.name_vi, "
                "name_en = EXCLUDED.name_en, source = EXCLUDED.source, by_hand = EXCLUDED.by_hand "
                "WHERE t IS DISTINCT FROM EXCLUDED"};

static void put_periods(struct pg_tx *tx, const struct unit_record *after)
{
    static const enum pg_type types[] = {PG_TEXT, PG_TEXT, PG_TEXT, PG_TEXT, PG_TEXT, PG_BOOL};
    struct columns columns;
    columns_init(&columns, sizeof types / sizeof types[0], types);
    for (size_t i = 0; i < after->period_count; i++) {
        const struct unit_period *period = &after->periods[i];
        columns_add_span(&columns, &period->span);
        pg_array_text(&columns.others[0], period->type);
        pg_array_text(&columns.others[1], period->parent);
        pg_array_text(&columns.others[2], period->name_vi);
        pg_array_text(&columns.others[3], period->name_en);
        pg_array_text(&columns.others[4], period->source);
        pg_array_bool(&columns.others[5], period->by_hand);
    }
    columns_put(&columns, tx, &write_periods, after->code);
}

static const struct pg_statement write_heads = {
    "unit_write_heads",
    "WITH input AS (SELECT " DAY("first") " AS valid_from, " DAY(
        "last") " AS valid_to, account, name, "
                "email FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[]) "
                "AS i (first, last, account, name, email)), "
                "gone AS (DELETE FROM unit_head WHERE unit = $1 "
                "AND valid_from NOT IN (SELECT valid_from FROM input)) "
                "INSERT INTO unit_head AS t (unit, account, name, email, valid_from, valid_to) "
                "SELECT $1, account, name, email, valid_from, valid_to FROM input "
                "ON CONFLICT (unit, valid_from) DO UPDATE SET account = EXCLUDED.account, "
                "name = EXCLUDED.name, email = EXCLUDED.email, valid_to = EXCLUDED.valid_to "
                "WHERE t IS DISTINCT FROM EXCLUDED"};

static void put_heads(struct pg_tx *tx, const struct unit_record *after)
{
    static const enum pg_type types[] = {PG_TEXT, PG_TEXT, PG_TEXT};
    struct columns columns;
    columns_init(&columns, sizeof types / sizeof types[0], types);
    for (size_t i = 0; i < after->head_count; i++) {
        columns_add_span(&columns, &after->heads[i].span);
        pg_array_text(&columns.others[0], after->heads[i].account);
        pg_array_text(&columns.others[1], after->heads[i].name);
        pg_array_text(&columns.others[2], after->heads[i].email);
    }
    columns_put(&columns, tx, &write_heads, after->code);
}

static const struct pg_statement write_focal_points = {
    "unit_write_focal_points",
    "WITH input AS (SELECT " DAY("first") " AS valid_from, " DAY(
        "last") " AS valid_to, field, "
                "account, name, email, rank FROM unnest($2::bigint[], $3::bigint[], $4::text[], "
                "$5::text[], "
                "$6::text[], $7::text[], $8::integer[]) "
                "AS i (first, last, field, account, name, email, rank)), "
                "gone AS (DELETE FROM focal_point WHERE unit = $1 AND (field, account, valid_from) "
                "NOT IN (SELECT field, account, valid_from FROM input)) "
                "INSERT INTO focal_point AS t (unit, field, account, name, email, valid_from, "
                "valid_to, rank) "
                "SELECT $1, field, account, name, email, valid_from, valid_to, rank FROM input "
                "ON CONFLICT (unit, field, account, valid_from) DO UPDATE SET name = "
                "EXCLUDED.name, "
                "email = EXCLUDED.email, valid_to = EXCLUDED.valid_to, rank = EXCLUDED.rank "
                "WHERE t IS DISTINCT FROM EXCLUDED"};

static void put_focal_points(struct pg_tx *tx, const struct unit_record *after)
{
    static const enum pg_type types[] = {PG_TEXT, PG_TEXT, PG_TEXT, PG_TEXT, PG_INT4};
    struct columns columns;
    columns_init(&columns, sizeof types / sizeof types[0], types);
    for (size_t i = 0; i < after->focal_point_count; i++) {
        const struct focal_term *term = &after->focal_points[i];
        columns_add_span(&columns, &term->span);
        pg_array_text(&columns.others[0], term->field);
        pg_array_text(&columns.others[1], term->account);
        pg_array_text(&columns.others[2], term->name);
        pg_array_text(&columns.others[3], term->email);
        pg_array_int4(&columns.others[4], term->rank);
    }
    columns_put(&columns, tx, &write_focal_points, after->code);
}

static const struct pg_statement write_absences = {
    "unit_write_absences",
    "WITH input AS (SELECT " DAY("first") " AS valid_from, " DAY(
        "last") " AS valid_to, account "
                "FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS i (first, last, account)), "
                "gone AS (DELETE FROM absence WHERE unit = $1 AND (account, valid_from) "
                "NOT IN (SELECT account, valid_from FROM input)) "
                "INSERT INTO absence AS t (unit, account, valid_from, valid_to) "
                "SELECT $1, account, valid_from, valid_to FROM input "
                "ON CONFLICT (unit, account, valid_from) DO UPDATE SET valid_to = "
                "EXCLUDED.valid_to "
                "WHERE t IS DISTINCT FROM EXCLUDED"};

static void put_absences(struct pg_tx *tx, const struct unit_record *after)
{
    static const enum pg_type types[] = {PG_TEXT};
    struct columns columns;
    columns_init(&columns, sizeof types / sizeof types[0], types);
    for (size_t i = 0; i < after->absence_count; i++) {
        columns_add_span(&columns, &after->absences[i].span);
        pg_array_text(&columns.others[0], after->absences[i].account);
    }
    columns_put(&columns, tx, &write_absences, after->code);
}

/* Before the rest: a day never has two main successors, and a statement changes rows in no order.
 */
static const struct pg_statement demote_successors = {
    "unit_demote_successors",
    "UPDATE unit_successor t SET main = false "
    "FROM unnest($2::bigint[], $3::text[]) AS i (first, current) "
    "WHERE t.former = $1 AND t.main AND t.since = " DAY("first") " AND t.current <> i.current"};

static void demote_other_successors(struct pg_tx *tx, const struct unit_record *after)
{
    struct pg_array since, current;
    pg_array_init(&since, PG_INT8);
    pg_array_init(&current, PG_TEXT);
    for (size_t i = 0; i < after->successor_count; i++) {
        if (after->successors[i].main) {
            pg_array_int8(&since, after->successors[i].span.first);
            pg_array_text(&current, after->successors[i].unit);
        }
    }
    pg_tx_add(tx, &demote_successors);
    pg_tx_text(tx, after->code);
    pg_tx_array(tx, &since);
    pg_tx_array(tx, &current);
    pg_array_finish(&since);
    pg_array_finish(&current);
}

static const struct pg_statement write_successors = {
    "unit_write_successors",
    "WITH input AS (SELECT " DAY(
        "first") " AS since, current, main "
                 "FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::boolean[]) "
                 "AS i (first, last, current, main)), "
                 "gone AS (DELETE FROM unit_successor WHERE former = $1 AND (since, current) "
                 "NOT IN (SELECT since, current FROM input)) "
                 "INSERT INTO unit_successor AS t (former, current, main, since) "
                 "SELECT $1, current, main, since FROM input "
                 "ON CONFLICT (former, since, current) DO UPDATE SET main = EXCLUDED.main "
                 "WHERE t IS DISTINCT FROM EXCLUDED"};

static void put_successors(struct pg_tx *tx, const struct unit_record *after)
{
    static const enum pg_type types[] = {PG_TEXT, PG_BOOL};
    struct columns columns;
    columns_init(&columns, sizeof types / sizeof types[0], types);
    for (size_t i = 0; i < after->successor_count; i++) {
        columns_add_span(&columns, &after->successors[i].span);
        pg_array_text(&columns.others[0], after->successors[i].unit);
        pg_array_bool(&columns.others[1], after->successors[i].main);
    }
    columns_put(&columns, tx, &write_successors, after->code);
}

/* ---- the whole ---- */

static const struct pg_statement set_author = {
    "reference_author",
    "SELECT set_config('ihanoi.actor', $1, true), set_config('ihanoi.role', $2, true), "
    "set_config('ihanoi.reason', $3, true)"};

static const struct pg_statement advance = {
    "unit_advance", "SELECT unit_registry_advance($1, $2::integer, $3, $4::bytea)"};

void store_unit_write(struct pg_tx *tx, const struct unit_record *after,
                      const struct store_author *author)
{
    pg_tx_add(tx, &set_author);
    pg_tx_text(tx, author->account);
    pg_tx_text(tx, author->role);
    pg_tx_text(tx, author->reason);
    pg_tx_add(tx, &advance);
    pg_tx_text(tx, after->code);
    pg_tx_int4(tx, after->version - 1);
    pg_tx_text(tx, after->changed_by);
    pg_tx_bytes(tx, after->request, DIGEST_SIZE);
    put_periods(tx, after);
    put_heads(tx, after);
    put_focal_points(tx, after);
    put_absences(tx, after);
    demote_other_successors(tx, after);
    put_successors(tx, after);
}

bool store_unit_is_stale(const struct pg_tx *tx)
{
    const char *state = pg_tx_sqlstate(tx);
    return strcmp(state, SQLSTATE_STALE) == 0 || strcmp(state, SQLSTATE_TWICE_A_DAY) == 0 ||
           strcmp(state, SQLSTATE_UNIQUE) == 0;
}

/* ---- creations ---- */

static const struct pg_statement creation_read = {
    "unit_creation_read",
    "SELECT request, code, version FROM unit_creation WHERE idempotency = $1"};

void store_creation_read(struct pg_tx *tx, const struct uuid *idempotency)
{
    pg_tx_add(tx, &creation_read);
    pg_tx_uuid(tx, idempotency);
}

static const struct pg_statement creation_write = {
    "unit_creation_write", "INSERT INTO unit_creation (idempotency, request, code, version) "
                           "VALUES ($1, $2, $3, $4)"};

void store_creation_write(struct pg_tx *tx, const struct uuid *idempotency,
                          const struct unit_record *after)
{
    pg_tx_add(tx, &creation_write);
    pg_tx_uuid(tx, idempotency);
    pg_tx_bytes(tx, after->request, DIGEST_SIZE);
    pg_tx_text(tx, after->code);
    pg_tx_int4(tx, after->version);
}
