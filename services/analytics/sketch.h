/* SPDX-License-Identifier: Apache-2.0 */
/* sketch: how long things took, so that medians can be added up. Pure.
 *
 * Counts by buckets of a logarithmic scale (as DDSketch: Masson, Rim, Lee, VLDB 2019). Merging is
 * adding and taking back is subtracting, both exact; a quantile that is read from it is off by at
 * most SKETCH_ERROR of its true value, however many were merged. Times under a minute count as 0.
 * A sketch keeps its buckets in order; those that are 0 are left out. */
#ifndef ANALYTICS_SKETCH_H
#define ANALYTICS_SKETCH_H

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"

#define SKETCH_ERROR 0.01

enum { SKETCH_BUCKET_MAX = 1023, SKETCH_NONE = -1 };

struct sketch_bucket {
    int32_t bucket;
    int64_t count; /* may be negative while it is a difference */
};

struct sketch {
    struct sketch_bucket *buckets; /* the arena's */
    size_t count, capacity;
};

/* Of a duration; what lasts longer than the last bucket is in the last one (over 50 years). */
int32_t sketch_bucket(int64_t duration_us);
/* What a bucket stands for, in hours. */
double sketch_hours(int32_t bucket);

void sketch_add(struct sketch *sketch, int32_t bucket, int64_t count, struct arena *arena);
void sketch_merge(struct sketch *sum, const struct sketch *more, struct arena *arena);
int64_t sketch_total(const struct sketch *sketch);
/* The bucket of the smallest value that at least the share q of all do not exceed: value number
 * ceil(q n) in order. extra: so many more that are longer than all. SKETCH_NONE: nothing is there,
 * or the value is among the extra ones. */
int32_t sketch_quantile(const struct sketch *sketch, double q, int64_t extra);

#endif
