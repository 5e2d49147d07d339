/* SPDX-License-Identifier: Apache-2.0 */
/* slice: of whom a figure tells, and which cells hold that. Pure. */
#ifndef ANALYTICS_SLICE_H
#define ANALYTICS_SLICE_H

#include "services/analytics/cells.h"

/* A member for each dimension that is named, and a period. */
struct slice {
    const char *members[DIMENSIONS]; /* NULL: of all */
    struct period period;
};

/* Cells of one grouping and kind of period, from a first day on, before another: their sum is the
 * slice. */
struct slice_cells {
    enum subject subject;
    int grouping;
    enum period_kind kind;
    int32_t from, to;
    const char *members[GROUPING_DIMENSIONS]; /* NULL: no dimension, or any */
};

enum slice_fault {
    SLICE_KEPT,
    SLICE_NO_GROUPING, /* no sums are kept by these dimensions together */
    SLICE_NO_PERIOD    /* nor for a period as short as this one */
};

/* also: dimensions (bits) of which any member is meant. */
enum slice_fault slice_find(struct slice_cells *cells, enum subject subject,
                            const struct slice *slice, unsigned also);

/* The key that one cell of these members has; where any member is meant, "". */
struct cell_key slice_cell(const struct slice_cells *cells, const struct period *period);

/* The slice that a cell holds. */
struct slice slice_of(const struct cell_key *key);

/* "<code>|<dimension=value,…>", dimensions in alphabetical order, the period among them unless it
 * is all. */
const char *slice_key(const char *code, const struct slice *slice, struct arena *arena);

/* Dimensions in the order in which they are told: alphabetical. */
extern const enum dimension slice_order[DIMENSIONS];

#endif
