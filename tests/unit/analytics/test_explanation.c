/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/case_counter.h"
#include "services/analytics/explanation.h"

static void explain(struct explanation *explanation, const char *code, const struct tally *tally,
                    bool sees_all)
{
    struct figure figure;
    figure_of(&figure, indicator_find(code), tally);
    explanation_of(explanation, &figure, tally, sees_all);
}

static int64_t left_out(const struct explanation *explanation, const char *reason)
{
    for (size_t i = 0; i < explanation->left_out_count; i++) {
        if (strcmp(explanation->left_out[i].reason, reason) == 0) {
            return explanation->left_out[i].number;
        }
    }
    return -1;
}

/* 20 cases: 6 in time, 3 late, 4 not yet due, 7 rejected; and 2 appointments. */
static const struct tally twenty = {.counts = {[CASE_STATE_FIRST + CASE_RESOLVED] = 11,
                                               [CASE_STATE_FIRST + CASE_ACCEPTED] = 4,
                                               [CASE_STATE_FIRST + CASE_REJECTED] = 7,
                                               [CASE_ALL] = 20,
                                               [CASE_REFUSED_FIRST + 1] = 7,
                                               [CASE_RESOLVE_MET] = 6,
                                               [CASE_RESOLVE_MISSED] = 3,
                                               [CASE_RESOLVE_PENDING] = 4}};

static void what_was_counted_is_in_it_or_left_out(void **state)
{
    struct explanation explanation;
    (void)state;
    explain(&explanation, "resolved_on_time", &twenty, true);
    assert_int_equal(explanation.part_count, 3);
    assert_int_equal(explanation.parts[PART_NUMERATOR].sum, 6);
    assert_int_equal(explanation.parts[PART_DENOMINATOR].sum, 9);
    assert_int_equal(explanation.parts[PART_PENDING].sum, 4);
    assert_int_equal(left_out(&explanation, "pending"), 4);
    assert_int_equal(left_out(&explanation, "not_meant"), 7);
    assert_int_equal(left_out(&explanation, "appointments"), 2);
}

static void what_is_taken_off_is_told(void **state)
{
    struct explanation explanation;
    (void)state;
    explain(&explanation, "processed", &twenty, true);
    assert_int_equal(explanation.part_count, 2);
    assert_int_equal(explanation.parts[PART_DENOMINATOR].sum, 13);
    assert_true(explanation.parts[PART_DENOMINATOR].less != 0);
}

static void the_public_sees_no_parts_of_few(void **state)
{
    struct tally tally = {
        .counts = {
            [CASE_ALL] = 30, [CASE_ASKED] = 30, [CASE_SATISFIED] = 2, [CASE_ACCEPTABLE] = 1}};
    struct explanation explanation;
    (void)state;
    explain(&explanation, "rating_response", &tally, false);
    assert_true(explanation.parts[PART_NUMERATOR].is_whole);
    assert_false(explanation.parts[PART_DENOMINATOR].is_whole);
    explain(&explanation, "rating_response", &tally, true);
    assert_false(explanation.parts[PART_NUMERATOR].is_whole);
    tally.counts[CASE_DISSATISFIED] = 2;
    explain(&explanation, "rating_response", &tally, false);
    assert_false(explanation.parts[PART_NUMERATOR].is_whole);
}

static void the_public_sees_no_few_that_were_left_out(void **state)
{
    struct tally tally = twenty;
    struct explanation explanation;
    (void)state;
    explain(&explanation, "resolved_on_time", &tally, false);
    assert_int_equal(left_out(&explanation, "appointments"), -1);
    assert_int_equal(left_out(&explanation, "not_meant"), 7);
    tally.counts[CASE_ALL] = 16;
    explain(&explanation, "resolved_on_time", &tally, false);
    assert_int_equal(left_out(&explanation, "not_meant"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_counted_is_in_it_or_left_out),
        cmocka_unit_test(what_is_taken_off_is_told),
        cmocka_unit_test(the_public_sees_no_parts_of_few),
        cmocka_unit_test(the_public_sees_no_few_that_were_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
