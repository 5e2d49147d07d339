/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/case_fact.h"

static const struct case_fact whole = {
    .state = CASE_RESOLVED,
    .unit = "SXD",
    .category = "giao-thong",
    .process = "onsite_report",
    .level = "urgent",
    .area = "00070",
    .channel = "app",
    .appointment = true,
    .near_border = true,
    .opened_at = 1,
    .at = 2,
    .receive_due = 3,
    .accepted_at = 4,
    .resolve_due = 5,
    .resolved_at = 6,
    .rejected_at = 7,
    .spent_us = -1,
    .reason = CASE_NO_REASON,
    .rating = RATING_DISSATISFIED,
    .rating_asked = true,
    .handovers = 3,
    .reopenings = 2,
    .evidence = 1,
    .givers = "SXD 00070",
    .takers = "00070",
    .receive_rule = "receive@1",
    .resolve_rule = "resolve-urgent@12",
};

static void a_packed_fact_comes_back(void **state)
{
    struct case_fact again, bare = {.category = "x"}, bare_again;
    struct arena arena;
    struct buffer out, second;
    (void)state;
    arena_init(&arena);
    buffer_init(&out);
    buffer_init(&second);
    case_fact_pack(&whole, &out);
    assert_true(case_fact_unpack(&again, out.data, out.size, &arena));
    case_fact_pack(&again, &second);
    assert_int_equal(second.size, out.size);
    assert_memory_equal(second.data, out.data, out.size);
    assert_string_equal(again.takers, "00070");
    assert_string_equal(again.resolve_rule, "resolve-urgent@12");
    assert_true(again.spent_us == -1 && again.rejected_at == 7 && again.rating_asked);
    for (size_t size = 0; size < out.size; size++) { /* cut off anywhere */
        assert_false(case_fact_unpack(&again, out.data, size, &arena));
    }
    buffer_reset(&out);
    case_fact_pack(&bare, &out);
    assert_true(case_fact_unpack(&bare_again, out.data, out.size, &arena));
    assert_null(bare_again.unit);
    assert_null(bare_again.givers);
    out.data[0] = 9; /* of another program */
    assert_false(case_fact_unpack(&bare_again, out.data, out.size, &arena));
    arena_finish(&arena);
    buffer_finish(&out);
    buffer_finish(&second);
}

/* It had no rules: of a case that has nothing else two bytes less. */
static void a_fact_of_the_first_layout_is_read(void **state)
{
    enum { RULES_AT = 1 + 2 + 7, RULES = 2 };
    struct case_fact bare = {.category = "x", .spent_us = -1, .handovers = 3}, again;
    struct arena arena;
    struct buffer out;
    (void)state;
    arena_init(&arena);
    buffer_init(&out);
    case_fact_pack(&bare, &out);
    out.data[0] = 1;
    memmove(out.data + RULES_AT, out.data + RULES_AT + RULES, out.size - RULES_AT - RULES);
    assert_true(case_fact_unpack(&again, out.data, out.size - RULES, &arena));
    assert_string_equal(again.category, "x");
    assert_null(again.receive_rule);
    assert_true(again.spent_us == -1 && again.handovers == 3);
    arena_finish(&arena);
    buffer_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packed_fact_comes_back),
        cmocka_unit_test(a_fact_of_the_first_layout_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
