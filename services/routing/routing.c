/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/routing.h"

#include <stdlib.h>

#include "common/sign.h"
#include "services/routing/audit_timer.h"
#include "services/routing/case_feed.h"
#include "services/routing/reference_watch.h"
#include "services/routing/store.h"
#include "services/routing/succession.h"
#include "services/routing/timekeeper.h"

enum { WAIT_PERIOD_MS = 25, WAITERS_MAX = 20000, IDLE_POLL_MS = 10 };

/* ---- versions that other replicas commit ---- */

static void on_versions_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct routing *routing = arg;
    for (size_t row = 0; outcome == PG_COMMITTED && row < pg_rows(tx, 0); row++) {
        struct uuid id = pg_value_uuid(tx, 0, row, 0);
        wait_reached(routing->wait, &id, pg_value_int4(tx, 0, row, 1));
    }
    wait_read_done(routing->wait);
}

static void read_versions(struct wait *wait, const struct uuid *ids, size_t count, void *arg)
{
    struct routing *routing = arg;
    struct pg_array array;
    (void)wait;
    pg_array_init(&array, PG_UUID);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&array, &ids[i]);
    }
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_case_versions(tx, &array);
    pg_tx_send(tx, on_versions_read, routing);
    pg_array_finish(&array);
}

/* ---- open ---- */

struct opening {
    struct routing *routing;
    service_on_opened *on_opened;
    void *arg;
};

static void on_first_look(void *arg)
{
    struct opening *opening = arg;
    opening->routing->timekeeper = timekeeper_new(opening->routing);
    opening->routing->succession = succession_new(opening->routing);
    opening->routing->audit = audit_timer_new(opening->routing);
    opening->routing->feed = case_feed_new(opening->routing);
    opening->on_opened(opening->arg, NULL);
    free(opening);
}

void routing_open(struct service_parts *parts, void **state, service_on_opened *on_opened,
                  void *arg)
{
    struct sign_key *audit_key;
    struct error err = {0};
    if (!sign_key_open_private(&audit_key, config_text(parts->config, "AUDIT_SIGNING_KEY"), &err)) {
        on_opened(arg, &err);
        return;
    }
    struct routing *routing = memory_zero(1, sizeof *routing);
    struct opening *opening = memory_zero(1, sizeof *opening);
    struct wait_config wait = {.period_ms = WAIT_PERIOD_MS,
                               .waiters_max = WAITERS_MAX,
                               .read = read_versions,
                               .arg = routing};
    *opening = (struct opening){routing, on_opened, arg};
    routing->parts = parts;
    routing->audit_key = audit_key;
    routing->wait = wait_new(loop_uv(parts->loop), &wait);
    process_book_init(&routing->processes);
    word_counts_init(&routing->word_counts);
    routing->reader = case_reader_new(parts->pg, &routing->processes, parts->metrics);
    routing->writer = case_writer_new(parts->pg, parts->outbox, routing->wait, parts->metrics);
    routing->watch = reference_watch_new(routing, on_first_look, opening);
    *state = routing;
}

bool routing_is_ready(struct buffer *why_not, void *state)
{
    const struct routing *routing = state;
    if (routing->reference == NULL) {
        buffer_put_text(why_not, "reference: none is loaded (routing reference load)\n");
        return false;
    }
    return true;
}

/* ---- close ---- */

struct closing {
    struct routing *routing;
    service_on_closed *on_closed;
    void *arg;
    uv_timer_t poll;
};

/* Steps, in running order. */
static void on_feed_closed(void *arg);
static void on_audit_closed(void *arg);
static void on_succession_closed(void *arg);
static void on_timer_closed(void *arg);
static void on_watch_closed(void *arg);
static void on_poll(uv_timer_t *poll); /* until the last transactions are over */
static void on_poll_closed(uv_handle_t *handle);

void routing_close(void *state, service_on_closed *on_closed, void *arg)
{
    struct closing *closing = memory_zero(1, sizeof *closing);
    closing->routing = state;
    closing->on_closed = on_closed;
    closing->arg = arg;
    case_feed_close(closing->routing->feed, on_feed_closed, closing);
}

static void on_feed_closed(void *arg)
{
    struct closing *closing = arg;
    audit_timer_close(closing->routing->audit, on_audit_closed, closing);
}

static void on_audit_closed(void *arg)
{
    struct closing *closing = arg;
    succession_close(closing->routing->succession, on_succession_closed, closing);
}

static void on_succession_closed(void *arg)
{
    struct closing *closing = arg;
    timekeeper_close(closing->routing->timekeeper, on_timer_closed, closing);
}

static void on_timer_closed(void *arg)
{
    struct closing *closing = arg;
    reference_watch_close(closing->routing->watch, on_watch_closed, closing);
}

static void on_watch_closed(void *arg)
{
    struct closing *closing = arg;
    uv_timer_init(loop_uv(closing->routing->parts->loop), &closing->poll);
    closing->poll.data = closing;
    uv_timer_start(&closing->poll, on_poll, 0, IDLE_POLL_MS);
}

static void on_poll(uv_timer_t *poll)
{
    struct closing *closing = poll->data;
    struct routing *routing = closing->routing;
    if (case_reader_is_idle(routing->reader) && case_writer_is_idle(routing->writer) &&
        !wait_is_reading(routing->wait)) {
        uv_close((uv_handle_t *)poll, on_poll_closed);
    }
}

static void on_poll_closed(uv_handle_t *handle)
{
    struct closing *closing = handle->data;
    struct routing *routing = closing->routing;
    wait_free(routing->wait);
    case_writer_free(routing->writer);
    case_reader_free(routing->reader);
    reference_free(routing->reference);
    word_counts_finish(&routing->word_counts);
    process_book_finish(&routing->processes);
    sign_key_close(routing->audit_key);
    free(routing);
    closing->on_closed(closing->arg);
    free(closing);
}
