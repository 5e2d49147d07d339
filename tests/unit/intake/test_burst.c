/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "services/intake/burst.h"

#define NOON INT64_C(1795838400000000)

enum { WINDOWS = 28 * 48 /* half hours of four weeks */ };

static void windows_are_half_hours(void **state)
{
    const int64_t minute = INT64_C(60000000);
    (void)state;
    assert_int_equal(burst_window_of(NOON), NOON);
    assert_int_equal(burst_window_of(NOON + 30 * minute - 1), NOON);
    assert_int_equal(burst_window_of(NOON + 30 * minute), NOON + 30 * minute);
}

static void a_burst_is_many_and_many_times_as_many(void **state)
{
    static const struct {
        int64_t reports;
        double usual;
        bool one;
    } rows[] = {{19, 0, false}, {20, 0, true},   {20, 4, true},     {20, 4.01, false},
                {50, 10, true}, {49, 10, false}, {2000, 0.5, true}, {0, 0, false}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(burst_is_one(rows[i].reports, rows[i].usual), rows[i].one);
    }
    assert_true(fabs(burst_usual(WINDOWS) - 1) < 1e-9);
    assert_true(burst_ratio(7, 0.1) == 7);
}

static void an_area_is_told_by_its_middle(void **state)
{
    const struct burst_place place = burst_place_of(1051 * 10000 + 5292);
    (void)state;
    assert_true(fabs(place.lat - 21.03) < 1e-9);
    assert_true(fabs(place.lon - 105.85) < 1e-9);
}

/* Arrivals at random, so many a window on average (Knuth). */
static int64_t arrivals(double mean)
{
    double limit = exp(-mean), product = 1;
    int64_t count = -1;
    do {
        product *= (rand() + 1.0) / (RAND_MAX + 2.0);
        count++;
    } while (product > limit);
    return count;
}

static void calm_days_raise_nothing(void **state)
{
    static const double means[] = {0.01, 0.2, 1, 3, 8, 20};
    (void)state;
    srand(20261129);
    for (size_t i = 0; i < sizeof means / sizeof means[0]; i++) {
        int64_t past = 0;
        for (int window = 0; window < WINDOWS; window++) {
            past += arrivals(means[i]);
        }
        for (int window = 0; window < WINDOWS; window++) {
            assert_false(burst_is_one(arrivals(means[i]), burst_usual(past)));
        }
    }
}

static void floods_are_noticed_in_their_first_window(void **state)
{
    static const double means[] = {0.01, 0.2, 1, 3};
    (void)state;
    srand(7);
    for (size_t i = 0; i < sizeof means / sizeof means[0]; i++) {
        int64_t past = 0;
        for (int window = 0; window < WINDOWS; window++) {
            past += arrivals(means[i]);
        }
        for (int round = 0; round < 100; round++) {
            assert_true(burst_is_one(arrivals(60), burst_usual(past)));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_half_hours),
        cmocka_unit_test(a_burst_is_many_and_many_times_as_many),
        cmocka_unit_test(an_area_is_told_by_its_middle),
        cmocka_unit_test(calm_days_raise_nothing),
        cmocka_unit_test(floods_are_noticed_in_their_first_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
