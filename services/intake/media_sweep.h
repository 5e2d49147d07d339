/* SPDX-License-Identifier: Apache-2.0 */
/* media_sweep: removes uploads that nothing names.
 *
 * Who uploads has MEDIA_KEEP_S to name the file in a submission. Then it is claimed (a lease in its
 * row, after which nothing can name it), removed from where it is stored, and its row goes last: a
 * crash in between leaves a row, which the next sweep takes up when the lease is over. Rows of
 * files that never became whole go the same way. Replicas share the work by the leases. What a
 * submission or result names is never claimed. Loop thread only. */
#ifndef INTAKE_MEDIA_SWEEP_H
#define INTAKE_MEDIA_SWEEP_H

#include "common/loop.h"
#include "common/metrics.h"
#include "common/pg.h"
#include "media_store.h"

struct media_sweep_config {
    struct loop *loop;
    struct pg *pg;
    struct media_store *store;
    struct metrics *metrics;
    int64_t keep_s;
    unsigned period_s; /* 0: only when told */
};

struct media_sweep;
struct media_sweep *media_sweep_new(const struct media_sweep_config *config);

/* Sweeps until nothing is left; err: as far as it came. Without a period only, one at a time. */
typedef void media_sweep_on_swept(size_t removed, const struct error *err, void *arg);
void media_sweep_start(struct media_sweep *sweep, media_sweep_on_swept *on_swept, void *arg);

/* Waits for the batch under way, then frees itself. */
typedef void media_sweep_on_closed(void *arg);
void media_sweep_close(struct media_sweep *sweep, media_sweep_on_closed *on_closed, void *arg);

#endif
