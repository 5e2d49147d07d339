/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "services/intake/city_time.h"
#include "services/intake/ticket.h"

#define NOON INT64_C(1795838400000000) /* 2026-11-28T04:00:00Z */

static void ticket_carries_year_number_and_check(void **state)
{
    char text[TICKET_TEXT_SIZE];
    (void)state;
    ticket_format(123, NOON, text);
    assert_memory_equal(text, "HN-2026-0000123-", 16);
    assert_true(ticket_is_valid(text));
    ticket_format(999999999999, NOON, text);
    assert_memory_equal(text, "HN-2026-999999999999-", 21);
    assert_true(ticket_is_valid(text));
}

/* New Year comes seven hours earlier in Hanoi than in UTC. */
static void ticket_takes_the_year_in_hanoi(void **state)
{
    const int64_t new_year_utc = INT64_C(1798761600000000); /* 2027-01-01T00:00:00Z */
    const int64_t hour = INT64_C(3600000000);
    char month[CITY_MONTH_SIZE];
    (void)state;
    assert_int_equal(city_year(new_year_utc - 8 * hour), 2026);
    assert_int_equal(city_year(new_year_utc - 7 * hour), 2027);
    assert_string_equal(city_month(new_year_utc - 8 * hour, month), "2026-12");
    assert_string_equal(city_month(new_year_utc - 7 * hour, month), "2027-01");
}

static void check_finds_every_wrong_digit(void **state)
{
    char text[TICKET_TEXT_SIZE];
    (void)state;
    srand(20261124);
    for (int round = 0; round < 2000; round++) {
        ticket_format(1 + rand() % 9999999, NOON, text);
        for (size_t at = 3; at < 15; at++) {
            char right = text[at];
            for (char wrong = '0'; right != '-' && wrong <= '9'; wrong++) {
                text[at] = wrong;
                assert_int_equal(ticket_is_valid(text), wrong == right);
            }
            text[at] = right;
        }
    }
}

static void check_finds_swapped_neighbours(void **state)
{
    char text[TICKET_TEXT_SIZE];
    (void)state;
    srand(20261124);
    for (int round = 0; round < 5000; round++) {
        ticket_format(1 + rand() % 9999999, NOON, text);
        for (size_t at = 3; at < 14; at++) {
            char first = text[at], second = text[at + 1];
            if (first == second || first == '-' || second == '-') {
                continue;
            }
            text[at] = second;
            text[at + 1] = first;
            assert_false(ticket_is_valid(text));
            text[at] = first;
            text[at + 1] = second;
        }
    }
}

static void what_is_no_ticket_is_refused(void **state)
{
    static const char *const rows[] = {"",
                                       "HN",
                                       "HN-2026-",
                                       "HN-2026-0000123",
                                       "HN-2026-0000123-",
                                       "HN-2026-0000123-k",
                                       "HN-226-0000123-K",
                                       "XX-2026-0000123-K",
                                       "HN-2026-000123-K",
                                       "HN-2026-0000123-KK",
                                       "HN-2026-00001230000001230000123-K"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(ticket_is_valid(rows[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticket_carries_year_number_and_check),
        cmocka_unit_test(ticket_takes_the_year_in_hanoi),
        cmocka_unit_test(check_finds_every_wrong_digit),
        cmocka_unit_test(check_finds_swapped_neighbours),
        cmocka_unit_test(what_is_no_ticket_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
