/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/reconciler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "services/analytics/census_json.h"
#include "services/analytics/period.h"
#include "services/analytics/store_reconciliation.h"

enum {
    LOOKS = 3,
    LOOK_MS = 2000, /* between them: events need less than a second to be counted */
    WATCH_MS = 30000,
    ANSWER_MS = 20000,
    ANSWER_MAX = 8 << 20,
    LOGGED_MAX = 100,
    MINUTE_US = 60000000,
    DAY_MIN = 24 * 60
};

struct reconciler {
    const struct service_parts *parts;
    uv_timer_t watch, pause; /* looks whether it is time; waits for the next look */
    bool nightly, busy;
    bool keeping;          /* what was found is being stored */
    int32_t at_min;        /* of the city's day */
    int32_t day, done_day; /* being reconciled; and seen to be */
    struct arena arenas[LOOKS];
    struct reconciliation made[LOOKS];
    unsigned look;
    struct census census;
    struct metrics_gauge *differences;
    reconciler_on_done *on_done;
    void *done_arg;
    unsigned parts_open;
    reconciler_on_closed *on_closed; /* NULL while open */
    void *closed_arg;
};

/* A run, in running order. */
static void ask(struct reconciler *reconciler);
static void on_answer(long status, const char *body, size_t size, const struct error *err,
                      void *arg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void compare(struct reconciler *reconciler, const struct pg_tx *tx);
static void on_pause(uv_timer_t *pause);
static void end(struct reconciler *reconciler, const struct reconciliation *made,
                const struct error *err);
static void rest(struct reconciler *reconciler);
static void close_handles(struct reconciler *reconciler);

/* ---- a run ---- */

static void fail(struct reconciler *reconciler, const struct error *err)
{
    end(reconciler, NULL, err);
}

void reconciler_run(struct reconciler *reconciler, reconciler_on_done *on_done, void *arg)
{
    reconciler->busy = true;
    reconciler->on_done = on_done;
    reconciler->done_arg = arg;
    reconciler->look = 0;
    ask(reconciler);
}

static void ask(struct reconciler *reconciler)
{
    const struct config *config = reconciler->parts->config;
    struct arena *arena = &reconciler->arenas[reconciler->look];
    const char *const headers[] = {
        arena_format(arena, "X-Api-Key: %s", config_text(config, "RECONCILE_KEY")), NULL};
    struct fetch_request request = {
        .method = "GET",
        .url = arena_format(arena, "%s/api/routing/census", config_text(config, "ROUTING_URL")),
        .headers = headers,
        .deadline_ms = ANSWER_MS,
        .answer_max = ANSWER_MAX,
    };
    struct error err = {0};
    if (!fetch_http(reconciler->parts->fetch, &request, on_answer, reconciler, &err)) {
        fail(reconciler, &err);
    }
}

static void on_answer(long status, const char *body, size_t size, const struct error *err,
                      void *arg)
{
    struct reconciler *reconciler = arg;
    struct error fault = {0};
    if (status == 0) {
        fail(reconciler, err);
        return;
    }
    if (status != 200) {
        error_set(&fault, ERR_RETRY, "census_refused", "routing answered %ld", status);
    } else {
        census_read(&reconciler->census, body, size, &reconciler->arenas[reconciler->look], &fault);
    }
    if (error_is_set(&fault)) {
        fail(reconciler, &fault);
        return;
    }
    struct pg_tx *tx = pg_tx_new(reconciler->parts->pg);
    pg_tx_set_read_only(tx);
    store_read_reconciled(tx);
    pg_tx_send(tx, on_read, reconciler);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct reconciler *reconciler = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        fail(reconciler, &err);
        return;
    }
    compare(reconciler, tx);
}

static void compare(struct reconciler *reconciler, const struct pg_tx *tx)
{
    unsigned look = reconciler->look;
    struct arena *arena = &reconciler->arenas[look];
    struct reconciliation *made = &reconciler->made[look];
    struct reconciled_sum *sums;
    size_t count = store_take_reconciled(tx, 0, arena, &sums);
    reconciliation_make(made, &reconciler->census, sums, count, arena);
    if (look > 0) {
        reconciliation_keep(made, &reconciler->made[look - 1]);
    }
    reconciler->look++;
    if (made->count == 0 || reconciler->look == LOOKS || reconciler->on_closed != NULL) {
        end(reconciler, made, NULL);
        return;
    }
    uv_timer_start(&reconciler->pause, on_pause, LOOK_MS, 0);
}

static void on_pause(uv_timer_t *pause)
{
    ask(pause->data);
}

static void end(struct reconciler *reconciler, const struct reconciliation *made,
                const struct error *err)
{
    if (made != NULL) {
        metrics_set(reconciler->differences, (double)made->count);
    }
    reconciler->on_done(made, err, reconciler->done_arg);
    for (size_t i = 0; i < LOOKS; i++) {
        arena_reset(&reconciler->arenas[i]);
    }
    if (!reconciler->keeping) {
        rest(reconciler);
    }
}

static void rest(struct reconciler *reconciler)
{
    reconciler->busy = false;
    if (reconciler->on_closed != NULL) {
        close_handles(reconciler);
    }
}

/* ---- every night ---- */

static void log_differences(const struct reconciliation *made)
{
    for (size_t i = 0; i < made->count && i < LOGGED_MAX; i++) {
        const struct reconciliation_difference *difference = &made->differences[i];
        log_warn("figure_differs", log_text("unit", difference->unit),
                 log_text("state", case_state_words[difference->state]),
                 log_int("routing", difference->theirs), log_int("analytics", difference->ours));
    }
    log_info("figures_reconciled", log_int("compared", (int64_t)made->compared),
             log_int("differences", (int64_t)made->count));
}

static void on_ended(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct reconciler *reconciler = arg;
    pg_tx_failed(tx, outcome, "reconciliation_not_kept");
    reconciler->keeping = false;
    rest(reconciler);
}

static void on_reconciled(const struct reconciliation *made, const struct error *err, void *arg)
{
    struct reconciler *reconciler = arg;
    struct pg_tx *tx = pg_tx_new(reconciler->parts->pg);
    if (made != NULL) {
        log_differences(made);
        reconciler->done_day = reconciler->day;
    } else {
        log_warn_error("figures_not_reconciled", err);
    }
    reconciler->keeping = true;
    store_end_reconciliation(tx, reconciler->day, made);
    pg_tx_send(tx, on_ended, reconciler);
}

static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct reconciler *reconciler = arg;
    if (pg_tx_failed(tx, outcome, "reconciliation_not_claimed")) {
        rest(reconciler);
        return;
    }
    bool ours = pg_value_bool(tx, 0, 0, 0), done = pg_value_bool(tx, 0, 0, 1);
    if (done) {
        reconciler->done_day = reconciler->day; /* else this process would ask all day long */
    }
    if (!ours || reconciler->on_closed != NULL) {
        rest(reconciler);
        return;
    }
    reconciler_run(reconciler, on_reconciled, reconciler);
}

static void on_watch(uv_timer_t *watch)
{
    struct reconciler *reconciler = watch->data;
    int64_t now = clock_now_us();
    int32_t day = period_day(now);
    int64_t minute = (now - period_instant(day)) / MINUTE_US;
    if (reconciler->busy || day == reconciler->done_day || minute < reconciler->at_min) {
        return;
    }
    reconciler->busy = true;
    reconciler->day = day;
    struct pg_tx *tx = pg_tx_new(reconciler->parts->pg);
    store_claim_reconciliation(tx, day);
    pg_tx_send(tx, on_claimed, reconciler);
}

/* ---- life ---- */

static bool read_time(const char *text, int32_t *minute)
{
    int hours = 0, minutes = 0, size = 0;
    bool good = sscanf(text, "%2d:%2d%n", &hours, &minutes, &size) == 2 && size == 5 &&
                text[5] == '\0' && hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
    *minute = hours * 60 + minutes;
    return good;
}

struct reconciler *reconciler_new(const struct service_parts *parts, bool nightly,
                                  struct error *err)
{
    int32_t at_min;
    if (!read_time(config_text(parts->config, "RECONCILE_AT"), &at_min)) {
        error_set(err, ERR_FATAL, "setting_invalid", "RECONCILE_AT must be like 02:30");
        return NULL;
    }
    struct reconciler *reconciler = memory_zero(1, sizeof *reconciler);
    reconciler->parts = parts;
    reconciler->nightly = nightly && config_text(parts->config, "ROUTING_URL")[0] != '\0';
    reconciler->at_min = at_min;
    reconciler->done_day = -1;
    reconciler->differences = metrics_gauge(parts->metrics, "analytics_reconciliation_differences",
                                            "counts that differ from those of routing", NULL);
    for (size_t i = 0; i < LOOKS; i++) {
        arena_init(&reconciler->arenas[i]);
    }
    uv_timer_init(loop_uv(parts->loop), &reconciler->watch);
    uv_timer_init(loop_uv(parts->loop), &reconciler->pause);
    reconciler->watch.data = reconciler->pause.data = reconciler;
    reconciler->parts_open = 2;
    if (reconciler->nightly) {
        uv_timer_start(&reconciler->watch, on_watch, 0, WATCH_MS);
    }
    return reconciler;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct reconciler *reconciler = handle->data;
    if (--reconciler->parts_open > 0) {
        return;
    }
    reconciler_on_closed *on_closed = reconciler->on_closed;
    void *arg = reconciler->closed_arg;
    for (size_t i = 0; i < LOOKS; i++) {
        arena_finish(&reconciler->arenas[i]);
    }
    free(reconciler);
    on_closed(arg);
}

static void close_handles(struct reconciler *reconciler)
{
    uv_close((uv_handle_t *)&reconciler->watch, on_handle_closed);
    uv_close((uv_handle_t *)&reconciler->pause, on_handle_closed);
}

void reconciler_close(struct reconciler *reconciler, reconciler_on_closed *on_closed, void *arg)
{
    reconciler->on_closed = on_closed;
    reconciler->closed_arg = arg;
    uv_timer_stop(&reconciler->watch);
    if (!reconciler->busy) {
        close_handles(reconciler);
    } else if (uv_is_active((uv_handle_t *)&reconciler->pause)) {
        uv_timer_start(&reconciler->pause, on_pause, 0, 0); /* a last look, at once */
    }
}
