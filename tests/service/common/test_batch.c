/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/batch.h"
#include "tests/service/common/pool.h"

enum { ITEMS = 600 };

struct item {
    int64_t id;
    const char *name; /* "poison" is refused by the table */
    int times;
    enum error_kind kind; /* ERR_NONE: committed */
    char code[48];
    bool in_doubt;
};

struct bench {
    struct pool *pool;
    struct batch *batch;
    struct item items[ITEMS];
    size_t transactions, largest, done;
};

static const struct pg_statement insert_items = {
    "insert_items", "INSERT INTO item (id, name) SELECT * FROM unnest($1::bigint[], $2::text[])"
                    " ON CONFLICT (id) DO NOTHING"};

static void on_build(struct pg_tx *tx, void **items, size_t count, void *arg)
{
    struct bench *bench = arg;
    struct pg_array ids, names;

    pg_array_init(&ids, PG_INT8);
    pg_array_init(&names, PG_TEXT);
    for (size_t i = 0; i < count; i++) {
        const struct item *item = items[i];
        pg_array_int8(&ids, item->id);
        pg_array_text(&names, item->name);
    }
    pg_tx_add(tx, &insert_items);
    pg_tx_array(tx, &ids);
    pg_tx_array(tx, &names);
    pg_array_finish(&ids);
    pg_array_finish(&names);
    bench->transactions++;
    bench->largest = count > bench->largest ? count : bench->largest;
}

static void on_batch_done(const struct pg_tx *tx, void **items, size_t count,
                          const struct error *err, bool in_doubt, void *arg)
{
    struct bench *bench = arg;

    assert_true(err != NULL || pg_tx_statements(tx) == 1);
    for (size_t i = 0; i < count; i++) {
        struct item *item = items[i];
        item->times++;
        item->kind = err == NULL ? ERR_NONE : err->kind;
        snprintf(item->code, sizeof item->code, "%s", err == NULL ? "" : err->code);
        item->in_doubt = in_doubt;
    }
    bench->done += count;
}

static struct bench *bench_new(unsigned deadline_ms, size_t queue_max)
{
    struct bench *bench = calloc(1, sizeof *bench);
    const struct batch_config config = {
        .name = "items",
        .items_max = 200,
        .depth = 2,
        .queue_max = queue_max,
        .deadline_ms = deadline_ms,
        .build = on_build,
        .done = on_batch_done,
        .arg = bench,
    };
    database_run("DROP TABLE IF EXISTS item;"
                 "CREATE TABLE item (id bigint PRIMARY KEY, name text CHECK (name <> 'poison'))");
    bench->pool = pool_open();
    bench->batch = batch_new(bench->pool->pg, &config, bench->pool->metrics);
    for (size_t i = 0; i < ITEMS; i++) {
        bench->items[i] = (struct item){.id = (int64_t)i, .name = "good"};
    }
    return bench;
}

static void bench_free(struct bench *bench)
{
    assert_true(batch_is_idle(bench->batch));
    batch_free(bench->batch);
    pool_close(bench->pool);
    free(bench);
}

static void submit(struct bench *bench, size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++) {
        assert_true(batch_submit(bench->batch, &bench->items[i], NULL));
    }
}

static void wait_until_done(struct bench *bench, size_t count)
{
    while (bench->done < count) {
        pool_turn(bench->pool);
    }
}

static void lone_item_goes_at_once(void **state)
{
    struct bench *bench = bench_new(5000, ITEMS);
    (void)state;

    submit(bench, 0, 1);
    assert_int_equal(bench->transactions, 0);
    pool_turn(bench->pool);
    assert_int_equal(bench->transactions, 1);
    wait_until_done(bench, 1);
    assert_int_equal(bench->items[0].kind, ERR_NONE);
    assert_false(bench->items[0].in_doubt);
    bench_free(bench);
}

static void one_turn_goes_together(void **state)
{
    struct bench *bench = bench_new(5000, ITEMS);
    (void)state;

    submit(bench, 0, 20);
    wait_until_done(bench, 20);
    assert_int_equal(bench->transactions, 1);
    assert_int_equal(bench->largest, 20);
    bench_free(bench);
}

static void busy_batch_gathers(void **state)
{
    struct bench *bench = bench_new(5000, ITEMS);
    (void)state;

    submit(bench, 0, ITEMS);
    pool_turn(bench->pool);
    assert_int_equal(bench->transactions, 2); /* depth; the others wait for them */
    wait_until_done(bench, ITEMS);
    assert_int_equal(bench->transactions, 3);
    assert_int_equal(bench->largest, 200);
    for (size_t i = 0; i < ITEMS; i++) {
        assert_int_equal(bench->items[i].times, 1);
        assert_int_equal(bench->items[i].kind, ERR_NONE);
    }
    assert_int_equal(database_run("SELECT count(*) FROM item"), ITEMS);
    bench_free(bench);
}

static void poison_fails_alone(void **state)
{
    struct bench *bench = bench_new(5000, ITEMS);
    (void)state;

    bench->items[77].name = "poison";
    bench->items[301].name = "poison";
    submit(bench, 0, ITEMS);
    wait_until_done(bench, ITEMS);
    for (size_t i = 0; i < ITEMS; i++) {
        bool bad = i == 77 || i == 301;
        assert_int_equal(bench->items[i].times, 1);
        assert_int_equal(bench->items[i].kind, bad ? ERR_FATAL : ERR_NONE);
        assert_string_equal(bench->items[i].code, bad ? "refused_by_database" : "");
    }
    assert_int_equal(database_run("SELECT count(*) FROM item"), ITEMS - 2);
    bench_free(bench);
}

static void full_queue_says_busy(void **state)
{
    struct bench *bench = bench_new(5000, 10);
    struct error err = {0};
    (void)state;

    submit(bench, 0, 30); /* two times ten are under way, ten wait */
    assert_false(batch_submit(bench->batch, &bench->items[30], &err));
    assert_int_equal(err.kind, ERR_BUSY);
    assert_int_equal(err.retry_after_s, 1);
    wait_until_done(bench, 30);
    submit(bench, 30, 1);
    wait_until_done(bench, 31);
    bench_free(bench);
}

/* A lock keeps the insert from ending; killing its session leaves it in doubt, and the repetition
 * must find the row to be new. */
static void broken_connection_repeats_in_doubt(void **state)
{
    struct bench *bench = bench_new(5000, ITEMS);
    PGconn *other = other_client();
    (void)state;

    submit(bench, 0, 1);
    wait_until_done(bench, 1);
    other_client_run(other, "BEGIN; LOCK TABLE item IN EXCLUSIVE MODE");
    submit(bench, 1, 1);
    while (other_client_run(other, "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0) {
        uv_run(&bench->pool->loop, UV_RUN_NOWAIT);
    }
    other_client_run(other,
                     "SELECT pg_terminate_backend(pid)::int FROM pg_locks WHERE NOT granted");
    other_client_run(other, "COMMIT");
    wait_until_done(bench, 2);
    assert_int_equal(bench->items[1].times, 1);
    assert_int_equal(bench->items[1].kind, ERR_NONE);
    assert_int_equal(database_run("SELECT count(*) FROM item"), 2);
    assert_true(bench->transactions >= 3);
    PQfinish(other);
    bench_free(bench);
}

/* Nobody lets go of the lock: the deadline closes the connection, so nobody knows. */
static void locked_table_gives_up_in_doubt(void **state)
{
    struct bench *bench = bench_new(600, ITEMS);
    PGconn *other = other_client();
    (void)state;

    submit(bench, 0, 1);
    wait_until_done(bench, 1);
    other_client_run(other, "BEGIN; LOCK TABLE item IN EXCLUSIVE MODE");
    submit(bench, 1, 26);
    pool_turn(bench->pool);
    submit(bench, 27, 24);
    wait_until_done(bench, 51);
    for (size_t i = 1; i < 51; i++) {
        assert_int_equal(bench->items[i].times, 1);
        assert_int_equal(bench->items[i].kind, ERR_RETRY);
        assert_string_equal(bench->items[i].code, "database_unavailable");
    }
    assert_true(bench->items[1].in_doubt);
    assert_false(bench->items[50].in_doubt); /* it waited behind, and was never sent */
    other_client_run(other, "ROLLBACK");
    PQfinish(other);
    submit(bench, 51, 1);
    wait_until_done(bench, 52);
    assert_int_equal(bench->items[51].kind, ERR_NONE);
    bench_free(bench);
}

static void server(const char *what)
{
    char command[512];
    snprintf(command, sizeof command, "cd / && %s %s >/dev/null", getenv("TEST_PG_CTL"), what);
    assert_int_equal(system(command), 0);
}

static void outlives_a_restart(void **state)
{
    struct bench *bench = bench_new(15000, ITEMS);
    (void)state;

    submit(bench, 0, 1);
    wait_until_done(bench, 1);
    server("stop -m immediate");
    submit(bench, 1, ITEMS - 1);
    for (int i = 0; i < 20; i++) {
        uv_run(&bench->pool->loop, UV_RUN_NOWAIT);
    }
    server("start");
    wait_until_done(bench, ITEMS);
    for (size_t i = 0; i < ITEMS; i++) {
        assert_int_equal(bench->items[i].times, 1);
        assert_int_equal(bench->items[i].kind, ERR_NONE);
    }
    assert_int_equal(database_run("SELECT count(*) FROM item"), ITEMS);
    bench_free(bench);
}

static void gives_up_when_there_is_no_server(void **state)
{
    struct bench *bench = bench_new(300, ITEMS);
    (void)state;

    server("stop -m fast");
    while (pg_is_ready(bench->pool->pg)) {
        pool_turn(bench->pool);
    }
    submit(bench, 0, 100);
    wait_until_done(bench, 100);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(bench->items[i].times, 1);
        assert_int_equal(bench->items[i].kind, ERR_RETRY);
        assert_false(bench->items[i].in_doubt);
    }
    server("start");
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lone_item_goes_at_once),
        cmocka_unit_test(one_turn_goes_together),
        cmocka_unit_test(busy_batch_gathers),
        cmocka_unit_test(poison_fails_alone),
        cmocka_unit_test(full_queue_says_busy),
        cmocka_unit_test(broken_connection_repeats_in_doubt),
        cmocka_unit_test(locked_table_gives_up_in_doubt),
        cmocka_unit_test(outlives_a_restart),
        cmocka_unit_test(gives_up_when_there_is_no_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
