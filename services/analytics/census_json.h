/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the answers of GET /api/routing/census and GET /api/notification/census
 * (proto/openapi). */
#ifndef ANALYTICS_CENSUS_JSON_H
#define ANALYTICS_CENSUS_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/analytics/census.h"

/* Texts are the arena's; err names the bad field. */
bool census_read(struct census *census, const struct census_layout *layout, const char *json,
                 size_t size, struct arena *arena, struct error *err);

#endif
