/* SPDX-License-Identifier: Apache-2.0 */
/* id_index: finds the position of an id among the items of a batch, in constant time. */
#ifndef ROUTING_ID_INDEX_H
#define ROUTING_ID_INDEX_H

#include "common/arena.h"
#include "common/uuid.h"

struct id_index {
    size_t mask;
    struct id_slot *slots;
};

enum { ID_INDEX_NONE = -1 };

/* For at most count_max ids; memory is the arena's. */
void id_index_init(struct id_index *index, size_t count_max, struct arena *arena);

/* False when the id is already there (its position stays). */
bool id_index_add(struct id_index *index, const struct uuid *id, int position);
int id_index_find(const struct id_index *index, const struct uuid *id); /* or ID_INDEX_NONE */

#endif
