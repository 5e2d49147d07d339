/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/escalation_timer.h"

#include <assert.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "services/routing/store.h"

enum { PERIOD_MS = 500, CLAIM_MAX = 500 };

#define LEASE_US INT64_C(30000000)

struct escalation_timer {
    struct routing *routing;
    uv_timer_t timer;
    bool busy;          /* a round is under way */
    struct arena arena; /* of the round */
    struct case_write *writes;
    size_t waiting; /* writes under way, and one while they are being submitted */
    size_t claimed;
    struct metrics_counter *done[2]; /* reminders, escalations */
    escalation_on_closed *on_closed; /* NULL while open */
    void *on_closed_arg;
};

/* Steps of one round, in running order. */
static void claim(struct escalation_timer *timer);
static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void decide(struct escalation_timer *timer, const struct pg_tx *tx, size_t row);
static void on_written(struct case_write *write, bool won, const struct error *err);
static void end_round(struct escalation_timer *timer);

static void on_tick(uv_timer_t *handle)
{
    struct escalation_timer *timer = handle->data;
    if (!timer->busy && timer->routing->reference != NULL) {
        claim(timer);
    }
}

struct escalation_timer *escalation_timer_new(struct routing *routing)
{
    static const char *const reminds[] = {"action=remind", NULL}, *const escalates[] = {
                                                                      "action=escalate", NULL};
    const char *help = "Reminders and escalations written.";
    struct escalation_timer *timer = memory_zero(1, sizeof *timer);
    timer->routing = routing;
    arena_init(&timer->arena);
    timer->done[0] = metrics_counter(routing->parts->metrics, "routing_timer_total", help, reminds);
    timer->done[1] =
        metrics_counter(routing->parts->metrics, "routing_timer_total", help, escalates);
    uv_timer_init(loop_uv(routing->parts->loop), &timer->timer);
    timer->timer.data = timer;
    uv_timer_start(&timer->timer, on_tick, PERIOD_MS, PERIOD_MS);
    return timer;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct escalation_timer *timer = handle->data;
    escalation_on_closed *on_closed = timer->on_closed;
    void *arg = timer->on_closed_arg;
    arena_finish(&timer->arena);
    free(timer);
    on_closed(arg);
}

void escalation_timer_close(struct escalation_timer *timer, escalation_on_closed *on_closed,
                            void *arg)
{
    timer->on_closed = on_closed;
    timer->on_closed_arg = arg;
    if (!timer->busy) {
        uv_close((uv_handle_t *)&timer->timer, on_handle_closed);
    }
}

static void claim(struct escalation_timer *timer)
{
    struct pg_tx *tx = pg_tx_new(timer->routing->parts->pg);
    int64_t now_us = clock_now_us();
    timer->busy = true;
    store_cases_claim(tx, now_us, now_us + LEASE_US, CLAIM_MAX);
    pg_tx_send(tx, on_claimed, timer);
}

static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct escalation_timer *timer = arg;
    timer->claimed = outcome == PG_COMMITTED ? pg_rows(tx, 0) : 0;
    if (timer->claimed == 0) {
        end_round(timer);
        return;
    }
    timer->writes = arena_array(&timer->arena, timer->claimed, sizeof *timer->writes);
    timer->waiting = 1;
    for (size_t row = 0; row < timer->claimed; row++) {
        decide(timer, tx, row);
    }
    timer->waiting--;
    if (timer->waiting == 0) {
        end_round(timer);
    }
}

static void decide(struct escalation_timer *timer, const struct pg_tx *tx, size_t row)
{
    const struct case_rules *rules = &timer->routing->reference->cases;
    struct case_write *write = &timer->writes[row];
    struct case_snapshot *now = arena_alloc(&timer->arena, sizeof *now);
    struct error err = {0};
    const char *json;
    int64_t now_us = clock_now_us();

    if (!store_case_row(tx, 0, row, &timer->arena, now, &json, &err)) {
        log_error_error("case_unreadable", &err);
        return;
    }
    struct case_command command = {.action = case_timer_action(now, rules, now_us),
                                   .expected_version = now->version,
                                   .roles = 1u << ROLE_SYSTEM};
    if (command.action == CASE_ACTIONS) {
        return; /* the rules have changed since; the lease brings it back */
    }
    write->arg = timer;
    write->on_written = on_written;
    if (!case_decide(now, &command, rules, now_us, &write->after, &err) ||
        !case_writer_submit(timer->routing->writer, write, &err)) {
        log_warn_error("timer_postponed", &err); /* the lease brings it back */
        return;
    }
    timer->waiting++;
}

static void on_written(struct case_write *write, bool won, const struct error *err)
{
    struct escalation_timer *timer = write->arg;
    (void)err; /* the lease brings it back; the batch counts failures */
    if (won) {
        metrics_add(timer->done[write->after.action == CASE_ESCALATE], 1);
    }
    timer->waiting--;
    if (timer->waiting == 0) {
        end_round(timer);
    }
}

static void end_round(struct escalation_timer *timer)
{
    bool full = timer->claimed == CLAIM_MAX;
    timer->busy = false;
    timer->claimed = 0;
    arena_reset(&timer->arena);
    if (timer->on_closed != NULL) {
        uv_close((uv_handle_t *)&timer->timer, on_handle_closed);
    } else if (full) {
        claim(timer);
    }
}
