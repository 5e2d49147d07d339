/* SPDX-License-Identifier: Apache-2.0 */
/* Reads code and name of vn.hanoi.unit.defined.v1 and vn.hanoi.category.defined.v1. */
#ifndef ANALYTICS_NAME_JSON_H
#define ANALYTICS_NAME_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/analytics/store.h"

bool name_read(struct name *name, const char *json, size_t size, struct arena *arena,
               struct error *err);

#endif
