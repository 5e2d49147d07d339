/* SPDX-License-Identifier: Apache-2.0 */
/* The slot's lease and watermark, the tick that keeps them, and the stop. */
#include "common/outbox.h"

#include <assert.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/outbox_private.h"

const struct pg_statement outbox_guard_statement = {"outbox_guard",
                                                    "SELECT outbox_guard($1::integer, $2::bigint)"};

static const struct pg_statement lease_statement = {
    "outbox_lease", "SELECT leased, new_epoch, published_seq, last_seq, waiting "
                    "FROM outbox_lease($1::text, $2::integer)"};

static const struct pg_statement keep_statement = {
    "outbox_keep", "UPDATE outbox_slot SET published = greatest(published, $3::bigint), "
                   "leased_until = now() + $4::integer * interval '1 second' "
                   "WHERE slot = $1::integer AND epoch = $2::bigint RETURNING slot"};

/* Steps of a life, in running order. */
static void lease_send(struct outbox *outbox);
static void on_leased(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void on_tick(uv_timer_t *tick);
static void keep_send(struct outbox *outbox, unsigned lease_s);
static void on_kept(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void close_step(struct outbox *outbox);
static void on_tick_closed(uv_handle_t *handle);
static void on_flush_closed(uv_handle_t *handle);

void outbox_send(struct outbox *outbox, struct pg_tx *tx, pg_on_done *on_done, void *arg)
{
    outbox->transactions++;
    pg_tx_send(tx, on_done, arg);
}

void outbox_ended(struct outbox *outbox)
{
    assert(outbox->transactions > 0);
    outbox->transactions--;
    if (outbox->closing) {
        close_step(outbox);
    }
}

void outbox_lose(struct outbox *outbox)
{
    if (!outbox->lost && !outbox->closing) {
        outbox->lost = true;
        outbox->on_lost(outbox->arg);
    }
}

struct outbox *outbox_new(uv_loop_t *loop, struct pg *pg, struct kafka_producer *producer,
                          const struct outbox_config *config, struct metrics *metrics,
                          outbox_on_ready *on_ready, outbox_on_lost *on_lost, void *arg)
{
    struct outbox *outbox = memory_zero(1, sizeof *outbox);

    outbox->pg = pg;
    outbox->producer = producer;
    outbox->service = memory_text(config->service);
    outbox->instance = memory_text(config->instance);
    outbox->memory_max = config->memory_max;
    outbox->backlog_max = config->backlog_max;
    outbox->retention_days = config->retention_days;
    outbox->on_ready = on_ready;
    outbox->on_lost = on_lost;
    outbox->arg = arg;
    arena_init(&outbox->scratch);
    buffer_init(&outbox->packed);
    outbox->published_total =
        metrics_counter(metrics, "outbox_published_total", "events acknowledged by Kafka", NULL);
    outbox->parked_total =
        metrics_counter(metrics, "outbox_parked_total", "events that Kafka will never take", NULL);
    outbox->recovered_total =
        metrics_counter(metrics, "outbox_recovered_total", "events read back from the table", NULL);
    outbox->backlog_gauge = metrics_gauge(metrics, "outbox_backlog_events",
                                          "events committed and not acknowledged", NULL);
    outbox->memory_gauge =
        metrics_gauge(metrics, "outbox_memory_bytes", "events held in memory", NULL);
    uv_timer_init(loop, &outbox->tick);
    uv_timer_init(loop, &outbox->flush);
    outbox->tick.data = outbox->flush.data = outbox;
    uv_timer_start(&outbox->tick, on_tick, OUTBOX_TICK_MS, OUTBOX_TICK_MS);
    lease_send(outbox);
    return outbox;
}

void outbox_free(struct outbox *outbox)
{
    if (outbox == NULL) {
        return;
    }
    assert(outbox->released);
    while (outbox->head != NULL) {
        outbox_unlink_free(outbox, outbox->head);
    }
    outbox_park_forget(outbox);
    arena_finish(&outbox->scratch);
    buffer_finish(&outbox->packed);
    free(outbox->service);
    free(outbox->instance);
    free(outbox);
}

void outbox_guard(struct outbox *outbox, struct pg_tx *tx)
{
    pg_tx_add(tx, &outbox_guard_statement);
    pg_tx_int4(tx, outbox->slot);
    pg_tx_int8(tx, outbox->epoch);
}

static void lease_send(struct outbox *outbox)
{
    struct pg_tx *tx = pg_tx_new(outbox->pg);
    outbox->leasing = true;
    outbox->keep_sent_us = clock_monotonic_us();
    pg_tx_add(tx, &lease_statement);
    pg_tx_text(tx, outbox->instance);
    pg_tx_int4(tx, OUTBOX_LEASE_S);
    outbox_send(outbox, tx, on_leased, outbox);
}

static void on_leased(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct outbox *outbox = arg;

    outbox->leasing = false;
    if (outcome != PG_COMMITTED) { /* an unknown one only cost an epoch */
        struct error err = {0};
        pg_tx_error(tx, outcome, &err);
        log_warn_error("outbox_not_leased", &err);
        outbox_ended(outbox);
        return;
    }
    outbox->slot = pg_value_int4(tx, 0, 0, 0);
    outbox->epoch = pg_value_int8(tx, 0, 0, 1);
    outbox->stored = pg_value_int8(tx, 0, 0, 2);
    outbox->top_seq = pg_value_int8(tx, 0, 0, 3);
    outbox->in_table = (size_t)pg_value_int8(tx, 0, 0, 4);
    outbox->next_seq = outbox->top_seq + 1;
    outbox->cursor = outbox->stored;
    outbox->behind = outbox->in_table > 0;
    outbox->kept_us = outbox->keep_sent_us;
    outbox->steady_since_us = outbox->keep_sent_us;
    outbox->trim_us = outbox->keep_sent_us;
    outbox->leased = true;
    log_info("outbox_leased", log_int("slot", outbox->slot), log_int("epoch", outbox->epoch),
             log_int("to_recover", (int64_t)outbox->in_table));
    outbox_ended(outbox);
    if (!outbox->closing) {
        outbox_pump(outbox);
        outbox->on_ready(outbox->arg);
    }
}

/* One statement moves the watermark and renews the lease; lease_s 0 gives it up. */
static void keep_send(struct outbox *outbox, unsigned lease_s)
{
    struct pg_tx *tx = pg_tx_new(outbox->pg);

    outbox->keeping = true;
    outbox->storing = outbox_watermark(outbox);
    outbox->keep_sent_us = clock_monotonic_us();
    pg_tx_add(tx, &keep_statement);
    pg_tx_int4(tx, outbox->slot);
    pg_tx_int8(tx, outbox->epoch);
    pg_tx_int8(tx, outbox->storing);
    pg_tx_int4(tx, (int32_t)lease_s);
    if (outbox->releasing) {
        pg_tx_set_deadline(tx, 2000);
    }
    outbox_send(outbox, tx, on_kept, outbox);
}

static void on_kept(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct outbox *outbox = arg;

    outbox->keeping = false;
    if (outcome == PG_COMMITTED && pg_rows(tx, 0) == 0) {
        outbox_lose(outbox);
    } else if (outcome == PG_COMMITTED) {
        if (outbox->keep_sent_us - outbox->kept_us > 2 * OUTBOX_RENEW_US) {
            outbox->steady_since_us = outbox->keep_sent_us;
        }
        outbox->kept_us = outbox->keep_sent_us;
        outbox->stored = outbox->storing;
    }
    outbox_ended(outbox);
}

static void on_tick(uv_timer_t *tick)
{
    struct outbox *outbox = tick->data;
    uint64_t now_us = clock_monotonic_us();

    metrics_set(outbox->backlog_gauge, (double)(outbox->waiting + outbox->in_table));
    metrics_set(outbox->memory_gauge, (double)outbox->memory);
    if (outbox->closing) {
        close_step(outbox);
    }
    if (outbox->lost || outbox->releasing) {
        return;
    }
    if (!outbox->leased) {
        if (!outbox->leasing && !outbox->closing) {
            lease_send(outbox);
        }
        return;
    }
    outbox->read_failed = false;
    outbox_pump(outbox);
    outbox_ask(outbox);
    outbox_park_again(outbox);
    outbox_adopt(outbox, now_us);
    outbox_trim(outbox, now_us);
    if (!outbox->keeping &&
        (outbox_watermark(outbox) > outbox->stored || now_us - outbox->kept_us > OUTBOX_RENEW_US)) {
        keep_send(outbox, OUTBOX_LEASE_S);
    }
}

void outbox_close(struct outbox *outbox, unsigned grace_ms, outbox_on_closed *on_closed, void *arg)
{
    assert(!outbox->closing);
    outbox->closing = true;
    outbox->close_by_us = clock_monotonic_us() + (uint64_t)grace_ms * 1000;
    outbox->on_closed = on_closed;
    outbox->closed_arg = arg;
    close_step(outbox);
}

/* Called whenever something has ended: goes on with the stop as far as it can. */
static void close_step(struct outbox *outbox)
{
    bool drained = outbox->head == NULL && outbox->in_table == 0;
    bool over = clock_monotonic_us() >= outbox->close_by_us;

    if (outbox->transactions > 0 || uv_is_closing((uv_handle_t *)&outbox->tick)) {
        return;
    }
    if (outbox->leased && !outbox->lost && !outbox->releasing) {
        if (drained || over) {
            outbox->releasing = true;
            keep_send(outbox, 0);
        }
        return;
    }
    if (!drained) {
        log_warn("outbox_closed_with_backlog", log_int("slot", outbox->slot),
                 log_int("events", (int64_t)(outbox->waiting + outbox->in_table)));
    }
    uv_close((uv_handle_t *)&outbox->tick, on_tick_closed);
}

static void on_tick_closed(uv_handle_t *handle)
{
    struct outbox *outbox = handle->data;
    uv_close((uv_handle_t *)&outbox->flush, on_flush_closed);
}

static void on_flush_closed(uv_handle_t *handle)
{
    struct outbox *outbox = handle->data;
    outbox->released = true;
    outbox->on_closed(outbox->closed_arg);
}
