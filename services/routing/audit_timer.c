/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/audit_timer.h"

#include <stdlib.h>

#include "common/base64.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/rounds.h"
#include "services/routing/audit_chain.h"
#include "services/routing/store.h"
#include "services/routing/store_audit.h"

enum { FIRST_MS = 1000, PERIOD_MS = 60000, ROWS_MAX = 2000 };

struct audit_timer {
    struct routing *routing;
    struct rounds *rounds;
    uint64_t awake_at_us; /* when a round began or ended, monotonic; 0: not yet */
    struct audit_checkpoint next;
    struct audit_place place; /* of the last row that is in it */
    struct metrics_gauge *until;
};

/* Steps of one round, in running order; each may end it. */
static void begin_round(void *state);
static void look(struct audit_timer *timer);
static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void read_rows(struct audit_timer *timer);
static void on_rows(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void store(struct audit_timer *timer);
static void on_stored(struct pg_tx *tx, enum pg_outcome outcome, void *arg); /* then the next day */
static void end_round(struct audit_timer *timer);

struct audit_timer *audit_timer_new(struct routing *routing)
{
    struct audit_timer *timer = memory_zero(1, sizeof *timer);
    const struct rounds_work work = {.begin = begin_round, .free = free, .state = timer};
    timer->routing = routing;
    timer->until = metrics_gauge(routing->parts->metrics, "routing_audit_signed_until_seconds",
                                 "Unix time up to which the history is signed.", NULL);
    timer->rounds = rounds_new(loop_uv(routing->parts->loop), &work, FIRST_MS, PERIOD_MS);
    return timer;
}

void audit_timer_close(struct audit_timer *timer, audit_on_closed *on_closed, void *arg)
{
    rounds_close(timer->rounds, on_closed, arg);
}

static void begin_round(void *state)
{
    struct audit_timer *timer = state;
    uint64_t before_us = timer->awake_at_us, now_us = clock_monotonic_us();
    bool was_stopped = before_us != 0 && now_us - before_us > (uint64_t)PERIOD_MS * 2000;
    if (was_stopped) {
        end_round(timer);
    } else {
        look(timer);
    }
}

static void end_round(struct audit_timer *timer)
{
    timer->awake_at_us = clock_monotonic_us();
    rounds_end(timer->rounds);
}

/* Whether the round goes on after a transaction: what failed is done again at the next tick. */
static bool may_go_on(const struct audit_timer *timer, enum pg_outcome outcome)
{
    return outcome == PG_COMMITTED && !rounds_are_closing(timer->rounds);
}

static void look(struct audit_timer *timer)
{
    struct pg_tx *tx = pg_tx_new(timer->routing->parts->pg);
    int64_t due_day = audit_day_due(clock_now_us());
    pg_tx_set_read_only(tx);
    store_audit_look(tx, audit_day_start_us(due_day + 1) + AUDIT_GRACE_US);
    pg_tx_send(tx, on_looked, timer);
}

static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct audit_timer *timer = arg;
    struct audit_look seen;
    if (!may_go_on(timer, outcome)) {
        end_round(timer);
        return;
    }
    store_audit_looked(tx, 0, &seen);
    if (seen.has_last) {
        metrics_set(timer->until, (double)(audit_day_start_us(seen.last.day + 1) / 1000000));
    }
    int64_t day = seen.has_last ? seen.last.day + 1 : audit_day(seen.first_at);
    if ((!seen.has_last && seen.first_at == 0) || day > audit_day_due(clock_now_us())) {
        end_round(timer);
        return;
    }
    if (!seen.is_quiet) {
        log_info("audit_waits", log_text("for", "a transaction that began before the day's end"));
        end_round(timer);
        return;
    }
    audit_checkpoint_begin(&timer->next, day, seen.has_last ? &seen.last : NULL);
    timer->place = (struct audit_place){.at_us = audit_day_start_us(day)};
    read_rows(timer);
}

static void read_rows(struct audit_timer *timer)
{
    struct pg_tx *tx = pg_tx_new(timer->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_audit_rows(tx, &timer->place, audit_day_start_us(timer->next.day + 1), ROWS_MAX);
    pg_tx_send(tx, on_rows, timer);
}

static void on_rows(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct audit_timer *timer = arg;
    struct audit_place *place = &timer->place;
    uint8_t hash[DIGEST_SIZE];
    if (!may_go_on(timer, outcome)) {
        end_round(timer);
        return;
    }
    for (size_t row = 0; row < pg_rows(tx, 0); row++) {
        place->at_us = pg_value_instant(tx, 0, row, 0);
        place->case_id = pg_value_uuid(tx, 0, row, 1);
        place->version = pg_value_int4(tx, 0, row, 2);
        store_digest(tx, 0, row, 3, hash);
        audit_root_add(timer->next.root, &place->case_id, place->version, hash);
    }
    timer->next.rows += (int64_t)pg_rows(tx, 0);
    if (pg_rows(tx, 0) == ROWS_MAX) {
        read_rows(timer);
    } else {
        store(timer);
    }
}

static void store(struct audit_timer *timer)
{
    struct pg_tx *tx = pg_tx_new(timer->routing->parts->pg);
    timer->next.total += timer->next.rows;
    timer->next.made_at = clock_now_us();
    audit_checkpoint_sign(&timer->next, timer->routing->audit_key);
    store_audit_add(tx, &timer->next);
    pg_tx_send(tx, on_stored, timer);
}

/* All of it: the log is one of the places where a checkpoint is kept. */
static void log_checkpoint(const struct audit_checkpoint *checkpoint)
{
    char day[DAY_TEXT_SIZE], root[DIGEST_HEX_SIZE], previous[DIGEST_HEX_SIZE];
    char signature[BASE64_SIZE(SIGN_SIZE) + 1];
    log_info("audit_checkpoint", log_text("day", day_format(checkpoint->day, day)),
             log_int("rows", checkpoint->rows), log_int("total", checkpoint->total),
             log_text("root", digest_hex(checkpoint->root, root)),
             log_text("previous", digest_hex(checkpoint->previous, previous)),
             log_text("key_id", checkpoint->key_id),
             log_text("signature", base64_format(checkpoint->signature, SIGN_SIZE, signature)));
}

static void on_stored(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct audit_timer *timer = arg;
    bool is_mine = outcome == PG_COMMITTED && pg_rows(tx, 0) > 0;
    if (is_mine || outcome == PG_UNKNOWN) { /* if it is not there, it will be the same again */
        log_checkpoint(&timer->next);
    }
    if (may_go_on(timer, outcome)) {
        look(timer);
    } else {
        end_round(timer);
    }
}
