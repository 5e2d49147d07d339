/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "services/routing/focal_point.h"

static struct focal_point items[] = {
    {"00070", "*", "anh", "", "", 0, 0, 1, NULL, 0},
    {"00070", "giao-thong", "chi", "", "", 100, 200, 1, NULL, 0},
    {"00070", "giao-thong", "binh", "", "", 150, 0, 1, NULL, 0},
    {"SXD", "giao-thong", "dung", "", "", 0, 0, 1, NULL, 0},
    {"SYT", "*", "giang", "", "", 0, 0, 1, NULL, 0},
    {"SYT", "*", "hanh", "", "", 0, 0, 3, NULL, 0},
    {"SYT", "*", "khoi", "", "", 0, 0, 2, NULL, 0},
    {"SYT", "y-te", "lan", "", "", 0, 0, 1, NULL, 0},
    {"SYT", "y-te", "lan", "", "", -100, 0, 2, NULL, 0},
};
static struct focal_absence absences[] = {
    {"SYT", "giang", 10, 20},  {"SYT", "khoi", 15, 30}, {"SYT", "hanh", 18, 25},
    {"00070", "lan", 0, 1000}, {"SYT", "lan", 40, 50},  {"SYT", "giang", 24, 26},
};
static struct focal_points points = {items, sizeof items / sizeof items[0], absences,
                                     sizeof absences / sizeof absences[0]};

static int sort(void **state)
{
    (void)state;
    focal_points_sort(&points);
    return 0;
}

struct question {
    const char *what, *unit, *category;
    int64_t at;
    const char *account; /* NULL: nobody */
    enum focal_coverage coverage;
};

static void check(const struct question *row)
{
    const char *found = focal_point_find(&points, row->unit, row->category, row->at);
    if (strcmp(found != NULL ? found : "-", row->account != NULL ? row->account : "-") != 0) {
        fail_msg("%s: %s", row->what, found != NULL ? found : "nobody");
    }
    assert_int_equal(focal_point_coverage(&points, row->unit, row->category, row->at),
                     row->coverage);
}

static void the_field_comes_before_all_fields(void **state)
{
    static const struct question rows[] = {
        {"before the field has one", "00070", "giao-thong", 99, "anh", FOCAL_ON_DUTY},
        {"from its first instant", "00070", "giao-thong", 100, "chi", FOCAL_ON_DUTY},
        {"two of one rank: by account", "00070", "giao-thong", 160, "binh", FOCAL_ON_DUTY},
        {"the other has ended", "00070", "giao-thong", 200, "binh", FOCAL_ON_DUTY},
        {"another field", "00070", "khac", 160, "anh", FOCAL_ON_DUTY},
        {"all other fields", "00070", "*", 160, "anh", FOCAL_ON_DUTY},
        {"nobody for the field", "SXD", "khac", 160, NULL, FOCAL_NOBODY},
        {"nobody at the unit", "SNV", "khac", 160, NULL, FOCAL_NOBODY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check(&rows[i]);
    }
    assert_null(focal_point_find(&(struct focal_points){0}, "SXD", "khac", 160));
}

static void the_first_present_gets_the_cases(void **state)
{
    static const struct question rows[] = {
        {"before the absence", "SYT", "khac", 9, "giang", FOCAL_ON_DUTY},
        {"its first instant", "SYT", "khac", 10, "khoi", FOCAL_ON_DUTY},
        {"the substitute's own absence", "SYT", "khac", 15, "hanh", FOCAL_ON_DUTY},
        {"all three", "SYT", "khac", 18, NULL, FOCAL_AWAY},
        {"all three, the last instant", "SYT", "khac", 19, NULL, FOCAL_AWAY},
        {"back at the end", "SYT", "khac", 20, "giang", FOCAL_ON_DUTY},
        {"away a second time", "SYT", "khac", 24, NULL, FOCAL_AWAY},
        {"the last substitute alone", "SYT", "khac", 25, "hanh", FOCAL_ON_DUTY},
        {"back for good", "SYT", "khac", 26, "giang", FOCAL_ON_DUTY},
        {"of the field, away at another unit", "SYT", "y-te", 20, "lan", FOCAL_ON_DUTY},
        {"of the field, away: those of all fields", "SYT", "y-te", 40, "giang", FOCAL_ON_DUTY},
        {"of the field, back", "SYT", "y-te", 50, "lan", FOCAL_ON_DUTY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check(&rows[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_field_comes_before_all_fields),
        cmocka_unit_test(the_first_present_gets_the_cases),
    };
    return cmocka_run_group_tests(tests, sort, NULL);
}
