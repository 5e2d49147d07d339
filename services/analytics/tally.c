/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/tally.h"

#include <string.h>

void tally_add(struct tally *sum, const struct tally *more, struct arena *arena)
{
    for (size_t i = 0; i < TALLY_COUNTERS; i++) {
        sum->counts[i] += more->counts[i];
    }
    sketch_merge(&sum->times, &more->times, arena);
}

bool tally_is_zero(const struct tally *tally)
{
    for (size_t i = 0; i < TALLY_COUNTERS; i++) {
        if (tally->counts[i] != 0) {
            return false;
        }
    }
    return tally->times.count == 0;
}

int64_t tally_sum(const struct tally *tally, uint64_t counters)
{
    int64_t sum = 0;
    for (; counters != 0; counters &= counters - 1) {
        sum += tally->counts[__builtin_ctzll(counters)];
    }
    return sum;
}

/* A bit for each counter that is not 0, those counters; how many buckets, and for each how far it
 * is from the last one and its count. */
void tally_pack(const struct tally *tally, struct buffer *out)
{
    uint64_t there = 0;
    int32_t last = 0;
    for (size_t i = 0; i < TALLY_COUNTERS; i++) {
        there |= (uint64_t)(tally->counts[i] != 0) << i;
    }
    varint_put(out, there);
    for (size_t i = 0; i < TALLY_COUNTERS; i++) {
        if (tally->counts[i] != 0) {
            varint_put_signed(out, tally->counts[i]);
        }
    }
    varint_put(out, tally->times.count);
    for (size_t i = 0; i < tally->times.count; i++) {
        varint_put(out, (uint64_t)(tally->times.buckets[i].bucket - last));
        varint_put_signed(out, tally->times.buckets[i].count);
        last = tally->times.buckets[i].bucket;
    }
}

static bool get_counts(struct tally *tally, struct varint_reader *reader)
{
    memset(tally, 0, sizeof *tally);
    uint64_t there = varint_get(reader);
    for (size_t i = 0; i < TALLY_COUNTERS; i++) {
        if ((there >> i & 1) != 0) {
            tally->counts[i] = varint_get_signed(reader);
        }
    }
    return there >> TALLY_COUNTERS == 0;
}

bool tally_unpack_counts(struct tally *tally, const void *bytes, size_t size)
{
    struct varint_reader reader;
    varint_read(&reader, bytes, size);
    return get_counts(tally, &reader) && !reader.failed;
}

bool tally_unpack(struct tally *tally, const void *bytes, size_t size, struct arena *arena)
{
    struct varint_reader reader;
    varint_read(&reader, bytes, size);
    bool good = get_counts(tally, &reader);
    uint64_t buckets = varint_get(&reader);
    if (!good || buckets > SKETCH_BUCKET_MAX + 1) {
        return false;
    }
    tally->times.capacity = tally->times.count = (size_t)buckets;
    tally->times.buckets = arena_array(arena, (size_t)buckets, sizeof *tally->times.buckets);
    uint64_t last = 0;
    for (size_t i = 0; i < buckets; i++) {
        last += varint_get(&reader);
        tally->times.buckets[i].bucket = (int32_t)last;
        tally->times.buckets[i].count = varint_get_signed(&reader);
        if (last > SKETCH_BUCKET_MAX) {
            return false;
        }
    }
    return !reader.failed && reader.at == reader.end;
}
