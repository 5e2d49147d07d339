/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/id_index.h"

#include <string.h>

struct id_slot {
    struct uuid id;
    int position_1; /* position + 1; 0: empty */
};

void id_index_init(struct id_index *index, size_t count_max, struct arena *arena)
{
    size_t size = 16;
    while (size < 2 * count_max) {
        size *= 2;
    }
    index->mask = size - 1;
    index->slots = arena_array(arena, size, sizeof *index->slots);
}

/* The slot of the id, or the empty one where it belongs. The ids' random bits are hash enough for
 * our own ids; foreign ones only make it slower. */
static struct id_slot *find_slot(const struct id_index *index, const struct uuid *id)
{
    uint64_t high, low;
    memcpy(&high, id->bytes, sizeof high);
    memcpy(&low, id->bytes + sizeof high, sizeof low);
    uint64_t hash = (high ^ low) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash >> 32) & index->mask;
    while (index->slots[at].position_1 != 0 && !uuid_equal(&index->slots[at].id, id)) {
        at = (at + 1) & index->mask;
    }
    return &index->slots[at];
}

bool id_index_add(struct id_index *index, const struct uuid *id, int position)
{
    struct id_slot *slot = find_slot(index, id);
    if (slot->position_1 != 0) {
        return false;
    }
    slot->id = *id;
    slot->position_1 = position + 1;
    return true;
}

int id_index_find(const struct id_index *index, const struct uuid *id)
{
    return find_slot(index, id)->position_1 - 1;
}
