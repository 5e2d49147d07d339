/* SPDX-License-Identifier: Apache-2.0 */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

static int compare_unit(const void *code, const void *unit)
{
    return strcmp(code, ((const struct unit *)unit)->code);
}

const struct unit *reference_unit(const struct reference *reference, const char *code)
{
    if (reference->unit_count == 0 || code == NULL) {
        return NULL;
    }
    return bsearch(code, reference->units, reference->unit_count, sizeof *reference->units,
                   compare_unit);
}

static int compare_category(const void *code, const void *category)
{
    return strcmp(code, ((const struct category_name *)category)->code);
}

const struct category_name *reference_category(const struct reference *reference, const char *code)
{
    if (reference->category_count == 0 || code == NULL) {
        return NULL;
    }
    return bsearch(code, reference->categories, reference->category_count,
                   sizeof *reference->categories, compare_category);
}

static bool is_valid(const struct focal_point *point, int64_t now)
{
    return point->valid_from <= now && (point->valid_to == 0 || now < point->valid_to);
}

/* The first row of this account. */
static size_t find_account(const struct reference *reference, const char *account)
{
    size_t low = 0, high = reference->focal_point_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(reference->people[middle]->account, account) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct focal_point *reference_person(const struct reference *reference, const char *account,
                                           int64_t now)
{
    for (size_t i = find_account(reference, account); i < reference->focal_point_count; i++) {
        const struct focal_point *point = reference->people[i];
        if (strcmp(point->account, account) != 0) {
            break;
        }
        if (is_valid(point, now)) {
            return point;
        }
    }
    return NULL;
}

/* The first row of this unit and field. */
static size_t find_seat(const struct reference *reference, const char *unit, const char *field)
{
    size_t low = 0, high = reference->focal_point_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct focal_point *point = &reference->focal_points[middle];
        int order = strcmp(point->unit, unit);
        if (order < 0 || (order == 0 && strcmp(point->field, field) < 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_away(const struct focal_point *point, int64_t now)
{
    for (size_t i = 0; i < point->absence_count; i++) {
        if (point->absences[i].from <= now && now < point->absences[i].to) {
            return true;
        }
    }
    return false;
}

/* Whom to look for in a field of a unit. */
struct seat {
    const char *unit, *field;
    int64_t now;
    bool present; /* who is away does not count */
};

/* The next who sits there, from *index on; NULL when nobody does any more. */
static const struct focal_point *next_seated(const struct reference *reference,
                                             const struct seat *seat, size_t *index)
{
    while (*index < reference->focal_point_count) {
        const struct focal_point *point = &reference->focal_points[(*index)++];
        if (strcmp(point->unit, seat->unit) != 0 || strcmp(point->field, seat->field) != 0) {
            return NULL;
        }
        if (is_valid(point, seat->now) && !(seat->present && is_away(point, seat->now))) {
            return point;
        }
    }
    return NULL;
}

/* Those of the first rank that anybody has. */
static size_t find_seated(const struct reference *reference, const struct seat *seat,
                          const struct focal_point **found, size_t max)
{
    size_t count = 0;
    size_t index = find_seat(reference, seat->unit, seat->field);
    for (const struct focal_point *point; (point = next_seated(reference, seat, &index)) != NULL;) {
        if (count > 0 && point->rank < found[0]->rank) {
            count = 0;
        }
        if (count < max && (count == 0 || point->rank == found[0]->rank)) {
            found[count++] = point;
        }
    }
    return count;
}

size_t reference_focal_points(const struct reference *reference, const char *unit,
                              const char *category, int64_t now, const struct focal_point **found,
                              size_t max)
{
    const struct seat seats[] = {{unit, category, now, true},
                                 {unit, FIELD_ANY, now, true},
                                 {unit, category, now, false},
                                 {unit, FIELD_ANY, now, false}};
    size_t count = 0;
    for (size_t i = 0; count == 0 && i < sizeof seats / sizeof seats[0]; i++) {
        count = find_seated(reference, &seats[i], found, max);
    }
    return count;
}

bool reference_is_away(const struct reference *reference, const char *unit, const char *account,
                       int64_t now)
{
    for (size_t i = find_account(reference, account); i < reference->focal_point_count; i++) {
        const struct focal_point *point = reference->people[i];
        if (strcmp(point->account, account) != 0) {
            break;
        }
        if (strcmp(point->unit, unit) == 0 && is_away(point, now)) {
            return true;
        }
    }
    return false;
}

const struct focal_point *reference_head(const struct reference *reference, const char *unit)
{
    const struct focal_point *found;
    const struct seat seat = {unit, FIELD_HEAD, INT64_MAX, false};
    return unit != NULL && find_seated(reference, &seat, &found, 1) > 0 ? found : NULL;
}

static int by_account(const void *a, const void *b)
{
    const struct focal_point *const *left = a, *const *right = b;
    return strcmp((*left)->account, (*right)->account);
}

void reference_index_people(struct reference *reference)
{
    size_t count = reference->focal_point_count;
    reference->people = arena_array(&reference->snapshot.arena, count, sizeof *reference->people);
    for (size_t i = 0; i < count; i++) {
        reference->people[i] = &reference->focal_points[i];
    }
    if (count > 0) {
        qsort(reference->people, count, sizeof *reference->people, by_account);
    }
}

const struct reference *reference_current(const struct snapshot_source *source)
{
    return (const struct reference *)snapshot_current(source);
}
