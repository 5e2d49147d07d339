/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/sketch.h"

#define HOUR_US INT64_C(3600000000)

static uint64_t seed = 20261130;

static uint64_t chance(uint64_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % below;
}

static int by_size(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void a_bucket_stands_for_what_is_in_it(void **state)
{
    (void)state;
    assert_int_equal(sketch_bucket(0), 0);
    assert_int_equal(sketch_bucket(59999999), 0);
    for (int64_t us = 60000000; us < 100000 * HOUR_US; us += us / 97) {
        double hours = (double)us / (double)HOUR_US, told = sketch_hours(sketch_bucket(us));
        assert_true(fabs(told - hours) <= hours * SKETCH_ERROR * 1.000001);
    }
    assert_int_equal(sketch_bucket(INT64_MAX), SKETCH_BUCKET_MAX);
}

/* 200 random samples, each split over sketches that are merged in some order. */
static void quantiles_of_merged_sketches_are_within_the_error(void **state)
{
    enum { ROUNDS = 200, MOST = 500, PARTS = 7 };
    static int64_t values[MOST];
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (int round = 0; round < ROUNDS; round++) {
        struct sketch parts[PARTS] = {{.count = 0}}, whole = {.count = 0};
        size_t count = 1 + chance(MOST);
        for (size_t i = 0; i < count; i++) {
            values[i] = (int64_t)(chance(1000) * chance(1000) * chance(400)) * 1000000;
            sketch_add(&parts[chance(PARTS)], sketch_bucket(values[i]), 1, &arena);
        }
        for (int part = 0; part < PARTS; part++) {
            sketch_merge(&whole, &parts[part], &arena);
        }
        qsort(values, count, sizeof *values, by_size);
        assert_int_equal(sketch_total(&whole), count);
        for (int q = 1; q < 10; q++) {
            double true_hours =
                (double)values[(size_t)ceil(q / 10.0 * (double)count) - 1] / (double)HOUR_US;
            double told = sketch_hours(sketch_quantile(&whole, q / 10.0, 0));
            assert_true(fabs(told - true_hours) <= true_hours * SKETCH_ERROR * 1.000001 + 1.0 / 60);
        }
        arena_reset(&arena);
    }
    arena_finish(&arena);
}

static void what_is_taken_back_leaves_no_trace(void **state)
{
    struct sketch sketch = {.count = 0};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (int32_t i = 0; i < 50; i++) {
        sketch_add(&sketch, i * 7 % 50, 1, &arena);
    }
    for (int32_t i = 0; i < 50; i++) {
        sketch_add(&sketch, i, -1, &arena);
    }
    assert_int_equal(sketch.count, 0);
    assert_int_equal(sketch_quantile(&sketch, 0.5, 0), SKETCH_NONE);
    sketch_add(&sketch, 3, -2, &arena); /* a difference may come before what it is taken from */
    sketch_add(&sketch, 3, 5, &arena);
    assert_int_equal(sketch_total(&sketch), 3);
    arena_finish(&arena);
}

static void open_ones_are_longer_than_all(void **state)
{
    struct sketch sketch = {.count = 0};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (int32_t i = 1; i <= 10; i++) {
        sketch_add(&sketch, i, 1, &arena);
    }
    assert_int_equal(sketch_quantile(&sketch, 0.5, 0), 5);
    assert_int_equal(sketch_quantile(&sketch, 0.5, 10), 10);
    assert_int_equal(sketch_quantile(&sketch, 0.5, 11), SKETCH_NONE);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_stands_for_what_is_in_it),
        cmocka_unit_test(quantiles_of_merged_sketches_are_within_the_error),
        cmocka_unit_test(what_is_taken_back_leaves_no_trace),
        cmocka_unit_test(open_ones_are_longer_than_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
