/* SPDX-License-Identifier: Apache-2.0 */
/* store_reference: the tables fed from city.reference.v1. */
#ifndef INTAKE_STORE_REFERENCE_H
#define INTAKE_STORE_REFERENCE_H

#include "common/pg.h"
#include "reference.h"

/* How a struct reference is read from them. */
extern const struct snapshot_tables store_reference_tables;

/* What a batch of the topic says, the last word per key. */
struct reference_words {
    const struct category *categories;
    size_t category_count;
    const struct kind *kinds;
    size_t kind_count;
    const struct unit_name *units;
    size_t unit_count;
    const struct promise *promises;
    size_t promise_count;
    const char *const *withdrawn; /* keys of tombstones: "category:<code>" … */
    size_t withdrawn_count;
};

/* Adds the statements that apply them. */
void store_apply_reference(struct pg_tx *tx, const struct reference_words *words);

#endif
