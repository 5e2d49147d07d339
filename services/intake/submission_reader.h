/* SPDX-License-Identifier: Apache-2.0 */
/* submission_reader: reads single submissions with their timelines, many at a time.
 *
 * What is asked for while PostgreSQL is busy goes together in the next transaction
 * (common/batch.h). Loop thread only. */
#ifndef INTAKE_SUBMISSION_READER_H
#define INTAKE_SUBMISSION_READER_H

#include "common/arena.h"
#include "common/metrics.h"
#include "common/pg.h"
#include "submission_view.h"

struct submission_reader;

/* One to be read; the caller's memory until on_read. */
struct submission_read {
    struct uuid id;
    const char *reporter; /* NULL: whoever filed it */
    struct arena *arena;  /* of the view; borrowed */
    /* Called once. err NULL: read, and `found` tells whether it is there for this reporter. */
    void (*on_read)(struct submission_read *read, const struct error *err);
    void *arg;

    bool found;
    struct submission_view view;
};

struct submission_reader *submission_reader_new(struct pg *pg, struct metrics *metrics);
void submission_reader_free(struct submission_reader *reader); /* must be idle */
/* ERR_BUSY when too many wait; on_read is not called then. */
bool submission_reader_submit(struct submission_reader *reader, struct submission_read *read,
                              struct error *err);

#endif
