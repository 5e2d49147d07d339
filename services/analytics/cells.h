/* SPDX-License-Identifier: Apache-2.0 */
/* cells: the sums that a round of counting changes, and by how much. Pure; memory is the arena's.
 */
#ifndef ANALYTICS_CELLS_H
#define ANALYTICS_CELLS_H

#include "common/arena.h"
#include "services/analytics/subject.h"
#include "services/analytics/tally.h"

struct cell_key {
    enum subject subject;
    int grouping; /* its place in the subject's layout */
    struct period period;
    const char *members[GROUPING_DIMENSIONS]; /* as many as it has dimensions; "" behind them */
};

struct cell {
    struct cell_key key;
    uint32_t hash; /* of the key */
    struct tally change;
};

struct cells {
    struct cell **items;
    size_t count, capacity;
    struct cell *spare; /* room for those to come */
    size_t spare_count;
    uint32_t *slots; /* place + 1; 0: free. A power of two, at most half full */
    size_t slot_count;
    struct arena *arena;
};

void cells_init(struct cells *cells, struct arena *arena);

/* The one of a key, added if it is new. Members are borrowed. */
struct cell *cells_at(struct cells *cells, const struct cell_key *key);

/* In the order of the table's key, so that whoever writes them does so in the same order. Ends
 * adding: cells_at must not be called any more. */
void cells_sort(struct cells *cells);

/* Do the topics tell of it? Of kinds that they tell, the present period and the last one. */
bool cell_is_told(const struct cell_key *key, int32_t today);

bool cell_key_equal(const struct cell_key *a, const struct cell_key *b);
int cell_key_order(const struct cell_key *a, const struct cell_key *b);

#endif
