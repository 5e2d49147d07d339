/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/recount.h"

#include <stdlib.h>

#include "common/log.h"
#include "services/analytics/store_unit_set.h"

struct recount {
    const struct service_parts *parts;
    struct turn *turn;
    struct arena arena; /* of the sets */
    struct unit_sets sets;
    bool known;
    int64_t number;   /* of the telling that the sets are from */
    int64_t counted;  /* by which facts are counted */
    struct uuid last; /* fact that was looked at, while they are marked */
};

/* In running order. */
static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void read_sets(struct recount *recount);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void mark_next(struct recount *recount);
static void on_marked(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void finish(struct recount *recount);
static void on_finished(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

enum { MARKED = 1 }; /* behind the turn's statement */

static void run(void *state)
{
    struct recount *recount = state;
    struct pg_tx *tx = pg_tx_new(recount->parts->pg);
    pg_tx_set_read_only(tx);
    store_read_unit_set_numbers(tx);
    pg_tx_send(tx, on_looked, recount);
}

static void recount_free(void *state)
{
    struct recount *recount = state;
    arena_finish(&recount->arena);
    free(recount);
}

struct recount *recount_new(const struct service_parts *parts, struct turn *turn)
{
    struct recount *recount = memory_zero(1, sizeof *recount);
    recount->parts = parts;
    recount->turn = turn;
    arena_init(&recount->arena);
    return recount;
}

struct turn_step recount_step(struct recount *recount)
{
    return (struct turn_step){.run = run, .free = recount_free, .state = recount};
}

const struct unit_sets *recount_sets(const struct recount *recount)
{
    return recount->known ? &recount->sets : NULL;
}

static void give_up(struct recount *recount)
{
    recount->known = false;
    turn_step_done(recount->turn, true);
}

/* What is counted by another telling than the one that is known is marked. */
static void check(struct recount *recount)
{
    if (recount->counted != recount->number) {
        recount->last = (struct uuid){{0}};
        mark_next(recount);
    } else {
        turn_step_done(recount->turn, true);
    }
}

/* Somebody else may have held the turn meanwhile, so what facts are counted by is asked as well. */
static void on_looked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct recount *recount = arg;
    int64_t told;
    if (pg_tx_failed(tx, outcome, "unit_sets_not_read")) {
        give_up(recount);
        return;
    }
    store_take_unit_set_numbers(tx, 0, &told, &recount->counted);
    if (!recount->known || recount->number != told) {
        read_sets(recount);
    } else {
        check(recount);
    }
}

/* The numbers once more, which belong to what is read with them. */
static void read_sets(struct recount *recount)
{
    struct pg_tx *tx = pg_tx_new(recount->parts->pg);
    pg_tx_set_read_only(tx);
    store_read_unit_set_numbers(tx);
    store_read_unit_sets(tx);
    pg_tx_send(tx, on_read, recount);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct recount *recount = arg;
    if (pg_tx_failed(tx, outcome, "unit_sets_not_read")) {
        give_up(recount);
        return;
    }
    arena_reset(&recount->arena);
    store_take_unit_set_numbers(tx, 0, &recount->number, &recount->counted);
    store_take_unit_sets(tx, 1, &recount->arena, &recount->sets);
    recount->known = true;
    check(recount);
}

/* ---- marking, some facts at a time ---- */

static void mark_next(struct recount *recount)
{
    struct pg_tx *tx = pg_tx_new(recount->parts->pg);
    turn_guard(recount->turn, tx, 0, 0);
    store_recount_places(tx, &recount->last);
    pg_tx_send(tx, on_marked, recount);
}

/* Until all are marked, nothing is counted: what is marked later might have been just now. */
static void on_marked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct recount *recount = arg;
    if (!turn_took(recount->turn, tx, outcome, "recount_not_marked")) {
        give_up(recount);
        return;
    }
    if (store_take_recounted(tx, MARKED, &recount->last)) {
        mark_next(recount);
    } else {
        finish(recount);
    }
}

static void finish(struct recount *recount)
{
    struct pg_tx *tx = pg_tx_new(recount->parts->pg);
    turn_guard(recount->turn, tx, 0, 0);
    store_put_unit_sets_counted(tx, recount->number);
    pg_tx_send(tx, on_finished, recount);
}

static void on_finished(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct recount *recount = arg;
    if (!turn_took(recount->turn, tx, outcome, "recount_not_finished")) {
        give_up(recount);
        return;
    }
    log_info("unit_sets_changed", log_int("number", recount->number),
             log_int("sets", (int64_t)recount->sets.count));
    turn_step_done(recount->turn, true);
}
