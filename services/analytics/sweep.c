/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/sweep.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "services/analytics/store.h"

enum { PERIOD_MS = 500, ROUND_MAX = 1000 };

struct sweep {
    const struct service_parts *parts;
    uv_timer_t timer;
    bool busy;
    int64_t now; /* of the round */
    size_t found;
    struct metrics_counter *turned;
    sweep_on_closed *on_closed; /* NULL while open */
    void *closed_arg;
};

/* A round, in running order. */
static void read_due(struct sweep *sweep);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void turn(struct sweep *sweep, const struct pg_tx *due);
static void on_turned(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end_round(struct sweep *sweep);

static void on_tick(uv_timer_t *timer)
{
    struct sweep *sweep = timer->data;
    if (!sweep->busy) {
        read_due(sweep);
    }
}

struct sweep *sweep_new(const struct service_parts *parts)
{
    struct sweep *sweep = memory_zero(1, sizeof *sweep);
    sweep->parts = parts;
    sweep->turned = metrics_counter(parts->metrics, "analytics_turned_total",
                                    "cases that time alone made late", NULL);
    uv_timer_init(loop_uv(parts->loop), &sweep->timer);
    sweep->timer.data = sweep;
    uv_timer_start(&sweep->timer, on_tick, PERIOD_MS, PERIOD_MS);
    return sweep;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct sweep *sweep = handle->data;
    sweep_on_closed *on_closed = sweep->on_closed;
    void *arg = sweep->closed_arg;
    free(sweep);
    on_closed(arg);
}

void sweep_close(struct sweep *sweep, sweep_on_closed *on_closed, void *arg)
{
    sweep->on_closed = on_closed;
    sweep->closed_arg = arg;
    uv_timer_stop(&sweep->timer);
    if (!sweep->busy) {
        uv_close((uv_handle_t *)&sweep->timer, on_handle_closed);
    }
}

static bool failed(const struct pg_tx *tx, enum pg_outcome outcome)
{
    struct error err = {0};
    if (outcome == PG_COMMITTED) {
        return false;
    }
    pg_tx_error(tx, outcome, &err);
    log_warn_error("sweep_failed", &err);
    return true;
}

static void read_due(struct sweep *sweep)
{
    struct pg_tx *tx = pg_tx_new(sweep->parts->pg);
    sweep->busy = true;
    sweep->now = clock_now_us();
    pg_tx_set_read_only(tx);
    store_read_due(tx, sweep->now, ROUND_MAX);
    pg_tx_send(tx, on_read, sweep);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct sweep *sweep = arg;
    sweep->found = 0;
    if (failed(tx, outcome) || pg_rows(tx, 0) == 0) {
        end_round(sweep);
        return;
    }
    turn(sweep, tx);
}

static void turn(struct sweep *sweep, const struct pg_tx *due)
{
    struct pg_tx *tx = pg_tx_new(sweep->parts->pg);
    sweep->found = pg_rows(due, 0);
    struct case_fact *facts = arena_array(pg_tx_arena(tx), sweep->found, sizeof *facts);
    struct fact_count *counts = arena_array(pg_tx_arena(tx), sweep->found, sizeof *counts);
    int64_t *turns_at = arena_array(pg_tx_arena(tx), sweep->found, sizeof *turns_at);

    for (size_t i = 0; i < sweep->found; i++) {
        store_take_due(due, i, &facts[i], &turns_at[i]);
        fact_count_at(&counts[i], &facts[i], sweep->now);
    }
    store_turn_facts(tx, facts, turns_at, counts, sweep->found);
    pg_tx_send(tx, on_turned, sweep);
}

/* A full round has more behind it; one in which others held all waits for the next tick. In doubt,
 * the guard makes the next round skip what was done. */
static void on_turned(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct sweep *sweep = arg;
    size_t turned = failed(tx, outcome) ? 0 : pg_rows(tx, 0);
    metrics_add(sweep->turned, turned);
    if (turned > 0 && sweep->found == ROUND_MAX && sweep->on_closed == NULL) {
        read_due(sweep);
    } else {
        end_round(sweep);
    }
}

static void end_round(struct sweep *sweep)
{
    sweep->busy = false;
    if (sweep->on_closed != NULL) {
        uv_close((uv_handle_t *)&sweep->timer, on_handle_closed);
    }
}
