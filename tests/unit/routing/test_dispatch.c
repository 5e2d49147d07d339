/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for the city office, until when, and who may be the right one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "services/routing/dispatch.h"

enum { RECEIVED, WORKING, REJECTED };

static const struct process process = {
    .states = {[RECEIVED] = {.code = "received", .phase = PHASE_RECEIVED},
               [WORKING] = {.code = "accepted", .phase = PHASE_WORKING},
               [REJECTED] = {.code = "rejected", .phase = PHASE_REJECTED}},
    .state_count = 3,
};

static struct case_clock running(int64_t due_us)
{
    return (struct case_clock){
        .run_count = 1, .runs = {{1, 0}}, .due_us = {[CLOCK_WORKING] = due_us}};
}

static struct case_snapshot at(int state, enum case_queue queue)
{
    return (struct case_snapshot){.process = &process,
                                  .state = state,
                                  .queue = queue,
                                  .unit = queue == QUEUE_UNIT ? "00070" : NULL,
                                  .opened_at = 1000};
}

static void what_has_no_unit_waits_by_its_clock(void **state)
{
    struct case_snapshot now = at(RECEIVED, QUEUE_UNROUTABLE);
    (void)state;
    assert_int_equal(dispatch_why(&now), DISPATCH_UNROUTABLE);
    assert_int_equal(dispatch_at(&now), 1000); /* without a rule for the clock: first of all */
    now.clocks[CASE_DISPATCH] = running(5000);
    assert_int_equal(dispatch_at(&now), 5000);
    now.queue = QUEUE_DISPUTED;
    assert_int_equal(dispatch_why(&now), DISPATCH_DISPUTED);
    assert_int_equal(dispatch_at(&now), 5000);
    now.state = REJECTED;
    assert_int_equal(dispatch_at(&now), 0);
}

static void near_a_border_it_waits_until_somebody_confirms(void **state)
{
    struct case_snapshot now = at(RECEIVED, QUEUE_UNIT);
    (void)state;
    assert_int_equal(dispatch_at(&now), 0);
    now.near_border = true;
    now.clocks[CASE_DISPATCH] = running(5000);
    assert_int_equal(dispatch_why(&now), DISPATCH_NEAR_BORDER);
    assert_int_equal(dispatch_at(&now), 5000);
    now.area_confirmed = true;
    assert_int_equal(dispatch_at(&now), 0);
    now.area_confirmed = false;
    now.clocks[CASE_DISPATCH].stopped = true;
    assert_int_equal(dispatch_at(&now), 0);
}

static void a_dispute_that_comes_after_a_border_has_a_clock_again(void **state)
{
    struct case_snapshot now = at(RECEIVED, QUEUE_DISPUTED);
    (void)state;
    now.near_border = now.area_confirmed = true;
    now.clocks[CASE_DISPATCH] = running(5000);
    now.clocks[CASE_DISPATCH].stopped = true; /* of the border; there was no rule for a new one */
    assert_int_equal(dispatch_at(&now), 1000);
    now.clocks[CASE_DISPATCH].stopped = false;
    assert_int_equal(dispatch_at(&now), 5000);
}

static void candidates_are_named_once(void **state)
{
    struct dispatch_candidate found[DISPATCH_CANDIDATES_MAX];
    struct case_snapshot now = at(RECEIVED, QUEUE_UNROUTABLE);
    (void)state;
    assert_int_equal(dispatch_candidates(&now, found), 0);
    now.area = "00070", now.near_area = "00082";
    assert_int_equal(dispatch_candidates(&now, found), 2);
    assert_string_equal(found[0].unit, "00070");
    assert_string_equal(found[0].as, "area");
    assert_string_equal(found[1].unit, "00082");
    assert_string_equal(found[1].as, "near_area");
    now.trail[0] = (struct case_handover){.from = "00082", .to = "SXD"};
    now.trail[1] = (struct case_handover){.from = "SXD", .to = "00070"};
    now.trail_count = 2;
    assert_int_equal(dispatch_candidates(&now, found), 3);
    assert_string_equal(found[0].unit, "00070");
    assert_string_equal(found[0].as, "proposed");
    assert_string_equal(found[1].unit, "SXD");
    assert_string_equal(found[1].as, "returned_by");
    assert_string_equal(found[2].unit, "00082");
    now.trail[1].to = NULL; /* nobody was proposed */
    assert_int_equal(dispatch_candidates(&now, found), 3);
    assert_string_equal(found[0].as, "returned_by");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_has_no_unit_waits_by_its_clock),
        cmocka_unit_test(near_a_border_it_waits_until_somebody_confirms),
        cmocka_unit_test(a_dispute_that_comes_after_a_border_has_a_clock_again),
        cmocka_unit_test(candidates_are_named_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
