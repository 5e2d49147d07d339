/* SPDX-License-Identifier: Apache-2.0 */
#include "burst_watch.h"

#include <stdlib.h>

#include "burst.h"
#include "burst_json.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/rounds.h"
#include "store_burst.h"

#define BURSTS_TOPIC "city.bursts.v1"
#define NOTICED      "vn.hanoi.burst.noticed.v1"

struct burst_watch {
    struct rounds *rounds;
    struct pg *pg;
    struct outbox *outbox;
    size_t pending;  /* transactions under way */
    int64_t looking; /* at the window that begins then */
    int64_t last;    /* the window of the look before; 0: none */
};

/* One notice in its transaction's arena. */
struct telling {
    struct burst_watch *watch;
    struct burst burst;
    struct outbox_item *said;
};

/* Steps of one look, in running order. */
static void look(void *state);
static void on_counted(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_noticed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void settled(struct burst_watch *watch);

/* The window before is looked at once more after its end. */
static void look(void *state)
{
    struct burst_watch *watch = state;
    int64_t now = burst_window_of(clock_now_us());
    watch->looking = watch->last != 0 && watch->last < now ? watch->last : now;
    watch->last = now;
    watch->pending = 1;
    struct pg_tx *tx = pg_tx_new(watch->pg);
    store_count_window(tx, watch->looking, watch->looking + BURST_WINDOW_US, BURST_USUAL_US,
                       BURST_REPORTS_MIN);
    pg_tx_send(tx, on_counted, watch);
}

static void stage(struct telling *telling, struct arena *arena)
{
    const struct burst *burst = &telling->burst;
    const struct burst_place place = burst_place_of(burst->area);
    const char *key = arena_format(arena, "%.2f,%.2f|%s", place.lat, place.lon, burst->category);
    struct buffer data;
    buffer_init(&data);
    burst_write_event(burst, &data);
    const struct event event = {
        .id = burst->id,
        .type = NOTICED,
        .subject = key,
        .topic = BURSTS_TOPIC,
        .key = key,
        .time_us = burst->noticed_at,
        .data = data.data,
        .data_size = data.size,
    };
    telling->said = outbox_stage(telling->watch->outbox, &event, &burst->id);
    buffer_finish(&data);
}

static void tell(struct burst_watch *watch, const struct burst_counted *counted, int64_t now)
{
    struct pg_tx *tx = pg_tx_new(watch->pg);
    struct telling *telling = arena_alloc(pg_tx_arena(tx), sizeof *telling);
    struct outbox_columns said;
    *telling = (struct telling){
        .watch = watch,
        .burst = {.id = uuid_new(),
                  .from_at = watch->looking,
                  .area = counted->area,
                  .category = arena_text(pg_tx_arena(tx), counted->category),
                  .noticed_at = now,
                  .noticed = counted->reports,
                  .reports = counted->reports,
                  .usual = burst_usual(counted->past)},
    };
    stage(telling, pg_tx_arena(tx));
    outbox_guard(watch->outbox, tx);
    outbox_columns_init(&said, watch->outbox);
    outbox_columns_add(&said, telling->said);
    store_notice_burst(tx, &telling->burst, &said);
    outbox_columns_finish(&said);
    watch->pending++;
    pg_tx_send(tx, on_noticed, telling);
}

static void on_counted(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct burst_watch *watch = arg;
    if (pg_tx_failed(tx, outcome, "bursts_not_counted")) {
        settled(watch);
        return;
    }
    struct burst_counted *counts;
    int64_t now = clock_now_us();
    size_t count = store_take_counts(tx, &counts, pg_tx_arena(tx));
    for (size_t i = 0; i < count; i++) {
        if (burst_is_one(counts[i].reports, burst_usual(counts[i].past))) {
            tell(watch, &counts[i], now - now % 1000); /* events carry milliseconds */
        }
    }
    settled(watch);
}

static void on_noticed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct telling *telling = arg;
    struct burst_watch *watch = telling->watch;
    if (outcome == PG_COMMITTED && pg_rows(tx, 1) > 0) { /* after the guard */
        outbox_publish(watch->outbox, telling->said);
        log_info("burst_noticed", log_text("category", telling->burst.category),
                 log_int("reports", telling->burst.noticed));
    } else if (outcome == PG_UNKNOWN) {
        outbox_doubt(watch->outbox, telling->said);
    } else {
        outbox_drop(watch->outbox, telling->said); /* another replica was faster */
    }
    pg_tx_failed(tx, outcome, "burst_not_noticed");
    settled(watch);
}

static void settled(struct burst_watch *watch)
{
    watch->pending--;
    if (watch->pending == 0) {
        rounds_end(watch->rounds);
    }
}

struct burst_watch *burst_watch_new(uv_loop_t *loop, struct pg *pg, struct outbox *outbox,
                                    unsigned period_ms)
{
    struct burst_watch *watch = memory_zero(1, sizeof *watch);
    const struct rounds_work work = {.begin = look, .free = free, .state = watch};
    watch->pg = pg;
    watch->outbox = outbox;
    watch->rounds = rounds_new(loop, &work, period_ms, period_ms);
    return watch;
}

void burst_watch_close(struct burst_watch *watch, burst_watch_on_closed *on_closed, void *arg)
{
    rounds_close(watch->rounds, on_closed, arg);
}
