/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/focal_point.h"

#include <stdlib.h>
#include <string.h>

static int by_instant(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int by_field(const struct focal_point *a, const struct focal_point *b)
{
    int order = strcmp(a->unit, b->unit);
    return order != 0 ? order : strcmp(a->field, b->field);
}

static int by_rank(const void *left, const void *right)
{
    const struct focal_point *a = left, *b = right;
    int order = by_field(a, b);
    order = order != 0 ? order : a->rank - b->rank;
    order = order != 0 ? order : strcmp(a->account, b->account);
    return order != 0 ? order : by_instant(a->valid_from, b->valid_from);
}

static int by_person(const struct focal_absence *a, const struct focal_absence *b)
{
    int order = strcmp(a->unit, b->unit);
    return order != 0 ? order : strcmp(a->account, b->account);
}

static int by_beginning(const void *left, const void *right)
{
    const struct focal_absence *a = left, *b = right;
    int order = by_person(a, b);
    return order != 0 ? order : by_instant(a->valid_from, b->valid_from);
}

static void find_absences(struct focal_point *point, const struct focal_points *points)
{
    struct focal_absence wanted = {.unit = point->unit, .account = point->account};
    size_t low = 0, high = points->absence_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_person(&points->absences[middle], &wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    point->absences = &points->absences[low];
    while (low + point->absence_count < points->absence_count &&
           by_person(&point->absences[point->absence_count], &wanted) == 0) {
        point->absence_count++;
    }
}

void focal_points_sort(struct focal_points *points)
{
    if (points->absence_count > 0) {
        qsort(points->absences, points->absence_count, sizeof *points->absences, by_beginning);
    }
    if (points->count > 0) {
        qsort(points->items, points->count, sizeof *points->items, by_rank);
    }
    for (size_t i = 0; points->absence_count > 0 && i < points->count; i++) {
        points->items[i].absence_count = 0;
        find_absences(&points->items[i], points);
    }
}

static bool holds(int64_t valid_from, int64_t valid_to, int64_t at_us)
{
    return valid_from <= at_us && (valid_to == 0 || at_us < valid_to);
}

bool focal_point_is_valid(const struct focal_point *point, int64_t at_us)
{
    return holds(point->valid_from, point->valid_to, at_us);
}

bool focal_point_is_absent(const struct focal_point *point, int64_t at_us)
{
    for (size_t i = 0; i < point->absence_count; i++) {
        if (holds(point->absences[i].valid_from, point->absences[i].valid_to, at_us)) {
            return true;
        }
    }
    return false;
}

/* Who stands first in a field: *named tells whether anybody stands there at all. */
static const char *first_present(const struct focal_points *points, const char *unit,
                                 const char *field, int64_t at_us, bool *named)
{
    struct focal_point wanted = {.unit = unit, .field = field};
    size_t low = 0, high = points->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_field(&points->items[middle], &wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < points->count && by_field(&points->items[low], &wanted) == 0; low++) {
        const struct focal_point *point = &points->items[low];
        if (focal_point_is_valid(point, at_us)) {
            *named = true;
            if (!focal_point_is_absent(point, at_us)) {
                return point->account;
            }
        }
    }
    return NULL;
}

static const char *find(const struct focal_points *points, const char *unit, const char *category,
                        int64_t at_us, bool *named)
{
    const char *account = first_present(points, unit, category, at_us, named);
    return account != NULL ? account : first_present(points, unit, FIELD_ANY, at_us, named);
}

const char *focal_point_find(const struct focal_points *points, const char *unit,
                             const char *category, int64_t at_us)
{
    bool named = false;
    return find(points, unit, category, at_us, &named);
}

enum focal_coverage focal_point_coverage(const struct focal_points *points, const char *unit,
                                         const char *category, int64_t at_us)
{
    bool named = false;
    if (find(points, unit, category, at_us, &named) != NULL) {
        return FOCAL_ON_DUTY;
    }
    return named ? FOCAL_AWAY : FOCAL_NOBODY;
}
