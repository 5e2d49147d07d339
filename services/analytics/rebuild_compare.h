/* SPDX-License-Identifier: Apache-2.0 */
/* rebuild_compare: the live sums beside those that were counted again. Blocking. */
#ifndef ANALYTICS_REBUILD_COMPARE_H
#define ANALYTICS_REBUILD_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/verb.h"

struct rebuild_comparison {
    int64_t cells, figures; /* compared; figures: each indicator of each cell */
    int64_t cells_differ, figures_differ;
    int64_t facts;        /* counted again */
    int64_t facts_new;    /* that live has not */
    int64_t facts_differ; /* of another version, or told otherwise */
};

/* Prints the figures that differ, up to some fifty, when told to. False: the database refused. */
bool rebuild_compare(PGconn *conn, bool print, struct rebuild_comparison *comparison);

#endif
