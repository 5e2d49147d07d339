/* SPDX-License-Identifier: Apache-2.0 */
/* promise: by when what is filed now will be received.
 *
 * Working time belongs to routing. It publishes, for each month, the deadline as a function of the
 * instant of filing (vn.hanoi.promise.published.v1): piecewise linear, so that a filing can be
 * answered at once with the very instant that the case will carry. Pure. */
#ifndef INTAKE_PROMISE_H
#define INTAKE_PROMISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rule.h"

enum { PROMISE_SEGMENTS_MAX = 500 };

/* For t from `from` until the next segment's: due + slope × (t − from). Instants in µs. */
struct promise_segment {
    int64_t from, due;
    int slope; /* 0 outside working time, 1 within */
};

struct promise {
    const char *month; /* "2026-11", in Hanoi */
    struct rule rule;
    const struct promise_segment *segments; /* ascending by from */
    size_t segment_count;
};

/* Finds the promise of the instant's month and its deadline. False when nothing is promised. */
bool promise_due(const struct promise *promises, size_t count, int64_t filed_at, int64_t *due,
                 const struct rule **rule);

#endif
