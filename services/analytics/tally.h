/* SPDX-License-Identifier: Apache-2.0 */
/* tally: what is counted of some set of things: numbers by counter, and a sketch of durations.
 * Pure.
 *
 * Tallies of parts add up to the tally of the whole, and a difference is one too. Stored packed:
 * most counters of a small set are 0. */
#ifndef ANALYTICS_TALLY_H
#define ANALYTICS_TALLY_H

#include <stdbool.h>

#include "common/buffer.h"
#include "services/analytics/sketch.h"
#include "services/analytics/varint.h"

enum { TALLY_COUNTERS = 48 };

struct tally {
    int64_t counts[TALLY_COUNTERS];
    struct sketch times;
};

void tally_add(struct tally *sum, const struct tally *more, struct arena *arena);
bool tally_is_zero(const struct tally *tally);
/* Of these counters (bits). */
int64_t tally_sum(const struct tally *tally, uint64_t counters);

void tally_pack(const struct tally *tally, struct buffer *out);
/* False: these bytes were not written by tally_pack. */
bool tally_unpack(struct tally *tally, const void *bytes, size_t size, struct arena *arena);
/* The counters alone, without the durations, which are most of a large set and grow with it: they
 * lie in its first TALLY_COUNTS_SIZE bytes. */
enum { TALLY_COUNTS_SIZE = (1 + TALLY_COUNTERS) * VARINT_SIZE_MAX };
bool tally_unpack_counts(struct tally *tally, const void *bytes, size_t size);

#endif
