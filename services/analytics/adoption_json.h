/* SPDX-License-Identifier: Apache-2.0 */
/* Coverage as JSON: with its basis, and how the duty was met. */
#ifndef ANALYTICS_ADOPTION_JSON_H
#define ANALYTICS_ADOPTION_JSON_H

#include "common/json.h"
#include "services/analytics/coverage.h"
#include "services/analytics/figure.h"

/* A unit's or an area's, on a day. */
struct adoption {
    enum basis_kind kind;
    int32_t day;
    struct coverage now;
    const struct coverage *then; /* of a unit, on the last day that was in time; NULL: nothing is
                                    known of it then */
};

/* numerator, denominator, value, roster or population; what is not known is left out. hidden:
 * nothing but that it is. */
void adoption_put_coverage(struct json_writer *writer, const struct coverage *coverage,
                           bool hidden);
/* Object roster or population. */
void adoption_put_basis(struct json_writer *writer, const struct basis *basis);
/* Object duty: the rule, the coverage on the last day in time (NULL: not known), met. */
void adoption_put_duty(struct json_writer *writer, const struct coverage *then, bool hidden);
/* A day as 2026-11-24. */
void adoption_put_day(struct json_writer *writer, const char *name, int32_t day);

/* "unit:<code>", "area:<code>" */
const char *adoption_key(enum basis_kind kind, const char *code, struct arena *arena);

/* Data of vn.hanoi.adoption.changed.v1. Returns the size of what only changes with the figures. */
size_t adoption_event_write(struct buffer *out, const struct adoption *adoption,
                            const struct moment *moment, int64_t sequence);

#endif
