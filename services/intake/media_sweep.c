/* SPDX-License-Identifier: Apache-2.0 */
#include "media_sweep.h"

#include <assert.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "store_media.h"

enum { BATCH_MAX = 100, LEASE_S = 60, INCOMING_AGE_S = 3600, US_PER_S = 1000000, MS_PER_S = 1000 };

struct media_sweep {
    struct media_sweep_config config;
    uv_timer_t timer;
    bool busy;
    media_sweep_on_swept *on_swept;
    void *swept_arg;
    size_t removed; /* by this sweep */
    struct uuid ids[BATCH_MAX];
    size_t count;
    struct media_removal removal;
    struct media_tidying tidying;
    struct metrics_counter *removed_total, *failed_total;
    media_sweep_on_closed *on_closed; /* NULL while open */
    void *closed_arg;
};

/* Steps of a sweep, in running order; from the last of a batch back to the first. */
static void claim(struct media_sweep *sweep);
static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_removed(struct media_removal *removal, const struct error *err);
static void on_dropped(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_tidied(struct media_tidying *tidying, const struct error *err);
static void end(struct media_sweep *sweep, const struct error *err);

static void on_tick(uv_timer_t *timer)
{
    struct media_sweep *sweep = timer->data;
    if (!sweep->busy) {
        media_sweep_start(sweep, NULL, NULL);
    }
}

struct media_sweep *media_sweep_new(const struct media_sweep_config *config)
{
    struct media_sweep *sweep = memory_zero(1, sizeof *sweep);
    sweep->config = *config;
    sweep->removed_total = metrics_counter(config->metrics, "intake_media_swept_total",
                                           "Uploads removed because nothing named them.", NULL);
    sweep->failed_total = metrics_counter(config->metrics, "intake_media_sweep_failures_total",
                                          "Sweeps of uploads that did not come to an end.", NULL);
    uv_timer_init(loop_uv(config->loop), &sweep->timer);
    sweep->timer.data = sweep;
    if (config->period_s > 0) {
        uint64_t period_ms = (uint64_t)config->period_s * MS_PER_S;
        uv_timer_start(&sweep->timer, on_tick, period_ms, period_ms);
    }
    return sweep;
}

void media_sweep_start(struct media_sweep *sweep, media_sweep_on_swept *on_swept, void *arg)
{
    assert(!sweep->busy);
    sweep->busy = true;
    sweep->on_swept = on_swept;
    sweep->swept_arg = arg;
    sweep->removed = 0;
    claim(sweep);
}

static void claim(struct media_sweep *sweep)
{
    struct pg_tx *tx = pg_tx_new(sweep->config.pg);
    int64_t now_us = clock_now_us();
    /* Half of the lease: the rest is for clocks that differ. */
    sweep->removal.until_us = clock_monotonic_us() + LEASE_S * US_PER_S / 2;
    store_claim_unused_media(tx, now_us - sweep->config.keep_s * US_PER_S, now_us,
                             now_us + LEASE_S * US_PER_S, BATCH_MAX);
    pg_tx_send(tx, on_claimed, sweep);
}

static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct media_sweep *sweep = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        end(sweep, &err);
        return;
    }
    sweep->count = pg_rows(tx, 0);
    for (size_t row = 0; row < sweep->count; row++) {
        sweep->ids[row] = pg_value_uuid(tx, 0, row, 0);
    }
    if (sweep->count == 0) {
        sweep->tidying.age_s = INCOMING_AGE_S;
        sweep->tidying.on_tidied = on_tidied;
        media_store_tidy(sweep->config.store, &sweep->tidying);
        return;
    }
    sweep->removal.ids = sweep->ids;
    sweep->removal.count = sweep->count;
    sweep->removal.on_removed = on_removed;
    media_store_remove(sweep->config.store, &sweep->removal);
}

static void on_removed(struct media_removal *removal, const struct error *err)
{
    struct media_sweep *sweep =
        (struct media_sweep *)((char *)removal - offsetof(struct media_sweep, removal));
    if (err != NULL) {
        end(sweep, err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(sweep->config.pg);
    store_drop_media(tx, sweep->ids, sweep->count);
    pg_tx_send(tx, on_dropped, sweep);
}

static void on_dropped(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct media_sweep *sweep = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        end(sweep, &err);
        return;
    }
    sweep->removed += pg_rows(tx, 0);
    metrics_add(sweep->removed_total, pg_rows(tx, 0));
    if (sweep->on_closed != NULL) {
        end(sweep, NULL);
    } else {
        claim(sweep);
    }
}

static void on_tidied(struct media_tidying *tidying, const struct error *err)
{
    struct media_sweep *sweep =
        (struct media_sweep *)((char *)tidying - offsetof(struct media_sweep, tidying));
    end(sweep, err);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct media_sweep *sweep = handle->data;
    media_sweep_on_closed *on_closed = sweep->on_closed;
    void *arg = sweep->closed_arg;
    free(sweep);
    on_closed(arg);
}

static void end(struct media_sweep *sweep, const struct error *err)
{
    sweep->busy = false;
    if (err != NULL) {
        log_warn_error("media_not_swept", err);
        metrics_add(sweep->failed_total, 1);
    } else if (sweep->removed > 0) {
        log_info("media_swept", log_int("removed", (int64_t)sweep->removed));
    }
    if (sweep->on_swept != NULL) {
        sweep->on_swept(sweep->removed, err, sweep->swept_arg);
    } else if (sweep->on_closed != NULL) {
        uv_close((uv_handle_t *)&sweep->timer, on_handle_closed);
    }
}

void media_sweep_close(struct media_sweep *sweep, media_sweep_on_closed *on_closed, void *arg)
{
    assert(sweep->on_closed == NULL);
    sweep->on_closed = on_closed;
    sweep->closed_arg = arg;
    if (!sweep->busy) {
        uv_close((uv_handle_t *)&sweep->timer, on_handle_closed);
    }
}
