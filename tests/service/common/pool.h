/* SPDX-License-Identifier: Apache-2.0 */
/* A pool on a loop of its own for tests, and transactions that are waited for. The database is
 * the one that TEST_DATABASE_URL names. */
#ifndef TESTS_SERVICE_COMMON_POOL_H
#define TESTS_SERVICE_COMMON_POOL_H

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pg.h"
#include "tests/support/number.h"

struct pool {
    uv_loop_t loop;
    struct metrics *metrics;
    struct pg *pg;
    bool closed;
};

static void pool_on_closed(void *arg)
{
    ((struct pool *)arg)->closed = true;
}

static void pool_turn(struct pool *pool)
{
    uv_run(&pool->loop, UV_RUN_ONCE);
}

static inline void pool_wait_ready(struct pool *pool)
{
    while (!pg_is_ready(pool->pg)) {
        pool_turn(pool);
    }
}

static inline struct pool *pool_open_with(struct pg_config config)
{
    struct pool *pool = calloc(1, sizeof *pool);
    struct error err = {0};

    uv_loop_init(&pool->loop);
    pool->metrics = metrics_new();
    if (config.conninfo == NULL) {
        config.conninfo = getenv("TEST_DATABASE_URL");
    }
    if (config.conninfo == NULL) {
        fprintf(stderr, "TEST_DATABASE_URL is not set: run make service-c\n");
        exit(2);
    }
    if (!pg_open(&pool->pg, &pool->loop, &config, pool->metrics, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(2);
    }
    return pool;
}

static inline struct pool *pool_open(void)
{
    struct pool *pool = pool_open_with(
        (struct pg_config){.connections = 3, .waiting_max = 5000, .deadline_ms = 5000});
    pool_wait_ready(pool);
    return pool;
}

static inline void pool_close(struct pool *pool)
{
    pg_close(pool->pg, pool_on_closed, pool);
    uv_run(&pool->loop, UV_RUN_DEFAULT);
    assert(pool->closed);
    assert(uv_loop_close(&pool->loop) == 0);
    metrics_free(pool->metrics);
    free(pool);
}

/* What became of a transaction; `look` may read its results while they are there. */
struct ending {
    int times;
    enum pg_outcome outcome;
    char sqlstate[6];
    struct error err;
    void (*look)(struct pg_tx *tx);
    size_t rows; /* of the first statement */
};

static inline void on_ending(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct ending *ending = arg;

    ending->times++;
    ending->outcome = outcome;
    snprintf(ending->sqlstate, sizeof ending->sqlstate, "%s", pg_tx_sqlstate(tx));
    pg_tx_error(tx, outcome, &ending->err);
    if (outcome == PG_COMMITTED && pg_tx_statements(tx) > 0) {
        ending->rows = pg_rows(tx, 0);
        if (ending->look != NULL) {
            ending->look(tx);
        }
    }
}

static inline void wait_for(struct pool *pool, const struct ending *ending)
{
    while (ending->times == 0) {
        pool_turn(pool);
    }
}

static inline struct ending run_and_look(struct pool *pool, struct pg_tx *tx,
                                         void (*look)(struct pg_tx *tx))
{
    struct ending ending = {.look = look};
    pg_tx_send(tx, on_ending, &ending);
    wait_for(pool, &ending);
    return ending;
}

static inline struct ending run(struct pool *pool, struct pg_tx *tx)
{
    return run_and_look(pool, tx, NULL);
}

/* One statement without parameters. The statement must live as long as the pool. */
static inline struct ending run_statement(struct pool *pool, const struct pg_statement *statement)
{
    struct pg_tx *tx = pg_tx_new(pool->pg);
    pg_tx_add(tx, statement);
    return run(pool, tx);
}

/* Another client, blocking, for what a pool does not do: locks held between two statements,
 * tables. Stops the program when PostgreSQL refuses. */
static inline int other_client_run(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    int number = 0;
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        fprintf(stderr, "%s: %s\n", sql, PQerrorMessage(conn));
        exit(2);
    }
    if (PQntuples(result) > 0) {
        number = number_of(PQgetvalue(result, 0, 0), '\0');
    }
    PQclear(result);
    return number;
}

static inline PGconn *other_client(void)
{
    PGconn *conn = PQconnectdb(getenv("TEST_DATABASE_URL"));
    assert(PQstatus(conn) == CONNECTION_OK);
    other_client_run(conn, "SET lock_timeout = '5s'"); /* a failed test may have left a lock */
    return conn;
}

static inline int database_run(const char *sql)
{
    PGconn *conn = other_client();
    int number = other_client_run(conn, sql);
    PQfinish(conn);
    return number;
}

#endif
