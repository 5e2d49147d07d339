/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "common/rate.h"

#define SECOND_US UINT64_C(1000000)

static void rate_serves_the_burst_then_the_rate(void **state)
{
    struct rate *rate = rate_new(2, 10);
    unsigned wait_s = 0;
    (void)state;
    assert_true(rate_take(rate, "a", 10, 0, &wait_s));
    assert_false(rate_take(rate, "a", 1, 0, &wait_s));
    assert_int_equal(wait_s, 1);
    assert_false(rate_take(rate, "a", 9, 0, &wait_s));
    assert_int_equal(wait_s, 5);
    assert_true(rate_take(rate, "b", 10, 0, &wait_s)); /* others have their own */
    assert_true(rate_take(rate, "a", 2, SECOND_US, &wait_s));
    assert_false(rate_take(rate, "a", 1, SECOND_US, &wait_s));
    assert_true(rate_take(rate, "a", 10, 100 * SECOND_US, &wait_s)); /* never more than the burst */
    assert_false(rate_take(rate, "a", 1, 100 * SECOND_US, &wait_s));
    rate_free(rate);
}

static void rate_keeps_its_promise_of_when(void **state)
{
    struct rate *rate = rate_new(0.3, 5);
    unsigned wait_s = 0;
    (void)state;
    assert_true(rate_take(rate, "a", 5, 0, &wait_s));
    for (unsigned count = 1; count <= 5; count++) {
        assert_false(rate_take(rate, "a", count, 7, &wait_s));
    }
    assert_true(rate_take(rate, "a", 5, 7 + wait_s * SECOND_US, &wait_s));
    rate_free(rate);
}

static void rate_lets_a_large_one_owe(void **state)
{
    struct rate *rate = rate_new(1, 10);
    unsigned wait_s = 0;
    (void)state;
    assert_true(rate_take(rate, "a", 30, 0, &wait_s));
    assert_false(rate_take(rate, "a", 1, 20 * SECOND_US, &wait_s));
    assert_true(rate_take(rate, "a", 1, 21 * SECOND_US, &wait_s));
    rate_free(rate);
}

static void rate_does_not_run_back(void **state)
{
    struct rate *rate = rate_new(1, 2);
    unsigned wait_s = 0;
    (void)state;
    assert_true(rate_take(rate, "a", 2, 9 * SECOND_US, &wait_s));
    assert_false(rate_take(rate, "a", 1, 3 * SECOND_US, &wait_s));
    rate_free(rate);
}

/* Ten thousand callers pass; one who is over the limit all the while stays so. */
static void rate_forgets_the_fullest_first(void **state)
{
    struct rate *rate = rate_new(1, 100);
    unsigned wait_s = 0;
    char name[32];
    (void)state;
    assert_true(rate_take(rate, "greedy", 100, 0, &wait_s));
    for (int i = 0; i < 10000; i++) {
        snprintf(name, sizeof name, "caller %d", i);
        assert_true(rate_take(rate, name, 1, 0, &wait_s));
    }
    assert_false(rate_take(rate, "greedy", 1, 0, &wait_s));
    rate_free(rate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rate_serves_the_burst_then_the_rate),
        cmocka_unit_test(rate_keeps_its_promise_of_when),
        cmocka_unit_test(rate_lets_a_large_one_owe),
        cmocka_unit_test(rate_does_not_run_back),
        cmocka_unit_test(rate_forgets_the_fullest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
