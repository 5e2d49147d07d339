/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "common/clock.h"
#include "services/notification/census.h"

static void a_census_begins_with_the_citys_day(void **state)
{
    static const struct {
        const char *now, *since;
    } rows[] = {
        {"2026-11-30T16:59:59.999Z", "2026-10-31T17:00:00.000Z"}, /* the last of 30/11 */
        {"2026-11-30T17:00:00.000Z", "2026-11-01T17:00:00.000Z"}, /* the first of 1/12 */
        {"2027-01-05T03:00:00.000Z", "2026-12-06T17:00:00.000Z"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[CLOCK_TEXT_SIZE];
        int64_t now;
        assert_true(clock_parse(rows[i].now, strlen(rows[i].now), &now));
        assert_string_equal(clock_format(census_since(now), text), rows[i].since);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_census_begins_with_the_citys_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
