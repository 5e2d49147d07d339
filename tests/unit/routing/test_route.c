/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "services/routing/route.h"

static struct unit unit_rows[] = {
    {.code = "SXD", .parent = "HN"},    {.code = "HN"},
    {.code = "VPUB", .parent = "HN"},   {.code = "00070", .parent = "HN"},
    {.code = "00082", .parent = "HN"},  {.code = "VPDKDD", .parent = "SNNMT"},
    {.code = "SNNMT", .parent = "HN"},  {.code = "LOOP", .parent = "LOOP2"},
    {.code = "LOOP2", .parent = "LOOP"}};
static struct unit_set units = {unit_rows, sizeof unit_rows / sizeof unit_rows[0]};

static struct route_rule rule_rows[] = {
    {{"any", 1, "a"}, "*", "*", "*", "@area", {0}, 0, 100, 0},
    {{"traffic", 1, "a"}, "giao-thong", "*", "*", "@area", {"SXD"}, 1, 100, 0},
    {{"traffic-complex", 1, "a"}, "giao-thong", "complex", "*", "SXD", {"@area", "SXD"}, 2, 100, 0},
    {{"old-town", 1, "a"}, "*", "*", "00070", "VPUB", {0}, 0, 100, 500},
    {{"water", 1, "a"}, "dien-nuoc", "*", "*", "SXD", {0}, 0, 100, 0},
    {{"water", 2, "a"}, "dien-nuoc", "*", "*", "EVNHANOI", {0}, 0, 300, 0},
};
static struct route_rules rules = {rule_rows, sizeof rule_rows / sizeof rule_rows[0]};

static int sort_rows(void **state)
{
    (void)state;
    unit_set_sort(&units);
    route_rules_sort(&rules);
    return 0;
}

static void the_most_specific_rule_wins(void **state)
{
    static const struct {
        const char *what, *category;
        enum case_level level;
        const char *area;
        int64_t at;
        const char *rule;
        int version;
        const char *lead, *cooperating;
    } rows[] = {
        {"no rule of its own", "khac", LEVEL_NORMAL, "00082", 200, "any", 1, "00082", NULL},
        {"category", "giao-thong", LEVEL_NORMAL, "00082", 200, "traffic", 1, "00082", "SXD"},
        {"category and level", "giao-thong", LEVEL_COMPLEX, "00082", 200, "traffic-complex", 1,
         "SXD", "00082"},
        {"area before both", "giao-thong", LEVEL_COMPLEX, "00070", 200, "old-town", 1, "VPUB",
         NULL},
        {"a rule that has ended", "khac", LEVEL_NORMAL, "00070", 500, "any", 1, "00070", NULL},
        {"before any rule", "khac", LEVEL_NORMAL, "00082", 99, "unroutable", 1, NULL, NULL},
        {"outside of the city", "khac", LEVEL_NORMAL, NULL, 200, "any", 1, NULL, NULL},
        {"outside, but not for the ward", "giao-thong", LEVEL_COMPLEX, NULL, 200, "traffic-complex",
         1, "SXD", NULL},
        {"the version of the day", "dien-nuoc", LEVEL_NORMAL, "00082", 299, "water", 1, "SXD",
         NULL},
        {"the newer version; its unit is unknown", "dien-nuoc", LEVEL_NORMAL, "00082", 300, "water",
         2, NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct route_question question = {rows[i].category, rows[i].level, rows[i].area,
                                          rows[i].at};
        struct route route = route_find(&rules, &units, &question);
        if (strcmp(route.rule->code, rows[i].rule) != 0 || route.rule->version != rows[i].version) {
            fail_msg("%s: rule %s", rows[i].what, route.rule->code);
        }
        assert_int_equal(route.lead == NULL, rows[i].lead == NULL);
        assert_true(route.lead == NULL || strcmp(route.lead, rows[i].lead) == 0);
        assert_int_equal(route.cooperating_count, rows[i].cooperating != NULL);
        assert_true(rows[i].cooperating == NULL ||
                    strcmp(route.cooperating[0], rows[i].cooperating) == 0);
    }
}

static void scope_is_the_subtree(void **state)
{
    (void)state;
    assert_true(unit_is_within(&units, "VPDKDD", "SNNMT"));
    assert_true(unit_is_within(&units, "VPDKDD", "HN"));
    assert_false(unit_is_within(&units, "SNNMT", "VPDKDD"));
    assert_false(unit_is_within(&units, "LOOP", "HN"));
    assert_false(unit_is_within(&units, NULL, "HN"));
    assert_true(unit_sees_everything("VPUB") && unit_sees_everything("HN"));
    assert_false(unit_sees_everything("00070") || unit_sees_everything(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_specific_rule_wins),
        cmocka_unit_test(scope_is_the_subtree),
    };
    return cmocka_run_group_tests(tests, sort_rows, NULL);
}
