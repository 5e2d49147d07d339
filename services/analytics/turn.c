/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/turn.h"

#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "services/analytics/adoption_publisher.h"
#include "services/analytics/cadence_publisher.h"
#include "services/analytics/fold.h"
#include "services/analytics/publisher.h"
#include "services/analytics/store.h"
#include "services/analytics/survey_counter.h"

enum {
    TICK_MS = 250,
    LEASE_MS = 10000,
    WRITE_MS = 8000,    /* within the lease */
    IDLE_TICKS = 12,    /* an idle holder shows that it lives */
    FOLLOWER_TICKS = 4, /* others look once a second whether it does */
    TELL_SHARE = 4      /* telling takes a fifth of the time at most, so that counting goes on */
};

enum phase {
    PHASE_IDLE,
    PHASE_CLAIM,
    PHASE_FOLD,
    PHASE_PUBLISH,
    PHASE_CADENCE,
    PHASE_SURVEYS,
    PHASE_ADOPTION,
    PHASE_KEEP,
    PHASE_LEAVE
};

struct turn {
    const struct service_parts *parts;
    struct fold *fold;
    struct publisher *publisher;
    struct cadence_publisher *cadence;
    struct survey_counter *surveys;
    struct adoption_publisher *adoption;
    uv_timer_t timer;
    enum phase phase;
    int64_t number;            /* 0: somebody else holds it, or nobody */
    bool behind;               /* the last round of the fold left something */
    uint64_t tell_us;          /* when telling began; then, when it may begin again. Monotonic */
    unsigned quiet;            /* ticks since the number was taken, or looked for */
    turn_on_closed *on_closed; /* NULL while open */
    void *closed_arg;
};

/* A tick of the holder, in running order. */
static void claim(struct turn *turn);
static void fold(struct turn *turn);
static void on_folded(bool whole, void *arg);
static void publish(struct turn *turn);
static void on_published(void *arg);
static void publish_cadence(struct turn *turn);
static void on_cadence(void *arg);
static void count_surveys(struct turn *turn);
static void on_surveys(void *arg);
static void publish_adoption(struct turn *turn);
static void on_told(void *arg);
static void go_on(struct turn *turn);
static void keep(struct turn *turn);
static void rest(struct turn *turn);
static void leave(struct turn *turn);

static void on_tick(uv_timer_t *timer)
{
    struct turn *turn = timer->data;
    if (turn->phase != PHASE_IDLE) {
        return;
    }
    turn->quiet++;
    if (turn->number != 0) {
        fold(turn);
    } else if (turn->quiet >= FOLLOWER_TICKS) {
        claim(turn);
    }
}

struct turn *turn_new(const struct service_parts *parts, const struct discloser *discloser)
{
    struct turn *turn = memory_zero(1, sizeof *turn);
    turn->parts = parts;
    turn->quiet = FOLLOWER_TICKS;
    turn->fold = fold_new(parts, turn);
    turn->publisher = publisher_new(parts, turn, discloser);
    turn->cadence = cadence_publisher_new(parts, turn);
    turn->surveys = survey_counter_new(parts, turn);
    turn->adoption = adoption_publisher_new(parts, turn);
    uv_timer_init(loop_uv(parts->loop), &turn->timer);
    turn->timer.data = turn;
    uv_timer_start(&turn->timer, on_tick, TICK_MS, TICK_MS);
    return turn;
}

/* ---- the number ---- */

void turn_guard(struct turn *turn, struct pg_tx *tx, int64_t as_of, int64_t cutoff)
{
    pg_tx_set_deadline(tx, WRITE_MS);
    store_take_turn(tx, turn->number, LEASE_MS, as_of, cutoff);
}

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

/* In doubt, the number may have moved: then it is claimed anew when the lease has run out. */
bool turn_took(struct turn *turn, const struct pg_tx *tx, enum pg_outcome outcome,
               const char *event)
{
    turn->quiet = 0;
    if (failed(tx, outcome, event)) {
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

bool turn_is_closing(const struct turn *turn)
{
    return turn->on_closed != NULL;
}

/* ---- the steps ---- */

static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct turn *turn = arg;
    turn->quiet = 0;
    if (!failed(tx, outcome, "turn_not_claimed") && pg_rows(tx, 0) > 0) {
        turn->number = pg_value_int8(tx, 0, 0, 0);
        log_info("turn_claimed", log_int("number", turn->number));
        fold(turn);
        return;
    }
    rest(turn);
}

static void claim(struct turn *turn)
{
    struct pg_tx *tx = pg_tx_new(turn->parts->pg);
    turn->phase = PHASE_CLAIM;
    store_claim_turn(tx, LEASE_MS);
    pg_tx_send(tx, on_claimed, turn);
}

static void fold(struct turn *turn)
{
    turn->phase = PHASE_FOLD;
    fold_run(turn->fold, on_folded, turn);
}

static void on_folded(bool whole, void *arg)
{
    struct turn *turn = arg;
    turn->behind = !whole;
    if (turn->number == 0 || turn->on_closed != NULL) {
        rest(turn);
    } else if (clock_monotonic_us() >= turn->tell_us) {
        publish(turn);
    } else {
        go_on(turn);
    }
}

static void publish(struct turn *turn)
{
    turn->phase = PHASE_PUBLISH;
    turn->tell_us = clock_monotonic_us();
    publisher_run(turn->publisher, on_published, turn);
}

static void on_published(void *arg)
{
    struct turn *turn = arg;
    if (turn->number != 0 && turn->on_closed == NULL) {
        publish_cadence(turn);
    } else {
        on_told(turn);
    }
}

static void publish_cadence(struct turn *turn)
{
    turn->phase = PHASE_CADENCE;
    cadence_publisher_run(turn->cadence, on_cadence, turn);
}

static void on_cadence(void *arg)
{
    struct turn *turn = arg;
    if (turn->number != 0 && turn->on_closed == NULL) {
        count_surveys(turn);
    } else {
        on_told(turn);
    }
}

static void count_surveys(struct turn *turn)
{
    turn->phase = PHASE_SURVEYS;
    survey_counter_run(turn->surveys, on_surveys, turn);
}

static void on_surveys(void *arg)
{
    struct turn *turn = arg;
    if (turn->number != 0 && turn->on_closed == NULL) {
        publish_adoption(turn);
    } else {
        on_told(turn);
    }
}

static void publish_adoption(struct turn *turn)
{
    turn->phase = PHASE_ADOPTION;
    adoption_publisher_run(turn->adoption, on_told, turn);
}

static void on_told(void *arg)
{
    struct turn *turn = arg;
    uint64_t now = clock_monotonic_us();
    turn->tell_us = now + TELL_SHARE * (now - turn->tell_us);
    if (turn->number == 0 || turn->on_closed != NULL) {
        rest(turn);
    } else {
        go_on(turn);
    }
}

static void go_on(struct turn *turn)
{
    if (turn->behind) {
        fold(turn);
    } else if (turn->quiet >= IDLE_TICKS) {
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
    turn->phase = PHASE_KEEP;
    turn_guard(turn, tx, 0, 0);
    pg_tx_send(tx, on_kept, turn);
}

static void rest(struct turn *turn)
{
    turn->phase = PHASE_IDLE;
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
    fold_free(turn->fold);
    publisher_free(turn->publisher);
    cadence_publisher_free(turn->cadence);
    survey_counter_free(turn->surveys);
    adoption_publisher_free(turn->adoption);
    free(turn);
    on_closed(arg);
}

static void on_left(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct turn *turn = arg;
    failed(tx, outcome, "turn_not_left"); /* then the lease runs out */
    uv_close((uv_handle_t *)&turn->timer, on_handle_closed);
}

static void leave(struct turn *turn)
{
    turn->phase = PHASE_LEAVE;
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
    if (turn->phase == PHASE_IDLE) {
        leave(turn);
    }
}
