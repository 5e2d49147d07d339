/* SPDX-License-Identifier: Apache-2.0 */
/* What an explanation keeps: it comes to what routing comes to, and says why not something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "services/routing/boundary.h"
#include "services/routing/explanation.h"

static struct unit unit_rows[] = {{.code = "00070"}, {.code = "00082"}, {.code = "SXD"}};
static const struct unit_set units = {unit_rows, 3};

#define RULE(c, p, a, k, l, ld)                                                                    \
    {                                                                                              \
        .rule = {c, 1, "a"}, .wanted = {p, a, k, l}, .lead = ld, .valid_from = 10                  \
    }

static struct route_rule rows[] = {
    RULE("all", "*", "*", "*", "*", "@area"),
    RULE("traffic", "*", "*", "giao-thong", "*", "SXD"),
    RULE("traffic-urgent", "*", "*", "giao-thong", "urgent", "SXD"),
    RULE("health-urgent", "*", "*", "y-te", "urgent", "SXD"),
    RULE("ward", "*", "00082", "*", "*", "00082"),
    RULE("petition", "voter_petition", "*", "*", "*", "GONE"),
};
static struct route_rules rules = {rows, sizeof rows / sizeof rows[0]};

static int sort_rows(void **state)
{
    (void)state;
    route_rules_sort(&rules);
    return 0;
}

static struct explanation asked(const char *process, const char *area, const char *category,
                                const char *level)
{
    return (struct explanation){.question = {{process, area, category, level}, 100}};
}

static void rules_that_go_before_say_why_they_do_not_lead(void **state)
{
    struct explanation explanation = asked("onsite_report", "00070", "giao-thong", "normal");
    (void)state;
    explain_route(&explanation, &rules, &units);
    assert_string_equal(explanation.route.rule->code, "traffic");
    assert_int_equal(explanation.passed_count, 4);
    assert_int_equal(explanation.passed_left_out, 0);
    static const struct {
        const char *code;
        unsigned faults;
    } passed[] = {
        {"petition", 1u << ROUTE_BY_PROCESS},
        {"ward", 1u << ROUTE_BY_AREA},
        {"traffic-urgent", 1u << ROUTE_BY_LEVEL},
        {"health-urgent", 1u << ROUTE_BY_CATEGORY | 1u << ROUTE_BY_LEVEL},
    };
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(explanation.passed[i].rule->rule.code, passed[i].code);
        assert_int_equal(explanation.passed[i].faults, passed[i].faults);
    }
}

static void a_rule_without_its_lead_is_told(void **state)
{
    struct explanation petition = asked("voter_petition", "00070", "khac", "normal");
    struct explanation outside = asked("onsite_report", NULL, "khac", "normal");
    (void)state;
    explain_route(&petition, &rules, &units);
    assert_string_equal(petition.route.lead, "00070");
    assert_string_equal(petition.passed[0].rule->rule.code, "petition");
    assert_int_equal(petition.passed[0].faults, 1u << ROUTE_LEAD_ENDED);
    explain_route(&outside, &rules, &units);
    assert_null(outside.route.by);
    assert_int_equal(outside.passed_count, rules.count); /* none of them leads */
}

static void more_rules_than_there_is_room_for_are_counted(void **state)
{
    enum { MANY = EXPLAIN_PASSED_MAX + 7 };
    struct route_rule many[MANY + 1];
    char codes[MANY][16];
    struct route_rules all = {many, MANY + 1};
    struct explanation explanation = asked("onsite_report", "00070", "khac", "normal");
    (void)state;
    for (int i = 0; i < MANY; i++) {
        snprintf(codes[i], sizeof codes[i], "r%d", i);
        many[i] = (struct route_rule)RULE(codes[i], "*", "00082", "*", "*", "SXD");
    }
    many[MANY] = rows[rules.count - 1];
    route_rules_sort(&all);
    explain_route(&explanation, &all, &units);
    assert_string_equal(explanation.route.rule->code, "all");
    assert_int_equal(explanation.passed_count, EXPLAIN_PASSED_MAX);
    assert_int_equal(explanation.passed_left_out, 7);
}

static void the_place_answers_for_the_area(void **state)
{
    static const char squares[] =
        "{\"type\": \"FeatureCollection\", \"features\": ["
        "{\"id\": \"00070\", \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[105.80, "
        "21.00], [105.81, 21.00], [105.81, 21.01], [105.80, 21.01], [105.80, 21.00]]]}},"
        "{\"id\": \"00082\", \"geometry\": {\"type\": \"Polygon\", \"coordinates\": [[[105.81, "
        "21.00], [105.82, 21.00], [105.82, 21.01], [105.81, 21.01], [105.81, 21.00]]]}}]}";
    struct explanation explanation = asked("onsite_report", NULL, "khac", "normal");
    struct area_boundary boundaries[2];
    struct boundary_file file;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_true(
        boundary_file_read(&file, squares, sizeof squares - 1, BOUNDARY_REFUSE, &arena, NULL));
    for (size_t i = 0; i < 2; i++) {
        boundaries[i] = (struct area_boundary){file.boundaries[i].unit, file.boundaries[i].wkb,
                                               file.boundaries[i].wkb_size};
    }
    struct area *area = area_new(boundaries, 2, NULL);
    explain_place(&explanation, area, 21.005, 105.80981);
    explain_route(&explanation, &rules, &units);
    assert_true(explanation.place.near_border);
    assert_string_equal(explanation.place.near_unit, "00082");
    assert_int_equal(explanation.nearby_count, 2);
    assert_true(explanation.nearby[1].metres > 19 && explanation.nearby[1].metres < 21);
    assert_string_equal(explanation.route.lead, "00070");
    area_free(area);
    arena_finish(&arena);
}

static void people_are_asked_by_the_rule_first(void **state)
{
    static struct focal_point items[] = {
        {.unit = "SXD", .field = "*", .account = "anh", .rank = 1},
        {.unit = "SXD", .field = "giao-thong", .account = "binh", .rank = 1},
    };
    struct focal_points points = {.items = items, .count = 2};
    struct explanation explanation = asked("onsite_report", "00070", "giao-thong", "normal");
    (void)state;
    focal_points_sort(&points);
    explain_route(&explanation, &rules, &units);
    explain_people(&explanation, &points);
    assert_string_equal(explanation.choice.account, "binh");
    explanation.route.focal_point = "anh";
    explain_people(&explanation, &points);
    assert_string_equal(explanation.choice.account, "anh");
    assert_int_equal(explanation.choice.reason, FOCAL_FOR_RULE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_that_go_before_say_why_they_do_not_lead),
        cmocka_unit_test(a_rule_without_its_lead_is_told),
        cmocka_unit_test(more_rules_than_there_is_room_for_are_counted),
        cmocka_unit_test(the_place_answers_for_the_area),
        cmocka_unit_test(people_are_asked_by_the_rule_first),
    };
    return cmocka_run_group_tests(tests, sort_rows, NULL);
}
