/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/pg_private.h"
#include "tests/service/common/pool.h"

static const struct pg_statement insert_thing = {"insert_thing",
                                                 "INSERT INTO thing (id, name) VALUES ($1, $2)"};
static const struct pg_statement count_things = {"count_things", "SELECT count(*) FROM thing"};

static int set_up(void **state)
{
    database_run("DROP TABLE IF EXISTS thing;"
                 "CREATE TABLE thing (id bigint PRIMARY KEY, name text, touched bigint)");
    *state = pool_open();
    return 0;
}

static int tear_down(void **state)
{
    pool_close(*state);
    return 0;
}

static struct pg_tx *thing_tx(struct pool *pool, int64_t id, const char *name)
{
    struct pg_tx *tx = pg_tx_new(pool->pg);
    pg_tx_add(tx, &insert_thing);
    pg_tx_int8(tx, id);
    pg_tx_text(tx, name);
    return tx;
}

/* ---- types ---- */

static const struct uuid some_uuid = {
    {0x01, 0x93, 0x7b, 0xf0, 0, 1, 0x70, 2, 0x80, 3, 4, 5, 6, 7, 8, 0xff}};

static const struct pg_statement every_type = {
    "every_type",
    "SELECT $1::bool, $2::integer, $3::bigint, $4::float8, $5::text, $6::bytea, $7::jsonb,"
    " $8::uuid, $9::timestamptz, $2::smallint, $9 = '2026-11-24 05:02:11.123456Z'::timestamptz"};

static void look_at_values(struct pg_tx *tx)
{
    size_t size;
    struct uuid uuid = pg_value_uuid(tx, 0, 0, 7);

    assert_int_equal(pg_rows(tx, 0), 1);
    assert_true(pg_value_bool(tx, 0, 0, 0));
    assert_int_equal(pg_value_int4(tx, 0, 0, 1), -77);
    assert_int_equal(pg_value_int8(tx, 0, 0, 2), INT64_MIN);
    assert_true(pg_value_float8(tx, 0, 0, 3) == -0.1);
    assert_string_equal(pg_value_text(tx, 0, 0, 4), "đường Láng");
    assert_memory_equal(pg_value_bytes(tx, 0, 0, 5, &size), "a\0b", 3);
    assert_int_equal(size, 3);
    assert_string_equal(pg_value_text(tx, 0, 0, 6), "{\"a\": [1, 2]}");
    assert_non_null(pg_value_bytes(tx, 0, 0, 6, &size));
    assert_int_equal(size, strlen("{\"a\": [1, 2]}"));
    assert_true(uuid_equal(&uuid, &some_uuid));
    assert_int_equal(pg_value_instant(tx, 0, 0, 8), 1795496531123456);
    assert_int_equal(pg_value_int4(tx, 0, 0, 9), -77);
    assert_true(pg_value_bool(tx, 0, 0, 10));
}

static void values_come_back(void **state)
{
    struct pool *pool = *state;
    struct pg_tx *tx = pg_tx_new(pool->pg);

    pg_tx_add(tx, &every_type);
    pg_tx_bool(tx, true);
    pg_tx_int4(tx, -77);
    pg_tx_int8(tx, INT64_MIN);
    pg_tx_float8(tx, -0.1);
    pg_tx_text(tx, "đường Láng");
    pg_tx_bytes(tx, "a\0b", 3);
    pg_tx_jsonb(tx, "{\"a\":[1,2]}", 11);
    pg_tx_uuid(tx, &some_uuid);
    pg_tx_instant(tx, 1795496531123456);
    assert_int_equal(run_and_look(pool, tx, look_at_values).outcome, PG_COMMITTED);
}

static void look_at_nulls(struct pg_tx *tx)
{
    for (int i = 0; i < 10; i++) {
        assert_true(pg_value_is_null(tx, 0, 0, i));
    }
    struct uuid uuid = pg_value_uuid(tx, 0, 0, 7);
    assert_true(uuid_is_nil(&uuid));
    assert_null(pg_value_text(tx, 0, 0, 4));
    assert_null(pg_value_text(tx, 0, 0, 6));
    assert_int_equal(pg_value_int8(tx, 0, 0, 2), 0);
    assert_int_equal(pg_value_instant(tx, 0, 0, 8), 0);
}

static void nulls_come_back(void **state)
{
    struct pool *pool = *state;
    struct pg_tx *tx = pg_tx_new(pool->pg);

    pg_tx_add(tx, &every_type);
    for (int i = 0; i < 4; i++) {
        pg_tx_null(tx);
    }
    pg_tx_text(tx, NULL);
    pg_tx_bytes(tx, NULL, 0);
    pg_tx_jsonb(tx, NULL, 0);
    pg_tx_uuid(tx, NULL);
    pg_tx_instant(tx, 0);
    assert_int_equal(run_and_look(pool, tx, look_at_nulls).outcome, PG_COMMITTED);
}

static const struct pg_statement unnest_all = {
    "unnest_all",
    "SELECT b::text, i2::text, i4::text, i8::text, f::text, t, encode(y, 'hex'), j::text, u::text,"
    " extract(epoch FROM z)::bigint::text"
    " FROM unnest($1::bool[], $2::smallint[], $3::integer[], $4::bigint[], $5::float8[],"
    " $6::text[], $7::bytea[], $8::jsonb[], $9::uuid[], $10::timestamptz[])"
    " AS a (b, i2, i4, i8, f, t, y, j, u, z)"};

static void fill_arrays(struct pg_array *arrays)
{
    static const enum pg_type types[10] = {PG_BOOL, PG_INT2,  PG_INT4,  PG_INT8, PG_FLOAT8,
                                           PG_TEXT, PG_BYTEA, PG_JSONB, PG_UUID, PG_TIMESTAMPTZ};
    for (size_t i = 0; i < 10; i++) {
        pg_array_init(&arrays[i], types[i]);
    }
    pg_array_bool(&arrays[0], true);
    pg_array_int2(&arrays[1], -2);
    pg_array_int4(&arrays[2], -4);
    pg_array_int8(&arrays[3], -8);
    pg_array_float8(&arrays[4], 0.5);
    pg_array_text(&arrays[5], "phường");
    pg_array_bytes(&arrays[6], "\0\1", 2);
    pg_array_text(&arrays[7], "{\"k\":1}");
    pg_array_uuid(&arrays[8], &some_uuid);
    pg_array_instant(&arrays[9], 5000000);
    for (size_t i = 0; i < 10; i++) {
        pg_array_null(&arrays[i]);
    }
}

static void look_at_arrays(struct pg_tx *tx)
{
    static const char *const wanted[10] = {
        "true", "-2",         "-4",
        "-8",   "0.5",        "phường",
        "0001", "{\"k\": 1}", "01937bf0-0001-7002-8003-0405060708ff",
        "5"};
    assert_int_equal(pg_rows(tx, 0), 2);
    for (int i = 0; i < 10; i++) {
        assert_string_equal(pg_value_text(tx, 0, 0, i), wanted[i]);
        assert_true(pg_value_is_null(tx, 0, 1, i));
    }
}

static void arrays_arrive_with_nulls(void **state)
{
    struct pool *pool = *state;
    struct pg_array arrays[10];
    struct pg_tx *tx = pg_tx_new(pool->pg);

    fill_arrays(arrays);
    pg_tx_add(tx, &unnest_all);
    for (size_t i = 0; i < 10; i++) {
        pg_tx_array(tx, &arrays[i]);
    }
    assert_int_equal(run_and_look(pool, tx, look_at_arrays).outcome, PG_COMMITTED);

    tx = pg_tx_new(pool->pg);
    pg_tx_add(tx, &unnest_all);
    for (size_t i = 0; i < 10; i++) {
        pg_array_reset(&arrays[i]);
        pg_tx_array(tx, &arrays[i]);
        pg_array_finish(&arrays[i]);
    }
    struct ending empty = run(pool, tx);
    assert_int_equal(empty.outcome, PG_COMMITTED);
    assert_int_equal(empty.rows, 0);
}

/* ---- transactions ---- */

static void look_for_two(struct pg_tx *tx)
{
    assert_int_equal(pg_tx_statements(tx), 3);
    assert_int_equal(pg_value_int8(tx, 2, 0, 0), 2);
}

static void statements_see_one_another(void **state)
{
    struct pool *pool = *state;
    struct pg_tx *tx = thing_tx(pool, 1, "a");

    pg_tx_add(tx, &insert_thing);
    pg_tx_int8(tx, 2);
    pg_tx_text(tx, "b");
    pg_tx_add(tx, &count_things);
    assert_int_equal(run_and_look(pool, tx, look_for_two).outcome, PG_COMMITTED);
}

static void refusal_undoes_all(void **state)
{
    struct pool *pool = *state;
    struct pg_tx *tx = thing_tx(pool, 1, "a");

    pg_tx_add(tx, &insert_thing);
    pg_tx_int8(tx, 1);
    pg_tx_text(tx, "secret");
    pg_tx_add(tx, &count_things);
    struct ending ending = run(pool, tx);
    assert_int_equal(ending.outcome, PG_REFUSED);
    assert_string_equal(ending.sqlstate, "23505");
    assert_int_equal(ending.err.kind, ERR_FATAL);
    assert_string_equal(ending.err.text, "insert_thing: SQLSTATE 23505, constraint thing_pkey");
    assert_int_equal(database_run("SELECT count(*) FROM thing"), 0);
    /* The connection and what was prepared on it are as good as before. */
    assert_int_equal(run(pool, thing_tx(pool, 1, "a")).outcome, PG_COMMITTED);
}

static void refusal_at_commit_is_reported(void **state)
{
    struct pool *pool = *state;
    static const struct pg_statement orphan = {"orphan", "INSERT INTO child VALUES (9)"};

    database_run(
        "CREATE TABLE child (thing bigint REFERENCES thing DEFERRABLE INITIALLY DEFERRED)");
    struct ending ending = run_statement(pool, &orphan);
    assert_int_equal(ending.outcome, PG_REFUSED);
    assert_string_equal(ending.sqlstate, "23503");
    assert_non_null(strstr(ending.err.text, "commit: "));
    database_run("DROP TABLE child");
}

/* The pipelined followers of a transaction whose preparation fails must not suffer for ever. */
static void failed_preparation_is_forgotten(void **state)
{
    struct pool *pool = *state;
    static const struct pg_statement late = {"late", "INSERT INTO late_table VALUES (1)"};
    struct ending endings[8] = {0};

    for (size_t i = 0; i < 8; i++) {
        struct pg_tx *tx = pg_tx_new(pool->pg);
        pg_tx_add(tx, i % 2 == 0 ? &late : &count_things);
        pg_tx_send(tx, on_ending, &endings[i]);
    }
    for (size_t i = 0; i < 8; i++) {
        wait_for(pool, &endings[i]);
        if (i % 2 == 1) {
            assert_int_equal(endings[i].outcome, PG_COMMITTED);
        } else if (endings[i].outcome == PG_UNAVAILABLE) {
            assert_string_equal(endings[i].sqlstate, "26000");
        } else {
            assert_int_equal(endings[i].outcome, PG_REFUSED);
            assert_string_equal(endings[i].sqlstate, "42P01");
        }
    }
    database_run("CREATE TABLE late_table (id int)");
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(run_statement(pool, &late).outcome, PG_COMMITTED);
    }
    assert_int_equal(database_run("SELECT count(*) FROM late_table"), 8);
    database_run("DROP TABLE late_table");
}

static void thousand_at_once(void **state)
{
    enum { COUNT = 1000 };
    struct pool *pool = *state;
    struct ending *endings = calloc(COUNT, sizeof *endings);

    for (size_t i = 0; i < COUNT; i++) {
        /* Every tenth is refused: its neighbours in the pipeline must not notice. */
        int64_t id = i % 10 == 9 ? 0 : (int64_t)i;
        pg_tx_send(thing_tx(pool, id, "x"), on_ending, &endings[i]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        wait_for(pool, &endings[i]);
    }
    for (size_t i = 1; i < COUNT; i++) {
        assert_int_equal(endings[i].times, 1);
        assert_int_equal(endings[i].outcome, i % 10 == 9 ? PG_REFUSED : PG_COMMITTED);
    }
    assert_int_equal(database_run("SELECT count(*) FROM thing"), 900);
    free(endings);
}

/* Neither side may wait for the other to read first, nor bytes be left inside libpq. */
static void echo_large_texts(struct pool *pool)
{
    enum { COUNT = 12, SIZE = 3000000 };
    static const struct pg_statement echo = {"echo", "SELECT $1::text, $2::text"};
    struct ending endings[COUNT] = {0};
    char *text = calloc(1, SIZE + 1);

    memset(text, 'x', SIZE);
    for (size_t i = 0; i < COUNT; i++) {
        struct pg_tx *tx = pg_tx_new(pool->pg);
        pg_tx_add(tx, &echo);
        pg_tx_text(tx, i % 2 == 0 ? text : "short");
        pg_tx_text(tx, text + SIZE - 8000 * i);
        pg_tx_send(tx, on_ending, &endings[i]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        wait_for(pool, &endings[i]);
        assert_int_equal(endings[i].outcome, PG_COMMITTED);
    }
    free(text);
}

static void large_both_ways(void **state)
{
    echo_large_texts(*state);
}

static void large_both_ways_by_tls(void **state)
{
    char conninfo[256];
    struct pg_config config = {
        .conninfo = conninfo, .connections = 2, .waiting_max = 100, .deadline_ms = 5000};
    static const struct pg_statement tls = {
        "tls", "SELECT 1 FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl"};
    (void)state;

    snprintf(conninfo, sizeof conninfo, "%s?sslmode=require", getenv("TEST_DATABASE_URL"));
    struct pool *pool = pool_open_with(config);
    pool_wait_ready(pool);
    assert_int_equal(run_statement(pool, &tls).rows, 1);
    for (int i = 0; i < 5; i++) {
        echo_large_texts(pool);
    }
    pool_close(pool);
}

static void session_has_its_settings(void **state)
{
    struct pool *pool = *state;
    static const struct pg_statement settings = {
        "settings", "SELECT 1 WHERE current_setting('plan_cache_mode') = 'force_generic_plan'"
                    " AND current_setting('enable_seqscan') = 'off'"
                    " AND current_setting('jit') = 'off'"};
    assert_int_equal(run_statement(pool, &settings).rows, 1);
}

/* ---- the line and the end ---- */

static void full_line_turns_away_at_once(void **state)
{
    struct pg_config config = {.connections = 2, .waiting_max = 2, .deadline_ms = 5000};
    struct pool *pool = pool_open_with(config);
    struct ending endings[3] = {0};
    (void)state;

    for (size_t i = 0; i < 3; i++) { /* no connection is ready yet */
        struct pg_tx *tx = pg_tx_new(pool->pg);
        pg_tx_add(tx, &count_things);
        pg_tx_send(tx, on_ending, &endings[i]);
        assert_int_equal(endings[i].times, 0);
    }
    wait_for(pool, &endings[2]);
    assert_int_equal(endings[2].outcome, PG_UNAVAILABLE);
    assert_int_equal(endings[2].err.kind, ERR_RETRY);
    assert_int_equal(endings[0].times, 0);
    wait_for(pool, &endings[0]);
    wait_for(pool, &endings[1]);
    assert_int_equal(endings[0].outcome, PG_COMMITTED);
    assert_int_equal(endings[1].outcome, PG_COMMITTED);
    pool_close(pool);
}

static void who_is_in_a_hurry_waits_a_second_for_a_connection(void **state)
{
    struct pg_config config = {.conninfo = "postgresql://nobody@127.0.0.1:1/none",
                               .connections = 2,
                               .waiting_max = 100,
                               .deadline_ms = 30000};
    struct pool *pool = pool_open_with(config);
    struct ending ending = {0};
    (void)state;

    pg_hurry(pool->pg);
    uint64_t begun_ms = uv_now(&pool->loop);
    pg_tx_send(thing_tx(pool, 1, "x"), on_ending, &ending);
    wait_for(pool, &ending);
    uint64_t took_ms = uv_now(&pool->loop) - begun_ms;
    assert_int_equal(ending.outcome, PG_UNAVAILABLE);
    assert_true(took_ms >= 1000 && took_ms < 10000);
    pool_close(pool);
}

static void close_waits_for_work(void **state)
{
    struct pg_config config = {.connections = 2, .waiting_max = 100, .deadline_ms = 5000};
    struct pool *pool = pool_open_with(config);
    struct ending endings[20] = {0}, late = {0};
    (void)state;

    for (size_t i = 0; i < 20; i++) {
        pg_tx_send(thing_tx(pool, (int64_t)i, "x"), on_ending, &endings[i]);
    }
    struct pg_tx *tx = thing_tx(pool, 100, "x");
    pg_close(pool->pg, pool_on_closed, pool);
    pg_tx_send(tx, on_ending, &late);
    uv_run(&pool->loop, UV_RUN_DEFAULT);
    assert_true(pool->closed);
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(endings[i].times, 1);
        assert_int_equal(endings[i].outcome, PG_COMMITTED);
    }
    assert_int_equal(late.times, 1);
    assert_int_equal(late.outcome, PG_UNAVAILABLE);
    assert_int_equal(uv_loop_close(&pool->loop), 0);
    metrics_free(pool->metrics);
    free(pool);
}

static void unsent_is_freed(void **state)
{
    struct pool *pool = *state;
    pg_tx_free(thing_tx(pool, 1, "x"));
    pg_tx_free(NULL);
}

static void bad_connection_string_is_told_without_it(void **state)
{
    struct pg_config config = {.conninfo = "postgresql://u:secret@[::1",
                               .connections = 2,
                               .waiting_max = 1,
                               .deadline_ms = 1};
    struct error err = {0};
    struct pg *pg;
    uv_loop_t loop;
    (void)state;

    uv_loop_init(&loop);
    assert_false(pg_open(&pg, &loop, &config, NULL, &err));
    assert_int_equal(err.kind, ERR_FATAL);
    assert_null(strstr(err.text, "secret"));
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void sqlstates_have_their_outcomes(void **state)
{
    static const struct {
        const char *sqlstate;
        enum pg_outcome outcome;
    } rows[] = {
        {"23505", PG_REFUSED},     {"22P02", PG_REFUSED},     {"42601", PG_REFUSED},
        {"P0001", PG_REFUSED},     {"08P01", PG_REFUSED},     {"40002", PG_REFUSED},
        {"40001", PG_UNAVAILABLE}, {"40P01", PG_UNAVAILABLE}, {"57P01", PG_UNAVAILABLE},
        {"57P02", PG_UNAVAILABLE}, {"57P03", PG_UNAVAILABLE}, {"57014", PG_UNAVAILABLE},
        {"53100", PG_UNAVAILABLE}, {"53300", PG_UNAVAILABLE}, {"08006", PG_UNAVAILABLE},
        {"55P03", PG_UNAVAILABLE}, {"25006", PG_UNAVAILABLE}, {"26000", PG_UNAVAILABLE},
        {"58030", PG_UNAVAILABLE}, {"08007", PG_UNKNOWN},     {"40003", PG_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(pg_outcome_of_sqlstate(rows[i].sqlstate), rows[i].outcome);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nulls_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(arrays_arrive_with_nulls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(statements_see_one_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusal_undoes_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusal_at_commit_is_reported, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failed_preparation_is_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(thousand_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_both_ways, set_up, tear_down),
        cmocka_unit_test(large_both_ways_by_tls),
        cmocka_unit_test_setup_teardown(session_has_its_settings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(full_line_turns_away_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(close_waits_for_work, set_up, tear_down),
        cmocka_unit_test(who_is_in_a_hurry_waits_a_second_for_a_connection),
        cmocka_unit_test_setup_teardown(unsent_is_freed, set_up, tear_down),
        cmocka_unit_test(bad_connection_string_is_told_without_it),
        cmocka_unit_test(sqlstates_have_their_outcomes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
