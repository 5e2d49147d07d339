/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/publisher.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "services/analytics/analytics.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/store.h"

enum { TICK_MS = 250, LEASE_MS = 10000, WRITE_MS = 8000 };

struct publisher {
    const struct service_parts *parts;
    uv_timer_t timer;
    bool busy;
    struct arena arena; /* of the turn */
    int64_t turn;
    int64_t now;
    struct moment moment;
    struct said *said;
    size_t said_count;
    struct buffer json;
    struct metrics_counter *published;
    publisher_on_closed *on_closed; /* NULL while open */
    void *closed_arg;
};

/* A turn, in running order. */
static void claim(struct publisher *publisher);
static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void read_changes(struct publisher *publisher);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void stage_changes(struct publisher *publisher, const struct pg_tx *tx);
static void on_published(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end_turn(struct publisher *publisher);

static void on_tick(uv_timer_t *timer)
{
    struct publisher *publisher = timer->data;
    if (!publisher->busy && !outbox_is_full(publisher->parts->outbox)) {
        claim(publisher);
    }
}

struct publisher *publisher_new(const struct service_parts *parts)
{
    struct publisher *publisher = memory_zero(1, sizeof *publisher);
    publisher->parts = parts;
    arena_init(&publisher->arena);
    buffer_init(&publisher->json);
    publisher->published = metrics_counter(parts->metrics, "analytics_published_total",
                                           "figures and counts said", NULL);
    uv_timer_init(loop_uv(parts->loop), &publisher->timer);
    publisher->timer.data = publisher;
    uv_timer_start(&publisher->timer, on_tick, TICK_MS, TICK_MS);
    return publisher;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct publisher *publisher = handle->data;
    publisher_on_closed *on_closed = publisher->on_closed;
    void *arg = publisher->closed_arg;
    arena_finish(&publisher->arena);
    buffer_finish(&publisher->json);
    free(publisher);
    on_closed(arg);
}

void publisher_close(struct publisher *publisher, publisher_on_closed *on_closed, void *arg)
{
    publisher->on_closed = on_closed;
    publisher->closed_arg = arg;
    uv_timer_stop(&publisher->timer);
    if (!publisher->busy) {
        uv_close((uv_handle_t *)&publisher->timer, on_handle_closed);
    }
}

static void end_turn(struct publisher *publisher)
{
    publisher->busy = false;
    arena_reset(&publisher->arena);
    if (publisher->on_closed != NULL) {
        uv_close((uv_handle_t *)&publisher->timer, on_handle_closed);
    }
}

/* Logs why a step failed; the turn's lease runs out and another one comes. */
static bool failed(const struct pg_tx *tx, enum pg_outcome outcome, const char *event)
{
    struct error err = {0};
    if (outcome == PG_COMMITTED) {
        return false;
    }
    pg_tx_error(tx, outcome, &err);
    log_warn_error(event, &err);
    return true;
}

static void claim(struct publisher *publisher)
{
    struct pg_tx *tx = pg_tx_new(publisher->parts->pg);
    publisher->busy = true;
    store_claim_turn(tx, LEASE_MS);
    pg_tx_send(tx, on_claimed, publisher);
}

static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct publisher *publisher = arg;
    if (failed(tx, outcome, "turn_not_claimed") || pg_rows(tx, 0) == 0 ||
        publisher->on_closed != NULL) {
        end_turn(publisher);
        return;
    }
    publisher->turn = pg_value_int8(tx, 0, 0, 0);
    read_changes(publisher);
}

enum { DIRTY, MOMENT = 2, FIGURES, UNITS };

static void read_changes(struct publisher *publisher)
{
    struct pg_tx *tx = pg_tx_new(publisher->parts->pg);
    pg_tx_set_read_only(tx);
    store_read_dirty(tx);
    store_read_moment(tx);
    store_read_changed(tx);
    pg_tx_send(tx, on_read, publisher);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct publisher *publisher = arg;
    if (failed(tx, outcome, "changes_not_read") ||
        !store_take_moment(tx, MOMENT, &publisher->moment)) {
        end_turn(publisher);
        return;
    }
    stage_changes(publisher, tx);
    struct pg_tx *publish = pg_tx_new(publisher->parts->pg);
    pg_tx_set_deadline(publish, WRITE_MS); /* within the lease */
    store_publish(publish, publisher->parts->outbox, publisher->turn, publisher->said,
                  publisher->said_count, tx, DIRTY);
    pg_tx_send(publish, on_published, publisher);
}

/* publisher->json holds the data; its first `stable` bytes are the value. */
static void stage(struct publisher *publisher, const char *topic, const char *type, const char *key,
                  size_t stable)
{
    struct said *said = &publisher->said[publisher->said_count++];
    said->topic = topic;
    said->key = key;
    said->command = uuid_new();
    digest_sha256(publisher->json.data, stable, said->digest);
    struct event event = {.id = said->command,
                          .type = type,
                          .subject = key,
                          .topic = topic,
                          .key = key,
                          .time_us = publisher->now,
                          .data = publisher->json.data,
                          .data_size = publisher->json.size};
    said->item = outbox_stage(publisher->parts->outbox, &event, &said->command);
}

static void stage_changes(struct publisher *publisher, const struct pg_tx *tx)
{
    struct arena *arena = &publisher->arena;
    struct figure *figures;
    struct unit_counts *units;
    size_t figure_count = store_take_changed_figures(tx, FIGURES, arena, &figures);
    size_t unit_count = store_take_units(tx, UNITS, arena, &units);

    publisher->now = clock_now_us();
    publisher->said = arena_array(arena, figure_count + unit_count, sizeof *publisher->said);
    publisher->said_count = 0;
    for (size_t i = 0; i < figure_count; i++) {
        buffer_reset(&publisher->json);
        size_t stable =
            figure_event_write(&publisher->json, &figures[i], &publisher->moment, publisher->turn);
        stage(publisher, INDICATORS_TOPIC, "vn.hanoi.indicator.changed.v1",
              figure_key(&figures[i], arena), stable);
    }
    for (size_t i = 0; i < unit_count; i++) {
        buffer_reset(&publisher->json);
        size_t stable =
            unit_event_write(&publisher->json, &units[i], &publisher->moment, publisher->turn);
        stage(publisher, UNITS_TOPIC, "vn.hanoi.unit_counts.changed.v1", units[i].unit, stable);
    }
}

/* ---- the end ---- */

static int by_command(const void *a, const void *b)
{
    const struct said *left = a, *right = b;
    return memcmp(&left->command, &right->command, sizeof left->command);
}

/* Publishes what the statement took; the rest had the same value, or the turn was over. Commands
 * rise in order of staging (uuid_new). */
static void settle(struct publisher *publisher, const struct pg_tx *tx)
{
    struct outbox *outbox = publisher->parts->outbox;
    struct said *said = publisher->said;
    bool *won = arena_array(&publisher->arena, publisher->said_count, sizeof *won);

    for (size_t row = 0; row < pg_rows(tx, 1); row++) {
        struct said key = {.command = pg_value_uuid(tx, 1, row, 0)};
        const struct said *found =
            bsearch(&key, said, publisher->said_count, sizeof *said, by_command);
        won[found - said] = true;
    }
    for (size_t i = 0; i < publisher->said_count; i++) {
        if (won[i]) {
            outbox_publish(outbox, said[i].item);
        } else {
            outbox_drop(outbox, said[i].item);
        }
    }
    metrics_add(publisher->published, pg_rows(tx, 1));
}

static void on_published(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct publisher *publisher = arg;

    if (!failed(tx, outcome, "turn_not_published")) {
        settle(publisher, tx);
    } else {
        for (size_t i = 0; i < publisher->said_count; i++) {
            if (outcome == PG_UNKNOWN) {
                outbox_doubt(publisher->parts->outbox, publisher->said[i].item);
            } else {
                outbox_drop(publisher->parts->outbox, publisher->said[i].item);
            }
        }
    }
    end_turn(publisher);
}
