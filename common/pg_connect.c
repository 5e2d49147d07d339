/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/log.h"
#include "common/pg_private.h"

enum { BACKOFF_MIN_MS = 50, BACKOFF_MAX_MS = 2000, CONNECT_MAX_MS = 5000 };

/* ---- watching the socket ---- */

struct watch {
    uv_poll_t poll;
    struct pg_connection *connection; /* valid until watch_close */
    struct pg *pg;
    int events;
};

static void connect_step(struct pg_connection *connection);

static void on_watch_closed(uv_handle_t *handle)
{
    struct watch *watch = handle->data;
    struct pg *pg = watch->pg;
    free(watch);
    pool_handle_closed(pg);
}

/* libpq may change its socket while it connects, and libuv may not watch a closed one: the watch
 * goes before each step that could. */
static void watch_close(struct pg_connection *connection)
{
    if (connection->watch != NULL) {
        uv_close((uv_handle_t *)&connection->watch->poll, on_watch_closed);
        connection->watch = NULL;
    }
}

static void on_event(uv_poll_t *poll, int status, int events)
{
    struct pg_connection *connection = ((struct watch *)poll->data)->connection;

    /* libuv calls every fault of a socket EBADF; libpq, asked for the next step, knows which. */
    if (connection->state == CONNECTION_CONNECTING) {
        connect_step(connection);
        return;
    }
    if ((status < 0 || (events & UV_READABLE) != 0) && !pipeline_read(connection)) {
        connection_fail(connection, PQerrorMessage(connection->conn));
        return;
    }
    if (status < 0) {
        connection_fail(connection, uv_strerror(status));
        return;
    }
    connection_flush(connection);
    pool_dispatch(connection->pg);
}

static bool watch_set(struct pg_connection *connection, int events)
{
    struct watch *watch = connection->watch;
    if (watch->events == events) {
        return true;
    }
    watch->events = events;
    return uv_poll_start(&watch->poll, events, on_event) == 0;
}

static bool watch_open(struct pg_connection *connection, int events)
{
    struct watch *watch = memory_zero(1, sizeof *watch);

    watch->connection = connection;
    watch->pg = connection->pg;
    watch->poll.data = watch;
    if (uv_poll_init(connection->pg->loop, &watch->poll, PQsocket(connection->conn)) != 0) {
        free(watch);
        return false;
    }
    connection->pg->open_handles++;
    connection->watch = watch;
    return watch_set(connection, events);
}

void connection_flush(struct pg_connection *connection)
{
    int left = PQflush(connection->conn);

    /* Reading goes on while there is something to write: PostgreSQL may not take more before we
     * take its answers. */
    if (left < 0 || !watch_set(connection, UV_READABLE | (left > 0 ? UV_WRITABLE : 0))) {
        connection->broken = true;
        pool_next_turn(connection->pg);
    }
}

/* ---- connecting ---- */

static void on_notice(void *arg, const PGresult *result)
{
    (void)arg;
    log_debug("pg_notice", log_text("sqlstate", PQresultErrorField(result, PG_DIAG_SQLSTATE)));
}

static void connect_done(struct pg_connection *connection)
{
    if (PQsetnonblocking(connection->conn, 1) != 0 || !PQenterPipelineMode(connection->conn) ||
        !watch_open(connection, UV_READABLE)) {
        connection_fail(connection, "the connection could not be set up");
        return;
    }
    uv_timer_stop(&connection->timer);
    connection->backoff_ms = BACKOFF_MIN_MS;
    connection->state = CONNECTION_READY;
    log_info("pg_connected", log_int("connection", (int64_t)connection->number),
             log_int("backend", PQbackendPID(connection->conn)));
    pool_set_live(connection->pg, connection->pg->live + 1);
    pool_dispatch(connection->pg);
}

static void connect_step(struct pg_connection *connection)
{
    int events = 0;

    watch_close(connection);
    switch (PQconnectPoll(connection->conn)) {
    case PGRES_POLLING_OK:
        connect_done(connection);
        return;
    case PGRES_POLLING_READING:
        events = UV_READABLE;
        break;
    case PGRES_POLLING_WRITING:
        events = UV_WRITABLE;
        break;
    default:
        connection_fail(connection, PQerrorMessage(connection->conn));
        return;
    }
    if (!watch_open(connection, events)) {
        connection_fail(connection, "the socket cannot be watched");
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct pg_connection *connection = timer->data;

    if (connection->state == CONNECTION_DOWN) {
        connection_start(connection);
    } else {
        connection_fail(connection, "connecting took too long");
    }
}

void connection_start(struct pg_connection *connection)
{
    const char *const names[] = {"dbname", "options", "client_encoding", NULL};
    const char *const values[] = {connection->pg->config.conninfo, connection->pg->options, "UTF8",
                                  NULL};

    connection->state = CONNECTION_CONNECTING;
    uv_timer_start(&connection->timer, on_timer, CONNECT_MAX_MS, 0);
    connection->conn = PQconnectStartParams(names, values, 1);
    if (connection->conn == NULL || PQstatus(connection->conn) == CONNECTION_BAD ||
        !watch_open(connection, UV_WRITABLE)) {
        connection_fail(connection, PQerrorMessage(connection->conn));
        return;
    }
    PQsetNoticeReceiver(connection->conn, on_notice, NULL);
}

void connection_init(struct pg_connection *connection, struct pg *pg, size_t number)
{
    connection->pg = pg;
    connection->number = number;
    connection->state = CONNECTION_DOWN;
    connection->backoff_ms = BACKOFF_MIN_MS;
    uv_timer_init(pg->loop, &connection->timer);
    connection->timer.data = connection;
    pg->open_handles++;
}

/* ---- losing it ---- */

static void log_lost(const struct pg_connection *connection, const char *reason)
{
    char line[200]; /* libpq explains in several lines; the first says what happened */
    size_t size = strcspn(reason, "\n");

    size = size < sizeof line ? size : sizeof line - 1;
    memcpy(line, reason, size);
    line[size] = '\0';
    log_warn(connection->state == CONNECTION_READY ? "pg_connection_lost" : "pg_connect_failed",
             log_int("connection", (int64_t)connection->number),
             log_int("transactions", (int64_t)connection->sent.count), log_text("reason", line));
}

static void disconnect(struct pg_connection *connection)
{
    watch_close(connection);
    PQfinish(connection->conn);
    connection->conn = NULL;
    connection->prepared_count = 0;
    connection->prepared_confirmed = 0;
    connection->broken = false;
}

void connection_fail(struct pg_connection *connection, const char *reason)
{
    struct pg *pg = connection->pg;
    bool was_ready = connection->state == CONNECTION_READY;

    log_lost(connection, reason);
    disconnect(connection);
    connection->state = CONNECTION_DOWN;
    uv_timer_start(&connection->timer, on_timer, connection->backoff_ms, 0);
    connection->backoff_ms *= 2;
    if (connection->backoff_ms > BACKOFF_MAX_MS) {
        connection->backoff_ms = BACKOFF_MAX_MS;
    }
    if (was_ready) {
        metrics_add(pg->lost, 1);
        pool_set_live(pg, pg->live - 1);
    }
    pipeline_abandon(connection);
    connection->fatal = false;
    pool_dispatch(pg);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct pg_connection *connection = handle->data;
    pool_handle_closed(connection->pg);
}

void connection_close(struct pg_connection *connection)
{
    assert(connection->sent.head == NULL);
    disconnect(connection);
    connection->state = CONNECTION_CLOSED;
    uv_close((uv_handle_t *)&connection->timer, on_timer_closed);
}

void connection_finish(struct pg_connection *connection)
{
    free(connection->prepared);
}
