/* SPDX-License-Identifier: Apache-2.0 */
/* The cadence of units as JSON: over HTTP with the rule in words, on the topic with its name. */
#ifndef ANALYTICS_CADENCE_JSON_H
#define ANALYTICS_CADENCE_JSON_H

#include "common/json.h"
#include "services/analytics/cadence.h"

/* Member rule: all that one needs to judge for oneself. */
void cadence_put_rule(struct json_writer *writer);
/* The numbers, as members. Days that there are not are left out. */
void cadence_put(struct json_writer *writer, const struct cadence *cadence, int32_t today);

/* What is told of a unit as it is at an instant. */
struct cadence_news {
    const char *unit;
    const struct cadence *cadence;
    int64_t as_of;
    int64_t cutoff; /* 0: nobody has published anything */
    int64_t sequence;
};
/* Data of vn.hanoi.cadence.changed.v1. Returns how many bytes at the beginning depend on nothing
 * but the unit's cadence. */
size_t cadence_event_write(struct buffer *out, const struct cadence_news *news);

#endif
