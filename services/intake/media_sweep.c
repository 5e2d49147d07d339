/* SPDX-License-Identifier: Apache-2.0 */
#include "media_sweep.h"

#include <assert.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/rounds.h"
#include "store_media.h"

enum { BATCH_MAX = 100, LEASE_S = 60, INCOMING_AGE_S = 3600, US_PER_S = 1000000, MS_PER_S = 1000 };

struct media_sweep {
    struct media_sweep_config config;
    struct rounds *rounds;          /* a sweep each */
    media_sweep_on_swept *on_swept; /* NULL: by itself */
    void *swept_arg;
    size_t removed; /* by this sweep */
    struct uuid ids[BATCH_MAX];
    size_t count;
    struct media_removal removal;
    struct media_tidying tidying;
    struct metrics_counter *removed_total, *failed_total;
};

/* Steps of a sweep, in running order; from the last of a batch back to the first. */
static void begin(void *state);
static void claim(struct media_sweep *sweep);
static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_removed(struct media_removal *removal, const struct error *err);
static void on_dropped(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_tidied(struct media_tidying *tidying, const struct error *err);
static void end(struct media_sweep *sweep, const struct error *err);

struct media_sweep *media_sweep_new(const struct media_sweep_config *config)
{
    struct media_sweep *sweep = memory_zero(1, sizeof *sweep);
    const struct rounds_work work = {.begin = begin, .free = free, .state = sweep};
    unsigned period_ms = config->period_s * MS_PER_S;
    sweep->config = *config;
    sweep->removed_total = metrics_counter(config->metrics, "intake_media_swept_total",
                                           "Uploads removed because nothing named them.", NULL);
    sweep->failed_total = metrics_counter(config->metrics, "intake_media_sweep_failures_total",
                                          "Sweeps of uploads that did not come to an end.", NULL);
    sweep->rounds = rounds_new(loop_uv(config->loop), &work, period_ms, period_ms);
    return sweep;
}

void media_sweep_start(struct media_sweep *sweep, media_sweep_on_swept *on_swept, void *arg)
{
    assert(sweep->config.period_s == 0);
    assert(sweep->on_swept == NULL);
    sweep->on_swept = on_swept;
    sweep->swept_arg = arg;
    rounds_begin_now(sweep->rounds);
}

static void begin(void *state)
{
    struct media_sweep *sweep = state;
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
    if (rounds_are_closing(sweep->rounds)) {
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

static void end(struct media_sweep *sweep, const struct error *err)
{
    media_sweep_on_swept *on_swept = sweep->on_swept;
    if (err != NULL) {
        log_warn_error("media_not_swept", err);
        metrics_add(sweep->failed_total, 1);
    } else if (sweep->removed > 0) {
        log_info("media_swept", log_int("removed", (int64_t)sweep->removed));
    }
    if (on_swept != NULL) {
        sweep->on_swept = NULL;
        on_swept(sweep->removed, err, sweep->swept_arg);
    }
    rounds_end(sweep->rounds);
}

void media_sweep_close(struct media_sweep *sweep, media_sweep_on_closed *on_closed, void *arg)
{
    rounds_close(sweep->rounds, on_closed, arg);
}
