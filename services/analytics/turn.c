/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/turn.h"

#include <assert.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "services/analytics/store.h"

enum {
    TICK_MS = 50,
    BUSY_TICKS = 1,      /* while there is something to do, what waits for it waits for this */
    QUIET_TICKS = 6,     /* else looking costs more than it finds */
    FOLLOWER_TICKS = 20, /* others look once a second whether the holder lives */
    QUIET_RUNS = 10,     /* an idle holder shows that it does */
    LEASE_MS = 10000,
    WRITE_MS = 8000, /* within the lease */
    TELL_SHARE = 4,  /* while counting is behind, telling takes a fifth of the time at most */
    STEPS_MAX = 8
};

struct turn {
    const struct service_parts *parts;
    struct turn_step steps[STEPS_MAX];
    size_t step_count;
    uv_timer_t timer;
    bool busy;                 /* with a tick */
    size_t next;               /* step of the tick */
    bool more;                 /* a step of the tick left something */
    bool behind;               /* one that counts did */
    bool telling;              /* a step of the tick tells */
    uint64_t tell_us;          /* when telling began; then, when it may begin again though counting
                                * is behind. Monotonic */
    int64_t number;            /* 0: somebody else holds it, or nobody */
    unsigned waited;           /* ticks of the timer since the last run */
    unsigned quiet;            /* runs since the number was taken, or looked for */
    turn_on_closed *on_closed; /* NULL while open */
    void *closed_arg;
};

/* A tick of the holder, in running order. */
static void claim(struct turn *turn);
static void begin(struct turn *turn);
static void go_on(struct turn *turn);
static void end(struct turn *turn);
static void keep(struct turn *turn);
static void rest(struct turn *turn);
static void leave(struct turn *turn);

static unsigned ticks_to_wait(const struct turn *turn)
{
    return turn->number == 0 ? FOLLOWER_TICKS : turn->quiet == 0 ? BUSY_TICKS : QUIET_TICKS;
}

static void on_tick(uv_timer_t *timer)
{
    struct turn *turn = timer->data;
    if (turn->busy || ++turn->waited < ticks_to_wait(turn)) {
        return;
    }
    turn->waited = 0;
    turn->quiet++;
    if (turn->number != 0) {
        begin(turn);
    } else {
        claim(turn);
    }
}

struct turn *turn_new(const struct service_parts *parts)
{
    struct turn *turn = memory_zero(1, sizeof *turn);
    turn->parts = parts;
    turn->waited = FOLLOWER_TICKS; /* the first look is not to wait */
    uv_timer_init(loop_uv(parts->loop), &turn->timer);
    turn->timer.data = turn;
    uv_timer_start(&turn->timer, on_tick, TICK_MS, TICK_MS);
    return turn;
}

void turn_add(struct turn *turn, struct turn_step step)
{
    assert(turn->step_count < STEPS_MAX);
    turn->steps[turn->step_count++] = step;
}

/* ---- the number ---- */

void turn_guard(struct turn *turn, struct pg_tx *tx, int64_t as_of, int64_t cutoff)
{
    pg_tx_set_deadline(tx, WRITE_MS);
    store_take_turn(tx, turn->number, LEASE_MS, as_of, cutoff);
}

/* In doubt, the number may have moved: then it is claimed anew when the lease has run out. */
bool turn_took(struct turn *turn, const struct pg_tx *tx, enum pg_outcome outcome,
               const char *event)
{
    turn->quiet = 0;
    if (pg_tx_failed(tx, outcome, event)) {
        turn->number = 0;
        return false;
    }
    turn->number = pg_value_int8(tx, 0, 0, 0);
    return true;
}

int64_t turn_next(const struct turn *turn)
{
    return turn->number + 1;
}

/* ---- a tick ---- */

static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct turn *turn = arg;
    turn->quiet = 0;
    if (!pg_tx_failed(tx, outcome, "turn_not_claimed") && pg_rows(tx, 0) > 0) {
        turn->number = pg_value_int8(tx, 0, 0, 0);
        log_info("turn_claimed", log_int("number", turn->number));
        begin(turn);
        return;
    }
    rest(turn);
}

static void claim(struct turn *turn)
{
    struct pg_tx *tx = pg_tx_new(turn->parts->pg);
    turn->busy = true;
    store_claim_turn(tx, LEASE_MS);
    pg_tx_send(tx, on_claimed, turn);
}

static void begin(struct turn *turn)
{
    turn->busy = true;
    turn->next = 0;
    turn->more = turn->behind = false;
    turn->telling = false;
    go_on(turn);
}

/* Whoever tells first in a tick decides for all. */
static bool may_run(struct turn *turn, const struct turn_step *step)
{
    uint64_t now = clock_monotonic_us();
    if (step->tells && !turn->telling && (!turn->behind || now >= turn->tell_us)) {
        turn->telling = true;
        turn->tell_us = now;
    }
    return !step->tells || turn->telling;
}

static void go_on(struct turn *turn)
{
    const struct turn_step *step = &turn->steps[turn->next];
    if (turn->number == 0 || turn->on_closed != NULL) {
        rest(turn);
    } else if (turn->next == turn->step_count || !may_run(turn, step)) {
        end(turn);
    } else {
        turn->next++;
        step->run(step->state);
    }
}

void turn_step_done(struct turn *turn, bool whole)
{
    turn->more = turn->more || !whole;
    turn->behind = turn->behind || (!whole && !turn->steps[turn->next - 1].tells);
    go_on(turn);
}

static void end(struct turn *turn)
{
    if (turn->telling) {
        uint64_t now = clock_monotonic_us();
        turn->tell_us = now + TELL_SHARE * (now - turn->tell_us);
    }
    if (turn->more) {
        begin(turn);
    } else if (turn->quiet >= QUIET_RUNS) {
        keep(turn);
    } else {
        rest(turn);
    }
}

static void on_kept(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct turn *turn = arg;
    turn_took(turn, tx, outcome, "turn_not_kept");
    rest(turn);
}

static void keep(struct turn *turn)
{
    struct pg_tx *tx = pg_tx_new(turn->parts->pg);
    turn_guard(turn, tx, 0, 0);
    pg_tx_send(tx, on_kept, turn);
}

static void rest(struct turn *turn)
{
    turn->busy = false;
    if (turn->on_closed != NULL) {
        leave(turn);
    }
}

/* ---- the end ---- */

static void on_handle_closed(uv_handle_t *handle)
{
    struct turn *turn = handle->data;
    turn_on_closed *on_closed = turn->on_closed;
    void *arg = turn->closed_arg;
    for (size_t i = 0; i < turn->step_count; i++) {
        turn->steps[i].free(turn->steps[i].state);
    }
    free(turn);
    on_closed(arg);
}

static void on_left(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct turn *turn = arg;
    pg_tx_failed(tx, outcome, "turn_not_left"); /* then the lease runs out */
    uv_close((uv_handle_t *)&turn->timer, on_handle_closed);
}

static void leave(struct turn *turn)
{
    turn->busy = true;
    if (turn->number == 0) {
        uv_close((uv_handle_t *)&turn->timer, on_handle_closed);
        return;
    }
    struct pg_tx *tx = pg_tx_new(turn->parts->pg);
    store_leave_turn(tx, turn->number);
    pg_tx_send(tx, on_left, turn);
}

void turn_close(struct turn *turn, turn_on_closed *on_closed, void *arg)
{
    turn->on_closed = on_closed;
    turn->closed_arg = arg;
    uv_timer_stop(&turn->timer);
    if (!turn->busy) {
        leave(turn);
    }
}
