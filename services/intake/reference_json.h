/* SPDX-License-Identifier: Apache-2.0 */
/* reference_json: what intake reads of the reference events. Texts come to live in the arena. */
#ifndef INTAKE_REFERENCE_JSON_H
#define INTAKE_REFERENCE_JSON_H

#include "reference.h"

bool category_read(struct category *category, const char *json, size_t size, struct arena *arena,
                   struct error *err);
bool unit_name_read(struct unit_name *unit, const char *json, size_t size, struct arena *arena,
                    struct error *err);
/* Also checks that the segments ascend. */
bool promise_read(struct promise *promise, const char *json, size_t size, struct arena *arena,
                  struct error *err);

#endif
