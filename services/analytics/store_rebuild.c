/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/store_rebuild.h"

#include <stdlib.h>

static bool command(PGconn *conn, const char *sql)
{
    return verb_command(conn, sql, 0, NULL);
}

static PGresult *query(PGconn *conn, const char *sql)
{
    return verb_query(conn, false, sql, 0, NULL);
}

/* -1: refused. */
static int64_t ask(PGconn *conn, const char *sql, int count, const char *const *values)
{
    PGresult *rows = verb_query(conn, false, sql, count, values);
    int64_t answer = rows == NULL ? -1 : strtoll(PQgetvalue(rows, 0, 0), NULL, 10);
    PQclear(rows);
    return answer;
}

PGconn *store_rebuild_connect(const char *conninfo)
{
    PGconn *conn = verb_connect(conninfo);
    if (conn != NULL && !command(conn, "SET client_min_messages = warning")) {
        PQfinish(conn);
        conn = NULL;
    }
    return conn;
}

bool store_rebuild_begin(PGconn *conn)
{
    if (ask(conn, "SELECT pg_try_advisory_lock(727110)::integer", 0, NULL) != 1) {
        fprintf(stderr, "rebuild: another one is under way\n");
        return false;
    }
    return command(conn, "SELECT rebuild_begin()");
}

bool store_rebuild_drop(PGconn *conn)
{
    return command(conn, "DROP SCHEMA IF EXISTS rebuild CASCADE");
}

#define POSITIONS                                                                                  \
    "SELECT topic, partition, next_offset FROM consumer_position WHERE consumer = 'analytics' "    \
    "ORDER BY topic, partition"

PGresult *store_rebuild_positions(PGconn *conn, bool hold)
{
    if (!hold) {
        return query(conn, POSITIONS);
    }
    /* It waits while others count and compare; of the server's own settings one is a minute. */
    bool begun = command(conn, "BEGIN") && command(conn, "SET LOCAL lock_timeout = '30s'") &&
                 command(conn, "SET LOCAL idle_in_transaction_session_timeout = '30min'");
    return begun ? query(conn, POSITIONS " FOR UPDATE") : NULL;
}

int64_t store_rebuild_progress(PGconn *conn)
{
    return ask(conn, "SELECT coalesce(sum(next_offset), 0) FROM rebuild.consumer_position", 0,
               NULL);
}

bool store_rebuild_is_counted(PGconn *conn, enum rebuild_side side)
{
    static const char *const waiting[] = {
        [REBUILD_LIVE] = "SELECT EXISTS (SELECT FROM heard)::integer",
        [REBUILD_AGAIN] = "SELECT (EXISTS (SELECT FROM rebuild.heard) OR EXISTS (SELECT FROM "
                          "rebuild.fact WHERE turn_at = 'epoch'))::integer"};
    return ask(conn, waiting[side], 0, NULL) == 0;
}

int64_t store_rebuild_keep(PGconn *conn, const int32_t *before)
{
    char day[16];
    const char *const values[] = {before == NULL ? NULL : day};
    snprintf(day, sizeof day, "%d", before == NULL ? 0 : *before);
    return ask(conn, "SELECT rebuild_keep($1::integer)", 1, values);
}

bool store_rebuild_analyze(PGconn *conn)
{
    return command(conn, "ANALYZE rebuild.fact, rebuild.cell");
}

/* ---- both sides ---- */

PGresult *store_rebuild_facts(PGconn *conn)
{
    return query(conn, "SELECT count(*), count(*) FILTER (WHERE f.id IS NULL), "
                       "count(*) FILTER (WHERE (f.version, f.body) <> (r.version, r.body)) "
                       "FROM rebuild.fact r LEFT JOIN fact f USING (id)");
}

#define KEYS "subject, grouping, period, first, a, b"

/* A sum of nothing is as good as none. */
PGresult *store_rebuild_sums(PGconn *conn)
{
    return query(conn, "SELECT subject, count(*) FROM (SELECT " KEYS
                       " FROM cell WHERE data <> '\\x0000' UNION SELECT " KEYS
                       " FROM rebuild.cell WHERE data <> '\\x0000') AS c GROUP BY subject");
}

PGresult *store_rebuild_differing(PGconn *conn)
{
    return query(conn, "SELECT " KEYS ", encode(coalesce(l.data, '\\x0000'), 'hex'), "
                       "encode(coalesce(r.data, '\\x0000'), 'hex') "
                       "FROM cell l FULL JOIN rebuild.cell r USING (" KEYS ") "
                       "WHERE coalesce(l.data, '\\x0000') <> coalesce(r.data, '\\x0000') "
                       "ORDER BY " KEYS);
}

bool store_rebuild_switch(PGconn *conn)
{
    return command(conn, "SELECT rebuild_switch()") && command(conn, "COMMIT");
}
