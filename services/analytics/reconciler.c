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
    int32_t at_min; /* of the city's day */
    int32_t day;
    int32_t done_days[CENSUSES]; /* on which it was last seen to be done */
    size_t at;                   /* whose counts are being compared, of censuses */
    struct arena arenas[LOOKS];
    struct reconciliation made[LOOKS];
    unsigned look;
    struct census census;
    struct metrics_gauge *differences[CENSUSES];
    reconciler_on_made *on_made; /* NULL: by night */
    reconciler_on_done *on_done;
    void *done_arg;
    unsigned parts_open;
    reconciler_on_closed *on_closed; /* NULL while open */
    void *closed_arg;
};

/* All owners, one after the other, in running order. */
static void next(struct reconciler *reconciler);  /* who is to be asked, or rest */
static void claim(struct reconciler *reconciler); /* by night: one of the processes does it */
static void ask(struct reconciler *reconciler);
static void on_answer(long status, const char *body, size_t size, const struct error *err,
                      void *arg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void compare(struct reconciler *reconciler, const struct pg_tx *tx);
static void on_pause(uv_timer_t *pause);
static void end(struct reconciler *reconciler, const struct reconciliation *made,
                const struct error *err);
static void keep(struct reconciler *reconciler, const struct reconciliation *made,
                 const struct error *err);
static void go_on(struct reconciler *reconciler);
static void rest(struct reconciler *reconciler);
static void close_handles(struct reconciler *reconciler);

static const struct census_layout *layout_of(const struct reconciler *reconciler)
{
    return &censuses[reconciler->at];
}

static bool has_address(const struct config *config, const struct census_layout *layout)
{
    return config_text(config, layout->url_setting)[0] != '\0';
}

bool reconciler_has_work(const struct config *config)
{
    bool has = false;
    for (size_t i = 0; i < CENSUSES; i++) {
        has = has || has_address(config, &censuses[i]);
    }
    return has;
}

/* ---- a run ---- */

static void fail(struct reconciler *reconciler, const struct error *err)
{
    end(reconciler, NULL, err);
}

void reconciler_run(struct reconciler *reconciler, reconciler_on_made *on_made,
                    reconciler_on_done *on_done, void *arg)
{
    reconciler->busy = true;
    reconciler->on_made = on_made;
    reconciler->on_done = on_done;
    reconciler->done_arg = arg;
    reconciler->at = 0;
    next(reconciler);
}

static bool is_wanted(const struct reconciler *reconciler)
{
    return has_address(reconciler->parts->config, layout_of(reconciler)) &&
           (reconciler->on_made != NULL ||
            reconciler->done_days[reconciler->at] != reconciler->day);
}

static void next(struct reconciler *reconciler)
{
    while (reconciler->at < CENSUSES && !is_wanted(reconciler)) {
        reconciler->at++;
    }
    if (reconciler->at == CENSUSES || reconciler->on_closed != NULL) {
        rest(reconciler);
        return;
    }
    reconciler->look = 0;
    if (reconciler->on_made != NULL) {
        ask(reconciler);
    } else {
        claim(reconciler);
    }
}

static void ask(struct reconciler *reconciler)
{
    const struct config *config = reconciler->parts->config;
    const struct census_layout *layout = layout_of(reconciler);
    struct arena *arena = &reconciler->arenas[reconciler->look];
    const char *const headers[] = {
        arena_format(arena, "X-Api-Key: %s", config_text(config, "RECONCILE_KEY")), NULL};
    struct fetch_request request = {
        .method = "GET",
        .url = arena_format(arena, "%s%s", config_text(config, layout->url_setting), layout->path),
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
    const struct census_layout *layout = layout_of(reconciler);
    struct error fault = {0};
    if (status == 0) {
        fail(reconciler, err);
        return;
    }
    if (status != 200) {
        error_set(&fault, ERR_RETRY, "census_refused", "%s answered %ld", layout->owner, status);
    } else {
        census_read(&reconciler->census, layout, body, size, &reconciler->arenas[reconciler->look],
                    &fault);
    }
    if (error_is_set(&fault)) {
        fail(reconciler, &fault);
        return;
    }
    struct pg_tx *tx = pg_tx_new(reconciler->parts->pg);
    pg_tx_set_read_only(tx);
    store_read_reconciled(tx, layout, reconciler->census.first);
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
    reconciliation_make(made, layout_of(reconciler), &reconciler->census, sums, count, arena);
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
        metrics_set(reconciler->differences[reconciler->at], (double)made->count);
    }
    if (reconciler->on_made == NULL) {
        keep(reconciler, made, err);
        return;
    }
    reconciler->on_made(layout_of(reconciler), made, err, reconciler->done_arg);
    go_on(reconciler);
}

static void go_on(struct reconciler *reconciler)
{
    for (size_t i = 0; i < LOOKS; i++) {
        arena_reset(&reconciler->arenas[i]);
    }
    reconciler->at++;
    next(reconciler);
}

static void rest(struct reconciler *reconciler)
{
    reconciler->busy = false;
    if (reconciler->on_made != NULL) {
        reconciler->on_done(reconciler->at == CENSUSES, reconciler->done_arg);
    }
    if (reconciler->on_closed != NULL) {
        close_handles(reconciler);
    }
}

/* ---- every night ---- */

static void log_differences(const struct reconciliation *made)
{
    const struct census_layout *layout = made->layout;
    const char *subject = subjects[layout->subject]->name;
    for (size_t i = 0; i < made->count && i < LOGGED_MAX; i++) {
        const struct reconciliation_difference *difference = &made->differences[i];
        log_warn("figure_differs", log_text("subject", subject),
                 log_text(dimension_words[layout->dimension], difference->member),
                 log_text(layout->kind_word, layout->kind_words[difference->kind]),
                 log_int(layout->owner, difference->theirs),
                 log_int("analytics", difference->ours));
    }
    log_info("figures_reconciled", log_text("subject", subject),
             log_int("compared", (int64_t)made->compared),
             log_int("differences", (int64_t)made->count));
}

static void on_kept(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    pg_tx_failed(tx, outcome, "reconciliation_not_kept");
    go_on(arg);
}

static void keep(struct reconciler *reconciler, const struct reconciliation *made,
                 const struct error *err)
{
    enum subject subject = layout_of(reconciler)->subject;
    struct pg_tx *tx = pg_tx_new(reconciler->parts->pg);
    if (made != NULL) {
        log_differences(made);
        reconciler->done_days[reconciler->at] = reconciler->day;
    } else {
        log_warn_error("figures_not_reconciled", err, log_text("subject", subjects[subject]->name));
    }
    store_end_reconciliation(tx, subject, reconciler->day, made);
    pg_tx_send(tx, on_kept, reconciler);
}

static void on_claimed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct reconciler *reconciler = arg;
    if (pg_tx_failed(tx, outcome, "reconciliation_not_claimed")) {
        go_on(reconciler);
        return;
    }
    bool ours = pg_value_bool(tx, 0, 0, 0), done = pg_value_bool(tx, 0, 0, 1);
    if (done) { /* else this process would ask all day long */
        reconciler->done_days[reconciler->at] = reconciler->day;
    }
    if (!ours || reconciler->on_closed != NULL) {
        go_on(reconciler);
        return;
    }
    ask(reconciler);
}

static void claim(struct reconciler *reconciler)
{
    struct pg_tx *tx = pg_tx_new(reconciler->parts->pg);
    store_claim_reconciliation(tx, layout_of(reconciler)->subject, reconciler->day);
    pg_tx_send(tx, on_claimed, reconciler);
}

static void on_watch(uv_timer_t *watch)
{
    struct reconciler *reconciler = watch->data;
    int64_t now = clock_now_us();
    int32_t day = period_day(now);
    int64_t minute = (now - period_instant(day)) / MINUTE_US;
    if (reconciler->busy || minute < reconciler->at_min) {
        return;
    }
    reconciler->busy = true;
    reconciler->day = day;
    reconciler->at = 0;
    next(reconciler);
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

static void init_owners(struct reconciler *reconciler)
{
    for (size_t i = 0; i < CENSUSES; i++) {
        char label[32];
        snprintf(label, sizeof label, "subject=%s", subjects[censuses[i].subject]->name);
        const char *const labels[] = {label, NULL};
        reconciler->done_days[i] = -1;
        reconciler->differences[i] =
            metrics_gauge(reconciler->parts->metrics, "analytics_reconciliation_differences",
                          "counts that differ from those of their owner", labels);
    }
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
    reconciler->nightly = nightly && reconciler_has_work(parts->config);
    reconciler->at_min = at_min;
    init_owners(reconciler);
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
