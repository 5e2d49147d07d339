/* SPDX-License-Identifier: Apache-2.0 */
/* store_burst: counting what came in lately by area and category, and what was noticed of it. */
#ifndef INTAKE_STORE_BURST_H
#define INTAKE_STORE_BURST_H

#include "common/outbox.h"
#include "common/pg.h"
#include "common/uuid.h"

/* As it is told; texts are in the arena of whoever read it. */
struct burst {
    struct uuid id;
    int64_t from_at; /* of the window */
    int32_t area;
    const char *category;
    int64_t noticed_at;
    int32_t noticed, reports;
    double usual;
};

/* Two statements: those noticed in the window are brought up to date, then what has min reports or
 * more and was not noticed yet: rows for store_take_counts. */
void store_count_window(struct pg_tx *tx, int64_t from_at, int64_t to_at, int64_t usual_us,
                        int32_t min);
enum { BURST_COUNTS = 1 /* statement */ };
struct burst_counted {
    int32_t area;
    const char *category;
    int32_t reports;
    int64_t past; /* of the time before */
};
size_t store_take_counts(const struct pg_tx *tx, struct burst_counted **counts,
                         struct arena *arena);

/* A row when it was not noticed before; the event is said then. */
void store_notice_burst(struct pg_tx *tx, const struct burst *burst,
                        const struct outbox_columns *said);

/* The latest first. before nil: from the latest on. */
void store_list_bursts(struct pg_tx *tx, const struct uuid *before, int32_t limit);
size_t store_take_bursts(const struct pg_tx *tx, struct burst **bursts, struct arena *arena);

#endif
