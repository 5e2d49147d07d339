/* SPDX-License-Identifier: Apache-2.0 */
/* focal_point: who gets the cases of a unit in one field?
 *
 * A field is a category, or FIELD_ANY for all. In a field people stand in order of their rank:
 * 1 is the focal point, 2 and more are substitutes. Whoever stands first and is present gets the
 * cases; where nobody of the category is, it is the first one present of those for all. Intervals
 * are instants: the beginning belongs to them, the end does not; an end of 0 is open. Pure; texts
 * are borrowed. */
#ifndef ROUTING_FOCAL_POINT_H
#define ROUTING_FOCAL_POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIELD_ANY "*"

/* Somebody is away from a unit's desk, in all fields. */
struct focal_absence {
    const char *unit, *account;
    int64_t valid_from, valid_to;
};

struct focal_point {
    const char *unit, *field, *account;
    const char *name, *email;
    int64_t valid_from, valid_to;
    int rank;
    const struct focal_absence *absences; /* of the account at the unit: set by the sort */
    size_t absence_count;
};

struct focal_points {
    struct focal_point *items; /* by unit, field, rank, account and beginning */
    size_t count;
    struct focal_absence *absences; /* by unit, account and beginning */
    size_t absence_count;
};

/* Brings both arrays into order and gives each focal point its absences. */
void focal_points_sort(struct focal_points *points);

bool focal_point_is_valid(const struct focal_point *point, int64_t at_us);
bool focal_point_is_absent(const struct focal_point *point, int64_t at_us);

/* NULL: nobody. */
const char *focal_point_find(const struct focal_points *points, const char *unit,
                             const char *category, int64_t at_us);

enum focal_coverage {
    FOCAL_ON_DUTY, /* somebody gets the cases */
    FOCAL_AWAY,    /* somebody was named, but all are absent */
    FOCAL_NOBODY   /* nobody was named */
};

/* Whether somebody gets the cases of a unit in a category; with FIELD_ANY, whether somebody gets
 * those of no named field. */
enum focal_coverage focal_point_coverage(const struct focal_points *points, const char *unit,
                                         const char *category, int64_t at_us);

#endif
