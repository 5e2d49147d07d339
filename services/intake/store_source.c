/* SPDX-License-Identifier: Apache-2.0 */
#include "store_source.h"

#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/log.h"
#include "common/verb.h"

/* ---- the snapshot ---- */

static const struct pg_statement read_changes = {"intake_source_changes",
                                                 "SELECT changes FROM event_source_change"};
static const struct pg_statement read_sources = {
    "intake_sources",
    "SELECT s.prefix, s.name, s.owner, s.contact, s.per_s, s.burst, t.type FROM event_source s "
    "LEFT JOIN LATERAL unnest(s.types) WITH ORDINALITY AS t (type, place) ON true "
    "WHERE (SELECT changes FROM event_source_change) <> $1::bigint "
    "ORDER BY s.prefix COLLATE \"C\", t.place"};

static const struct pg_statement *const reads[] = {&read_changes, &read_sources};

static struct event_source take_source(const struct pg_tx *tx, size_t row, struct arena *arena)
{
    return (struct event_source){
        .prefix = arena_text(arena, pg_value_text(tx, 1, row, 0)),
        .name = arena_text(arena, pg_value_text(tx, 1, row, 1)),
        .owner = arena_text(arena, pg_value_text(tx, 1, row, 2)),
        .contact = arena_text(arena, pg_value_text(tx, 1, row, 3)),
        .per_s = pg_value_int4(tx, 1, row, 4),
        .burst = pg_value_int4(tx, 1, row, 5),
    };
}

/* A row for each type of a source, in the order of sources. */
static void take_sources(struct snapshot *snapshot, const struct pg_tx *tx)
{
    struct event_sources *sources = (struct event_sources *)snapshot;
    struct arena *arena = &snapshot->arena;
    size_t rows = pg_rows(tx, 1);
    struct event_source *items = arena_array(arena, rows, sizeof *items);
    const char **types = arena_array(arena, rows, sizeof(const char *));
    for (size_t row = 0; row < rows; row++) {
        struct event_source *last = sources->count > 0 ? &items[sources->count - 1] : NULL;
        if (last == NULL || strcmp(last->prefix, pg_value_text(tx, 1, row, 0)) != 0) {
            last = &items[sources->count++];
            *last = take_source(tx, row, arena);
            last->types = &types[row];
        }
        if (!pg_value_is_null(tx, 1, row, 6)) {
            types[row] = arena_text(arena, pg_value_text(tx, 1, row, 6));
            last->type_count++;
        }
    }
    sources->items = items;
    log_info("sources_loaded", log_int("sources", (int64_t)sources->count));
}

const struct snapshot_tables store_source_tables = {
    .size = sizeof(struct event_sources),
    .statements = reads,
    .statement_count = sizeof reads / sizeof reads[0],
    .take = take_sources,
    .event_not_read = "sources_not_read",
};

/* ---- quotas ---- */

/* In the order of prefixes, which spares replicas a deadlock. */
static const struct pg_statement take_quota = {
    "intake_take_quota",
    "SELECT q.granted, q.wait_s FROM unnest($1::text[], $2::integer[]) WITH ORDINALITY "
    "AS a (prefix, wanted, place), LATERAL event_quota_take(a.prefix, a.wanted, $3::boolean, "
    "$4::boolean) q ORDER BY a.place"};

static int by_prefix(const void *a, const void *b)
{
    const struct quota_ask *left = a, *right = b;
    return strcmp(left->prefix, right->prefix);
}

void store_ask_quota(struct pg_tx *tx, struct quota_asks *asks, bool whole, bool anew)
{
    struct pg_array prefixes, wanted;
    qsort(asks->items, asks->count, sizeof *asks->items, by_prefix);
    pg_array_init(&prefixes, PG_TEXT);
    pg_array_init(&wanted, PG_INT4);
    for (size_t i = 0; i < asks->count; i++) {
        pg_array_text(&prefixes, asks->items[i].prefix);
        pg_array_int4(&wanted, asks->items[i].wanted);
    }
    pg_tx_add(tx, &take_quota);
    pg_tx_array(tx, &prefixes);
    pg_tx_array(tx, &wanted);
    pg_tx_bool(tx, whole);
    pg_tx_bool(tx, anew);
    pg_array_finish(&prefixes);
    pg_array_finish(&wanted);
}

void store_take_quota(const struct pg_tx *tx, struct quota_asks *asks)
{
    for (size_t i = 0; i < asks->count; i++) {
        asks->items[i].granted = pg_value_int4(tx, 0, i, 0);
        asks->items[i].wait_s = pg_value_int4(tx, 0, i, 1);
    }
}

/* ---- verbs ---- */

/* One statement, one transaction: what differs is changed, counted and noted. */
static const char load_sql[] =
    "WITH said AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS s (prefix text, name text, "
    "owner text, contact text, types text[], per_s integer, burst integer)), "
    "gone AS (DELETE FROM event_source s WHERE NOT EXISTS (SELECT FROM said "
    "WHERE said.prefix = s.prefix) RETURNING s.prefix, to_jsonb(s) AS before), "
    "old AS (SELECT prefix, to_jsonb(s) AS before FROM event_source s), "
    "kept AS (INSERT INTO event_source AS s SELECT prefix, name, owner, contact, types, per_s, "
    "burst FROM said ON CONFLICT (prefix) DO UPDATE SET name = excluded.name, "
    "owner = excluded.owner, contact = excluded.contact, types = excluded.types, "
    "per_s = excluded.per_s, burst = excluded.burst WHERE s IS DISTINCT FROM excluded "
    "RETURNING s.prefix, to_jsonb(s) AS after), "
    "changed AS (SELECT 'source_removed' AS act, prefix, before, NULL::jsonb AS after FROM gone "
    "UNION ALL SELECT CASE WHEN old.prefix IS NULL THEN 'source_added' ELSE 'source_changed' END, "
    "kept.prefix, old.before, kept.after FROM kept LEFT JOIN old USING (prefix)), "
    "noted AS (INSERT INTO operator_act (by_whom, act, about, why, detail) "
    "SELECT $2::text, act, prefix, $3::text, jsonb_build_object('before', before, 'after', after) "
    "FROM changed ORDER BY prefix), "
    "counted AS (UPDATE event_source_change SET changes = changes + 1 "
    "WHERE EXISTS (SELECT FROM changed)), "
    "left_over AS (UPDATE quarantine q SET state = 'open', reason = 'unknown_source', "
    "version = version + 1 FROM gone WHERE q.state = 'waiting' AND q.prefix = gone.prefix) "
    "SELECT act, prefix FROM changed ORDER BY prefix";

static void write_sources(struct buffer *out, const struct event_source *items, size_t count)
{
    struct json_writer json;
    json_write_start(&json, out);
    json_open_array(&json, NULL);
    for (size_t i = 0; i < count; i++) {
        json_open_object(&json, NULL);
        json_put_text(&json, "prefix", items[i].prefix);
        json_put_text(&json, "name", items[i].name);
        json_put_text(&json, "owner", items[i].owner);
        json_put_text(&json, "contact", items[i].contact);
        json_put_texts(&json, "types", items[i].types, items[i].type_count);
        json_put_int(&json, "per_s", items[i].per_s);
        json_put_int(&json, "burst", items[i].burst);
        json_close_object(&json);
    }
    json_close_array(&json);
}

static bool print_rows(PGconn *conn, const char *sql, int count, const char *const *values)
{
    PGresult *rows = verb_query(conn, false, sql, count, values);
    for (int row = 0; rows != NULL && row < PQntuples(rows); row++) {
        for (int column = 0; column < PQnfields(rows); column++) {
            printf("%s", column > 0 ? "\t" : "");
            verb_print_escaped(stdout, PQgetvalue(rows, row, column),
                               (size_t)PQgetlength(rows, row, column));
        }
        putchar('\n');
    }
    bool printed = rows != NULL;
    PQclear(rows);
    return printed;
}

bool store_load_sources(const char *conninfo, const struct event_source *items, size_t count,
                        const char *why)
{
    PGconn *conn = verb_connect(conninfo);
    struct buffer json;
    if (conn == NULL) {
        return false;
    }
    buffer_init(&json);
    write_sources(&json, items, count);
    const char *const values[] = {json.data, verb_operator(), why};
    bool loaded = print_rows(conn, load_sql, 3, values);
    buffer_finish(&json);
    PQfinish(conn);
    return loaded;
}

bool store_print_sources(const char *conninfo)
{
    PGconn *conn = verb_connect(conninfo);
    bool printed =
        conn != NULL && print_rows(conn,
                                   "SELECT prefix, name, owner, contact, per_s || '/s', burst, "
                                   "array_to_string(types, ' ') FROM event_source ORDER BY prefix",
                                   0, NULL);
    PQfinish(conn);
    return printed;
}
