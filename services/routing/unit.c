/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/unit.h"

#include <stdlib.h>
#include <string.h>

enum { SUCCESSIONS_MAX = 16 };

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct unit *)a)->code, ((const struct unit *)b)->code);
}

void unit_set_sort(struct unit_set *set)
{
    if (set->count > 0) {
        qsort(set->units, set->count, sizeof *set->units, by_code);
    }
}

const struct unit *unit_find(const struct unit_set *set, const char *code)
{
    struct unit wanted = {.code = code};
    if (code == NULL || set->count == 0) {
        return NULL;
    }
    return bsearch(&wanted, set->units, set->count, sizeof *set->units, by_code);
}

bool unit_is_within(const struct unit_set *set, const char *code, const char *root)
{
    for (int depth = 0; code != NULL && depth < UNIT_DEPTH_MAX; depth++) {
        if (strcmp(code, root) == 0) {
            return true;
        }
        const struct unit *unit = unit_find(set, code);
        code = unit != NULL ? unit->parent : NULL;
    }
    return false;
}

bool unit_sees_everything(const char *code)
{
    return code != NULL && (strcmp(code, UNIT_CITY) == 0 || strcmp(code, UNIT_CITY_OFFICE) == 0);
}

static int by_former(const void *left, const void *right)
{
    const struct unit_succession *a = left, *b = right;
    int order = strcmp(a->former, b->former);
    return order != 0 ? order : (a->since > b->since) - (a->since < b->since);
}

void unit_successions_sort(struct unit_successions *successions)
{
    if (successions->count > 0) {
        qsort(successions->items, successions->count, sizeof *successions->items, by_former);
    }
}

/* The first row of a former unit, or the number of rows. */
static size_t find_former(const struct unit_successions *successions, const char *code)
{
    size_t low = 0, high = successions->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(successions->items[middle].former, code) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The last main succession of a unit that is not before an instant. */
static const struct unit_succession *last_succession(const struct unit_successions *successions,
                                                     const char *code, int64_t not_before)
{
    const struct unit_succession *found = NULL;
    for (size_t i = find_former(successions, code);
         i < successions->count && strcmp(successions->items[i].former, code) == 0; i++) {
        const struct unit_succession *item = &successions->items[i];
        if (item->main && item->since >= not_before && strcmp(item->current, code) != 0) {
            found = item;
        }
    }
    return found;
}

const char *unit_successor(const struct unit_set *units, const struct unit_successions *successions,
                           const char *code)
{
    int64_t since = INT64_MIN;
    for (int step = 0; code != NULL && step < SUCCESSIONS_MAX; step++) {
        const struct unit *unit = unit_find(units, code);
        if (unit != NULL) {
            return unit->code;
        }
        const struct unit_succession *next = last_succession(successions, code, since);
        code = next != NULL ? next->current : NULL;
        since = next != NULL ? next->since : since;
    }
    return NULL;
}
