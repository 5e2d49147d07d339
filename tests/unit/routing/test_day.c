/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "services/routing/day.h"

static void day_is_read_back_and_nothing_else(void **state)
{
    static const char *const bad[] = {"",           "2026-11-2",  "2026-11-240", "2026-13-01",
                                      "2026-02-30", "26-11-24",   "2026/11/24",  "2026-11- 4",
                                      "1969-12-31", "+026-11-24", "2026-00-10",  "today",
                                      "2026-11-00", "2027-02-29", " 2026-11-24", "2026-11-24 "};
    char text[DAY_TEXT_SIZE];
    int64_t day;
    (void)state;
    assert_true(day_parse("2028-02-29", &day));
    assert_string_equal(day_format(day, text), "2028-02-29");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(day_parse(bad[i], &day));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(day_is_read_back_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
