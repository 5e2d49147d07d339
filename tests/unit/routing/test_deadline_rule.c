/* SPDX-License-Identifier: Apache-2.0 */
/* Which deadline holds: process before level before all, then the one that came later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "services/routing/deadline_rule.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])
#define ANY_LEVEL   (-1)

static const struct deadline_rule items[] = {
    {{"all", 2, ""}, DEADLINE_RESOLVE, "*", ANY_LEVEL, CLOCK_WORKING, 100, 50, 0},
    {{"all", 1, ""}, DEADLINE_RESOLVE, "*", ANY_LEVEL, CLOCK_WORKING, 101, 10, 0},
    {{"urgent", 1, ""}, DEADLINE_RESOLVE, "*", LEVEL_URGENT, CLOCK_ALWAYS, 102, 10, 0},
    {{"waste", 1, ""}, DEADLINE_RESOLVE, "waste_report", ANY_LEVEL, CLOCK_WORKING, 103, 20, 90},
    {{"waste-urgent", 1, ""},
     DEADLINE_RESOLVE,
     "waste_report",
     LEVEL_URGENT,
     CLOCK_WORKING,
     104,
     30,
     0},
    {{"task", 1, ""}, DEADLINE_TASK, "*", ANY_LEVEL, CLOCK_WORKING, 105, 10, 0},
};
static const struct deadline_rules rules = {items, COUNT(items)};

static void the_most_specific_rule_holds(void **state)
{
    static const struct {
        const char *what;
        enum deadline_clock clock;
        const char *process;
        enum case_level level;
        int64_t at;
        int64_t minutes; /* 0: no rule */
    } rows[] = {
        {"nothing has begun", DEADLINE_RESOLVE, "onsite_report", LEVEL_NORMAL, 9, 0},
        {"from its first instant", DEADLINE_RESOLVE, "onsite_report", LEVEL_NORMAL, 10, 101},
        {"the later version", DEADLINE_RESOLVE, "onsite_report", LEVEL_NORMAL, 50, 100},
        {"the level before all", DEADLINE_RESOLVE, "onsite_report", LEVEL_URGENT, 60, 102},
        {"the process before all", DEADLINE_RESOLVE, "waste_report", LEVEL_NORMAL, 60, 103},
        {"the process before the level", DEADLINE_RESOLVE, "waste_report", LEVEL_URGENT, 25, 103},
        {"both before the process", DEADLINE_RESOLVE, "waste_report", LEVEL_URGENT, 30, 104},
        {"until its last instant", DEADLINE_RESOLVE, "waste_report", LEVEL_NORMAL, 89, 103},
        {"not after it", DEADLINE_RESOLVE, "waste_report", LEVEL_NORMAL, 90, 100},
        {"a process of which nobody knows", DEADLINE_RESOLVE, "", LEVEL_COMPLEX, 60, 100},
        {"another clock", DEADLINE_TASK, "waste_report", LEVEL_URGENT, 60, 105},
        {"a clock without rules", DEADLINE_REVIEW, "waste_report", LEVEL_URGENT, 60, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct deadline_rule *found =
            deadline_rule_find(&rules, rows[i].clock, rows[i].process, rows[i].level, rows[i].at);
        if ((found != NULL ? found->minutes : 0) != rows[i].minutes) {
            fail_msg("%s: %s", rows[i].what, found != NULL ? found->rule.code : "none");
        }
    }
}

static void every_clock_and_level_has_a_word(void **state)
{
    (void)state;
    for (int clock = 0; clock < DEADLINE_CLOCKS; clock++) {
        assert_non_null(deadline_clock_words[clock]);
    }
    assert_null(deadline_clock_words[DEADLINE_CLOCKS]);
    assert_string_equal(deadline_clock_words[DEADLINE_APPOINTMENT], "appointment");
    assert_null(case_level_words[CASE_LEVELS]);
}

static void assumptions_say_so(void **state)
{
    static const struct {
        const char *source;
        bool assumption;
    } rows[] = {
        {"assumption", true},
        {"assumption: 15 working days", true},
        {"QĐ 1207/QĐ-UBND", false},
        {"an assumption", false},
        {"", false},
        {NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct case_rule rule = {"any", 1, rows[i].source};
        assert_int_equal(rule_is_assumption(&rule), rows[i].assumption);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_most_specific_rule_holds),
        cmocka_unit_test(every_clock_and_level_has_a_word),
        cmocka_unit_test(assumptions_say_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
