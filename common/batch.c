/* SPDX-License-Identifier: Apache-2.0 */
#include "common/batch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/pg_private.h"

enum { BACKOFF_MIN_MS = 25, BACKOFF_MAX_MS = 1000, RETRY_AFTER_S = 1 };

/* Items that go in one transaction. It holds a slot from its first try to its end, also while it
 * rests: when PostgreSQL is away, `depth` groups knock and the others wait. */
struct group {
    struct batch *batch;
    struct group *next;              /* among the resting or the split ones */
    uint64_t deadline_ms, repeat_ms; /* loop time */
    unsigned backoff_ms;
    bool in_doubt;
    size_t count;
    void *items[];
};

struct waiting_item {
    void *item;
    uint64_t since_ms;
};

/* On the heap, since libuv closes them later than batch_free. */
struct batch_handles {
    uv_idle_t starter; /* runs when the present turn of the loop is over */
    uv_timer_t timer;  /* of the resting groups */
    struct batch *batch;
};

struct batch {
    struct pg *pg;
    struct batch_config config;
    struct waiting_item *waiting; /* a ring of queue_max */
    size_t waiting_first, waiting_count;
    size_t slots_taken;
    struct group *split;   /* halves of refused groups: next in turn */
    struct group *resting; /* between two tries */
    struct batch_handles *handles;
    struct metrics_counter *transactions, *items, *repeats, *splits, *failed, *busy;
};

static void group_try(struct group *group);
static void on_done(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void group_rest(struct group *group);
static void group_split(struct group *group);
static void group_end(struct group *group, const struct pg_tx *tx, const struct error *err);

/* ---- items become groups ---- */

static struct group *group_new(struct batch *batch, size_t count)
{
    struct group *group = memory_zero(1, sizeof *group + count * sizeof(void *));
    group->batch = batch;
    group->count = count;
    group->backoff_ms = BACKOFF_MIN_MS;
    return group;
}

static struct group *take_waiting(struct batch *batch)
{
    size_t queue_max = batch->config.queue_max;
    size_t count = batch->waiting_count;

    if (count > batch->config.items_max) {
        count = batch->config.items_max;
    }
    if (count == 0) {
        return NULL;
    }
    struct group *group = group_new(batch, count);
    group->deadline_ms = batch->waiting[batch->waiting_first].since_ms + batch->config.deadline_ms;
    for (size_t i = 0; i < count; i++) {
        group->items[i] = batch->waiting[(batch->waiting_first + i) % queue_max].item;
    }
    batch->waiting_first = (batch->waiting_first + count) % queue_max;
    batch->waiting_count -= count;
    return group;
}

static struct group *take_split(struct batch *batch)
{
    struct group *group = batch->split;
    if (group != NULL) {
        batch->split = group->next;
        group->next = NULL;
    }
    return group;
}

/* A transaction beside another one must carry enough to be worth its cost: below an eighth of a
 * full one (or half of a short queue), what waits had better grow until the one in flight is over.
 */
static bool has_use_for_slot(const struct batch *batch)
{
    size_t worth = batch->config.items_max / 8, half = batch->config.queue_max / 2;
    return batch->slots_taken == 0 || batch->split != NULL ||
           batch->waiting_count >= (worth < half ? worth : half);
}

static void on_starter(uv_idle_t *starter);

/* Not at once: what else comes in this turn goes along. */
static void fill_slots_soon(struct batch *batch)
{
    uv_idle_start(&batch->handles->starter, on_starter);
}

static void fill_slots(struct batch *batch)
{
    while (batch->slots_taken < batch->config.depth && has_use_for_slot(batch)) {
        struct group *group = take_split(batch);
        if (group == NULL) {
            group = take_waiting(batch);
        }
        if (group == NULL) {
            return;
        }
        batch->slots_taken++;
        group_try(group);
    }
}

static void on_starter(uv_idle_t *starter)
{
    uv_idle_stop(starter);
    fill_slots(((struct batch_handles *)starter->data)->batch);
}

/* ---- the life of a group ---- */

static void group_give_up(struct group *group)
{
    struct error err = {0};
    error_set(&err, ERR_RETRY, "database_unavailable", "the database did not answer in time");
    err.retry_after_s = RETRY_AFTER_S;
    group_end(group, NULL, &err);
}

static void group_try(struct group *group)
{
    struct batch *batch = group->batch;
    uint64_t now_ms = uv_now(batch->pg->loop);

    if (now_ms >= group->deadline_ms) {
        group_give_up(group); /* it grew old while it waited for a slot */
        return;
    }
    struct pg_tx *tx = pg_tx_new(batch->pg);
    uint64_t left_ms = group->deadline_ms - now_ms;
    if (left_ms < tx->deadline_ms) {
        pg_tx_set_deadline(tx, (unsigned)left_ms);
    }
    batch->config.build(tx, group->items, group->count, batch->config.arg);
    metrics_add(batch->transactions, 1);
    pg_tx_send(tx, on_done, group);
}

static void on_done(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct group *group = arg;
    struct batch *batch = group->batch;
    struct error err = {0};

    switch (outcome) {
    case PG_COMMITTED:
        group_end(group, tx, NULL);
        break;
    case PG_UNAVAILABLE:
    case PG_UNKNOWN:
        group->in_doubt |= outcome == PG_UNKNOWN;
        group_rest(group);
        break;
    case PG_REFUSED:
        if (group->count > 1) {
            group_split(group);
        } else {
            pg_tx_error(tx, outcome, &err);
            group_end(group, tx, &err);
        }
        break;
    }
    fill_slots_soon(batch);
}

static void group_end(struct group *group, const struct pg_tx *tx, const struct error *err)
{
    struct batch *batch = group->batch;

    metrics_add(err == NULL ? batch->items : batch->failed, group->count);
    batch->config.done(tx, group->items, group->count, err, group->in_doubt, batch->config.arg);
    free(group);
    batch->slots_taken--;
}

/* Gives its slot back; the halves are first in line for it. */
static void group_split(struct group *group)
{
    struct batch *batch = group->batch;
    size_t half = group->count / 2;
    struct group *second = group_new(batch, group->count - half);

    memcpy(second->items, &group->items[half], second->count * sizeof(void *));
    second->deadline_ms = group->deadline_ms;
    second->in_doubt = group->in_doubt;
    second->next = batch->split;
    group->count = half;
    group->next = second;
    group->backoff_ms = BACKOFF_MIN_MS;
    batch->split = group;
    batch->slots_taken--;
    metrics_add(batch->splits, 1);
}

static void on_timer(uv_timer_t *timer);

static void set_timer(struct batch *batch)
{
    uint64_t now_ms = uv_now(batch->pg->loop);
    uint64_t first_ms = UINT64_MAX;

    for (const struct group *group = batch->resting; group != NULL; group = group->next) {
        first_ms = group->repeat_ms < first_ms ? group->repeat_ms : first_ms;
    }
    if (first_ms != UINT64_MAX) {
        uv_timer_start(&batch->handles->timer, on_timer, first_ms > now_ms ? first_ms - now_ms : 0,
                       0);
    }
}

static void group_rest(struct group *group)
{
    struct batch *batch = group->batch;
    uint64_t now_ms = uv_now(batch->pg->loop);

    group->repeat_ms = now_ms + group->backoff_ms;
    if (group->repeat_ms >= group->deadline_ms) {
        group_give_up(group);
        return;
    }
    group->backoff_ms *= 2;
    if (group->backoff_ms > BACKOFF_MAX_MS) {
        group->backoff_ms = BACKOFF_MAX_MS;
    }
    group->next = batch->resting;
    batch->resting = group;
    metrics_add(batch->repeats, 1);
    set_timer(batch);
}

static void on_timer(uv_timer_t *timer)
{
    struct batch *batch = ((struct batch_handles *)timer->data)->batch;
    uint64_t now_ms = uv_now(batch->pg->loop);
    struct group *group = batch->resting, *next;

    batch->resting = NULL;
    for (; group != NULL; group = next) {
        next = group->next;
        if (group->repeat_ms <= now_ms) {
            group->next = NULL;
            group_try(group);
        } else {
            group->next = batch->resting;
            batch->resting = group;
        }
    }
    set_timer(batch);
    fill_slots(batch);
}

/* ---- the batch ---- */

static void open_metrics(struct batch *batch, struct metrics *metrics)
{
    char label[80];
    const char *const labels[] = {label, NULL};

    snprintf(label, sizeof label, "batch=%s", batch->config.name);
    batch->transactions = metrics_counter(metrics, "batch_transactions_total",
                                          "Transactions sent by a batch", labels);
    batch->items =
        metrics_counter(metrics, "batch_items_total", "Items committed by a batch", labels);
    batch->repeats = metrics_counter(metrics, "batch_repeats_total",
                                     "Groups tried again after no or an unknown answer", labels);
    batch->splits = metrics_counter(metrics, "batch_splits_total",
                                    "Groups halved since PostgreSQL refused them", labels);
    batch->failed =
        metrics_counter(metrics, "batch_items_failed_total", "Items given up or refused", labels);
    batch->busy = metrics_counter(metrics, "batch_items_busy_total",
                                  "Items turned away since the queue was full", labels);
}

struct batch *batch_new(struct pg *pg, const struct batch_config *config, struct metrics *metrics)
{
    assert(config->items_max > 0 && config->depth > 0 && config->queue_max > 0);
    assert(config->deadline_ms > 0);
    struct batch *batch = memory_zero(1, sizeof *batch);

    batch->pg = pg;
    batch->config = *config;
    batch->waiting = memory_zero(config->queue_max, sizeof *batch->waiting);
    batch->handles = memory_zero(1, sizeof *batch->handles);
    batch->handles->batch = batch;
    uv_timer_init(pg->loop, &batch->handles->timer);
    uv_idle_init(pg->loop, &batch->handles->starter);
    batch->handles->timer.data = batch->handles->starter.data = batch->handles;
    open_metrics(batch, metrics);
    return batch;
}

static void on_timer_closed(uv_handle_t *timer)
{
    free(timer->data);
}

static void on_starter_closed(uv_handle_t *starter)
{
    struct batch_handles *handles = starter->data;
    uv_close((uv_handle_t *)&handles->timer, on_timer_closed);
}

void batch_free(struct batch *batch)
{
    if (batch == NULL) {
        return;
    }
    assert(batch_is_idle(batch));
    uv_close((uv_handle_t *)&batch->handles->starter, on_starter_closed);
    free(batch->waiting);
    free(batch);
}

bool batch_submit(struct batch *batch, void *item, struct error *err)
{
    size_t queue_max = batch->config.queue_max;

    if (batch->waiting_count == queue_max) {
        fill_slots(batch); /* no need to wait for the end of the turn */
    }
    if (batch->waiting_count == queue_max) {
        metrics_add(batch->busy, 1);
        error_set(err, ERR_BUSY, "too_busy", "too many commands are waiting");
        if (err != NULL && err->kind == ERR_BUSY) {
            err->retry_after_s = RETRY_AFTER_S;
        }
        return false;
    }
    batch->waiting[(batch->waiting_first + batch->waiting_count) % queue_max] =
        (struct waiting_item){.item = item, .since_ms = uv_now(batch->pg->loop)};
    batch->waiting_count++;
    fill_slots_soon(batch);
    return true;
}

bool batch_is_idle(const struct batch *batch)
{
    return batch->slots_taken == 0 && batch->waiting_count == 0 && batch->split == NULL;
}
