/* SPDX-License-Identifier: Apache-2.0 */
/* Proposed rules against present ones: by hand, and recounted naively on random cases. SEED repeats
 * a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "services/routing/dry_run.h"

static struct unit unit_rows[] = {
    {.code = "00070"}, {.code = "00082"}, {.code = "CATP"}, {.code = "SXD"}, {.code = "VPUB"}};
static const struct unit_set units = {unit_rows, 5};

#define RULE(c, a, k, l, ld, co, n, from, to)                                                      \
    {                                                                                              \
        .rule = {c, 1, "a"}, .wanted = {"*", a, k, l}, .lead = ld, .cooperating = {co},            \
        .cooperating_count = n, .valid_from = from, .valid_to = to                                 \
    }

static struct route_rule present_rows[] = {
    RULE("traffic", "*", "giao-thong", "*", "@area", "SXD", 1, 10, 0),
    RULE("other", "*", "khac", "*", "@area", NULL, 0, 10, 0),
    RULE("old", "*", "y-te", "*", "VPUB", NULL, 0, 10, 50),
    RULE("future", "*", "*", "*", "VPUB", NULL, 0, 500, 0),
};

static struct tried_case case_of(const char *area, const char *category, const char *level)
{
    return (struct tried_case){.id = uuid_new(), .of = {"onsite_report", area, category, level}};
}

static void moved_cases_are_counted_by_flow(void **state)
{
    static const char *const ended[] = {"other"};
    struct route_rule proposed[] = {
        RULE("traffic", "*", "giao-thong", "*", "@area", "CATP", 1, 0, 0), /* replaced */
        RULE("urgent", "*", "*", "urgent", "CATP", "@area", 1, 0, 0),
        RULE("idle", "*", "van-hoa", "*", "SXD", NULL, 0, 0, 0),
    };
    struct rule_proposal proposal = {proposed, 3, ended, 1};
    struct route_rules present = {present_rows, 4};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    route_rules_sort(&present);
    struct dry_run *run = dry_run_new(&units, &present, &proposal, 100, &arena);
    proposed[1].lead = "VPUB"; /* the run has copies */

    static const struct {
        const char *area, *category, *level;
        size_t times;
    } filed[] = {
        {"00070", "giao-thong", "normal", 3}, /* the same lead, another unit beside it */
        {"00070", "giao-thong", "urgent", 2}, /* category before level: the same */
        {"00082", "khac", "urgent", 4},       /* 00082 → CATP */
        {"00070", "khac", "normal", 2},       /* 00070 → nobody */
        {NULL, "khac", "urgent", 1},          /* nobody → CATP */
        {NULL, "y-te", "normal", 1},          /* nobody, as before */
    };
    for (size_t i = 0; i < sizeof filed / sizeof filed[0]; i++) {
        for (size_t j = 0; j < filed[i].times; j++) {
            struct tried_case tried = case_of(filed[i].area, filed[i].category, filed[i].level);
            dry_run_judge(run, &tried);
        }
    }
    assert_int_equal(run->cases, 13);
    assert_int_equal(run->moved, 7);
    assert_int_equal(run->cooperation_changed, 5);
    assert_int_equal(run->unroutable_present, 2);
    assert_int_equal(run->unroutable_proposed, 3);
    assert_int_equal(run->example_count, 7);
    assert_string_equal(run->examples[0].from, "00082");
    assert_string_equal(run->examples[0].to, "CATP");
    assert_string_equal(run->examples[0].from_rule->code, "other");
    assert_string_equal(run->examples[0].to_rule->code, "urgent");

    struct case_flow *flows;
    assert_int_equal(dry_run_flows(run, &flows), 3);
    assert_int_equal(flows[0].cases, 4);
    assert_string_equal(flows[1].from, "00070");
    assert_null(flows[1].to);
    assert_null(flows[2].from);
    assert_string_equal(flows[2].to, "CATP");
    for (size_t i = 0; i < run->proposed.count; i++) {
        const char *code = run->proposed.rules[i].rule.code;
        assert_int_equal(run->led[i], strcmp(code, "traffic") == 0  ? 5
                                      : strcmp(code, "urgent") == 0 ? 5
                                                                    : 0);
    }
    arena_finish(&arena);
}

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % limit);
}

static const char *const areas[] = {"00070", "00082", NULL},
                         *const categories[] = {"giao-thong", "khac", "y-te"},
                         *const levels[] = {"urgent", "normal"},
                         *const leads[] = {"@area", "SXD", "CATP", "VPUB"};

static struct route_rule random_rule(const char *code)
{
    const char *area = random_below(2) ? "*" : areas[random_below(2)];
    const char *category = random_below(2) ? "*" : categories[random_below(3)];
    const char *level = random_below(2) ? "*" : levels[random_below(2)];
    return (struct route_rule)RULE(code, area, category, level, leads[random_below(4)],
                                   leads[random_below(4)], random_below(2), 10, 0);
}

static void counts_equal_a_naive_recount(void **state)
{
    enum { ROUNDS = 100, RULES = 12, CASES = 300 };
    static const char codes[RULES][4] = {"a", "b", "c", "d", "e", "f",
                                         "g", "h", "i", "j", "k", "l"};
    const char *text = getenv("SEED");
    random_state = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    print_message("SEED=%llu\n", (unsigned long long)random_state);
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct route_rule old[RULES / 2], new[RULES];
        for (int i = 0; i < RULES; i++) {
            new[i] = random_rule(codes[i]);
            if (i < RULES / 2) {
                old[i] = random_rule(codes[i]);
            }
        }
        /* The first third stays, the second is replaced, the last is added. */
        struct route_rules present = {old, RULES / 2}, after = {new, RULES};
        struct rule_proposal proposal = {.rules = new + RULES / 3, .count = RULES - RULES / 3};
        struct arena arena;
        arena_init(&arena);
        route_rules_sort(&present);
        struct dry_run *run = dry_run_new(&units, &present, &proposal, 100, &arena);
        for (size_t i = 0; i < present.count; i++) {
            for (int j = 0; j < RULES / 3; j++) {
                if (strcmp(present.rules[i].rule.code, codes[j]) == 0) {
                    new[j] = present.rules[i];
                }
            }
        }
        for (int i = RULES / 3; i < RULES; i++) {
            new[i].valid_from = 100; /* the later one of rivals leads */
        }
        route_rules_sort(&after);
        size_t moved = 0;
        for (int i = 0; i < CASES; i++) {
            struct tried_case tried = case_of(areas[random_below(3)], categories[random_below(3)],
                                              levels[random_below(2)]);
            struct route_question question = {.at_us = 100};
            memcpy(question.of, tried.of, sizeof question.of);
            const char *from = route_find(&present, &units, &question).lead;
            const char *to = route_find(&after, &units, &question).lead;
            moved += from == NULL || to == NULL ? from != to : strcmp(from, to) != 0;
            dry_run_judge(run, &tried);
        }
        assert_int_equal(run->moved, moved);
        struct case_flow *flows;
        size_t sum = 0, count = dry_run_flows(run, &flows);
        for (size_t i = 0; i < count; i++) {
            sum += flows[i].cases;
            assert_true(i == 0 || flows[i].cases <= flows[i - 1].cases);
        }
        assert_int_equal(sum, moved);
        assert_int_equal(run->example_count,
                         moved < DRY_RUN_EXAMPLES_MAX ? moved : DRY_RUN_EXAMPLES_MAX);
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moved_cases_are_counted_by_flow),
        cmocka_unit_test(counts_equal_a_naive_recount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
