/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "services/routing/reference.h"

static struct unit unit_rows[] = {{.code = "HN"}, {.code = "B"}, {.code = "E"}, {.code = "00004"}};
static struct unit_set units = {unit_rows, sizeof unit_rows / sizeof unit_rows[0]};

static struct unit_succession rows[] = {
    {"A", "B", 100, true},          {"A2", "B", 100, false},        {"A2", "E", 100, true},
    {"A3", "B", 100, false},        {"C", "A", 90, true},           {"D", "C", 80, true},
    {"GONE", "NOWHERE", 100, true}, {"X", "Y", 50, true},           {"Y", "X", 50, true},
    {"00004", "00008", 10, true},   {"00008", "00008", 5, true},    {"00008", "00004", 20, true},
    {"TWICE", "B", 10, true},       {"TWICE", "E", 200, true},      {"LATE", "EARLY", 100, true},
    {"EARLY", "B", 50, true},       {"SAMEDAY", "MIDDAY", 7, true}, {"MIDDAY", "E", 7, true},
};
static struct unit_successions successions = {rows, sizeof rows / sizeof rows[0]};

static int sort(void **state)
{
    (void)state;
    unit_set_sort(&units);
    unit_successions_sort(&successions);
    return 0;
}

static void the_main_successor_is_found_through_chains(void **state)
{
    static const struct {
        const char *what, *code, *successor; /* NULL: nobody */
    } cases[] = {
        {"a unit that is there", "B", "B"},
        {"one that is there under the code of an earlier one", "00004", "00004"},
        {"one step", "A", "B"},
        {"of several the main one", "A2", "E"},
        {"none is the main one", "A3", NULL},
        {"three steps", "D", "B"},
        {"a successor that never was", "GONE", NULL},
        {"a ring", "X", NULL},
        {"a successor of the same code, ended later", "00008", "00004"},
        {"a code that ended twice: the last end", "TWICE", "E"},
        {"what became of the successor before does not count", "LATE", NULL},
        {"two steps on one day", "SAMEDAY", "E"},
        {"unknown", "Z", NULL},
        {"no unit", NULL, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *found = unit_successor(&units, &successions, cases[i].code);
        if (strcmp(found != NULL ? found : "-",
                   cases[i].successor != NULL ? cases[i].successor : "-") != 0) {
            fail_msg("%s: %s", cases[i].what, found != NULL ? found : "nobody");
        }
    }
    assert_null(unit_successor(&units, &(struct unit_successions){0}, "A"));
    assert_null(unit_successor(&(struct unit_set){0}, &successions, "A"));
}

static void scope_holds_what_went_over_into_it(void **state)
{
    static struct unit now[] = {{.code = "HN"},
                                {.code = "VPUB", .parent = "HN"},
                                {.code = "SNNMT", .parent = "HN"},
                                {.code = "VPDKDD", .parent = "SNNMT"},
                                {.code = "SXD", .parent = "HN"}};
    static struct unit former[] = {{.code = "SGTVT", .parent = "HN"},
                                   {.code = "LOST", .parent = "SNNMT"}};
    static struct unit_succession went_over[] = {{"SGTVT", "SXD", 10, true}};
    static struct reference reference = {
        .units = {now, 5}, .former_units = {former, 2}, .successions = {went_over, 1}};
    static const struct {
        const char *root;
        const char *desks[8];
    } scopes[] = {
        {"SNNMT", {"SNNMT", "VPDKDD", "LOST"}},
        {"VPDKDD", {"VPDKDD"}},
        {"SXD", {"SXD", "SGTVT"}},
        {"SGTVT", {"SGTVT"}},
        {"none", {NULL}},
        {"HN", {"HN", "SNNMT", "SXD", "VPDKDD", "VPUB", "LOST", "SGTVT"}},
        {"VPUB", {"HN", "SNNMT", "SXD", "VPDKDD", "VPUB", "LOST", "SGTVT"}},
        {NULL, {"HN", "SNNMT", "SXD", "VPDKDD", "VPUB", "LOST", "SGTVT"}},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    unit_set_sort(&reference.units);
    unit_set_sort(&reference.former_units);
    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        const char *const *desks;
        size_t count = reference_desks(&reference, scopes[i].root, &arena, &desks);
        for (size_t j = 0; j < count; j++) {
            assert_non_null(scopes[i].desks[j]);
            assert_string_equal(desks[j], scopes[i].desks[j]);
        }
        assert_null(scopes[i].desks[count]);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_main_successor_is_found_through_chains),
        cmocka_unit_test(scope_holds_what_went_over_into_it),
    };
    return cmocka_run_group_tests(tests, sort, NULL);
}
