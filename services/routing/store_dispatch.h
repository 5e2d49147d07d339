/* SPDX-License-Identifier: Apache-2.0 */
/* store_dispatch: the queue of cases that the city office must dispatch. */
#ifndef ROUTING_STORE_DISPATCH_H
#define ROUTING_STORE_DISPATCH_H

#include "common/cursor.h"
#include "common/pg.h"
#include "services/routing/process.h"

struct dispatch_filter {
    int queue; /* enum case_queue; -1: any. At a unit they are those near a border */
    int64_t due_before;
    const struct cursor *cursor; /* NULL: from the beginning */
    int limit;
};

/* First due first. Columns: snapshot, instant of dispatch_at, case_id. */
void store_dispatch_list(struct pg_tx *tx, const struct dispatch_filter *filter);

#endif
