/* SPDX-License-Identifier: Apache-2.0 */
/* reference: names of units and categories, and who leads them or is a focal point, as kept from
 * city.reference.v1.
 *
 * A snapshot is immutable; its source (common/snapshot.h) replaces it when the tables changed (this
 * process or another replica took the topic): texts of a snapshot may be used until control returns
 * to the loop, longer only as copies. */
#ifndef NOTIFICATION_REFERENCE_H
#define NOTIFICATION_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/snapshot.h"

struct unit {
    const char *code, *name_vi, *name_en;
    const char *type;
    const char *parent; /* NULL: the top */
    /* Who leads it; NULL: not known. */
    const char *head_account, *head_name, *head_email;
};

struct category_name {
    const char *code, *name_vi, *name_en;
};

#define FIELD_ANY "*"
/* The seat of who leads a unit: no category can be called so. */
#define FIELD_HEAD "@head"

/* Somebody is away from a unit; the end does not belong to it. */
struct absence {
    int64_t from, to;
};

/* One person may sit in several rows. */
struct focal_point {
    const char *unit, *field; /* field: a category, FIELD_ANY or FIELD_HEAD */
    const char *account, *name;
    const char *email;            /* NULL: not known */
    int64_t valid_from, valid_to; /* valid_to 0: open */
    int rank;                     /* 1: the focal point; 2 and more: substitutes */
    const struct absence *absences;
    size_t absence_count;
};

struct reference {
    struct snapshot snapshot;
    const struct unit *units; /* by code */
    size_t unit_count;
    const struct category_name *categories; /* by code */
    size_t category_count;
    const struct focal_point *focal_points; /* by unit, field, account */
    size_t focal_point_count;
    const struct focal_point **people; /* the same by account */
};

/* NULL when there is none; code may be NULL. */
const struct unit *reference_unit(const struct reference *reference, const char *code);
const struct category_name *reference_category(const struct reference *reference, const char *code);
/* A row of this account that is valid now; its name and address. NULL when there is none. */
const struct focal_point *reference_person(const struct reference *reference, const char *account,
                                           int64_t now);
/* Who answers for a category in a unit: those of the first rank in which somebody of the category
 * is present, else of "*". Where all are away, those of the first rank, so that somebody is told.
 * Their number, at most max. */
size_t reference_focal_points(const struct reference *reference, const char *unit,
                              const char *category, int64_t now, const struct focal_point **found,
                              size_t max);
/* Whether this account is away from the unit, so that somebody else must hear of its cases. */
bool reference_is_away(const struct reference *reference, const char *unit, const char *account,
                       int64_t now);
/* Who leads a unit; NULL when nobody is known to. */
const struct focal_point *reference_head(const struct reference *reference, const char *unit);
/* Makes `people` from focal_points. */
void reference_index_people(struct reference *reference);

/* What a source of these snapshots holds now. */
const struct reference *reference_current(const struct snapshot_source *source);

#endif
