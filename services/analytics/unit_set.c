/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/unit_set.h"

#include <stdlib.h>
#include <string.h>

#include "services/analytics/slice.h"

static int by_last(const void *a, const void *b)
{
    const struct unit_set *left = a, *right = b;
    return left->last != right->last ? (left->last < right->last ? -1 : 1)
                                     : strcmp(left->code, right->code);
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct unit_area *)a)->code, ((const struct unit_area *)b)->code);
}

void unit_sets_sort(struct unit_sets *sets)
{
    if (sets->count == 0) {
        return;
    }
    qsort(sets->items, sets->count, sizeof *sets->items, by_last);
    for (size_t i = 0; i < sets->count; i++) {
        if (sets->items[i].area_count > 0) {
            qsort(sets->items[i].areas, sets->items[i].area_count, sizeof(struct unit_area),
                  by_code);
        }
    }
}

/* ---- places ---- */

static const struct unit_area *area_of(const struct unit_set *set, const char *code)
{
    const struct unit_area key = {.code = code};
    return set->area_count == 0
               ? NULL
               : bsearch(&key, set->areas, set->area_count, sizeof *set->areas, by_code);
}

static bool has_district(const struct unit_set *set, const char *code)
{
    bool found = false;
    for (size_t i = 0; i < set->area_count && !found; i++) {
        const char *district = set->areas[i].district;
        found = district != NULL && strcmp(district, code) == 0;
    }
    return found;
}

static size_t set_of(const struct unit_sets *sets, int32_t day)
{
    size_t i = 0;
    while (i < sets->count && sets->items[i].last < day) {
        i++;
    }
    return i;
}

struct unit_place unit_sets_place(const struct unit_sets *sets, const char *area, int32_t day)
{
    struct unit_place place = {.area = area};
    size_t i = area != NULL ? set_of(sets, day) : sets->count;
    if (i == sets->count) {
        return place;
    }
    const struct unit_area *found = area_of(&sets->items[i], area);
    if (found == NULL && has_district(&sets->items[i], area)) {
        return (struct unit_place){.area = NULL, .district = area};
    }
    place.district = found != NULL ? found->district : NULL;
    for (; i < sets->count && sets->items[i].last != UNIT_SET_OPEN; i++) {
        found = area_of(&sets->items[i], place.area);
        place.area = found != NULL && found->successor != NULL ? found->successor : place.area;
    }
    return place;
}

/* ---- names ---- */

size_t unit_sets_of(const struct unit_set_names *names, const struct slice *slice,
                    const char *codes[UNIT_SETS_NAMED])
{
    bool by_district = slice->members[DIMENSION_DISTRICT] != NULL;
    bool by_unit = slice->members[DIMENSION_UNIT] != NULL;
    int32_t from = INT32_MIN, end = period_end(&slice->period);
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++) {
        const struct unit_set_name *name = &names->items[i];
        bool touched = from < end && name->last >= slice->period.first;
        bool meant = by_district ? touched && name->has_districts
                     : by_unit   ? touched
                                 : i + 1 == names->count;
        if (meant) {
            codes[count++] = name->code;
        }
        from = name->last == UNIT_SET_OPEN ? UNIT_SET_OPEN : name->last + 1;
    }
    return count;
}
