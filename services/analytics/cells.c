/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/cells.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 256, CHUNK = 16 };

void cells_init(struct cells *cells, struct arena *arena)
{
    *cells = (struct cells){.slot_count = SLOTS_FIRST, .arena = arena};
    cells->slots = arena_array(arena, cells->slot_count, sizeof *cells->slots);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++) {
        hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3); /* FNV-1a */
    }
    return hash;
}

static uint32_t hash_key(const struct cell_key *key)
{
    uint64_t hash = mix(((uint64_t)key->subject << 8 | (uint64_t)key->grouping) << 8 |
                            (uint64_t)key->period.kind,
                        (uint64_t)key->period.first);
    for (size_t i = 0; i < GROUPING_DIMENSIONS; i++) {
        hash = mix(mix_text(hash, key->members[i]), i);
    }
    return (uint32_t)hash;
}

static int order_of(int a, int b)
{
    return (a > b) - (a < b);
}

int cell_key_order(const struct cell_key *a, const struct cell_key *b)
{
    int order = order_of((int)a->subject, (int)b->subject);
    order = order != 0 ? order : order_of(a->grouping, b->grouping);
    order = order != 0 ? order : order_of((int)a->period.kind, (int)b->period.kind);
    order = order != 0 ? order : order_of(a->period.first, b->period.first);
    order = order != 0 ? order : strcmp(a->members[0], b->members[0]);
    return order != 0 ? order : strcmp(a->members[1], b->members[1]);
}

bool cell_key_equal(const struct cell_key *a, const struct cell_key *b)
{
    return cell_key_order(a, b) == 0;
}

/* The slot of a key: its own, or the free one where it belongs. */
static uint32_t *slot_of(const struct cells *cells, const struct cell_key *key, uint32_t hash)
{
    size_t mask = cells->slot_count - 1, at = hash & mask;
    while (cells->slots[at] != 0) {
        const struct cell *cell = cells->items[cells->slots[at] - 1];
        if (cell->hash == hash && cell_key_equal(&cell->key, key)) {
            break;
        }
        at = (at + 1) & mask;
    }
    return &cells->slots[at];
}

static void grow_slots(struct cells *cells)
{
    cells->slot_count *= 2;
    cells->slots = arena_array(cells->arena, cells->slot_count, sizeof *cells->slots);
    for (size_t i = 0; i < cells->count; i++) {
        *slot_of(cells, &cells->items[i]->key, cells->items[i]->hash) = (uint32_t)i + 1;
    }
}

static void grow_items(struct cells *cells)
{
    cells->capacity = cells->capacity == 0 ? SLOTS_FIRST / 2 : cells->capacity * 2;
    struct cell **grown = arena_array(cells->arena, cells->capacity, sizeof *grown);
    if (cells->count > 0) {
        memcpy(grown, cells->items, cells->count * sizeof *grown);
    }
    cells->items = grown;
}

static struct cell *add(struct cells *cells, const struct cell_key *key, uint32_t hash)
{
    if (cells->count == cells->capacity) {
        grow_items(cells);
    }
    if (cells->spare_count == 0) {
        cells->spare = arena_array(cells->arena, CHUNK, sizeof *cells->spare);
        cells->spare_count = CHUNK;
    }
    struct cell *cell = cells->spare++;
    cells->spare_count--;
    cell->key = *key;
    cell->hash = hash;
    cells->items[cells->count++] = cell;
    return cell;
}

struct cell *cells_at(struct cells *cells, const struct cell_key *key)
{
    uint32_t hash = hash_key(key);
    uint32_t *slot = slot_of(cells, key, hash);
    if (*slot != 0) {
        return cells->items[*slot - 1];
    }
    if (cells->count * 2 >= cells->slot_count) {
        grow_slots(cells);
        slot = slot_of(cells, key, hash);
    }
    struct cell *cell = add(cells, key, hash);
    *slot = (uint32_t)cells->count;
    return cell;
}

static int by_key(const void *a, const void *b)
{
    const struct cell *const *left = a, *const *right = b;
    return cell_key_order(&(*left)->key, &(*right)->key);
}

void cells_sort(struct cells *cells)
{
    qsort(cells->items, cells->count, sizeof(struct cell *), by_key);
}

bool cell_is_told(const struct cell_key *key, int32_t today)
{
    const struct grouping *grouping = &subjects[key->subject]->groupings[key->grouping];
    struct period present = period_of(key->period.kind, today);
    return (grouping->told >> key->period.kind & 1) != 0 &&
           (key->period.kind == PERIOD_ALL || key->period.first >= period_previous(&present).first);
}
