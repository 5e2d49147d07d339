/* SPDX-License-Identifier: Apache-2.0 */
#include "common/migrate.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/digest.h"
#include "common/log.h"

/* One migrator at a time in a database. Services wait at most that long for a lock, so that a
 * migration behind a long query fails and may be repeated, instead of stopping all who queue. */
#define SQL_LOCK         "SELECT pg_advisory_lock(727099, 0)"
#define SQL_LOCK_TIMEOUT "SET lock_timeout = '10s'"

static const char sql_table[] = "CREATE TABLE IF NOT EXISTS schema_migration ("
                                " set_name text NOT NULL,"
                                " number integer NOT NULL,"
                                " subject text NOT NULL,"
                                " sha256 text NOT NULL," /* of the migration's text, in hex */
                                " applied_at timestamptz NOT NULL DEFAULT now(),"
                                " PRIMARY KEY (set_name, number))";

static void on_notice(void *arg, const PGresult *notice)
{
    const char *text = PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY);
    (void)arg;
    log_warn("migrate_notice", log_text("text", text));
}

/* libpq ends its messages with a line break. */
static bool fail_connection(PGconn *conn, struct error *err)
{
    const char *text = PQerrorMessage(conn);
    return error_set(err, ERR_RETRY, "database_unavailable", "%.*s", (int)strcspn(text, "\n"),
                     text);
}

static PGconn *migrate_connect(const char *conninfo, struct error *err)
{
    PGconn *conn = PQconnectdb(conninfo);
    if (PQstatus(conn) != CONNECTION_OK) {
        fail_connection(conn, err);
        PQfinish(conn);
        return NULL;
    }
    PQsetNoticeReceiver(conn, on_notice, NULL);
    return conn;
}

/* The line of `sql` that holds its character number `position`, both counted from 1. */
static int line_at(const char *sql, long position)
{
    int line = 1;
    for (; position > 1 && *sql != '\0'; sql++) {
        line += *sql == '\n';
        position -= (sql[1] & 0xc0) != 0x80; /* the next byte begins a character */
    }
    return line;
}

/* The server's refusal of `sql`, which did `what`. Names no values: the details are left out. */
static bool fail_sql(PGconn *conn, const PGresult *result, const char *what, const char *sql,
                     struct error *err)
{
    char place[24] = "";
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);

    if (PQstatus(conn) != CONNECTION_OK || state == NULL) {
        return fail_connection(conn, err);
    }
    if (position != NULL) {
        snprintf(place, sizeof place, ", line %d", line_at(sql, strtol(position, NULL, 10)));
    }
    bool waited = strcmp(state, "55P03") == 0; /* lock_not_available */
    return error_set(err, waited ? ERR_RETRY : ERR_FATAL, "migration_failed", "%s%s: %s (%s)", what,
                     place, PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), state);
}

static bool execute(PGconn *conn, const char *what, const char *sql, struct error *err)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
                fail_sql(conn, result, what, sql, err);
    PQclear(result);
    return done;
}

static void hash(const struct migration *migration, char text[DIGEST_HEX_SIZE])
{
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(migration->sql, strlen(migration->sql), digest);
    digest_hex(digest, text);
}

/* Whether the rows (number, subject, sha256 in order of number) begin with what the set begins
 * with. Rows past the set's newest are of a newer binary. */
static bool history_fits(const struct migration_set *set, const PGresult *rows, struct error *err)
{
    for (int row = 0; row < PQntuples(rows) && (size_t)row < set->count; row++) {
        const struct migration *migration = &set->migrations[row];
        long number = strtol(PQgetvalue(rows, row, 0), NULL, 10);
        char sha256[DIGEST_HEX_SIZE];

        if (number < migration->number) {
            return error_set(err, ERR_FATAL, "migration_unknown",
                             "the database has %s %04ld_%s, which this program does not know",
                             set->name, number, PQgetvalue(rows, row, 1));
        }
        if (number > migration->number) {
            return error_set(err, ERR_FATAL, "migration_skipped",
                             "the database has %s %04ld_%s, but not %04d_%s before it", set->name,
                             number, PQgetvalue(rows, row, 1), migration->number,
                             migration->subject);
        }
        hash(migration, sha256);
        if (strcmp(PQgetvalue(rows, row, 2), sha256) != 0) {
            return error_set(err, ERR_FATAL, "migration_changed",
                             "%s %04ld_%s was applied with another text: undo the change and add a "
                             "new migration",
                             set->name, number, migration->subject);
        }
    }
    return true;
}

/* How many migrations of the set the database has, counted from the first. */
static bool count_applied(PGconn *conn, const struct migration_set *set, size_t *applied,
                          struct error *err)
{
    static const char sql[] = "SELECT number, subject, sha256 FROM schema_migration"
                              " WHERE set_name = $1 ORDER BY number";
    PGresult *rows = PQexecParams(conn, sql, 1, NULL, &set->name, NULL, NULL, 0);
    const char *state = PQresultErrorField(rows, PG_DIAG_SQLSTATE);
    bool known = true;

    *applied = 0;
    if (PQresultStatus(rows) == PGRES_TUPLES_OK) {
        known = history_fits(set, rows, err);
        *applied = (size_t)PQntuples(rows) < set->count ? (size_t)PQntuples(rows) : set->count;
    } else if (state == NULL || strcmp(state, "42P01") != 0) { /* undefined_table: a new database */
        known = fail_sql(conn, rows, "reading schema_migration", sql, err);
    }
    PQclear(rows);
    return known;
}

static bool record(PGconn *conn, const struct migration_set *set, const struct migration *migration,
                   struct error *err)
{
    static const char sql[] = "INSERT INTO schema_migration (set_name, number, subject, sha256)"
                              " VALUES ($1, $2, $3, $4)";
    char number[16], sha256[DIGEST_HEX_SIZE];
    const char *const values[] = {set->name, number, migration->subject, sha256};

    snprintf(number, sizeof number, "%d", migration->number);
    hash(migration, sha256);
    PGresult *result = PQexecParams(conn, sql, 4, NULL, values, NULL, NULL, 0);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK ||
                fail_sql(conn, result, "writing schema_migration", sql, err);
    PQclear(result);
    return done;
}

static bool apply(PGconn *conn, const struct migration_set *set, const struct migration *migration,
                  struct error *err)
{
    char name[96];
    snprintf(name, sizeof name, "%s %04d_%s", set->name, migration->number, migration->subject);
    if (!execute(conn, name, "BEGIN", err) || !execute(conn, name, migration->sql, err)) {
        return false;
    }
    if (PQtransactionStatus(conn) != PQTRANS_INTRANS) {
        return error_set(err, ERR_FATAL, "migration_failed",
                         "%s ends its transaction itself: leave out COMMIT and ROLLBACK", name);
    }
    if (!record(conn, set, migration, err) || !execute(conn, name, "COMMIT", err)) {
        return false;
    }
    log_info("migrated", log_text("set", set->name), log_int("number", migration->number),
             log_text("subject", migration->subject));
    return true;
}

static bool apply_set(PGconn *conn, const struct migration_set *set, struct error *err)
{
    size_t applied;
    if (!count_applied(conn, set, &applied, err)) {
        return false;
    }
    for (size_t i = applied; i < set->count; i++) {
        assert(i == 0 || set->migrations[i].number > set->migrations[i - 1].number);
        if (!apply(conn, set, &set->migrations[i], err)) {
            return false;
        }
    }
    return true;
}

bool migrate_run(const char *conninfo, const struct migration_set *const *sets, size_t set_count,
                 struct error *err)
{
    PGconn *conn = migrate_connect(conninfo, err);
    if (conn == NULL) {
        return false;
    }
    bool done = execute(conn, "client_min_messages", "SET client_min_messages = warning", err) &&
                execute(conn, "waiting for another migration", SQL_LOCK, err) &&
                execute(conn, "lock_timeout", SQL_LOCK_TIMEOUT, err) &&
                execute(conn, "creating schema_migration", sql_table, err);
    for (size_t i = 0; done && i < set_count; i++) {
        done = apply_set(conn, sets[i], err);
    }
    PQfinish(conn); /* ends an open transaction and the lock */
    return done;
}

bool migrate_check(const char *conninfo, const struct migration_set *const *sets, size_t set_count,
                   struct error *err)
{
    const struct migration_set *lacking = NULL;
    const struct migration *first = NULL;
    size_t missing = 0;
    PGconn *conn = migrate_connect(conninfo, err);

    if (conn == NULL) {
        return false;
    }
    for (size_t i = 0; i < set_count; i++) {
        size_t applied;
        if (!count_applied(conn, sets[i], &applied, err)) {
            PQfinish(conn);
            return false;
        }
        if (first == NULL && applied < sets[i]->count) {
            lacking = sets[i];
            first = &sets[i]->migrations[applied];
        }
        missing += sets[i]->count - applied;
    }
    PQfinish(conn);
    return first == NULL ||
           error_set(err, ERR_RETRY, "schema_outdated",
                     "the database lacks %s %04d_%s (%zu missing in all): run the verb migrate",
                     lacking->name, first->number, first->subject, missing);
}
