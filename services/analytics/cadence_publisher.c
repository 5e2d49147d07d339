/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/cadence_publisher.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "services/analytics/analytics.h"
#include "services/analytics/cadence_json.h"
#include "services/analytics/news.h"
#include "services/analytics/store.h"
#include "services/analytics/store_cadence.h"
#include "services/analytics/turn.h"

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
    cadence_publisher_on_done *on_done;
    void *done_arg;
};

/* A round, in running order. */
static void read_unsaid(struct cadence_publisher *publisher);
static void on_unsaid(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static bool take_unsaid(struct cadence_publisher *publisher, const struct pg_tx *tx);
static void stage(struct cadence_publisher *publisher);
static void write(struct cadence_publisher *publisher);
static void on_written(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end(struct cadence_publisher *publisher);

struct cadence_publisher *cadence_publisher_new(const struct service_parts *parts,
                                                struct turn *turn)
{
    struct cadence_publisher *publisher = memory_zero(1, sizeof *publisher);
    publisher->parts = parts;
    publisher->turn = turn;
    arena_init(&publisher->arena);
    buffer_init(&publisher->json);
    return publisher;
}

void cadence_publisher_free(struct cadence_publisher *publisher)
{
    if (publisher != NULL) {
        arena_finish(&publisher->arena);
        buffer_finish(&publisher->json);
        free(publisher);
    }
}

void cadence_publisher_run(struct cadence_publisher *publisher, cadence_publisher_on_done *on_done,
                           void *arg)
{
    publisher->on_done = on_done;
    publisher->done_arg = arg;
    if (outbox_is_full(publisher->parts->outbox)) {
        end(publisher);
        return;
    }
    read_unsaid(publisher);
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
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        log_warn_error("cadence_not_read", &err);
        end(publisher);
    } else if (!take_unsaid(publisher, tx)) {
        end(publisher);
    } else {
        stage(publisher);
        write(publisher);
    }
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

static void stage_event(struct cadence_publisher *publisher, const char *unit, bool tombstone)
{
    const struct event event = {.type = "vn.hanoi.cadence.changed.v1",
                                .subject = unit,
                                .topic = CADENCE_TOPIC,
                                .key = unit,
                                .time_us = publisher->now,
                                .data = tombstone ? NULL : publisher->json.data,
                                .data_size = tombstone ? 0 : publisher->json.size};
    news_stage(&publisher->news, &event);
}

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
        stage_event(publisher, unit->unit, false);
    }
}

static void stage(struct cadence_publisher *publisher)
{
    news_init(&publisher->news, publisher->parts->outbox, publisher->unit_count, &publisher->arena);
    for (size_t i = 0; i < publisher->unit_count; i++) {
        struct cadence_unit *unit = &publisher->units[i];
        if (unit->binds) {
            stage_unit(publisher, unit);
        } else {
            unit->says = true;
            stage_event(publisher, unit->unit, true);
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
    publisher->on_done(publisher->done_arg);
}
