/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule leads: by rows, and exhaustively against an oracle that knows the order in words of
 * its own. SEED repeats the shuffles of a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "services/routing/route.h"

static struct unit unit_rows[] = {
    {.code = "SXD", .parent = "HN"},    {.code = "HN"},
    {.code = "VPUB", .parent = "HN"},   {.code = "00070", .parent = "HN"},
    {.code = "00082", .parent = "HN"},  {.code = "VPDKDD", .parent = "SNNMT"},
    {.code = "SNNMT", .parent = "HN"},  {.code = "LOOP", .parent = "LOOP2"},
    {.code = "LOOP2", .parent = "LOOP"}};
static struct unit_set units = {unit_rows, sizeof unit_rows / sizeof unit_rows[0]};

/* process, area, category, level */
#define WANTS(p, a, c, l)                                                                          \
    {                                                                                              \
        p, a, c, l                                                                                 \
    }

static struct route_rule rule_rows[] = {
    {{"any", 1, "a"}, WANTS("*", "*", "*", "*"), "@area", NULL, {0}, 0, 100, 0},
    {{"traffic", 1, "a"}, WANTS("*", "*", "giao-thong", "*"), "@area", NULL, {"SXD"}, 1, 100, 0},
    {{"traffic-complex", 1, "a"},
     WANTS("*", "*", "giao-thong", "complex"),
     "SXD",
     "hanh",
     {"@area", "SXD", "@area", "EVNHANOI"},
     4,
     100,
     0},
    {{"old-town", 1, "a"}, WANTS("*", "00070", "*", "*"), "VPUB", NULL, {0}, 0, 100, 500},
    {{"petition", 1, "a"}, WANTS("voter_petition", "*", "*", "*"), "VPUB", NULL, {0}, 0, 100, 0},
    {{"water", 1, "a"}, WANTS("*", "*", "dien-nuoc", "*"), "SXD", NULL, {0}, 0, 100, 0},
    {{"water", 2, "a"}, WANTS("*", "*", "dien-nuoc", "*"), "EVNHANOI", NULL, {0}, 0, 300, 0},
    {{"waste", 1, "a"}, WANTS("*", "*", "lang-phi", "*"), "SXD", NULL, {0}, 0, 100, 0},
    {{"waste", 2, "a"}, WANTS("*", "*", "lang-phi", "urgent"), "VPUB", NULL, {0}, 0, 300, 400},
};
static struct route_rules rules = {rule_rows, sizeof rule_rows / sizeof rule_rows[0]};

static int sort_rows(void **state)
{
    (void)state;
    unit_set_sort(&units);
    route_rules_sort(&rules);
    return 0;
}

static struct route_question ask(const char *process, const char *area, const char *category,
                                 const char *level, int64_t at_us)
{
    return (struct route_question){{process, area, category, level}, at_us};
}

static const char report[] = "onsite_report";

static void the_most_specific_rule_wins(void **state)
{
    static const struct {
        const char *what, *process, *category, *level, *area;
        int64_t at;
        const char *rule;
        int version;
        const char *lead, *cooperating;
    } rows[] = {
        {"no rule of its own", report, "khac", "normal", "00082", 200, "any", 1, "00082", NULL},
        {"category", report, "giao-thong", "normal", "00082", 200, "traffic", 1, "00082", "SXD"},
        {"category and level; who leads or is unknown does not co-operate", report, "giao-thong",
         "complex", "00082", 200, "traffic-complex", 1, "SXD", "00082"},
        {"area before both", report, "giao-thong", "complex", "00070", 200, "old-town", 1, "VPUB",
         NULL},
        {"process before area", "voter_petition", "giao-thong", "complex", "00070", 200, "petition",
         1, "VPUB", NULL},
        {"a rule that has ended", report, "khac", "normal", "00070", 500, "any", 1, "00070", NULL},
        {"the last instant", report, "khac", "normal", "00070", 499, "old-town", 1, "VPUB", NULL},
        {"the first instant", report, "khac", "normal", "00082", 100, "any", 1, "00082", NULL},
        {"before any rule", report, "khac", "normal", "00082", 99, "unroutable", 1, NULL, NULL},
        {"outside of the city", report, "khac", "normal", NULL, 200, "unroutable", 1, NULL, NULL},
        {"outside, but not for the ward", report, "giao-thong", "complex", NULL, 200,
         "traffic-complex", 1, "SXD", NULL},
        {"the version of the day", report, "dien-nuoc", "normal", "00082", 299, "water", 1, "SXD",
         NULL},
        {"a lead that has ended is passed over, and the older version stays away", report,
         "dien-nuoc", "normal", "00082", 300, "any", 1, "00082", NULL},
        {"a newer version counts alone, also where it does not match", report, "lang-phi", "normal",
         "00082", 300, "any", 1, "00082", NULL},
        {"and matches", report, "lang-phi", "urgent", "00082", 300, "waste", 2, "VPUB", NULL},
        {"and brings the older one not back when it ends", report, "lang-phi", "urgent", "00082",
         400, "any", 1, "00082", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct route_question question =
            ask(rows[i].process, rows[i].area, rows[i].category, rows[i].level, rows[i].at);
        struct route route = route_find(&rules, &units, &question);
        if (strcmp(route.rule->code, rows[i].rule) != 0 || route.rule->version != rows[i].version) {
            fail_msg("%s: rule %s", rows[i].what, route.rule->code);
        }
        assert_int_equal(route.by == NULL, rows[i].lead == NULL);
        assert_int_equal(route.lead == NULL, rows[i].lead == NULL);
        assert_true(route.lead == NULL || strcmp(route.lead, rows[i].lead) == 0);
        assert_int_equal(route.cooperating_count, rows[i].cooperating != NULL);
        assert_true(rows[i].cooperating == NULL ||
                    strcmp(route.cooperating[0], rows[i].cooperating) == 0);
    }
}

static void the_rule_names_whom_to_ask_first(void **state)
{
    struct route_question complex = ask(report, "00082", "giao-thong", "complex", 200);
    struct route_question normal = ask(report, "00082", "giao-thong", "normal", 200);
    (void)state;
    assert_string_equal(route_find(&rules, &units, &complex).focal_point, "hanh");
    assert_null(route_find(&rules, &units, &normal).focal_point);
}

static const struct route_rule *rule_of(const char *code, int version)
{
    for (size_t i = 0; i < rules.count; i++) {
        if (strcmp(rules.rules[i].rule.code, code) == 0 && rules.rules[i].rule.version == version) {
            return &rules.rules[i];
        }
    }
    return NULL;
}

static void faults_say_why_a_rule_does_not_lead(void **state)
{
    static const struct {
        const char *code;
        int version;
        const char *process, *area, *category, *level;
        int64_t at;
        unsigned faults;
    } rows[] = {
        {"any", 1, "x", "00070", "khac", "normal", 100, 0},
        {"any", 1, "x", "00070", "khac", "normal", 99, 1u << ROUTE_NOT_BEGUN},
        {"any", 1, "x", NULL, "khac", "normal", 100, 1u << ROUTE_OUTSIDE},
        {"any", 1, "x", "00099", "khac", "normal", 100, 1u << ROUTE_LEAD_ENDED},
        {"old-town", 1, "x", "00082", "khac", "normal", 500,
         1u << ROUTE_BY_AREA | 1u << ROUTE_OVER},
        {"old-town", 1, "x", NULL, "khac", "normal", 100, 1u << ROUTE_BY_AREA},
        {"petition", 1, "x", NULL, "khac", "normal", 100, 1u << ROUTE_BY_PROCESS},
        {"traffic-complex", 1, "x", NULL, "khac", "normal", 100,
         1u << ROUTE_BY_CATEGORY | 1u << ROUTE_BY_LEVEL},
        {"water", 1, "x", NULL, "dien-nuoc", "normal", 300, 1u << ROUTE_OVER},
        {"water", 2, "x", NULL, "dien-nuoc", "normal", 300, 1u << ROUTE_LEAD_ENDED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct route_question question =
            ask(rows[i].process, rows[i].area, rows[i].category, rows[i].level, rows[i].at);
        assert_int_equal(route_faults(rule_of(rows[i].code, rows[i].version), &units, &question),
                         rows[i].faults);
    }
}

static void rules_that_want_the_same_are_rivals(void **state)
{
    struct route_rule rule = {
        {"new", 1, "a"}, WANTS("*", "00070", "*", "*"), "SXD", NULL, {0}, 0, 300, 0};
    (void)state;
    assert_string_equal(route_rules_rival(&rules, &rule)->rule.code, "old-town");
    rule.valid_from = 500; /* it is over then */
    assert_null(route_rules_rival(&rules, &rule));
    rule.valid_from = 50, rule.valid_to = 100; /* it has not begun then */
    assert_null(route_rules_rival(&rules, &rule));
    rule.valid_to = 101;
    assert_non_null(route_rules_rival(&rules, &rule));
    rule.rule.code = "old-town"; /* a version of itself */
    assert_null(route_rules_rival(&rules, &rule));
    rule.rule.code = "new";
    rule.wanted[ROUTE_BY_LEVEL] = "urgent";
    assert_null(route_rules_rival(&rules, &rule));
}

/* ---- exhaustively: every pair of patterns, every question, every order of the input ---- */

enum { PATTERNS = 81, QUESTIONS = 24 };

static const char *const words[ROUTE_DIMENSIONS][2] = {
    {"p0", "p1"}, {"00070", "00082"}, {"c0", "c1"}, {"urgent", "normal"}};

static struct route_rule pattern(int number, const char *code, int64_t valid_from)
{
    struct route_rule rule = {.rule = {code, 1, "a"}, .lead = "SXD", .valid_from = valid_from};
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        int word = number % 3;
        rule.wanted[i] = word == 2 ? ROUTE_ANY : words[i][word];
        number /= 3;
    }
    return rule;
}

/* The last third lies outside of the city. */
static struct route_question question_number(int number)
{
    int at = number % 16;
    struct route_question question = {.at_us = 1000};
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        question.of[i] = words[i][at & 1];
        at >>= 1;
    }
    if (number >= 16) {
        question.of[ROUTE_BY_AREA] = NULL;
    }
    return question;
}

static bool oracle_matches(const struct route_rule *rule, const struct route_question *question)
{
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        if (strcmp(rule->wanted[i], "*") != 0 &&
            (question->of[i] == NULL || strcmp(rule->wanted[i], question->of[i]) != 0)) {
            return false;
        }
    }
    return true;
}

/* Process, area, category, level: the first one that only one of two rules names decides; then the
 * later one, then the code. */
static const struct route_rule *oracle(const struct route_rule *a, const struct route_rule *b,
                                       const struct route_question *question)
{
    bool fits_a = oracle_matches(a, question), fits_b = oracle_matches(b, question);
    if (!fits_a || !fits_b) {
        return fits_a ? a : fits_b ? b : NULL;
    }
    for (int i = 0; i < ROUTE_DIMENSIONS; i++) {
        bool names_a = strcmp(a->wanted[i], "*") != 0, names_b = strcmp(b->wanted[i], "*") != 0;
        if (names_a != names_b) {
            return names_a ? a : b;
        }
    }
    if (a->valid_from != b->valid_from) {
        return a->valid_from > b->valid_from ? a : b;
    }
    return strcmp(a->rule.code, b->rule.code) < 0 ? a : b;
}

static void check_pair(const struct route_rule *a, const struct route_rule *b)
{
    struct route_rule forth[] = {*a, *b}, back[] = {*b, *a};
    struct route_rules one = {forth, 2}, other = {back, 2};
    route_rules_sort(&one);
    route_rules_sort(&other);
    for (int i = 0; i < QUESTIONS; i++) {
        struct route_question question = question_number(i);
        const struct route_rule *expected = oracle(a, b, &question);
        struct route first = route_find(&one, &units, &question);
        struct route second = route_find(&other, &units, &question);
        const char *code = expected != NULL ? expected->rule.code : "unroutable";
        assert_string_equal(first.rule->code, code);
        assert_string_equal(second.rule->code, code);
    }
}

static void every_pair_of_rules_has_one_winner(void **state)
{
    static const int64_t begins[][2] = {{10, 10}, {10, 20}, {20, 10}};
    (void)state;
    for (int a = 0; a < PATTERNS; a++) {
        for (int b = 0; b < PATTERNS; b++) {
            for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
                struct route_rule rule_a = pattern(a, "a", begins[i][0]);
                struct route_rule rule_b = pattern(b, "b", begins[i][1]);
                check_pair(&rule_a, &rule_b);
            }
        }
    }
}

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % limit);
}

static int seed_random(void **state)
{
    const char *text = getenv("SEED");
    random_state = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    print_message("SEED=%llu\n", (unsigned long long)random_state);
    (void)state;
    return 0;
}

static void the_order_of_the_input_does_not_matter(void **state)
{
    enum { ROUNDS = 300, COUNT = 40 };
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct route_rule first[COUNT], second[COUNT];
        char codes[COUNT][8];
        for (uint32_t i = 0; i < COUNT; i++) {
            snprintf(codes[i], sizeof codes[i], "r%u", i / 2);
            first[i] = pattern((int)random_below(PATTERNS), codes[i], 10 + random_below(4));
            first[i].rule.version = 1 + (int)(i & 1);
            first[i].valid_to = random_below(3) == 0 ? 900 + random_below(200) : 0;
        }
        memcpy(second, first, sizeof second);
        for (uint32_t i = COUNT - 1; i > 0; i--) {
            uint32_t j = random_below(i + 1);
            struct route_rule swap = second[i];
            second[i] = second[j];
            second[j] = swap;
        }
        struct route_rules one = {first, COUNT}, other = {second, COUNT};
        route_rules_sort(&one);
        route_rules_sort(&other);
        for (int i = 0; i < QUESTIONS; i++) {
            struct route_question question = question_number(i);
            struct route a = route_find(&one, &units, &question);
            struct route b = route_find(&other, &units, &question);
            assert_string_equal(a.rule->code, b.rule->code);
            assert_int_equal(a.rule->version, b.rule->version);
        }
    }
}

/* ---- units ---- */

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
        cmocka_unit_test(the_rule_names_whom_to_ask_first),
        cmocka_unit_test(faults_say_why_a_rule_does_not_lead),
        cmocka_unit_test(rules_that_want_the_same_are_rivals),
        cmocka_unit_test(every_pair_of_rules_has_one_winner),
        cmocka_unit_test_setup(the_order_of_the_input_does_not_matter, seed_random),
        cmocka_unit_test(scope_is_the_subtree),
    };
    return cmocka_run_group_tests(tests, sort_rows, NULL);
}
