/* SPDX-License-Identifier: Apache-2.0 */
/* snapshot: tables kept in memory, whole and immutable, replaced when they have changed.
 *
 * A counter in the database grows with each change, whoever made it; the source polls it and has
 * everything read anew. A snapshot lives until it is replaced: what it holds may be used until
 * control returns to the loop, longer only as a copy. Loop thread only. */
#ifndef COMMON_SNAPSHOT_H
#define COMMON_SNAPSHOT_H

#include <stdint.h>
#include <uv.h>

#include "common/arena.h"
#include "common/pg.h"

/* First member of the owner's struct, which lies in memory_zero memory. */
struct snapshot {
    struct arena arena; /* what it refers to */
    int64_t changes;    /* the counter when it was read; -1: nothing read yet */
};

/* Reads all unless the counter still says `known`, then calls on_read: with NULL when nothing has
 * changed or the database is away, else with what the source now owns. */
typedef void snapshot_on_read(struct snapshot *snapshot, void *arg);
typedef void snapshot_read(struct pg *pg, int64_t known, snapshot_on_read *on_read, void *arg);

struct snapshot_source;

/* Begins with an empty snapshot of that size; calls on_opened once the first was read. */
typedef void snapshot_on_opened(void *arg);
struct snapshot_source *snapshot_source_new(uv_loop_t *loop, struct pg *pg, size_t size,
                                            snapshot_read *read, snapshot_on_opened *on_opened,
                                            void *arg);
/* Waits for a read under way. */
typedef void snapshot_on_closed(void *arg);
void snapshot_source_close(struct snapshot_source *source, snapshot_on_closed *on_closed,
                           void *arg);
const struct snapshot *snapshot_current(const struct snapshot_source *source);
/* The tables changed by our own hand: read them now. */
void snapshot_source_refresh(struct snapshot_source *source);

#endif
