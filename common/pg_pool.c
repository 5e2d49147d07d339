/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/pg_private.h"

/* Hot statements are index look-ups by design. A plan made while its table was empty would scan
 * it for ever, custom plans cost more than they gain, and compiling costs more than it saves.
 * PostgreSQL notices within a second that we gave a connection up, and lets its locks go. */
static const char session_options[] =
    "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off "
    "-c client_connection_check_interval=1000 -c timezone=UTC";

/* ---- the ends of transactions ---- */

void pool_keep_spare(struct pg *pg, struct pg_tx *tx)
{
    if (pg->spare.count >= PG_SPARE_MAX || tx->bytes.capacity > PG_SPARE_BYTES_MAX) {
        tx_destroy(tx);
        return;
    }
    tx_clear(tx);
    tx_line_push(&pg->spare, tx);
}

static void end(struct pg *pg, struct pg_tx *tx, enum pg_outcome outcome)
{
    uint64_t took_us = clock_monotonic_us() - tx->handed_over_us;

    metrics_add(pg->ended[outcome], 1);
    metrics_observe(pg->seconds, (double)took_us / 1e6);
    tx->on_done(tx, outcome, tx->arg);
    pool_keep_spare(pg, tx);
    pg->under_way--;
    if (pg->closing && pg->under_way == 0) {
        pool_next_turn(pg);
    }
}

void pool_settle(struct pg *pg, struct pg_tx *tx, enum pg_outcome outcome)
{
    if (tx->read_only && (outcome == PG_UNAVAILABLE || outcome == PG_UNKNOWN)) {
        if (!tx->repeated && uv_now(pg->loop) < tx->due_ms) {
            tx->repeated = true;
            tx_drop_results(tx);
            tx_line_push(&pg->waiting, tx);
            return;
        }
        outcome = PG_UNAVAILABLE;
    }
    end(pg, tx, outcome);
}

/* ---- handing out ---- */

static bool takes_more(const struct pg_connection *connection, uint64_t now_ms)
{
    if (connection->state != CONNECTION_READY || connection->broken) {
        return false;
    }
    return connection->sent.count == 0 || (connection->sent.count < PG_PIPELINE_MAX &&
                                           now_ms - connection->progress_ms < PG_STALLED_MS);
}

/* The first of the least loaded, so that few connections stay warm when there is little to do. */
static struct pg_connection *least_loaded(struct pg *pg)
{
    uint64_t now_ms = uv_now(pg->loop);
    struct pg_connection *best = NULL;

    for (size_t i = 0; i < pg->config.connections; i++) {
        struct pg_connection *connection = &pg->connections[i];
        if (takes_more(connection, now_ms) &&
            (best == NULL || connection->sent.count < best->sent.count)) {
            best = connection;
        }
    }
    return best;
}

void pool_dispatch(struct pg *pg)
{
    while (pg->waiting.head != NULL) {
        struct pg_connection *connection = least_loaded(pg);
        if (connection == NULL) {
            break;
        }
        pipeline_send(connection, tx_line_pop(&pg->waiting));
    }
    metrics_set(pg->waiting_gauge, (double)pg->waiting.count);
}

void pool_arguments_reserve(struct pg *pg, size_t count)
{
    if (count > pg->argument_capacity) {
        pg->argument_capacity = count < 32 ? 32 : count;
        pg->values = memory_grow(pg->values, pg->argument_capacity, sizeof(const char *));
        pg->sizes = memory_grow(pg->sizes, pg->argument_capacity, sizeof(int));
        pg->formats = memory_grow(pg->formats, pg->argument_capacity, sizeof(int));
    }
}

/* ---- deadlines ---- */

static void on_deadline(uv_timer_t *timer);

static void watch_deadline(struct pg *pg, uint64_t due_ms)
{
    if (pg->deadlines_due_ms != 0 && pg->deadlines_due_ms <= due_ms) {
        return;
    }
    uint64_t now_ms = uv_now(pg->loop);
    pg->deadlines_due_ms = due_ms;
    uv_timer_start(&pg->deadlines, on_deadline, due_ms > now_ms ? due_ms - now_ms : 0, 0);
}

static void expire_waiting(struct pg *pg, uint64_t now_ms)
{
    struct tx_line waiting = pg->waiting, expired = {0};
    struct pg_tx *tx;

    pg->waiting = (struct tx_line){0};
    while ((tx = tx_line_pop(&waiting)) != NULL) {
        tx_line_push(tx->due_ms <= now_ms ? &expired : &pg->waiting, tx);
    }
    while ((tx = tx_line_pop(&expired)) != NULL) {
        end(pg, tx, PG_UNAVAILABLE);
    }
}

/* What was sent cannot be taken back but by closing its connection. */
static void expire_sent(struct pg *pg, uint64_t now_ms)
{
    for (size_t i = 0; i < pg->config.connections; i++) {
        struct pg_connection *connection = &pg->connections[i];
        for (struct pg_tx *tx = connection->sent.head; tx != NULL; tx = tx->next) {
            if (tx->due_ms <= now_ms) {
                connection_fail(connection, "a transaction passed its deadline");
                break;
            }
        }
    }
}

static void watch_line(struct pg *pg, const struct tx_line *line)
{
    for (const struct pg_tx *tx = line->head; tx != NULL; tx = tx->next) {
        watch_deadline(pg, tx->due_ms);
    }
}

/* One timer, set for the earliest deadline that was seen; most transactions end before theirs,
 * so it rarely fires. */
static void on_deadline(uv_timer_t *timer)
{
    struct pg *pg = timer->data;
    uint64_t now_ms = uv_now(pg->loop);

    pg->deadlines_due_ms = 0;
    expire_waiting(pg, now_ms);
    expire_sent(pg, now_ms);
    watch_line(pg, &pg->waiting);
    for (size_t i = 0; i < pg->config.connections; i++) {
        watch_line(pg, &pg->connections[i].sent);
    }
}

/* ---- transactions come in ---- */

enum { HURRIED_MS = 1000 };

static unsigned patience_ms(const struct pg *pg, const struct pg_tx *tx)
{
    bool hurried = pg->hurried && !pg_is_ready(pg) && tx->deadline_ms > HURRIED_MS;
    return hurried ? HURRIED_MS : tx->deadline_ms;
}

void pg_tx_send(struct pg_tx *tx, pg_on_done *on_done, void *arg)
{
    struct pg *pg = tx->pg;

    assert(tx->on_done == NULL && on_done != NULL);
    assert(!pg->finishing);
    tx->on_done = on_done;
    tx->arg = arg;
    tx->handed_over_us = clock_monotonic_us();
    tx->due_ms = uv_now(pg->loop) + patience_ms(pg, tx);
    pg->under_way++;
    if (pg->closing || pg->waiting.count >= pg->config.waiting_max) {
        tx_line_push(&pg->turned_away, tx);
        pool_next_turn(pg);
        return;
    }
    watch_deadline(pg, tx->due_ms);
    tx_line_push(&pg->waiting, tx);
    pool_dispatch(pg);
}

/* ---- the next loop turn ---- */

static void finish_closing(struct pg *pg);

static void on_turn(uv_timer_t *timer)
{
    struct pg *pg = timer->data;
    struct tx_line turned_away = pg->turned_away;
    struct pg_tx *tx;

    pg->turned_away = (struct tx_line){0};
    while ((tx = tx_line_pop(&turned_away)) != NULL) {
        end(pg, tx, PG_UNAVAILABLE);
    }
    for (size_t i = 0; i < pg->config.connections; i++) {
        struct pg_connection *connection = &pg->connections[i];
        if (connection->state == CONNECTION_READY && connection->broken) {
            connection_fail(connection, PQerrorMessage(connection->conn));
        }
    }
    if (pg->closing && pg->under_way == 0 && !pg->finishing) {
        finish_closing(pg);
    }
}

void pool_next_turn(struct pg *pg)
{
    if (!pg->finishing) {
        uv_timer_start(&pg->turn, on_turn, 0, 0);
    }
}

/* ---- opening and closing ---- */

/* Ours first, so that options in the connection string win. Also the check of that string; what
 * is wrong in it is not said, since it holds the password. */
static char *make_options(const struct pg_config *config, struct error *err)
{
    PQconninfoOption *options = PQconninfoParse(config->conninfo, NULL);
    struct buffer text;

    if (options == NULL) {
        error_set(err, ERR_FATAL, "database_url_invalid", "the connection string is malformed");
        return NULL;
    }
    buffer_init(&text);
    buffer_put_text(&text, session_options);
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        if (strcmp(option->keyword, "options") == 0 && option->val != NULL) {
            buffer_put_format(&text, " %s", option->val);
        }
    }
    PQconninfoFree(options);
    if (config->settings != NULL) {
        buffer_put_format(&text, " %s", config->settings);
    }
    return text.data; /* now the pool's */
}

static void open_metrics(struct pg *pg, struct metrics *metrics)
{
    static const char *const outcomes[] = {
        [PG_COMMITTED] = "outcome=committed",
        [PG_REFUSED] = "outcome=refused",
        [PG_UNAVAILABLE] = "outcome=unavailable",
        [PG_UNKNOWN] = "outcome=unknown",
    };
    for (size_t i = 0; i <= PG_UNKNOWN; i++) {
        const char *const labels[] = {outcomes[i], NULL};
        pg->ended[i] = metrics_counter(metrics, "pg_transactions_total",
                                       "Transactions by how they ended", labels);
    }
    pg->lost = metrics_counter(metrics, "pg_connections_lost_total",
                               "Connections that broke or were given up", NULL);
    pg->seconds = metrics_histogram(metrics, "pg_transaction_seconds",
                                    "From handing a transaction over to its end", NULL);
    pg->live_gauge = metrics_gauge(metrics, "pg_connections", "Live connections", NULL);
    pg->waiting_gauge =
        metrics_gauge(metrics, "pg_waiting", "Transactions waiting for a connection", NULL);
}

bool pg_open(struct pg **opened, uv_loop_t *loop, const struct pg_config *config,
             struct metrics *metrics, struct error *err)
{
    assert(config->connections > 0 && config->waiting_max > 0 && config->deadline_ms > 0);
    char *options = make_options(config, err);
    if (options == NULL) {
        return false;
    }
    struct pg *pg = memory_zero(1, sizeof *pg);
    pg->loop = loop;
    pg->config = *config;
    pg->options = options;
    open_metrics(pg, metrics);
    uv_timer_init(loop, &pg->turn);
    uv_timer_init(loop, &pg->deadlines);
    pg->turn.data = pg->deadlines.data = pg;
    pg->open_handles = 2;
    pg->connections = memory_zero(config->connections, sizeof *pg->connections);
    for (size_t i = 0; i < config->connections; i++) {
        connection_init(&pg->connections[i], pg, i);
        connection_start(&pg->connections[i]);
    }
    *opened = pg;
    return true;
}

void pool_set_live(struct pg *pg, size_t live)
{
    pg->live = live;
    metrics_set(pg->live_gauge, (double)live);
}

bool pg_is_ready(const struct pg *pg)
{
    return pg->live > 0;
}

void pg_hurry(struct pg *pg)
{
    pg->hurried = true;
}

void pg_close(struct pg *pg, pg_on_closed *on_closed, void *arg)
{
    assert(!pg->closing);
    pg->closing = true;
    pg->on_closed = on_closed;
    pg->on_closed_arg = arg;
    pool_next_turn(pg);
}

static void on_handle_closed(uv_handle_t *handle)
{
    pool_handle_closed(handle->data);
}

static void finish_closing(struct pg *pg)
{
    pg->finishing = true;
    for (size_t i = 0; i < pg->config.connections; i++) {
        connection_close(&pg->connections[i]);
    }
    pool_set_live(pg, 0);
    uv_close((uv_handle_t *)&pg->turn, on_handle_closed);
    uv_close((uv_handle_t *)&pg->deadlines, on_handle_closed);
}

static void destroy(struct pg *pg)
{
    struct pg_tx *tx;

    while ((tx = tx_line_pop(&pg->spare)) != NULL) {
        tx_destroy(tx);
    }
    for (size_t i = 0; i < pg->config.connections; i++) {
        connection_finish(&pg->connections[i]);
    }
    free(pg->connections);
    free(pg->values);
    free(pg->sizes);
    free(pg->formats);
    free(pg->options);
    free(pg);
}

void pool_handle_closed(struct pg *pg)
{
    assert(pg->open_handles > 0);
    pg->open_handles--;
    if (pg->finishing && pg->open_handles == 0) {
        pg->on_closed(pg->on_closed_arg);
        destroy(pg);
    }
}
