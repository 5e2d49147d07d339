/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/sketch.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* A bucket's ends are this far apart: then no value in it is further than SKETCH_ERROR from what
 * it stands for, 2 gamma^i / (gamma + 1). */
#define GAMMA     ((1 + SKETCH_ERROR) / (1 - SKETCH_ERROR))
#define MINUTE_US 60e6

/* Bucket 0: under a minute. Bucket i: from gamma^(i-1) minutes up to gamma^i. */
int32_t sketch_bucket(int64_t duration_us)
{
    double minutes = (double)duration_us / MINUTE_US;
    if (minutes < 1) {
        return 0;
    }
    double bucket = floor(log(minutes) / log(GAMMA)) + 1;
    return bucket < SKETCH_BUCKET_MAX ? (int32_t)bucket : SKETCH_BUCKET_MAX;
}

double sketch_hours(int32_t bucket)
{
    return bucket <= 0 ? 0 : 2 * pow(GAMMA, bucket) / (GAMMA + 1) / 60;
}

/* Where a bucket is, or would have to be. */
static size_t place_of(const struct sketch *sketch, int32_t bucket)
{
    size_t low = 0, high = sketch->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sketch->buckets[middle].bucket < bucket) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void insert(struct sketch *sketch, size_t place, int32_t bucket, struct arena *arena)
{
    if (sketch->count == sketch->capacity) {
        size_t capacity = sketch->capacity == 0 ? 4 : sketch->capacity * 2;
        struct sketch_bucket *grown = arena_array(arena, capacity, sizeof *grown);
        if (sketch->count > 0) {
            memcpy(grown, sketch->buckets, sketch->count * sizeof *grown);
        }
        sketch->buckets = grown;
        sketch->capacity = capacity;
    }
    memmove(&sketch->buckets[place + 1], &sketch->buckets[place],
            (sketch->count - place) * sizeof *sketch->buckets);
    sketch->buckets[place] = (struct sketch_bucket){.bucket = bucket};
    sketch->count++;
}

void sketch_add(struct sketch *sketch, int32_t bucket, int64_t count, struct arena *arena)
{
    size_t place = place_of(sketch, bucket);
    if (count == 0) {
        return;
    }
    if (place == sketch->count || sketch->buckets[place].bucket != bucket) {
        insert(sketch, place, bucket, arena);
    }
    sketch->buckets[place].count += count;
    if (sketch->buckets[place].count == 0) {
        memmove(&sketch->buckets[place], &sketch->buckets[place + 1],
                (sketch->count - place - 1) * sizeof *sketch->buckets);
        sketch->count--;
    }
}

/* Both are in order, so one walk does; a bucket at a time would move the rest for each. */
void sketch_merge(struct sketch *sum, const struct sketch *more, struct arena *arena)
{
    const struct sketch_bucket *a = sum->buckets, *a_end = a + sum->count;
    const struct sketch_bucket *b = more->buckets, *b_end = b + more->count;
    if (more->count == 0) {
        return;
    }
    size_t capacity = sum->count + more->count;
    struct sketch_bucket *merged = arena_array(arena, capacity, sizeof *merged);
    size_t count = 0;
    while (a < a_end || b < b_end) {
        bool from_a = b == b_end || (a < a_end && a->bucket <= b->bucket);
        bool from_b = a == a_end || (b < b_end && b->bucket <= a->bucket);
        struct sketch_bucket next = {from_a ? a->bucket : b->bucket,
                                     (from_a ? a->count : 0) + (from_b ? b->count : 0)};
        a += from_a;
        b += from_b;
        if (next.count != 0) {
            merged[count++] = next;
        }
    }
    *sum = (struct sketch){merged, count, capacity};
}

int64_t sketch_total(const struct sketch *sketch)
{
    int64_t total = 0;
    for (size_t i = 0; i < sketch->count; i++) {
        total += sketch->buckets[i].count;
    }
    return total;
}

int32_t sketch_quantile(const struct sketch *sketch, double q, int64_t extra)
{
    int64_t total = sketch_total(sketch) + extra, below = 0;
    int64_t rank = (int64_t)ceil(q * (double)total);
    for (size_t i = 0; i < sketch->count; i++) {
        below += sketch->buckets[i].count;
        if (below >= rank) {
            return sketch->buckets[i].bucket;
        }
    }
    return SKETCH_NONE;
}
