/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wait.h"

#include <assert.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/clock.h"

enum { BUCKETS = 1024, READ_MAX = 1000 };

struct waiter {
    struct waiter *next; /* of its bucket */
    struct uuid id;
    int64_t version;
    uint64_t over_us; /* monotonic */
    wait_on_over *on_over;
    void *arg;
};

struct reached {
    struct uuid id;
    int64_t version;
};

struct wait {
    struct wait_config config;
    uv_timer_t *timer;
    struct waiter *buckets[BUCKETS];
    struct reached reached[BUCKETS]; /* the last of each bucket */
    size_t count;
    bool reading;
    struct uuid *ids; /* scratch of a read */
};

/* The tail of a time-ordered id is random. */
static size_t bucket_of(const struct uuid *id)
{
    return (size_t)(id->bytes[14] << 8 | id->bytes[15]) % BUCKETS;
}

/* The version that the aggregate was seen to have; 0: not remembered. */
static int64_t reached_version(const struct wait *wait, const struct uuid *id)
{
    const struct reached *reached = &wait->reached[bucket_of(id)];
    return uuid_equal(&reached->id, id) ? reached->version : 0;
}

static void remember(struct wait *wait, const struct uuid *id, int64_t version)
{
    if (version > reached_version(wait, id)) {
        wait->reached[bucket_of(id)] = (struct reached){*id, version};
    }
}

bool wait_is_due(const struct wait *wait, const struct uuid *id, int64_t version)
{
    int64_t known = reached_version(wait, id);
    return known > 0 && known < version;
}

static void on_freed(uv_handle_t *handle)
{
    free(handle);
}

struct wait *wait_new(uv_loop_t *loop, const struct wait_config *config)
{
    struct wait *wait = memory_zero(1, sizeof *wait);
    wait->config = *config;
    wait->timer = memory_zero(1, sizeof *wait->timer);
    wait->timer->data = wait;
    wait->ids = memory_alloc(READ_MAX * sizeof *wait->ids);
    uv_timer_init(loop, wait->timer);
    return wait;
}

/* Takes off what `is_over` picks from a bucket, then calls it: a callback may wait again. */
static void end_waiters(struct wait *wait, struct waiter **bucket,
                        bool (*is_over)(const struct waiter *waiter, const void *arg),
                        const void *arg)
{
    struct waiter *over = NULL, **link = bucket;
    while (*link != NULL) {
        struct waiter *waiter = *link;
        if (is_over(waiter, arg)) {
            *link = waiter->next;
            waiter->next = over;
            over = waiter;
            wait->count--;
        } else {
            link = &waiter->next;
        }
    }
    while (over != NULL) {
        struct waiter *waiter = over;
        over = waiter->next;
        waiter->on_over(waiter->arg);
        free(waiter);
    }
}

static bool time_is_over(const struct waiter *waiter, const void *now_us)
{
    return waiter->over_us <= *(const uint64_t *)now_us;
}

static bool everyone(const struct waiter *waiter, const void *arg)
{
    (void)waiter, (void)arg;
    return true;
}

struct arrival {
    const struct uuid *id;
    int64_t version;
};

static bool has_arrived(const struct waiter *waiter, const void *arg)
{
    const struct arrival *arrival = arg;
    return uuid_equal(&waiter->id, arrival->id) && waiter->version <= arrival->version;
}

void wait_free(struct wait *wait)
{
    if (wait == NULL) {
        return;
    }
    assert(!wait->reading);
    for (size_t i = 0; i < BUCKETS; i++) {
        end_waiters(wait, &wait->buckets[i], everyone, NULL);
    }
    uv_timer_stop(wait->timer);
    uv_close((uv_handle_t *)wait->timer, on_freed);
    free(wait->ids);
    free(wait);
}

static void start_read(struct wait *wait)
{
    size_t count = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct waiter *waiter = wait->buckets[i]; waiter != NULL && count < READ_MAX;
             waiter = waiter->next) {
            wait->ids[count++] = waiter->id;
        }
    }
    wait->reading = true;
    wait->config.read(wait, wait->ids, count, wait->config.arg);
}

static void on_period(uv_timer_t *timer)
{
    struct wait *wait = timer->data;
    uint64_t now_us = clock_monotonic_us();
    for (size_t i = 0; i < BUCKETS && wait->count > 0; i++) {
        end_waiters(wait, &wait->buckets[i], time_is_over, &now_us);
    }
    if (wait->count == 0) {
        uv_timer_stop(timer);
    } else if (!wait->reading) {
        start_read(wait);
    }
}

bool wait_for(struct wait *wait, const struct uuid *id, int64_t version, unsigned wait_ms,
              wait_on_over *on_over, void *arg, struct error *err)
{
    if (wait_ms == 0 || reached_version(wait, id) >= version) {
        on_over(arg);
        return true;
    }
    if (wait->count >= wait->config.waiters_max) {
        return error_set(err, ERR_BUSY, "too_many_waiters", "too many requests wait for a version");
    }
    struct waiter *waiter = memory_alloc(sizeof *waiter);
    struct waiter **bucket = &wait->buckets[bucket_of(id)];
    *waiter = (struct waiter){.next = *bucket,
                              .id = *id,
                              .version = version,
                              .over_us = clock_monotonic_us() + (uint64_t)wait_ms * 1000,
                              .on_over = on_over,
                              .arg = arg};
    *bucket = waiter;
    if (wait->count++ == 0) {
        uv_timer_start(wait->timer, on_period, wait->config.period_ms, wait->config.period_ms);
    }
    return true;
}

void wait_reached(struct wait *wait, const struct uuid *id, int64_t version)
{
    struct arrival arrival = {id, version};
    remember(wait, id, version);
    if (wait->count > 0) {
        end_waiters(wait, &wait->buckets[bucket_of(id)], has_arrived, &arrival);
    }
}

void wait_read_done(struct wait *wait)
{
    assert(wait->reading);
    wait->reading = false;
}

bool wait_is_reading(const struct wait *wait)
{
    return wait->reading;
}
