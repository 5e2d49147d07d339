/* SPDX-License-Identifier: Apache-2.0 */
/* wait: lets a GET wait for a version that it knows to be on its way.
 *
 * A view fed by another service lags by one hop. Instead of showing the past, a handler that found
 * less than the asked-for version waits here, bounded, and reads again when it is called back.
 * Waiters are woken by wait_reached: after a commit of this process at once, and for what other
 * replicas commit from `read`, which is called each period_ms for all waiters together. Without
 * waiters nothing runs. The versions that were reached last are remembered: they spare a reading
 * that would come too early, and a commit that overtakes a reading is not missed. Loop thread
 * only. */
#ifndef COMMON_WAIT_H
#define COMMON_WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "common/error.h"
#include "common/uuid.h"

struct wait;

/* Called exactly once per waiter: the version was reached, or the time was over. */
typedef void wait_on_over(void *arg);

/* Reads the versions of these aggregates (borrowed during the call), tells each by wait_reached
 * and ends with wait_read_done, also when reading failed. */
typedef void wait_read(struct wait *wait, const struct uuid *ids, size_t count, void *arg);

struct wait_config {
    unsigned period_ms;
    size_t waiters_max;
    wait_read *read;
    void *arg;
};

struct wait *wait_new(uv_loop_t *loop, const struct wait_config *config);
/* Ends all waiters first. No read may be under way. NULL is fine. */
void wait_free(struct wait *wait);

/* True when the version is known not to be there yet: better wait before reading. */
bool wait_is_due(const struct wait *wait, const struct uuid *id, int64_t version);

/* Calls on_over at once when the version is known to be there, or with wait_ms 0. ERR_BUSY when
 * waiters_max wait already; on_over is not called then. */
bool wait_for(struct wait *wait, const struct uuid *id, int64_t version, unsigned wait_ms,
              wait_on_over *on_over, void *arg, struct error *err);

/* The aggregate is known to have this version: wakes whom it satisfies. Cheap. */
void wait_reached(struct wait *wait, const struct uuid *id, int64_t version);
void wait_read_done(struct wait *wait);
bool wait_is_reading(const struct wait *wait);

#endif
