/* SPDX-License-Identifier: Apache-2.0 */
#include "intake.h"

#include <math.h>
#include <stdlib.h>

#include "common/clock.h"
#include "http_events.h"
#include "quarantine_keeper.h"
#include "store_reference.h"
#include "store_source.h"
#include "store_submission.h"

enum { WAIT_PERIOD_MS = 25, WAITERS_MAX = 2000, EVENT_BURST_S = 10, MS = 1000 };

const char *intake_fault(const struct error *err)
{
    return err->field_count > 0 ? err->fields[0].field : err->code;
}

struct media_linker intake_media_linker(const struct intake *intake, struct arena *arena)
{
    enum { US_PER_S = 1000000, STEPS = 6 };
    int64_t until_s = clock_now_us() / US_PER_S + intake->media_link_s;
    int64_t step_s = intake->media_link_s >= STEPS ? intake->media_link_s / STEPS : 1;
    return (struct media_linker){
        .keys = &intake->media_keys,
        .expires_s = until_s - until_s % step_s, /* the same for a while, for the sake of caches */
        .arena = arena,
    };
}

/* ---- waiting for versions that other replicas commit ---- */

static void on_versions(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct intake *intake = arg;
    size_t rows = pg_tx_failed(tx, outcome, "versions_not_read") ? 0 : pg_rows(tx, 0);
    for (size_t row = 0; row < rows; row++) {
        struct uuid id = pg_value_uuid(tx, 0, row, 0);
        wait_reached(intake->wait, &id, pg_value_int4(tx, 0, row, 1));
    }
    wait_read_done(intake->wait);
}

static void read_versions(struct wait *wait, const struct uuid *ids, size_t count, void *arg)
{
    struct intake *intake = arg;
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    (void)wait;
    pg_tx_set_read_only(tx);
    store_read_versions(tx, ids, count);
    pg_tx_send(tx, on_versions, intake);
}

/* ---- opening and closing ---- */

struct opening {
    service_on_opened *on_opened;
    void *arg;
    size_t missing; /* snapshots that were not read yet */
};

static void on_snapshot_opened(void *arg)
{
    struct opening *opening = arg;
    if (--opening->missing == 0) {
        opening->on_opened(opening->arg, NULL);
        free(opening);
    }
}

static bool open_media(struct intake *intake, const struct service_parts *parts, struct error *err)
{
    if (!media_keys_read(&intake->media_keys, config_text(parts->config, "MEDIA_KEY"), err) ||
        !media_store_open(&intake->media_store, parts->loop, parts->config, parts->metrics, err)) {
        return false;
    }
    intake->public_url = config_text(parts->config, "PUBLIC_URL");
    intake->media_link_s = config_int(parts->config, "MEDIA_LINK_S");
    intake->media_press = media_press_new(parts->loop);
    return true;
}

static void close_media(struct intake *intake)
{
    media_press_free(intake->media_press);
    media_store_close(intake->media_store);
}

/* What may fail: secrets and settings that cannot be read. */
static bool open_settings(struct intake *intake, const struct service_parts *parts,
                          struct error *err)
{
    if (!seal_open(&intake->seal, config_text(parts->config, "CONTACT_KEY"), err)) {
        return false;
    }
    if (!gate_open(&intake->gate, parts->config, err)) {
        goto close_seal;
    }
    if (!open_media(intake, parts, err)) {
        goto close_gate;
    }
    return true;

close_gate:
    gate_close(intake->gate);
close_seal:
    seal_close(intake->seal);
    return false;
}

static void open_desks(struct intake *intake, struct service_parts *parts)
{
    struct filing_desk_config desk = {
        .loop = loop_uv(parts->loop),
        .pg = parts->pg,
        .outbox = parts->outbox,
        .metrics = parts->metrics,
        .seal = intake->seal,
    };
    struct message_desk_config messages = {
        .pg = parts->pg,
        .outbox = parts->outbox,
        .metrics = parts->metrics,
        .limits = {.total = (int32_t)config_int(parts->config, "THREAD_MESSAGES"),
                   .hourly = (int32_t)config_int(parts->config, "THREAD_HOURLY")},
    };
    double event_rate = (double)config_int(parts->config, "EVENT_RATE");
    intake->desk = filing_desk_new(&desk);
    intake->messages = message_desk_new(&messages);
    intake->records = record_desk_new(parts->pg, parts->metrics);
    intake->reader = submission_reader_new(parts->pg, parts->metrics);
    intake->event_rate = rate_new(event_rate, fmax(EVENT_BURST_S * event_rate, HTTP_EVENTS_MAX));
}

/* What does something by itself, again and again. */
static void open_timers(struct intake *intake, struct service_parts *parts)
{
    struct media_sweep_config sweep = {
        .loop = parts->loop,
        .pg = parts->pg,
        .store = intake->media_store,
        .metrics = parts->metrics,
        .keep_s = config_int(parts->config, "MEDIA_KEEP_S"),
        .period_s = (unsigned)config_int(parts->config, "MEDIA_SWEEP_S"),
    };
    struct wait_config wait = {.period_ms = WAIT_PERIOD_MS,
                               .waiters_max = WAITERS_MAX,
                               .read = read_versions,
                               .arg = intake};
    const struct quarantine_keeper_config keeper = {
        .quarantine_days = config_int(parts->config, "QUARANTINE_DAYS"),
        .record_days = config_int(parts->config, "RECORD_DAYS")};
    intake->media_sweep = media_sweep_new(&sweep);
    intake->wait = wait_new(loop_uv(parts->loop), &wait);
    intake->bursts = burst_watch_new(loop_uv(parts->loop), parts->pg, parts->outbox,
                                     (unsigned)config_int(parts->config, "BURST_LOOK_S") * MS);
    intake->keeper = quarantine_keeper_new(intake, &keeper);
}

/* The first reading of both is what opening waits for. */
static void open_snapshots(struct intake *intake, struct service_parts *parts,
                           service_on_opened *on_opened, void *arg)
{
    struct opening *opening = memory_alloc(sizeof *opening);
    *opening = (struct opening){on_opened, arg, 2};
    intake->reference = snapshot_source_new(loop_uv(parts->loop), parts->pg,
                                            &store_reference_tables, on_snapshot_opened, opening);
    intake->sources = snapshot_source_new(loop_uv(parts->loop), parts->pg, &store_source_tables,
                                          on_snapshot_opened, opening);
}

void intake_open(struct service_parts *parts, void **state, service_on_opened *on_opened, void *arg)
{
    struct intake *intake = memory_zero(1, sizeof *intake);
    struct error err = {0};

    if (!open_settings(intake, parts, &err)) {
        free(intake);
        on_opened(arg, &err);
        return;
    }
    intake->parts = parts;
    *state = intake;
    open_desks(intake, parts);
    open_snapshots(intake, parts, on_opened, arg);
    open_timers(intake, parts);
}

struct closing {
    struct intake *intake;
    service_on_closed *on_closed;
    void *arg;
};

static void on_desk_closed(void *arg)
{
    struct closing closing = *(struct closing *)arg;
    free(arg);
    wait_free(closing.intake->wait);
    submission_reader_free(closing.intake->reader);
    message_desk_free(closing.intake->messages);
    record_desk_free(closing.intake->records);
    rate_free(closing.intake->event_rate);
    close_media(closing.intake);
    gate_close(closing.intake->gate);
    seal_close(closing.intake->seal);
    free(closing.intake);
    closing.on_closed(closing.arg);
}

static void on_sweep_closed(void *arg)
{
    struct closing *closing = arg;
    filing_desk_close(closing->intake->desk, on_desk_closed, closing);
}

static void on_sources_closed(void *arg)
{
    struct closing *closing = arg;
    media_sweep_close(closing->intake->media_sweep, on_sweep_closed, closing);
}

static void on_reference_closed(void *arg)
{
    struct closing *closing = arg;
    snapshot_source_close(closing->intake->sources, on_sources_closed, closing);
}

static void on_keeper_closed(void *arg)
{
    struct closing *closing = arg;
    snapshot_source_close(closing->intake->reference, on_reference_closed, closing);
}

static void on_bursts_closed(void *arg)
{
    struct closing *closing = arg;
    quarantine_keeper_close(closing->intake->keeper, on_keeper_closed, closing);
}

void intake_close(void *state, service_on_closed *on_closed, void *arg)
{
    struct closing *closing = memory_alloc(sizeof *closing);
    *closing = (struct closing){state, on_closed, arg};
    burst_watch_close(closing->intake->bursts, on_bursts_closed, closing);
}

bool intake_is_ready(struct buffer *why_not, void *state)
{
    const struct intake *intake = state;
    const struct reference *reference = reference_current(intake->reference);
    if (reference->category_count == 0 || reference->kind_count == 0 ||
        reference->promise_count == 0) {
        buffer_put_text(why_not, "reference: no categories, kinds or promises from routing yet\n");
        return false;
    }
    return media_store_is_ready(intake->media_store, why_not);
}
