/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/cells.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS_FIRST = 256 };

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

static uint64_t hash_key(const struct cell_key *key)
{
    uint64_t hash = mix(((uint64_t)key->subject << 8 | (uint64_t)key->grouping) << 8 |
                            (uint64_t)key->period.kind,
                        (uint64_t)key->period.first);
    for (size_t i = 0; i < GROUPING_DIMENSIONS; i++) {
        hash = mix(mix_text(hash, key->members[i]), i);
    }
    return hash;
}

int cell_key_order(const struct cell_key *a, const struct cell_key *b)
{
    const int numbers[][2] = {{(int)a->subject, (int)b->subject},
                              {a->grouping, b->grouping},
                              {(int)a->period.kind, (int)b->period.kind},
                              {a->period.first, b->period.first}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (numbers[i][0] != numbers[i][1]) {
            return numbers[i][0] < numbers[i][1] ? -1 : 1;
        }
    }
    int order = strcmp(a->members[0], b->members[0]);
    return order != 0 ? order : strcmp(a->members[1], b->members[1]);
}

bool cell_key_equal(const struct cell_key *a, const struct cell_key *b)
{
    return cell_key_order(a, b) == 0;
}

/* The slot of a key: its own, or the free one where it belongs. */
static uint32_t *slot_of(const struct cells *cells, const struct cell_key *key)
{
    size_t mask = cells->slot_count - 1;
    size_t at = (size_t)hash_key(key) & mask;
    while (cells->slots[at] != 0 && !cell_key_equal(&cells->items[cells->slots[at] - 1].key, key)) {
        at = (at + 1) & mask;
    }
    return &cells->slots[at];
}

static void grow_slots(struct cells *cells)
{
    cells->slot_count *= 2;
    cells->slots = arena_array(cells->arena, cells->slot_count, sizeof *cells->slots);
    for (size_t i = 0; i < cells->count; i++) {
        *slot_of(cells, &cells->items[i].key) = (uint32_t)i + 1;
    }
}

static void grow_items(struct cells *cells)
{
    cells->capacity = cells->capacity == 0 ? SLOTS_FIRST / 2 : cells->capacity * 2;
    struct cell *grown = arena_array(cells->arena, cells->capacity, sizeof *grown);
    if (cells->count > 0) {
        memcpy(grown, cells->items, cells->count * sizeof *grown);
    }
    cells->items = grown;
}

struct cell *cells_at(struct cells *cells, const struct cell_key *key)
{
    uint32_t *slot = slot_of(cells, key);
    if (*slot != 0) {
        return &cells->items[*slot - 1];
    }
    if (cells->count == cells->capacity) {
        grow_items(cells);
    }
    if (cells->count * 2 >= cells->slot_count) {
        grow_slots(cells);
        slot = slot_of(cells, key);
    }
    struct cell *cell = &cells->items[cells->count++];
    cell->key = *key;
    *slot = (uint32_t)cells->count;
    return cell;
}

static int by_key(const void *a, const void *b)
{
    const struct cell *left = a, *right = b;
    return cell_key_order(&left->key, &right->key);
}

void cells_sort(struct cells *cells)
{
    qsort(cells->items, cells->count, sizeof *cells->items, by_key);
}

bool cell_is_told(const struct cell_key *key, int32_t today)
{
    const struct grouping *grouping = &subjects[key->subject]->groupings[key->grouping];
    struct period present = period_of(key->period.kind, today);
    return (grouping->told >> key->period.kind & 1) != 0 &&
           (key->period.kind == PERIOD_ALL || key->period.first >= period_previous(&present).first);
}
