/* SPDX-License-Identifier: Apache-2.0 */
#include "media_verb.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "media_sweep.h"
#include "store_media.h"

enum { GRACE_MS = 10000, DEADLINE_MS = 30000, US_PER_S = 1000000 };

struct run {
    struct loop *loop;
    struct pg *pg;
    struct media_store *store;
    struct media_sweep *sweep;
    int64_t keep_s;
    bool failed;
};

static void tell_failure(struct run *run, const struct error *err)
{
    fprintf(stderr, "media: %s\n", err->text);
    run->failed = true;
}

/* ---- stages of the stop ---- */

static void on_part_closed(void *arg)
{
    loop_stage_done(arg);
}

static void close_sweep(struct loop *loop, void *arg)
{
    media_sweep_close(((struct run *)arg)->sweep, on_part_closed, loop);
}

static void close_pg(struct loop *loop, void *arg)
{
    pg_close(((struct run *)arg)->pg, on_part_closed, loop);
}

/* ---- the work ---- */

static void stop(struct run *run)
{
    loop_stop(run->loop, run->failed ? 1 : 0);
}

static void on_counted(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct run *run = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        tell_failure(run, &err);
    } else {
        printf("%" PRId64 " uploads would be removed, %" PRId64 " bytes\n",
               pg_value_int8(tx, 0, 0, 0), pg_value_int8(tx, 0, 0, 1));
    }
    stop(run);
}

static void on_swept(size_t removed, const struct error *err, void *arg)
{
    struct run *run = arg;
    if (err != NULL) {
        tell_failure(run, err);
    }
    printf("%zu uploads removed\n", removed);
    stop(run);
}

static void begin(struct run *run, bool dry)
{
    if (!dry) {
        media_sweep_start(run->sweep, on_swept, run);
        return;
    }
    struct pg_tx *tx = pg_tx_new(run->pg);
    store_count_unused_media(tx, clock_now_us() - run->keep_s * US_PER_S);
    pg_tx_send(tx, on_counted, run);
}

static int run_loop(struct run *run, const struct config *config, struct metrics *metrics, bool dry)
{
    struct error err = {0};
    struct pg_config pg = {.conninfo = config_text(config, "DATABASE_URL"),
                           .connections = 2,
                           .waiting_max = 10,
                           .deadline_ms = DEADLINE_MS};
    if (!media_store_open(&run->store, run->loop, config, metrics, &err)) {
        tell_failure(run, &err);
        return 1;
    }
    if (!pg_open(&run->pg, loop_uv(run->loop), &pg, metrics, &err)) {
        tell_failure(run, &err);
        media_store_close(run->store);
        return 1;
    }
    struct media_sweep_config sweep = {.loop = run->loop,
                                       .pg = run->pg,
                                       .store = run->store,
                                       .metrics = metrics,
                                       .keep_s = run->keep_s};
    run->sweep = media_sweep_new(&sweep);
    loop_on_stop(run->loop, "sweep", close_sweep, run);
    loop_on_stop(run->loop, "pg", close_pg, run);
    begin(run, dry);
    int code = loop_run(run->loop);
    media_store_close(run->store);
    return code;
}

int media_verb(const struct config *config, int argc, char **argv)
{
    bool dry = argc == 3 && strcmp(argv[2], "--dry-run") == 0;
    if (argc < 2 || argc > 3 || strcmp(argv[1], "sweep") != 0 || (argc == 3 && !dry)) {
        fputs("usage: intake media sweep [--dry-run]\n", stderr);
        return 2;
    }
    struct run run = {.loop = loop_new(GRACE_MS), .keep_s = config_int(config, "MEDIA_KEEP_S")};
    struct metrics *metrics = metrics_new();
    int code = run_loop(&run, config, metrics, dry);
    metrics_free(metrics);
    loop_free(run.loop);
    return code;
}
