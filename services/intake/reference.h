/* SPDX-License-Identifier: Apache-2.0 */
/* reference: the categories, unit names and promises that filings are answered from.
 *
 * A snapshot is immutable; its source (common/snapshot.h) replaces it when the tables changed (this
 * process or another replica took city.reference.v1): texts of a snapshot may be used until control
 * returns to the loop, longer only as copies. */
#ifndef INTAKE_REFERENCE_H
#define INTAKE_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/snapshot.h"
#include "kind.h"
#include "promise.h"
#include "question.h"
#include "submission.h"

struct category {
    const char *code, *name_vi, *name_en, *group_vi, *group_en;
    enum level level;
    const char *keywords;
    bool sensitive;             /* never in public lists */
    int32_t duplicate_radius_m; /* how near another report is likely the same; 0: not told */
    const char *kind;           /* of what is filed under it */
    struct questions questions;
};

struct unit_name {
    const char *code, *name_vi, *name_en;
    const char *parent; /* NULL: the city. Not in snapshots: statements ask for it */
};

struct reference {
    struct snapshot snapshot;
    const struct category *categories; /* by code */
    size_t category_count;
    const struct kind *kinds; /* by code */
    size_t kind_count;
    const struct unit_name *units; /* by code */
    size_t unit_count;
    const struct promise *promises;
    size_t promise_count;
};

/* NULL when there is none. */
const struct category *reference_category(const struct reference *reference, const char *code);
const struct kind *reference_kind(const struct reference *reference, const char *code);
const struct unit_name *reference_unit(const struct reference *reference, const char *code);

/* What a source of these snapshots holds now. */
const struct reference *reference_current(const struct snapshot_source *source);

#endif
