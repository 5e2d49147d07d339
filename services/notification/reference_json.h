/* SPDX-License-Identifier: Apache-2.0 */
/* reference_json: what city.reference.v1 says. */
#ifndef NOTIFICATION_REFERENCE_JSON_H
#define NOTIFICATION_REFERENCE_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "reference.h"

bool unit_read(struct unit *unit, const char *json, size_t size, struct arena *arena,
               struct error *err);
bool category_name_read(struct category_name *category, const char *json, size_t size,
                        struct arena *arena, struct error *err);
bool focal_point_read(struct focal_point *point, const char *json, size_t size, struct arena *arena,
                      struct error *err);

#endif
