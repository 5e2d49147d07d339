/* SPDX-License-Identifier: Apache-2.0 */
/* The check digit against every slip that it promises to find, on random numbers. SEED repeats a
 * run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/check_digit.h"

static uint64_t random_state;

static unsigned random_below(unsigned limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)((random_state >> 33) % limit);
}

static char digit_of(const char *text)
{
    return check_digit(text, strlen(text));
}

static void only_digits_count(void **state)
{
    (void)state;
    assert_int_equal(digit_of("HN-2026-0000123"), 'S');
    assert_int_equal(digit_of("20260000123"), 'S');
    assert_int_equal(digit_of(""), '0');
    assert_int_equal(digit_of("no digit"), '0');
}

static void every_character_is_well_read(void **state)
{
    (void)state;
    for (int number = 0; number < 1000; number++) {
        char text[8];
        snprintf(text, sizeof text, "%d", number);
        assert_non_null(strchr("0123456789ABCDEFGHJKMNPRSTVWXYZ", digit_of(text)));
    }
}

static void a_wrong_digit_or_two_exchanged_ones_are_found(void **state)
{
    char text[] = "HN-2026-000000000000";
    enum { SIZE = sizeof text - 1, ROUNDS = 2000 };
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 8; i < SIZE; i++) {
            text[i] = (char)('0' + random_below(10));
        }
        char right = digit_of(text);
        for (size_t i = 8; i < SIZE; i++) {
            char kept = text[i];
            text[i] = (char)('0' + (kept - '0' + 1 + (int)random_below(9)) % 10);
            assert_int_not_equal(digit_of(text), right);
            text[i] = kept;
            size_t other = 8 + random_below(SIZE - 8);
            if (text[other] != kept) {
                text[i] = text[other];
                text[other] = kept;
                assert_int_not_equal(digit_of(text), right);
                text[other] = text[i];
                text[i] = kept;
            }
        }
    }
}

int main(void)
{
    const char *seed = getenv("SEED");
    random_state = seed != NULL ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
    printf("SEED=%llu\n", (unsigned long long)random_state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_digits_count),
        cmocka_unit_test(every_character_is_well_read),
        cmocka_unit_test(a_wrong_digit_or_two_exchanged_ones_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
