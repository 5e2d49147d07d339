/* SPDX-License-Identifier: Apache-2.0 */
/* Reads of vn.hanoi.unit.defined.v1 whether, and from when until when, the unit must keep a
 * cadence. */
#ifndef ANALYTICS_DUTY_JSON_H
#define ANALYTICS_DUTY_JSON_H

#include "common/arena.h"
#include "common/error.h"
#include "services/analytics/cadence.h"

struct unit_duty {
    const char *unit;
    bool binds; /* false: it has no duty, and the days mean nothing */
    struct duty duty;
};

/* Texts are the arena's; err names the bad field. */
bool unit_duty_read(struct unit_duty *duty, const char *json, size_t size, struct arena *arena,
                    struct error *err);

#endif
