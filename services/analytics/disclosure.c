/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/disclosure.h"

#include <stdlib.h>
#include <string.h>

bool disclosure_is_public(const struct cell_key *key)
{
    static const unsigned unit_category = 1u << DIMENSION_UNIT | 1u << DIMENSION_CATEGORY;
    const struct grouping *grouping = &subjects[key->subject]->groupings[key->grouping];
    switch (grouping->dimension_count) {
    case 0:
        return true;
    case 1:
        return key->period.kind != PERIOD_WEEK && key->period.kind != PERIOD_DAY;
    default:
        return key->period.kind == PERIOD_ALL &&
               key->grouping == grouping_find(key->subject, unit_category);
    }
}

bool disclosure_needs(const struct cell_key *key)
{
    static const unsigned area_district = 1u << DIMENSION_AREA | 1u << DIMENSION_DISTRICT;
    bool kept = key->period.kind == PERIOD_ALL || key->period.kind == PERIOD_MONTH;
    return disclosure_is_public(key) ||
           (kept && key->grouping == grouping_find(key->subject, area_district));
}

bool disclosure_is_small(int64_t cases)
{
    return cases > 0 && cases < DISCLOSURE_K;
}

static int by_key(const void *a, const void *b)
{
    return cell_key_order(a, b);
}

bool disclosure_hides(const struct disclosure *disclosure, const struct cell_key *key)
{
    return disclosure->count > 0 && bsearch(key, disclosure->keys, disclosure->count,
                                            sizeof *disclosure->keys, by_key) != NULL;
}

void disclosure_add(struct disclosure *disclosure, const struct cell_key *key, struct arena *arena)
{
    if (disclosure->count == disclosure->capacity) {
        disclosure->capacity = disclosure->capacity == 0 ? 64 : disclosure->capacity * 2;
        struct cell_key *grown = arena_array(arena, disclosure->capacity, sizeof *grown);
        if (disclosure->count > 0) {
            memcpy(grown, disclosure->keys, disclosure->count * sizeof *grown);
        }
        disclosure->keys = grown;
    }
    disclosure->keys[disclosure->count++] = *key;
}

void disclosure_settle(struct disclosure *disclosure, struct disclosure_cell *cells, size_t count,
                       struct arena *arena)
{
    *disclosure = (struct disclosure){.count = 0};
    if (count == 0) {
        return;
    }
    disclosure_settle_time(disclosure, cells, count, arena);
    disclosure_settle_pairs(disclosure, cells, count, arena);
    if (disclosure->count > 0) {
        qsort(disclosure->keys, disclosure->count, sizeof *disclosure->keys, by_key);
    }
}
