/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/cadence_publisher.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "services/analytics/analytics.h"
#include "services/analytics/cadence_json.h"
#include "services/analytics/news.h"
#include "services/analytics/store.h"
#include "services/analytics/store_cadence.h"

enum { KEY_INTERVAL_US = 1000000 };

struct cadence_publisher {
    const struct service_parts *parts;
    struct turn *turn;
    struct arena arena; /* of the round */
    int64_t now, cutoff;
    struct cadence_unit *units; /* that were looked at */
    size_t unit_count;
    struct news news;
    struct buffer json;
};

/* A round, in running order. */
static void read_unsaid(struct cadence_publisher *publisher);
static void on_unsaid(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static bool take_unsaid(struct cadence_publisher *publisher, const struct pg_tx *tx);
static void stage(struct cadence_publisher *publisher);
static void write(struct cadence_publisher *publisher);
static void on_written(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end(struct cadence_publisher *publisher);

static void run(void *state)
{
    struct cadence_publisher *publisher = state;
    if (outbox_is_full(publisher->parts->outbox)) {
        end(publisher);
        return;
    }
    read_unsaid(publisher);
}

static void publisher_free(void *state)
{
    struct cadence_publisher *publisher = state;
    arena_finish(&publisher->arena);
    buffer_finish(&publisher->json);
    free(publisher);
}

struct turn_step cadence_publisher_step(const struct service_parts *parts, struct turn *turn)
{
    struct cadence_publisher *publisher = memory_zero(1, sizeof *publisher);
    publisher->parts = parts;
    publisher->turn = turn;
    arena_init(&publisher->arena);
    buffer_init(&publisher->json);
    return (struct turn_step){
        .run = run, .free = publisher_free, .state = publisher, .tells = true};
}

enum { MOMENT, UNSAID };

static void read_unsaid(struct cadence_publisher *publisher)
{
    struct pg_tx *tx = pg_tx_new(publisher->parts->pg);
    publisher->now = clock_now_us();
    pg_tx_set_read_only(tx);
    store_read_moment(tx);
    store_read_unsaid_cadence(tx, period_day(publisher->now), publisher->now - KEY_INTERVAL_US);
    pg_tx_send(tx, on_unsaid, publisher);
}

static void on_unsaid(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct cadence_publisher *publisher = arg;
    if (pg_tx_failed(tx, outcome, "cadence_not_read") || !take_unsaid(publisher, tx)) {
        end(publisher);
        return;
    }
    stage(publisher);
    write(publisher);
}

/* False: there is nothing, or not all is read again. */
static bool take_unsaid(struct cadence_publisher *publisher, const struct pg_tx *tx)
{
    struct moment moment;
    if (!store_take_moment(tx, MOMENT, &moment)) {
        return false;
    }
    publisher->unit_count =
        store_take_cadence(tx, UNSAID, &publisher->arena, &publisher->units, &publisher->cutoff);
    return publisher->unit_count > 0;
}

/* ---- events ---- */

static const struct news_kind kind = {CADENCE_TOPIC, "vn.hanoi.cadence.changed.v1"};

static void stage_unit(struct cadence_publisher *publisher, struct cadence_unit *unit)
{
    const struct period all = {PERIOD_ALL, 0};
    struct cadence cadence;
    uint8_t digest[DIGEST_SIZE];
    cadence_of(&cadence, &unit->duty, unit->days, unit->day_count, period_day(publisher->now),
               &all);
    buffer_reset(&publisher->json);
    const struct cadence_news news = {.unit = unit->unit,
                                      .cadence = &cadence,
                                      .as_of = publisher->now,
                                      .cutoff = publisher->cutoff,
                                      .sequence = turn_next(publisher->turn)};
    size_t stable = cadence_event_write(&publisher->json, &news);
    digest_sha256(publisher->json.data, stable, digest);
    unit->is_said = true;
    unit->says = !unit->was_said || memcmp(digest, unit->digest, DIGEST_SIZE) != 0;
    memcpy(unit->digest, digest, DIGEST_SIZE);
    if (unit->says) {
        news_say(&publisher->news, &kind, unit->unit, &publisher->json);
    }
}

static void stage(struct cadence_publisher *publisher)
{
    news_init(&publisher->news, publisher->parts->outbox, publisher->now, publisher->unit_count,
              &publisher->arena);
    for (size_t i = 0; i < publisher->unit_count; i++) {
        struct cadence_unit *unit = &publisher->units[i];
        if (unit->binds) {
            stage_unit(publisher, unit);
        } else {
            unit->says = true;
            news_say(&publisher->news, &kind, unit->unit, NULL);
        }
    }
}

/* ---- the end ---- */

static void write(struct cadence_publisher *publisher)
{
    struct pg_tx *tx = pg_tx_new(publisher->parts->pg);
    turn_guard(publisher->turn, tx, 0, 0);
    store_put_said_cadence(tx, period_day(publisher->now), publisher->now, publisher->units,
                           publisher->unit_count);
    news_put(&publisher->news, tx);
    pg_tx_send(tx, on_written, publisher);
}

static void on_written(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct cadence_publisher *publisher = arg;
    news_settle(&publisher->news, turn_took(publisher->turn, tx, outcome, "cadence_not_published"),
                outcome);
    end(publisher);
}

static void end(struct cadence_publisher *publisher)
{
    arena_reset(&publisher->arena);
    turn_step_done(publisher->turn, true);
}
