/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "services/routing/division.h"

static const struct division_district districts[DIVISION_DISTRICTS_MAX + 1];
static struct division_area areas[DIVISION_AREAS_MAX + 1];

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++) {
        areas[i] = (struct division_area){.code = "00004", .source = "decision"};
    }
    return 0;
}

static struct division sized(size_t district_count, size_t area_count)
{
    struct division division = {.districts = districts,
                                .district_count = district_count,
                                .areas = areas,
                                .area_count = area_count};
    division_name(&division);
    return division;
}

static void a_division_is_named_after_its_districts_or_areas(void **state)
{
    (void)state;
    assert_string_equal(sized(30, 526).code, "30-districts");
    assert_string_equal(sized(0, 126).code, "126-units");
    assert_string_equal(sized(0, 1).code, "1-units");
}

static void its_source_is_that_of_most_areas(void **state)
{
    static const struct {
        const char *what, *sources[6], *found;
    } rows[] = {
        {"one for all", {"a", "a"}, "a"},
        {"most", {"a", "b", "b", "a", "b"}, "b"},
        {"ties by text", {"c", "b", "b", "c", "a"}, "b"},
        {"whichever comes first", {"b", "c", "c", "b"}, "b"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct division_area few[6];
        struct division division = {.areas = few};
        for (; rows[i].sources[division.area_count] != NULL; division.area_count++) {
            few[division.area_count].source = rows[i].sources[division.area_count];
        }
        division_name(&division);
        if (strcmp(division.source, rows[i].found) != 0) {
            fail_msg("%s: %s", rows[i].what, division.source);
        }
    }
}

/* Two under one key in a transaction would keep all reference data from being told. */
static void of_two_as_large_the_later_one_is_told(void **state)
{
    struct division items[] = {sized(0, 126), sized(0, 125), sized(0, 126), sized(30, 526)};
    const struct divisions divisions = {items, sizeof items / sizeof items[0]};
    static const bool told[] = {true, true, false, true};
    (void)state;
    for (size_t i = 0; i < divisions.count; i++) {
        assert_int_equal(division_can_be_told(&divisions, i), told[i]);
    }
}

static void what_is_larger_than_an_event_may_be_is_not_told(void **state)
{
    struct division items[] = {sized(0, DIVISION_AREAS_MAX), sized(0, DIVISION_AREAS_MAX + 1),
                               sized(DIVISION_DISTRICTS_MAX, DIVISION_AREAS_MAX),
                               sized(DIVISION_DISTRICTS_MAX + 1, 500)};
    const struct divisions divisions = {items, sizeof items / sizeof items[0]};
    static const bool told[] = {true, false, true, false};
    (void)state;
    for (size_t i = 0; i < divisions.count; i++) {
        assert_int_equal(division_can_be_told(&divisions, i), told[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_division_is_named_after_its_districts_or_areas),
        cmocka_unit_test(its_source_is_that_of_most_areas),
        cmocka_unit_test(of_two_as_large_the_later_one_is_told),
        cmocka_unit_test(what_is_larger_than_an_event_may_be_is_not_told),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
