/* SPDX-License-Identifier: Apache-2.0 */
/* store_reference: the tables fed from city.reference.v1. */
#ifndef NOTIFICATION_STORE_REFERENCE_H
#define NOTIFICATION_STORE_REFERENCE_H

#include "common/pg.h"
#include "reference.h"

/* How a struct reference is read from them. */
extern const struct snapshot_tables store_reference_tables;

/* What a batch of the topic says, the last word per key. */
struct reference_words {
    struct unit *units;
    size_t unit_count;
    struct category_name *categories;
    size_t category_count;
    struct focal_point *focal_points;
    size_t focal_point_count;
    const char **withdrawn; /* keys of tombstones: "unit:<code>" … */
    size_t withdrawn_count;
};

/* Adds the statements that apply them. */
void store_apply_reference(struct pg_tx *tx, const struct reference_words *words);

#endif
