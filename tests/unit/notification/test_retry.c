/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "services/notification/retry.h"

enum { SECOND = 1000000 };

static void retry_mail_waits_longer_each_time(void **state)
{
    static const int64_t seconds[] = {30, 120, 600, 3600, 3600, 3600, 3600};
    int64_t delay;
    (void)state;
    for (int attempts = 1; attempts <= 7; attempts++) {
        int64_t middle = seconds[attempts - 1] * SECOND;
        assert_true(retry_mail(attempts, 200, &delay));
        assert_int_equal(delay, middle);
        assert_true(retry_mail(attempts, 0, &delay));
        assert_int_equal(delay, middle / 10 * 8);
        assert_true(retry_mail(attempts, 400, &delay));
        assert_int_equal(delay, middle / 10 * 12);
        assert_true(retry_mail(attempts, UINT32_MAX, &delay));
        assert_in_range(delay, middle / 10 * 8, middle / 10 * 12);
    }
    assert_false(retry_mail(8, 0, &delay));
    assert_false(retry_mail(9, 0, &delay));
}

static void retry_contact_looks_four_times(void **state)
{
    static const struct {
        int64_t age, next; /* 0: gives up */
    } rows[] = {
        {0, SECOND / 4},          {SECOND / 4, SECOND},      {SECOND, 6 * SECOND},
        {5 * SECOND, 6 * SECOND}, {6 * SECOND, 36 * SECOND}, {36 * SECOND, 0},
        {3600LL * SECOND, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t delay = 0;
        assert_int_equal(retry_contact(rows[i].age, &delay), rows[i].next != 0);
        if (rows[i].next != 0) {
            assert_int_equal(rows[i].age + delay, rows[i].next);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retry_mail_waits_longer_each_time),
        cmocka_unit_test(retry_contact_looks_four_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
