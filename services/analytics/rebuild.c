/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/rebuild.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/service.h"

#include "services/analytics/fold.h"
#include "services/analytics/period.h"
#include "services/analytics/rebuild_compare.h"
#include "services/analytics/recount.h"
#include "services/analytics/store_rebuild.h"
#include "services/analytics/topics.h"

enum {
    TICK_MS = 100,
    STOP_MS = 20000,
    SHORT_LAP_US = 2000000, /* then the live service may be held for the next one */
    LAPS_MAX = 20,          /* or it would never be: it is as fast as we are */
    STALL_US = 120000000,   /* without progress: Kafka is away, or a group with our name reads */
    LIVE_US = 10000000,     /* the live service counts what it has read within this, if it runs */
    LOOKS = 3,              /* a difference that only time has made is gone at the next look */
    LOOK_US = 1500000,
    KEEP_DAYS = 2
};

enum phase { PHASE_LAPS, PHASE_LAST_LAP, PHASE_COMPARE, PHASE_COMPARED };

struct rebuild {
    PGconn *live; /* holds the live positions from the last lap on, and switches */
    PGconn *work;
    struct service_parts parts; /* those that counting needs */
    struct consume *consume;
    struct turn *turn;
    uv_timer_t timer;
    struct consume_end *ends;
    size_t end_count;
    enum phase phase;
    unsigned laps, looks;
    bool begun;                 /* the tables are ours */
    bool kept;                  /* in this phase */
    int64_t kept_facts;         /* that the topics no longer hold */
    uint64_t lap_us;            /* when the lap began */
    int64_t read;               /* sum of positions, … */
    uint64_t read_us;           /* … which changed last then */
    uint64_t phase_us, look_us; /* when the phase began, and when to look again */
    struct rebuild_comparison found;
};

static void stop(struct rebuild *rebuild, bool good)
{
    uv_timer_stop(&rebuild->timer);
    loop_stop(rebuild->parts.loop, good ? 0 : 1);
}

/* ---- laps ---- */

static bool is_fact_topic(const char *topic)
{
    bool found = false;
    for (size_t i = 0; i < FACT_TOPICS; i++) {
        found = found || strcmp(analytics_topics[i].topic, topic) == 0;
    }
    return found;
}

/* Where the live service is. */
static bool read_ends(struct rebuild *rebuild)
{
    PGresult *rows = store_rebuild_positions(rebuild->live, rebuild->phase == PHASE_LAST_LAP);
    if (rows == NULL) {
        return false;
    }
    for (size_t i = 0; i < rebuild->end_count; i++) {
        free((char *)rebuild->ends[i].topic);
    }
    rebuild->end_count = 0;
    rebuild->ends = memory_grow(rebuild->ends, (size_t)PQntuples(rows) + 1, sizeof *rebuild->ends);
    for (int row = 0; row < PQntuples(rows); row++) {
        if (is_fact_topic(PQgetvalue(rows, row, 0))) {
            rebuild->ends[rebuild->end_count++] = (struct consume_end){
                .topic = memory_text(PQgetvalue(rows, row, 0)),
                .partition = (int32_t)strtol(PQgetvalue(rows, row, 1), NULL, 10),
                .offset = strtoll(PQgetvalue(rows, row, 2), NULL, 10)};
        }
    }
    PQclear(rows);
    return true;
}

static bool begin_lap(struct rebuild *rebuild)
{
    if (!read_ends(rebuild)) {
        return false;
    }
    rebuild->laps++;
    rebuild->lap_us = rebuild->read_us = clock_monotonic_us();
    consume_read_until(rebuild->consume, rebuild->ends, rebuild->end_count);
    return true;
}

/* From here on the live service reads nothing. */
static bool begin_last_lap(struct rebuild *rebuild)
{
    rebuild->phase = PHASE_LAST_LAP;
    rebuild->kept = false;
    rebuild->phase_us = clock_monotonic_us();
    return begin_lap(rebuild);
}

static bool is_counted(struct rebuild *rebuild)
{
    return consume_has_reached_ends(rebuild->consume) &&
           store_rebuild_is_counted(rebuild->work, REBUILD_AGAIN);
}

static bool is_stalled(struct rebuild *rebuild)
{
    int64_t read = store_rebuild_progress(rebuild->work);
    uint64_t now = clock_monotonic_us();
    if (read != rebuild->read || consume_has_reached_ends(rebuild->consume)) {
        rebuild->read = read;
        rebuild->read_us = now;
    }
    if (now - rebuild->read_us < STALL_US) {
        return false;
    }
    fprintf(stderr, "rebuild: nothing was read for two minutes\n");
    return true;
}

static bool keep_facts(struct rebuild *rebuild, const int32_t *before)
{
    int64_t kept = store_rebuild_keep(rebuild->work, before);
    rebuild->kept = true;
    rebuild->kept_facts += kept;
    return kept >= 0;
}

/* What is older than a few days and not in the topics is kept before the live service is held:
 * there may be much of it. */
static bool keep_old_facts(struct rebuild *rebuild)
{
    int32_t before = period_day(clock_now_us()) - KEEP_DAYS;
    return keep_facts(rebuild, &before);
}

static bool end_lap(struct rebuild *rebuild)
{
    uint64_t took = clock_monotonic_us() - rebuild->lap_us;
    if (!rebuild->kept) {
        return keep_old_facts(rebuild);
    }
    printf("lap %u: %.1f s\n", rebuild->laps, (double)took / 1e6);
    fflush(stdout);
    bool close = took < SHORT_LAP_US || rebuild->laps >= LAPS_MAX;
    return close ? begin_last_lap(rebuild) : begin_lap(rebuild);
}

static bool end_last_lap(struct rebuild *rebuild)
{
    if (!rebuild->kept) {
        return keep_facts(rebuild, NULL);
    }
    rebuild->phase = PHASE_COMPARE;
    rebuild->look_us = 0;
    return store_rebuild_analyze(rebuild->work);
}

/* ---- comparing ---- */

static bool is_live_counted(struct rebuild *rebuild)
{
    return clock_monotonic_us() - rebuild->phase_us > LIVE_US ||
           store_rebuild_is_counted(rebuild->work, REBUILD_LIVE);
}

static bool look(struct rebuild *rebuild)
{
    if (!is_live_counted(rebuild) || clock_monotonic_us() < rebuild->look_us) {
        return true;
    }
    rebuild->looks++;
    rebuild->look_us = clock_monotonic_us() + LOOK_US;
    bool last = rebuild->looks == LOOKS;
    if (!rebuild_compare(rebuild->work, last, &rebuild->found)) {
        return false;
    }
    if (last || rebuild->found.cells_differ == 0) {
        rebuild->phase = PHASE_COMPARED;
        stop(rebuild, true);
    }
    return true;
}

static bool go_on(struct rebuild *rebuild)
{
    switch (rebuild->phase) {
    case PHASE_LAPS:
        return is_counted(rebuild) ? end_lap(rebuild) : !is_stalled(rebuild);
    case PHASE_LAST_LAP:
        return is_counted(rebuild) ? end_last_lap(rebuild) : !is_stalled(rebuild);
    case PHASE_COMPARE:
        return look(rebuild);
    case PHASE_COMPARED:
        break;
    }
    return true;
}

static void on_tick(uv_timer_t *timer)
{
    struct rebuild *rebuild = timer->data;
    if (!go_on(rebuild)) {
        stop(rebuild, false);
    }
}

/* ---- opening and closing ---- */

static void on_closed(void *arg)
{
    struct rebuild *rebuild = arg;
    loop_stage_done(rebuild->parts.loop);
}

static void stop_timer(struct loop *loop, void *arg)
{
    struct rebuild *rebuild = arg;
    uv_close((uv_handle_t *)&rebuild->timer, NULL);
    loop_stage_done(loop);
}

static void stop_consume(struct loop *loop, void *arg)
{
    struct rebuild *rebuild = arg;
    if (rebuild->consume == NULL) {
        loop_stage_done(loop);
        return;
    }
    consume_close(rebuild->consume, on_closed, rebuild);
}

static void stop_turn(struct loop *loop, void *arg)
{
    struct rebuild *rebuild = arg;
    (void)loop;
    turn_close(rebuild->turn, on_closed, rebuild);
}

static void stop_pg(struct loop *loop, void *arg)
{
    struct rebuild *rebuild = arg;
    (void)loop;
    pg_close(rebuild->parts.pg, on_closed, rebuild);
}

static bool open_counting(struct rebuild *rebuild, struct error *err)
{
    struct service_parts *parts = &rebuild->parts;
    uv_loop_t *uv = loop_uv(parts->loop);
    struct kafka_config kafka = service_kafka_config(parts->config);
    struct pg_config pg = {.conninfo = config_text(parts->config, "DATABASE_URL"),
                           .connections = 4,
                           .waiting_max = 1000,
                           .deadline_ms = 30000,
                           .settings = "-csearch_path=rebuild,public"};
    struct consume_config consume = {.group = "analytics-rebuild",
                                     .topics = analytics_topics,
                                     .topic_count = FACT_TOPICS,
                                     .rereads = true};
    if (!pg_open(&parts->pg, uv, &pg, parts->metrics, err)) {
        return false;
    }
    loop_on_stop(parts->loop, "timer", stop_timer, rebuild);
    loop_on_stop(parts->loop, "consume", stop_consume, rebuild);
    loop_on_stop(parts->loop, "turn", stop_turn, rebuild);
    loop_on_stop(parts->loop, "pg", stop_pg, rebuild);
    uv_timer_init(uv, &rebuild->timer);
    rebuild->timer.data = rebuild;
    rebuild->turn = turn_new(parts);
    struct recount *recount = recount_new(parts, rebuild->turn);
    turn_add(rebuild->turn, recount_step(recount));
    turn_add(rebuild->turn, fold_step(parts, rebuild->turn, recount));
    rebuild->consume = consume_new(uv, parts->pg, NULL, &kafka, &consume, parts->metrics, err);
    return rebuild->consume != NULL;
}

/* True when everything is counted again and compared. */
static bool count_again(struct rebuild *rebuild, const struct config *config)
{
    struct error err = {0};
    rebuild->parts.config = config;
    rebuild->parts.metrics = metrics_new();
    rebuild->parts.loop = loop_new(STOP_MS);
    if (!open_counting(rebuild, &err)) {
        verb_show_error(&err);
        loop_stop(rebuild->parts.loop, 1);
    } else if (begin_lap(rebuild)) {
        uv_timer_start(&rebuild->timer, on_tick, TICK_MS, TICK_MS);
    } else {
        loop_stop(rebuild->parts.loop, 1);
    }
    int status = loop_run(rebuild->parts.loop);
    loop_free(rebuild->parts.loop);
    metrics_free(rebuild->parts.metrics);
    return status == 0 && rebuild->phase == PHASE_COMPARED;
}

/* ---- the verb ---- */

static void show(const struct rebuild *rebuild)
{
    const struct rebuild_comparison *found = &rebuild->found;
    printf("facts: %lld counted again, %lld of them kept, since the topics no longer hold them; "
           "%lld new, %lld told otherwise\n",
           (long long)found->facts, (long long)rebuild->kept_facts, (long long)found->facts_new,
           (long long)found->facts_differ);
    printf("figures: %lld in %lld sums compared, %lld in %lld differ\n", (long long)found->figures,
           (long long)found->cells, (long long)found->figures_differ,
           (long long)found->cells_differ);
}

static bool finish(struct rebuild *rebuild, bool check)
{
    show(rebuild);
    if (check) {
        return rebuild->found.cells_differ == 0;
    }
    bool good = store_rebuild_switch(rebuild->live);
    printf(good ? "switched, after the service had waited for %.1f s\n"
                : "not switched, after %.1f s\n",
           (double)(clock_monotonic_us() - rebuild->phase_us) / 1e6);
    return good;
}

static bool begin(struct rebuild *rebuild, const struct config *config)
{
    rebuild->live = store_rebuild_connect(config_text(config, "DATABASE_URL"));
    rebuild->work = store_rebuild_connect(config_text(config, "DATABASE_URL"));
    if (rebuild->live == NULL || rebuild->work == NULL) {
        return false;
    }
    rebuild->begun = store_rebuild_begin(rebuild->work);
    return rebuild->begun;
}

int rebuild_verb(const struct config *config, int argc, char **argv)
{
    struct rebuild rebuild = {.phase = PHASE_LAPS};
    bool check = verb_flag(argc, argv, "--check");
    if (argc > 2 || (argc == 2 && !check)) {
        fprintf(stderr, "usage: rebuild [--check]\n");
        return 2;
    }
    log_open("analytics", config_text(config, "INSTANCE"), LOG_WARN); /* people read this output */
    bool good = begin(&rebuild, config) && count_again(&rebuild, config) && finish(&rebuild, check);
    PQfinish(rebuild.live); /* rolls back what is not committed */
    if (rebuild.begun) {
        store_rebuild_drop(rebuild.work);
    }
    PQfinish(rebuild.work);
    for (size_t i = 0; i < rebuild.end_count; i++) {
        free((char *)rebuild.ends[i].topic);
    }
    free(rebuild.ends);
    return good ? 0 : 1;
}
