/* SPDX-License-Identifier: Apache-2.0 */
/* Reads vn.hanoi.unit_set.published.v1. */
#ifndef ANALYTICS_UNIT_SET_JSON_H
#define ANALYTICS_UNIT_SET_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/analytics/store.h"
#include "services/analytics/unit_set.h"

/* A set, and the names of its districts. */
struct told_unit_set {
    struct unit_set set;
    struct name *districts;
    size_t district_count;
};

/* Memory is the arena's. No area is there twice. */
bool unit_set_read(struct told_unit_set *told, const char *json, size_t size, struct arena *arena,
                   struct error *err);

/* The code of a key ("unit_set:126-units"); NULL: it is another one. */
const char *unit_set_code_of(const char *key);

#endif
