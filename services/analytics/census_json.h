/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the answer of GET /api/routing/census (proto/openapi/routing.yaml). */
#ifndef ANALYTICS_CENSUS_JSON_H
#define ANALYTICS_CENSUS_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/analytics/reconciliation.h"

bool census_read(struct census *census, const char *json, size_t size, struct arena *arena,
                 struct error *err);

#endif
