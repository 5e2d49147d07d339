/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/rebuild.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { POLL_US = 200 * 1000, STALL_POLLS = 150 }; /* 30 s without progress: nobody counts */

/* Positions first, as consuming transactions do: whoever is in one is waited for, and whoever
 * comes after finds his position moved. */
static const char *const begin_statements[] = {
    "BEGIN",
    "SELECT FROM consumer_position WHERE consumer = 'analytics' "
    "ORDER BY topic, partition FOR UPDATE",
    /* A rebuild that was begun and not finished keeps the further target. */
    "INSERT INTO rebuild_target AS t (topic, partition, next_offset) "
    "SELECT topic, partition, next_offset FROM consumer_position WHERE consumer = 'analytics' "
    "ON CONFLICT (topic, partition) DO UPDATE "
    "SET next_offset = greatest(t.next_offset, excluded.next_offset)",
    "UPDATE consumer_position SET next_offset = -1, moved_at = now() "
    "WHERE consumer = 'analytics'",
    "TRUNCATE fact",
    /* What is older than its topic goes back to stays. */
    "UPDATE publication SET version = 0",
    "UPDATE survey SET changes = changes + 1",
    /* Nothing counted; what was said stays known, so that it is not said again. */
    "UPDATE cell SET data = '\\x0000'",
    "COMMIT",
};

static const char show_facts[] = "SELECT count(*), coalesce(sum(version), 0) FROM fact";
static const char progress[] =
    "SELECT is_rebuilding(), coalesce(sum(next_offset), 0)::bigint FROM consumer_position "
    "WHERE consumer = 'analytics'";

static PGresult *query(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        return result;
    }
    fprintf(stderr, "rebuild: %s", PQerrorMessage(conn));
    PQclear(result);
    return NULL;
}

static bool begin(PGconn *conn)
{
    for (size_t i = 0; i < sizeof begin_statements / sizeof begin_statements[0]; i++) {
        PGresult *result = query(conn, begin_statements[i]);
        if (result == NULL) {
            return false; /* closing the connection rolls back */
        }
        PQclear(result);
    }
    return true;
}

static bool show(PGconn *conn, const char *when)
{
    PGresult *facts = query(conn, show_facts);
    if (facts == NULL) {
        return false;
    }
    printf("%s: %s facts, versions %s\n", when, PQgetvalue(facts, 0, 0), PQgetvalue(facts, 0, 1));
    fflush(stdout);
    PQclear(facts);
    return true;
}

/* True when all is counted again. */
static bool wait_for_end(PGconn *conn)
{
    int64_t reached = INT64_MIN;
    int polls = 0;

    while (polls < STALL_POLLS) {
        PGresult *result = query(conn, progress);
        if (result == NULL) {
            return false;
        }
        bool counting = PQgetvalue(result, 0, 0)[0] == 't';
        int64_t now_at = strtoll(PQgetvalue(result, 0, 1), NULL, 10);
        PQclear(result);
        if (!counting) {
            return true;
        }
        polls = now_at == reached ? polls + 1 : 0;
        reached = now_at;
        usleep(POLL_US);
    }
    fprintf(stderr, "rebuild: no running analytics counts; it is done when one starts\n");
    return false;
}

int rebuild_verb(const struct config *config, int argc, char **argv)
{
    bool wait = argc < 2;
    if (argc > 2 || (argc == 2 && strcmp(argv[1], "--no-wait") != 0)) {
        fprintf(stderr, "usage: rebuild [--no-wait]\n");
        return 2;
    }
    PGconn *conn = PQconnectdb(config_text(config, "DATABASE_URL"));
    if (PQstatus(conn) != CONNECTION_OK) {
        fprintf(stderr, "rebuild: %s", PQerrorMessage(conn));
        PQfinish(conn);
        return 1;
    }
    bool good = show(conn, "before") && begin(conn) &&
                (!wait || (wait_for_end(conn) && show(conn, "after")));
    PQfinish(conn);
    return good ? 0 : 1;
}
