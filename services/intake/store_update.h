/* SPDX-License-Identifier: Apache-2.0 */
/* store_update: the steps of all timelines in the order of time, as the public may hear of them. */
#ifndef INTAKE_STORE_UPDATE_H
#define INTAKE_STORE_UPDATE_H

#include "common/arena.h"
#include "common/pg.h"
#include "submission_view.h"

/* Steps that changed the phase; with words also those that say something. Oldest first, so that a
 * reader goes on from the last. Sensitive categories never come out. */
struct update_query {
    int64_t from, to; /* µs, to exclusive */
    bool words;
    int32_t limit, offset;
};

struct update {
    const char *ticket;
    int32_t message; /* the version of the submission that this step does; 0: it does no message */
    struct case_step step;
};

void store_list_updates(struct pg_tx *tx, const struct update_query *query);
size_t store_take_updates(const struct pg_tx *tx, struct update **updates, struct arena *arena);

#endif
