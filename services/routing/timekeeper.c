/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/timekeeper.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/rounds.h"
#include "services/routing/case_engine.h"
#include "services/routing/case_timer.h"
#include "services/routing/store.h"

enum { PERIOD_MS = 500, CLAIM_MAX = 500 };

#define LEASE_US INT64_C(30000000)

/* What a step of the timekeeper may be, for the counters. */
enum step { STEP_REMIND, STEP_ESCALATE, STEP_TIME_OUT, STEPS };

struct timekeeper {
    struct routing *routing;
    struct rounds *rounds;
    struct arena arena; /* of the round */
    struct claimed *cases;
    size_t claimed;
    int64_t lease_until;
    size_t waiting; /* cases under way, and one while they are being taken up */
    struct metrics_counter *done[STEPS];
};

/* One claimed case on its way. */
struct claimed {
    struct timekeeper *keeper;
    struct case_snapshot now;
    struct case_read lead;
    struct case_write write;
    bool is_idle; /* nothing was due: its timer is set anew */
};

/* Steps of one round, in running order. */
static void claim(void *state);
static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void take_up(struct claimed *claimed);
static void on_lead_read(struct case_read *read, const struct error *err);
static void decide(struct claimed *claimed, const struct case_command *command);
static void on_written(struct case_write *write, bool won, const struct error *err);
static void leave(struct timekeeper *keeper);
static void set_idle_timers(struct timekeeper *keeper);
static void on_timers_set(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void end_round(struct timekeeper *keeper);

static void keeper_free(void *state)
{
    struct timekeeper *keeper = state;
    arena_finish(&keeper->arena);
    free(keeper);
}

struct timekeeper *timekeeper_new(struct routing *routing)
{
    static const char *const labels[STEPS][2] = {
        {"action=remind", NULL}, {"action=escalate", NULL}, {"action=time_out", NULL}};
    struct timekeeper *keeper = memory_zero(1, sizeof *keeper);
    const struct rounds_work work = {.begin = claim, .free = keeper_free, .state = keeper};
    keeper->routing = routing;
    arena_init(&keeper->arena);
    for (int step = 0; step < STEPS; step++) {
        keeper->done[step] =
            metrics_counter(routing->parts->metrics, "routing_timer_total",
                            "Reminders, escalations and time-outs written.", labels[step]);
    }
    keeper->rounds = rounds_new(loop_uv(routing->parts->loop), &work, PERIOD_MS, PERIOD_MS);
    return keeper;
}

void timekeeper_close(struct timekeeper *keeper, timekeeper_on_closed *on_closed, void *arg)
{
    rounds_close(keeper->rounds, on_closed, arg);
}

static void claim(void *state)
{
    struct timekeeper *keeper = state;
    int64_t now_us = clock_now_us();
    if (keeper->routing->reference == NULL) {
        rounds_end(keeper->rounds);
        return;
    }
    struct pg_tx *tx = pg_tx_new(keeper->routing->parts->pg);
    keeper->lease_until = now_us + LEASE_US;
    store_cases_claim(tx, now_us, keeper->lease_until, CLAIM_MAX);
    pg_tx_send(tx, on_claimed, keeper);
}

static void read_claimed(struct timekeeper *keeper, const struct pg_tx *tx, size_t row)
{
    struct claimed *claimed = &keeper->cases[row];
    struct error err = {0};
    const char *json;
    claimed->keeper = keeper;
    if (store_case_row(tx, 0, row, &keeper->routing->processes, &keeper->arena, &claimed->now,
                       &json, &err)) {
        keeper->waiting++;
        take_up(claimed);
    } else {
        log_error_error("case_unreadable", &err);
    }
}

static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct timekeeper *keeper = arg;
    keeper->claimed = outcome == PG_COMMITTED ? pg_rows(tx, 0) : 0;
    keeper->cases = arena_array(&keeper->arena, keeper->claimed, sizeof *keeper->cases);
    keeper->waiting = 1;
    for (size_t row = 0; row < keeper->claimed; row++) {
        read_claimed(keeper, tx, row);
    }
    leave(keeper);
}

static void take_up(struct claimed *claimed)
{
    struct timekeeper *keeper = claimed->keeper;
    const struct case_rules *rules = &keeper->routing->reference->cases;
    struct case_command command;
    struct error err = {0};
    if (case_phase(&claimed->now) != PHASE_MERGED) {
        claimed->is_idle = !case_timer_command(&claimed->now, rules, clock_now_us(), &command);
        decide(claimed, &command);
        return;
    }
    claimed->lead.id = claimed->now.merged_into;
    claimed->lead.arena = &keeper->arena;
    claimed->lead.on_read = on_lead_read;
    claimed->lead.arg = claimed;
    if (!case_reader_submit(keeper->routing->reader, &claimed->lead, &err)) {
        log_warn_error("timer_postponed", &err); /* the lease brings it back */
        leave(keeper);
    }
}

static void on_lead_read(struct case_read *read, const struct error *err)
{
    struct claimed *claimed = read->arg;
    struct case_command command;
    if (err != NULL || !read->found) {
        leave(claimed->keeper);
        return;
    }
    claimed->is_idle = !case_follow_command(&claimed->now, &read->snapshot, &command);
    decide(claimed, &command);
}

static void decide(struct claimed *claimed, const struct case_command *command)
{
    struct timekeeper *keeper = claimed->keeper;
    struct case_write *write = &claimed->write;
    struct error err = {0};
    if (claimed->is_idle) {
        leave(keeper);
        return;
    }
    write->arg = claimed;
    write->on_written = on_written;
    if (!case_decide(&claimed->now, command, &keeper->routing->reference->cases, clock_now_us(),
                     &write->after, &err) ||
        !case_writer_submit(keeper->routing->writer, write, &err)) {
        log_warn_error("timer_postponed", &err); /* the lease brings it back */
        leave(keeper);
    }
}

static enum step step_of(const struct case_snapshot *after)
{
    return strcmp(after->action, CASE_ESCALATE) == 0 ? STEP_ESCALATE
           : strcmp(after->action, CASE_REMIND) == 0 ? STEP_REMIND
                                                     : STEP_TIME_OUT;
}

static void on_written(struct case_write *write, bool won, const struct error *err)
{
    struct claimed *claimed = write->arg;
    (void)err; /* the lease brings it back; the batch counts failures */
    if (won) {
        metrics_add(claimed->keeper->done[step_of(&write->after)], 1);
    }
    leave(claimed->keeper);
}

static void leave(struct timekeeper *keeper)
{
    assert(keeper->waiting > 0);
    keeper->waiting--;
    if (keeper->waiting == 0) {
        set_idle_timers(keeper);
    }
}

/* What came too early, after the rules have changed, comes again when it is time. */
static void set_idle_timers(struct timekeeper *keeper)
{
    struct pg_array ids, versions, timers;
    pg_array_init(&ids, PG_UUID);
    pg_array_init(&versions, PG_INT4);
    pg_array_init(&timers, PG_TIMESTAMPTZ);
    for (size_t i = 0; i < keeper->claimed; i++) {
        const struct claimed *claimed = &keeper->cases[i];
        if (claimed->is_idle) {
            pg_array_uuid(&ids, &claimed->now.id);
            pg_array_int4(&versions, claimed->now.version);
            pg_array_instant(&timers,
                             case_next_timer(&claimed->now, &keeper->routing->reference->cases));
        }
    }
    if (ids.count == 0) {
        end_round(keeper);
    } else {
        struct pg_tx *tx = pg_tx_new(keeper->routing->parts->pg);
        store_timers_set(tx, &ids, &versions, &timers, keeper->lease_until);
        pg_tx_send(tx, on_timers_set, keeper);
    }
    pg_array_finish(&ids);
    pg_array_finish(&versions);
    pg_array_finish(&timers);
}

static void on_timers_set(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    (void)tx;
    (void)outcome; /* the lease brings them back */
    end_round(arg);
}

static void end_round(struct timekeeper *keeper)
{
    if (keeper->claimed == CLAIM_MAX) {
        rounds_begin_now(keeper->rounds);
    }
    keeper->claimed = 0;
    arena_reset(&keeper->arena);
    rounds_end(keeper->rounds);
}
