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

/* What is kept, and how it is read. */
struct snapshot_tables {
    size_t size; /* of the owner's struct */
    /* The first reads the counter. The others read the rows; their only parameter is the counter
     * that is known already, and while it still stands they give none. */
    const struct pg_statement *const *statements;
    size_t statement_count;
    /* Fills what is zero from the results, in the order of the statements. */
    void (*take)(struct snapshot *snapshot, const struct pg_tx *tx);
    const char *event_not_read; /* for the log, when the database is away */
};

struct snapshot_source;

/* Begins with an empty snapshot; calls on_opened once the first was read. Borrows tables. */
typedef void snapshot_on_opened(void *arg);
struct snapshot_source *snapshot_source_new(uv_loop_t *loop, struct pg *pg,
                                            const struct snapshot_tables *tables,
                                            snapshot_on_opened *on_opened, void *arg);
/* Waits for a read under way. */
typedef void snapshot_on_closed(void *arg);
void snapshot_source_close(struct snapshot_source *source, snapshot_on_closed *on_closed,
                           void *arg);
const struct snapshot *snapshot_current(const struct snapshot_source *source);
/* The tables changed by our own hand: read them now. */
void snapshot_source_refresh(struct snapshot_source *source);

#endif
