/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of transactions when locks, sessions and the server fail under them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/clock.h"
#include "tests/service/common/pool.h"

static const struct pg_statement insert_thing = {"insert_thing",
                                                 "INSERT INTO thing (id) VALUES ($1)"};
static const struct pg_statement read_things = {"read_things", "SELECT id FROM thing"};
static const struct pg_statement lock_thing = {"lock_thing",
                                               "UPDATE thing SET touched = $1 WHERE id = 1"};
static const struct pg_statement sleep_long = {"sleep_long", "SELECT pg_sleep(30)"};

static int set_up(void **state)
{
    database_run("DROP TABLE IF EXISTS thing;"
                 "CREATE TABLE thing (id bigint PRIMARY KEY, touched bigint);"
                 "INSERT INTO thing VALUES (1)");
    *state = pool_open();
    return 0;
}

static int tear_down(void **state)
{
    pool_close(*state);
    return 0;
}

static struct pg_tx *insert_tx(struct pool *pool, int64_t id)
{
    struct pg_tx *tx = pg_tx_new(pool->pg);
    pg_tx_add(tx, &insert_thing);
    pg_tx_int8(tx, id);
    return tx;
}

static struct pg_tx *lock_tx(struct pool *pool)
{
    struct pg_tx *tx = pg_tx_new(pool->pg);
    pg_tx_add(tx, &lock_thing);
    pg_tx_int8(tx, 5);
    return tx;
}

static struct pg_tx *read_tx(struct pool *pool, const struct pg_statement *statement)
{
    struct pg_tx *tx = pg_tx_new(pool->pg);
    pg_tx_set_read_only(tx);
    pg_tx_add(tx, statement);
    return tx;
}

static void turn_for(struct pool *pool, unsigned ms)
{
    uint64_t until_us = clock_monotonic_us() + ms * UINT64_C(1000);
    while (clock_monotonic_us() < until_us) {
        uv_run(&pool->loop, UV_RUN_NOWAIT);
        uv_sleep(1);
    }
}

static void server(const char *what)
{
    char command[512];
    snprintf(command, sizeof command, "cd / && %s %s >/dev/null", getenv("TEST_PG_CTL"), what);
    assert_int_equal(system(command), 0);
}

static void locked_row_meets_the_deadline(void **state)
{
    struct pool *pool = *state;
    struct ending locked = {0};
    PGconn *other = other_client();

    other_client_run(other, "BEGIN; UPDATE thing SET touched = 1 WHERE id = 1");
    struct pg_tx *tx = lock_tx(pool);
    pg_tx_set_deadline(tx, 200);
    uv_update_time(&pool->loop); /* deadlines count from the loop's time, and the lock took long */
    uint64_t start_us = clock_monotonic_us();
    pg_tx_send(tx, on_ending, &locked);
    wait_for(pool, &locked);
    uint64_t took_ms = (clock_monotonic_us() - start_us) / 1000;
    assert_int_equal(locked.outcome, PG_UNKNOWN);
    assert_int_equal(locked.err.kind, ERR_RETRY);
    assert_in_range(took_ms, 190, 1500);
    /* The other connections serve at once, and the closed one comes back. */
    assert_int_equal(run(pool, insert_tx(pool, 2)).outcome, PG_COMMITTED);
    /* Its session lets go by itself: it does not wait for the lock any more. */
    turn_for(pool, 1500);
    assert_int_equal(other_client_run(other, "SELECT count(*) FROM pg_locks WHERE NOT granted"), 0);
    other_client_run(other, "ROLLBACK");
    PQfinish(other);
    assert_int_equal(database_run("SELECT count(*) FROM thing WHERE touched IS NOT NULL"), 0);
}

static void slow_transaction_gets_no_followers(void **state)
{
    struct pool *pool = *state;
    struct ending locked = {0}, endings[50] = {0};
    PGconn *other = other_client();

    other_client_run(other, "BEGIN; UPDATE thing SET touched = 1 WHERE id = 1");
    pg_tx_send(lock_tx(pool), on_ending, &locked);
    turn_for(pool, 30);
    for (size_t i = 0; i < 50; i++) {
        pg_tx_send(insert_tx(pool, 10 + (int64_t)i), on_ending, &endings[i]);
    }
    for (size_t i = 0; i < 50; i++) {
        wait_for(pool, &endings[i]);
        assert_int_equal(endings[i].outcome, PG_COMMITTED);
    }
    assert_int_equal(locked.times, 0);
    other_client_run(other, "ROLLBACK");
    wait_for(pool, &locked);
    assert_int_equal(locked.outcome, PG_COMMITTED);
    PQfinish(other);
}

static void killed_session_rolls_back_for_sure(void **state)
{
    struct pool *pool = *state;
    struct ending locked = {0};
    PGconn *other = other_client();

    other_client_run(other, "BEGIN; UPDATE thing SET touched = 1 WHERE id = 1");
    pg_tx_send(lock_tx(pool), on_ending, &locked);
    while (other_client_run(other, "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) {
        uv_run(&pool->loop, UV_RUN_NOWAIT);
    }
    other_client_run(other,
                     "SELECT pg_terminate_backend(pid)::int FROM pg_locks WHERE NOT granted");
    wait_for(pool, &locked);
    /* PostgreSQL said so itself before it hung up (57P01). */
    assert_int_equal(locked.outcome, PG_UNAVAILABLE);
    assert_string_equal(locked.sqlstate, "57P01");
    other_client_run(other, "ROLLBACK");
    PQfinish(other);
    for (int64_t i = 0; i < 20; i++) {
        assert_int_equal(run(pool, insert_tx(pool, 100 + i)).outcome, PG_COMMITTED);
    }
    assert_int_equal(database_run("SELECT count(*) FROM thing WHERE touched = 5"), 0);
}

/* Kills at random moments; what was said to be committed is there, what was said not to be is not,
 * and only what is unknown may be either. */
static void nothing_is_said_falsely(void **state)
{
    enum { ROUNDS = 20, EACH = 40, COUNT = ROUNDS * EACH };
    struct pool *pool = *state;
    struct ending *endings = calloc(COUNT, sizeof *endings);
    PGconn *other = other_client();
    size_t committed = 0, unknown = 0;
    char sql[96];

    for (size_t i = 0; i < COUNT; i++) {
        pg_tx_send(insert_tx(pool, 1000 + (int64_t)i), on_ending, &endings[i]);
        if (i % EACH == EACH - 1) {
            turn_for(pool, (unsigned)(i / EACH % 4));
            other_client_run(other, "SELECT pg_terminate_backend(pid)::int FROM pg_stat_activity "
                                    "WHERE backend_type = 'client backend' "
                                    "AND pid <> pg_backend_pid()");
        }
    }
    for (size_t i = 0; i < COUNT; i++) {
        wait_for(pool, &endings[i]);
        assert_int_equal(endings[i].times, 1);
        assert_int_not_equal(endings[i].outcome, PG_REFUSED);
        snprintf(sql, sizeof sql, "SELECT count(*) FROM thing WHERE id = %zu", 1000 + i);
        if (endings[i].outcome == PG_UNKNOWN) {
            unknown++;
        } else {
            bool there = endings[i].outcome == PG_COMMITTED;
            committed += there;
            assert_int_equal(other_client_run(other, sql), there);
        }
    }
    print_message("%zu committed, %zu unknown of %d\n", committed, unknown, COUNT);
    assert_true(committed > 0);
    PQfinish(other);
    free(endings);
}

static void reading_is_repeated_once(void **state)
{
    struct pool *pool = *state;
    struct ending ending = {0};
    int sleeping = 0;

    pg_tx_send(read_tx(pool, &sleep_long), on_ending, &ending);
    for (int times = 0; times < 2; times++) { /* the second kill is the last */
        PGconn *other = other_client();
        assert_int_equal(ending.times, 0);
        do {
            turn_for(pool, 20);
            sleeping = other_client_run(
                other, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                       "WHERE wait_event = 'PgSleep'");
        } while (sleeping == 0);
        PQfinish(other);
        turn_for(pool, 50);
    }
    wait_for(pool, &ending);
    assert_int_equal(ending.times, 1);
    assert_int_equal(ending.outcome, PG_UNAVAILABLE);
}

/* A deadline that passes is no reason to read again. */
static void reading_past_its_deadline_is_unavailable(void **state)
{
    struct pool *pool = *state;
    struct pg_tx *tx = read_tx(pool, &sleep_long);

    pg_tx_set_deadline(tx, 100);
    assert_int_equal(run(pool, tx).outcome, PG_UNAVAILABLE);
}

static void never_sent_is_unavailable(void **state)
{
    struct pool *pool = *state;

    server("stop -m fast");
    while (pg_is_ready(pool->pg)) {
        pool_turn(pool);
    }
    struct pg_tx *tx = insert_tx(pool, 50);
    pg_tx_set_deadline(tx, 100);
    assert_int_equal(run(pool, tx).outcome, PG_UNAVAILABLE);
    server("start");
    pool_wait_ready(pool);
    assert_int_equal(run(pool, insert_tx(pool, 50)).outcome, PG_COMMITTED);
}

/* ---- a server that dies under load ---- */

struct load {
    struct pool *pool;
    int64_t next_id;
    size_t sent, ended, outcomes[PG_UNKNOWN + 1];
    uint8_t *fates; /* by id: 1 + outcome */
    bool stopping;
};

enum { LOAD_MAX = 200000, LOAD_DEPTH = 64 };

struct load_item { /* in the arena of its transaction */
    struct load *load;
    int64_t id;
};

static void load_more(struct load *load);

static void on_load_done(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    const struct load_item *item = arg;
    struct load *load = item->load;
    (void)tx;

    load->fates[item->id] = (uint8_t)(1 + outcome);
    load->ended++;
    load->outcomes[outcome]++;
    load_more(load);
}

static void load_more(struct load *load)
{
    while (!load->stopping && load->sent - load->ended < LOAD_DEPTH && load->next_id < LOAD_MAX) {
        int64_t id = load->next_id++;
        struct pg_tx *tx = insert_tx(load->pool, 10000 + id);
        struct load_item *item = arena_alloc(pg_tx_arena(tx), sizeof *item);
        *item = (struct load_item){.load = load, .id = id};
        load->sent++;
        pg_tx_send(tx, on_load_done, item);
    }
}

static void check_fates(const struct load *load)
{
    PGconn *other = other_client();
    PGresult *result = PQexec(other, "SELECT id FROM thing WHERE id >= 10000");
    uint8_t *there = calloc(LOAD_MAX, 1);

    for (int i = 0; i < PQntuples(result); i++) {
        there[atoll(PQgetvalue(result, i, 0)) - 10000] = 1;
    }
    for (int64_t id = 0; id < load->next_id; id++) {
        assert_int_not_equal(load->fates[id], 0);
        if (load->fates[id] == 1 + PG_COMMITTED) {
            assert_int_equal(there[id], 1);
        } else if (load->fates[id] == 1 + PG_UNAVAILABLE) {
            assert_int_equal(there[id], 0);
        }
    }
    free(there);
    PQclear(result);
    PQfinish(other);
}

/* The port is open to nobody: why there is no connection stands in the log. */
static void a_refused_connection_says_so(void **state)
{
    FILE *caught = tmpfile();
    int log = dup(STDOUT_FILENO);
    char text[2048] = "";
    (void)state;
    fflush(stdout);
    dup2(fileno(caught), STDOUT_FILENO);
    struct pool *pool = pool_open_with((struct pg_config){.conninfo = "host=127.0.0.1 port=1",
                                                          .connections = 1,
                                                          .waiting_max = 10,
                                                          .deadline_ms = 100});
    turn_for(pool, 200);
    pool_close(pool);
    fflush(stdout);
    dup2(log, STDOUT_FILENO);
    close(log);
    rewind(caught);
    assert_true(fread(text, 1, sizeof text - 1, caught) > 0);
    fclose(caught);
    assert_non_null(strstr(text, "pg_connect_failed"));
    assert_non_null(strstr(text, "onnection refused"));
}

static void server_crashes_under_load(void **state)
{
    struct pool *pool = *state;
    struct load load = {.pool = pool, .fates = calloc(LOAD_MAX, 1)};

    load_more(&load);
    for (int round = 0; round < 2; round++) {
        turn_for(pool, 200);
        server("restart -m immediate");
        size_t before = load.outcomes[PG_COMMITTED];
        uint64_t start_us = clock_monotonic_us();
        while (load.outcomes[PG_COMMITTED] < before + 500) {
            pool_turn(pool);
            assert_true(clock_monotonic_us() - start_us < 10000000);
        }
    }
    load.stopping = true;
    while (load.ended < load.sent) {
        pool_turn(pool);
    }
    print_message("%zu committed, %zu refused, %zu unavailable, %zu unknown\n", load.outcomes[0],
                  load.outcomes[1], load.outcomes[2], load.outcomes[3]);
    assert_int_equal(load.outcomes[PG_REFUSED], 0);
    assert_true(load.outcomes[PG_UNKNOWN] > 0);
    check_fates(&load);
    free(load.fates);
}

static void reading_outlives_a_crash(void **state)
{
    struct pool *pool = *state;
    struct ending endings[30] = {0};

    server("stop -m immediate");
    for (size_t i = 0; i < 30; i++) { /* sent on connections that are already gone */
        pg_tx_send(read_tx(pool, &read_things), on_ending, &endings[i]);
    }
    server("start");
    for (size_t i = 0; i < 30; i++) {
        wait_for(pool, &endings[i]);
        assert_int_equal(endings[i].outcome, PG_COMMITTED);
        assert_int_equal(endings[i].rows, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(locked_row_meets_the_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slow_transaction_gets_no_followers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(killed_session_rolls_back_for_sure, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_said_falsely, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reading_is_repeated_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reading_past_its_deadline_is_unavailable, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(never_sent_is_unavailable, set_up, tear_down),
        cmocka_unit_test(a_refused_connection_says_so),
        cmocka_unit_test_setup_teardown(server_crashes_under_load, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reading_outlives_a_crash, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
