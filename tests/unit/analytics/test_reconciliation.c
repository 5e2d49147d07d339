/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/analytics/case_counter.h"
#include "services/analytics/delivery_counter.h"
#include "services/analytics/reconciliation.h"

static const struct tally two_received = {.counts = {[CASE_STATE_FIRST + CASE_RECEIVED] = 2}};
static const struct tally one_received = {.counts = {[CASE_STATE_FIRST + CASE_RECEIVED] = 1}};

static struct reconciliation compare(struct census_item *items, size_t count,
                                     const struct reconciled_sum *sums, size_t sum_count,
                                     struct arena *arena)
{
    struct reconciliation made;
    const struct census census = {.items = items, .count = count};
    reconciliation_make(&made, &censuses[CENSUS_CASES], &census, sums, sum_count, arena);
    return made;
}

static void items_of_one_state_are_added_up(void **state)
{
    struct census_item items[] = {{"SXD", CASE_RECEIVED, 1}, {"SXD", CASE_RECEIVED, 1}};
    const struct reconciled_sum sums[] = {{NULL, &two_received}, {"SXD", &two_received}};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    struct reconciliation made = compare(items, 2, sums, 2, &arena);
    assert_int_equal(made.count, 0);
    assert_int_equal(made.compared, 2 * CASE_STATES);
    arena_finish(&arena);
}

static void cases_without_a_unit_are_in_the_city_alone(void **state)
{
    struct census_item items[] = {{NULL, CASE_RECEIVED, 1}, {"SXD", CASE_RECEIVED, 1}};
    const struct reconciled_sum sums[] = {{NULL, &two_received}, {"SXD", &one_received}};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_int_equal(compare(items, 2, sums, 2, &arena).count, 0);
    arena_finish(&arena);
}

static void what_one_side_does_not_know_differs(void **state)
{
    struct census_item items[] = {{"SXD", CASE_RESOLVED, 1}};
    const struct reconciled_sum sums[] = {{"00070", &one_received}};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    struct reconciliation made = compare(items, 1, sums, 1, &arena);
    assert_int_equal(made.compared, 3 * CASE_STATES);
    assert_int_equal(made.count, 3); /* the city, and either unit */
    assert_null(made.differences[0].member);
    assert_int_equal(made.differences[0].theirs, 1);
    assert_int_equal(made.differences[0].ours, 0);
    arena_finish(&arena);
}

static void sums_of_days_are_added_up_and_kinds_told_apart(void **state)
{
    static const struct tally day = {.counts = {[DELIVERIES_SENT] = 2, [DELIVERIES_SKIPPED] = 1}};
    enum { SENT, FAILED, SKIPPED };
    struct census_item items[] = {
        {"email", SENT, 4}, {"email", FAILED, 1}, {"email", SKIPPED, 2}, {"inapp", SENT, 2}};
    const struct census census = {.first = 20000, .items = items, .count = 4};
    const struct reconciled_sum sums[] = {
        {NULL, &day}, {NULL, &day}, {"email", &day}, {"email", &day}};
    struct reconciliation made;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    reconciliation_make(&made, &censuses[CENSUS_DELIVERIES], &census, sums, 4, &arena);
    assert_int_equal(made.compared, 3 * 3);
    assert_int_equal(made.count, 4); /* sent and failed of the city, failed and what inapp sent */
    assert_null(made.differences[0].member);
    assert_int_equal(made.differences[0].theirs, 6);
    assert_int_equal(made.differences[0].ours, 4);
    assert_string_equal(made.differences[2].member, "email");
    assert_int_equal(made.differences[2].kind, FAILED);
    assert_string_equal(made.differences[3].member, "inapp");
    arena_finish(&arena);
}

static void differences_that_change_are_not_kept(void **state)
{
    struct reconciliation_difference then[] = {{"SXD", CASE_RECEIVED, 5, 3},
                                               {NULL, CASE_RECEIVED, 9, 8}};
    struct reconciliation_difference now[] = {{"SXD", CASE_RECEIVED, 7, 5}, /* as great */
                                              {NULL, CASE_RECEIVED, 9, 9 - 3},
                                              {"SXD", CASE_MERGED, 7, 5}};
    const struct reconciliation before = {.differences = then, .count = 2};
    struct reconciliation made = {.differences = now, .count = 3};
    (void)state;
    reconciliation_keep(&made, &before);
    assert_int_equal(made.count, 1);
    assert_string_equal(made.differences[0].member, "SXD");
    assert_int_equal(made.differences[0].kind, CASE_RECEIVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_of_one_state_are_added_up),
        cmocka_unit_test(cases_without_a_unit_are_in_the_city_alone),
        cmocka_unit_test(what_one_side_does_not_know_differs),
        cmocka_unit_test(sums_of_days_are_added_up_and_kinds_told_apart),
        cmocka_unit_test(differences_that_change_are_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
