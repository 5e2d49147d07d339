/* SPDX-License-Identifier: Apache-2.0 */
/* Open cases of units that have ended are found, so that somebody can hand them over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/migrate.h"
#include "services/routing/store_registry.h"
#include "tests/service/common/pool.h"

extern const struct migration_set common_migrations, routing_migrations;

#define TODAY "timezone('Asia/Ho_Chi_Minh', now())::date"

/* A case each: at a unit of today, with a part of one that ended yesterday; at that one (two open,
 * one closed); at one that ends today, at one whose code has a new unit, at one that begins
 * tomorrow. */
static const char rows[] =
    "INSERT INTO unit (code, valid_from, valid_to, type, name_vi, name_en, source) VALUES "
    "('NOW', '2020-01-01', NULL, 'board', 'a', 'a', 's'), "
    "('GONE', '2020-01-01', " TODAY " - 1, 'board', 'a', 'a', 's'), "
    "('LAST', '2020-01-01', " TODAY ", 'board', 'a', 'a', 's'), "
    "('NEW', '2020-01-01', " TODAY " - 1, 'board', 'a', 'a', 's'), "
    "('NEW', " TODAY ", NULL, 'board', 'a', 'a', 's'), "
    "('SOON', " TODAY " + 1, NULL, 'board', 'a', 'a', 's');"
    "INSERT INTO case_current (case_id, version, process, state, phase, queue, desk, category, "
    "level, reporter, due_at, near_border, audit_pending, proposed, task_desks) "
    "SELECT lpad(n::text, 32, '0')::uuid, n, 'onsite-report', 'received', 'received', 'unit', "
    "desk, 'khac', "
    "'normal', 'an', due, false, false, false, "
    "CASE WHEN n = 1 THEN '{NEW,GONE}'::text[] ELSE '{}' END "
    "FROM (VALUES (1, 'NOW', now()), (2, 'GONE', now() + interval '2 days'), "
    "(3, 'GONE', now() + interval '1 day'), (4, 'GONE', NULL), (5, 'LAST', now()), "
    "(6, 'NEW', now()), (7, 'SOON', now())) AS c (n, desk, due)";

static int set_up(void **state)
{
    static const struct migration_set *const sets[] = {&common_migrations, &routing_migrations};
    char url[256];
    struct error err = {0};
    database_run("DROP DATABASE IF EXISTS former_units");
    database_run("CREATE DATABASE former_units");
    snprintf(url, sizeof url, "%s", getenv("TEST_DATABASE_URL"));
    snprintf(strrchr(url, '/'), 16, "/former_units");
    setenv("TEST_DATABASE_URL", url, 1);
    if (!migrate_run(url, sets, 2, &err)) {
        fail_msg("%s", err.text);
    }
    database_run(rows);
    *state = pool_open();
    return 0;
}

static int tear_down(void **state)
{
    pool_close(*state);
    return 0;
}

static void look_at(struct pg_tx *tx, size_t row, uint8_t number, bool is_task)
{
    assert_int_equal(pg_value_uuid(tx, 0, row, 0).bytes[15], number);
    assert_string_equal(pg_value_text(tx, 0, row, 1), "GONE");
    assert_int_equal(pg_value_bool(tx, 0, row, 2), is_task);
}

static void look_at_all(struct pg_tx *tx)
{
    assert_int_equal(pg_rows(tx, 0), 3);
    look_at(tx, 0, 3, false);
    look_at(tx, 1, 2, false);
    look_at(tx, 2, 1, true);
}

static void look_at_first(struct pg_tx *tx)
{
    assert_int_equal(pg_rows(tx, 0), 2);
    look_at(tx, 0, 3, false); /* due before the other one */
    look_at(tx, 1, 1, true);
}

static struct ending find(struct pool *pool, int limit, void (*look)(struct pg_tx *tx))
{
    struct pg_tx *tx = pg_tx_new(pool->pg);
    pg_tx_set_read_only(tx);
    store_cases_of_former_units(tx, limit);
    return run_and_look(pool, tx, look);
}

static void open_cases_of_ended_units_are_found(void **state)
{
    assert_int_equal(find(*state, 10, look_at_all).outcome, PG_COMMITTED);
    assert_int_equal(find(*state, 1, look_at_first).outcome, PG_COMMITTED);
}

static void no_unit_is_valid_twice_on_a_day(void **state)
{
    static const struct pg_statement twice = {
        "insert_twice", "INSERT INTO unit (code, valid_from, type, name_vi, name_en, source) "
                        "VALUES ('NOW', '2025-01-01', 'board', 'a', 'a', 's')"};
    struct ending ending = run_statement(*state, &twice);
    assert_int_equal(ending.outcome, PG_REFUSED);
    assert_string_equal(ending.sqlstate, "IH162");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_cases_of_ended_units_are_found),
        cmocka_unit_test(no_unit_is_valid_twice_on_a_day),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
