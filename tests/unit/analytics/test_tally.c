/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/tally.h"
#include "services/analytics/varint.h"

static void numbers_come_back(void **state)
{
    static const int64_t numbers[] = {0,   1,   -1,        63,        64,       -64,
                                      -65, 300, INT32_MAX, INT64_MAX, INT64_MIN};
    struct varint_reader reader;
    struct buffer out;
    (void)state;
    buffer_init(&out);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        varint_put_signed(&out, numbers[i]);
        varint_put(&out, (uint64_t)numbers[i]);
    }
    varint_read(&reader, out.data, out.size);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_true(varint_get_signed(&reader) == numbers[i]);
        assert_true(varint_get(&reader) == (uint64_t)numbers[i]);
    }
    assert_false(reader.failed);
    varint_get(&reader);
    assert_true(reader.failed);
    buffer_finish(&out);
}

static void fill(struct tally *tally, struct arena *arena)
{
    *tally = (struct tally){.counts = {[0] = 5, [7] = -3, [TALLY_COUNTERS - 1] = INT64_C(1) << 40}};
    sketch_add(&tally->times, 0, 2, arena);
    sketch_add(&tally->times, 511, -1, arena);
    sketch_add(&tally->times, SKETCH_BUCKET_MAX, 9, arena);
}

static void a_packed_tally_comes_back(void **state)
{
    struct tally tally, again;
    struct arena arena;
    struct buffer out;
    (void)state;
    arena_init(&arena);
    buffer_init(&out);
    fill(&tally, &arena);
    tally_pack(&tally, &out);
    assert_true(tally_unpack(&again, out.data, out.size, &arena));
    assert_memory_equal(again.counts, tally.counts, sizeof tally.counts);
    assert_int_equal(again.times.count, 3);
    assert_memory_equal(again.times.buckets, tally.times.buckets, 3 * sizeof *tally.times.buckets);
    assert_true(tally_unpack_counts(&again, out.data, out.size));
    assert_memory_equal(again.counts, tally.counts, sizeof tally.counts);
    assert_int_equal(again.times.count, 0);
    for (size_t size = 0; size < out.size; size++) { /* cut off anywhere */
        assert_false(tally_unpack(&again, out.data, size, &arena));
    }
    buffer_put_char(&out, 0);
    assert_false(tally_unpack(&again, out.data, out.size, &arena));
    arena_finish(&arena);
    buffer_finish(&out);
}

static void nothing_is_two_bytes(void **state)
{
    struct tally none = {.counts = {0}};
    struct buffer out;
    (void)state;
    buffer_init(&out);
    tally_pack(&none, &out);
    assert_int_equal(out.size, 2); /* the migrations and the rebuild write them, too */
    assert_memory_equal(out.data, "\0\0", 2);
    assert_true(tally_is_zero(&none));
    buffer_finish(&out);
}

static void what_is_added_and_taken_back_is_nothing(void **state)
{
    struct tally sum = {.counts = {0}}, more, less;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    fill(&more, &arena);
    fill(&less, &arena);
    for (size_t i = 0; i < TALLY_COUNTERS; i++) {
        less.counts[i] = -less.counts[i];
    }
    for (size_t i = 0; i < less.times.count; i++) {
        less.times.buckets[i].count = -less.times.buckets[i].count;
    }
    tally_add(&sum, &more, &arena);
    assert_false(tally_is_zero(&sum));
    tally_add(&sum, &less, &arena);
    assert_true(tally_is_zero(&sum));
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_back),
        cmocka_unit_test(a_packed_tally_comes_back),
        cmocka_unit_test(nothing_is_two_bytes),
        cmocka_unit_test(what_is_added_and_taken_back_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
