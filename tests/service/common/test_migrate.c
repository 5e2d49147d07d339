/* SPDX-License-Identifier: Apache-2.0 */
/* Each test has an empty schema; a second client looks at what became of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/log.h"
#include "common/migrate.h"
#include "tests/support/number.h"

static char conninfo[256];

/* One statement; its first value as a number, or -1. */
static int ask(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        fail_msg("%s: %s", sql, PQerrorMessage(conn));
    }
    int number = PQntuples(result) > 0 ? number_of(PQgetvalue(result, 0, 0), '\0') : -1;
    PQclear(result);
    return number;
}

static int start(void **state)
{
    PGconn *conn = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(conn), CONNECTION_OK);
    ask(conn, "SET client_min_messages = error");
    ask(conn, "DROP SCHEMA IF EXISTS migrate_test CASCADE");
    ask(conn, "CREATE SCHEMA migrate_test");
    *state = conn;
    return 0;
}

static int end(void **state)
{
    ask(*state, "DROP SCHEMA migrate_test CASCADE");
    PQfinish(*state);
    return 0;
}

static const struct migration common_ones[] = {
    {1, "outbox", "CREATE TABLE outbox ();"},
};
static const struct migration own_ones[] = {
    {1, "cases", "CREATE TABLE cases (id int);\nINSERT INTO cases VALUES (1), (2);"},
    {2, "rules", "CREATE TABLE rules ();"},
};
static const struct migration_set common_set = {"common", common_ones, 1};

/* The first `count` of the service's own, or of `ones` when given. */
static bool migrate(bool (*verb)(const char *, const struct migration_set *const *, size_t,
                                 struct error *),
                    const struct migration *ones, size_t count, struct error *err)
{
    struct migration_set own = {"own", ones == NULL ? own_ones : ones, count};
    const struct migration_set *sets[] = {&common_set, &own};
    *err = (struct error){0};
    return verb(conninfo, sets, 2, err);
}

static void sets_are_applied_once_and_in_order(void **state)
{
    struct error err;
    assert_false(migrate(migrate_check, NULL, 1, &err));
    assert_string_equal(err.code, "schema_outdated");
    assert_string_equal(err.text, "the database lacks common 0001_outbox (2 missing in all): run "
                                  "the verb migrate");
    assert_true(migrate(migrate_run, NULL, 1, &err));
    assert_true(migrate(migrate_check, NULL, 1, &err));
    assert_false(migrate(migrate_check, NULL, 2, &err));
    assert_string_equal(err.text,
                        "the database lacks own 0002_rules (1 missing in all): run the verb "
                        "migrate");
    assert_true(migrate(migrate_run, NULL, 2, &err));
    assert_true(migrate(migrate_run, NULL, 2, &err));
    assert_int_equal(ask(*state, "SELECT count(*) FROM cases"), 2);
    assert_int_equal(ask(*state, "SELECT count(*) FROM schema_migration"), 3);
}

static void newer_database_is_accepted(void **state)
{
    struct error err;
    (void)state;
    assert_true(migrate(migrate_run, NULL, 2, &err));
    assert_true(migrate(migrate_check, NULL, 1, &err));
    assert_true(migrate(migrate_run, NULL, 1, &err));
}

static void changed_text_stops_check_and_run(void **state)
{
    static const struct migration changed[] = {{1, "cases", "CREATE TABLE cases (id bigint);"}};
    struct error err;
    (void)state;
    assert_true(migrate(migrate_run, NULL, 1, &err));
    assert_false(migrate(migrate_check, changed, 1, &err));
    assert_string_equal(err.code, "migration_changed");
    assert_false(migrate(migrate_run, changed, 1, &err));
    assert_int_equal(err.kind, ERR_FATAL);
}

/* The failed one leaves nothing, those before it stay. */
static void failed_migration_is_undone_whole(void **state)
{
    static const struct {
        const char *sql, *text;
    } rows[] = {
        {"CREATE TABLE half ();\n-- đường\nSELEC 1;",
         "own 0002_half, line 3: syntax error at or near \"SELEC\" (42601)"},
        {"CREATE TABLE half ();\nSELECT * FROM nothing;",
         "own 0002_half, line 2: relation \"nothing\" does not exist (42P01)"},
        {"CREATE TABLE half ();\nALTER TABLE cases ADD CHECK (id > 1);",
         "own 0002_half: check constraint \"cases_id_check\" of relation \"cases\" is violated by "
         "some row (23514)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct migration ones[] = {own_ones[0], {2, "half", rows[i].sql}};
        struct error err;
        assert_false(migrate(migrate_run, ones, 2, &err));
        assert_int_equal(err.kind, ERR_FATAL);
        assert_string_equal(err.text, rows[i].text);
        assert_int_equal(ask(*state, "SELECT count(*) FROM schema_migration"), 2);
        assert_int_equal(ask(*state, "SELECT count(to_regclass('half'))"), 0);
    }
}

static void migration_that_commits_is_refused(void **state)
{
    static const struct migration ones[] = {{1, "half", "CREATE TABLE half (); COMMIT;"}};
    struct error err;
    assert_false(migrate(migrate_run, ones, 1, &err));
    assert_string_equal(err.text,
                        "own 0001_half ends its transaction itself: leave out COMMIT and ROLLBACK");
    assert_int_equal(ask(*state, "SELECT count(*) FROM schema_migration WHERE set_name = 'own'"),
                     0);
}

static void migrators_take_turns(void **state)
{
    static const struct migration slow[] = {
        {1, "slow", "CREATE TABLE slow (); SELECT pg_sleep(0.5)"}};
    struct error err;
    pid_t child = fork();
    if (child == 0) {
        _exit(migrate(migrate_run, slow, 1, &err) ? 0 : 1);
    }
    int status;
    assert_true(migrate(migrate_run, slow, 1, &err));
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(ask(*state, "SELECT count(*) FROM schema_migration"), 2);
}

static void lost_connection_is_for_another_try(void **state)
{
    static const struct migration ones[] = {
        {1, "cut", "CREATE TABLE cut (); SELECT pg_terminate_backend(pg_backend_pid())"}};
    struct error err;
    assert_false(migrate(migrate_run, ones, 1, &err));
    assert_int_equal(err.kind, ERR_RETRY);
    assert_string_equal(err.code, "database_unavailable");
    assert_int_equal(ask(*state, "SELECT count(to_regclass('cut'))"), 0);
}

#define SCHEMA(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHEMA(sets_are_applied_once_and_in_order), SCHEMA(newer_database_is_accepted),
        SCHEMA(changed_text_stops_check_and_run),   SCHEMA(failed_migration_is_undone_whole),
        SCHEMA(migration_that_commits_is_refused),  SCHEMA(migrators_take_turns),
        SCHEMA(lost_connection_is_for_another_try),
    };
    const char *url = getenv("TEST_DATABASE_URL");
    if (url == NULL) {
        fprintf(stderr, "TEST_DATABASE_URL is not set: run make service-c\n");
        return 2;
    }
    snprintf(conninfo, sizeof conninfo, "%s?options=-csearch_path%%3Dmigrate_test", url);
    log_open("test", "test-0", LOG_ERROR);
    return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
