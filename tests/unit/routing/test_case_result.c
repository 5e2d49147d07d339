/* SPDX-License-Identifier: Apache-2.0 */
/* How cases end: results with evidence, the control office's sample, reopening, rating, closing,
 * rejections with a second pair of eyes, withdrawal. */
#include "tests/unit/routing/desk.h"

static const struct words done = {.result = "the lamp burns", .evidence = 2};

/* ---- a result ---- */

static void a_result_needs_text_and_evidence(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    refused(&desk, assignee, "resolve", (struct words){.evidence = 1}, "result.text");
    refused(&desk, assignee, "resolve", (struct words){.result = "done"}, "result.evidence");
    wait_until(&desk, "2026-11-25 09:00");
    act(&desk, assignee, "resolve", done);
    assert_state(&desk, "resolved");
    assert_string_equal(desk.now.result_text, "the lamp burns");
    assert_string_equal(desk.now.result_by, "assignee");
    assert_int_equal(desk.now.evidence_count, 2);
    assert_int_equal(desk.now.resolved_at, desk.at_us);
    assert_true(desk.now.rating_asked && desk.now.clocks[CASE_RESOLVE].stopped);
    assert_int_equal(case_due(&desk.now), 0);
}

/* Reports on procedures are answered by letter. */
static void not_every_process_wants_evidence(void **state)
{
    (void)state;
    struct desk desk = assigned_case("procedure_report");
    act(&desk, assignee, "resolve", (struct words){.result = "explained"});
    assert_int_equal(desk.now.evidence_count, 0);
}

static void who_works_on_a_part_is_waited_for(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD"});
    act(&desk, other_unit, "accept_task", (struct words){.unit = "SXD"});
    refused(&desk, assignee, "resolve", done, "condition_not_met");
    act(&desk, other_unit, "finish_task", (struct words){.unit = "SXD", .note = "paved"});
    act(&desk, assignee, "resolve", done);
}

/* ---- the control office ---- */

/* Every result of a waste report is checked. */
static void a_picked_result_waits_for_the_check(void **state)
{
    (void)state;
    struct desk desk = resolved_case("waste_report");
    assert_int_equal(desk.now.audit, AUDIT_PENDING);
    assert_int_equal(desk.now.next_timer, 0); /* it does not close by itself */
    refused(&desk, resident, "close", (struct words){0}, "condition_not_met");
    desk.at_us += DAYS(8);
    refused(&desk, the_system, "close", (struct words){0}, "condition_not_met");
    act(&desk, auditor, "pass_audit", (struct words){.note = "clean"});
    assert_int_equal(desk.now.audit, AUDIT_PASSED);
    assert_string_equal(desk.now.audit_text, "clean");
    assert_true(tick(&desk)); /* the window is over */
    assert_state(&desk, "closed");
}

static void nobody_checks_their_own_result(void **state)
{
    (void)state;
    struct desk desk = assigned_case("waste_report");
    struct person both = {"city", ACTOR_BIT(ROLE_OFFICER) | ACTOR_BIT(ACTOR_CITY_OFFICE)};
    act(&desk, both, "resolve", done);
    refused(&desk, both, "pass_audit", (struct words){0}, "condition_not_met");
    refused(&desk, both, "fail_audit", (struct words){.reason = "bad"}, "condition_not_met");
    refused(&desk, officer, "pass_audit", (struct words){0}, "forbidden");
    act(&desk, auditor, "pass_audit", (struct words){0});
    refused(&desk, auditor, "pass_audit", (struct words){0}, "condition_not_met");
}

static void a_failed_check_gives_the_case_back(void **state)
{
    (void)state;
    struct desk desk = resolved_case("waste_report");
    wait_until(&desk, "2026-11-26 09:00");
    refused(&desk, auditor, "fail_audit", (struct words){0}, "reason.text");
    act(&desk, auditor, "fail_audit", (struct words){.reason = "an old picture"});
    assert_state(&desk, "accepted");
    assert_int_equal(desk.now.audit, AUDIT_FAILED);
    assert_string_equal(desk.now.audit_text, "an old picture");
    assert_null(desk.now.result_text);
    assert_int_equal(desk.now.resolved_at, 0);
    assert_int_equal(desk.now.reopenings, 0); /* it is not the resident's */
    assert_string_equal(due_text(&desk, CASE_RESOLVE), "2026-12-03T09:00:00.000Z");
    act(&desk, focal_point, "assign", (struct words){.assignee = "assignee"});
    act(&desk, assignee, "resolve", done);
    assert_int_equal(desk.now.audit, AUDIT_PENDING); /* the same cases are picked again */
}

static void a_reopened_case_is_not_waited_for_by_the_control_office(void **state)
{
    (void)state;
    struct desk desk = resolved_case("waste_report");
    act(&desk, resident, "reopen", (struct words){.reason = "still dirty"});
    assert_int_equal(desk.now.audit, AUDIT_NONE);
    act(&desk, officer, "ask", (struct words){.question = "where?"});
    assert_int_equal(let_time_pass(&desk, desk.now.timeout_at), 1); /* nobody answers */
    assert_state(&desk, "accepted");
}

/* Of 10,000 cases 5 in 100 are picked, by their ids: the same whenever one asks. */
static void the_sample_is_even_and_the_same_each_time(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    int sampled = 0;
    for (int i = 0; i < 10000; i++) {
        struct case_command command = desk_command(&desk, assignee, "resolve", done);
        struct case_snapshot now = desk.now, after, again;
        now.id = uuid_new();
        assert_true(case_decide(&now, &command, &office.rules, desk.at_us, &after, NULL));
        desk.at_us += MINUTES(1);
        assert_true(case_decide(&now, &command, &office.rules, desk.at_us, &again, NULL));
        assert_int_equal(after.audit, again.audit);
        sampled += after.audit == AUDIT_PENDING;
    }
    assert_in_range(sampled, 400, 600); /* 4.6 standard deviations */
}

static void other_seeds_pick_other_cases(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    struct process other = *desk.now.process;
    int both = 0, either = 0;
    other.limits.audit_percent = 50;
    other.limits.audit_seed = 1208;
    struct process one = other;
    one.limits.audit_seed = 1207;
    for (int i = 0; i < 1000; i++) {
        struct case_command command = desk_command(&desk, assignee, "resolve", done);
        struct case_snapshot now = desk.now, first, second;
        now.id = uuid_new();
        now.process = &one;
        assert_true(case_decide(&now, &command, &office.rules, desk.at_us, &first, NULL));
        now.process = &other;
        assert_true(case_decide(&now, &command, &office.rules, desk.at_us, &second, NULL));
        both += first.audit == AUDIT_PENDING && second.audit == AUDIT_PENDING;
        either += first.audit == AUDIT_PENDING || second.audit == AUDIT_PENDING;
    }
    assert_in_range(both, 180, 320); /* 250 and 750 if they do not know of each other */
    assert_in_range(either, 680, 820);
}

/* ---- contesting a result ---- */

static struct desk unsampled_case(void)
{
    struct desk desk = resolved_case("onsite_report");
    assert_int_equal(desk.now.audit, AUDIT_NONE); /* by its id */
    return desk;
}

static void the_resident_reopens_within_the_window(void **state)
{
    (void)state;
    struct desk desk = unsampled_case();
    refused(&desk, stranger, "reopen", (struct words){.reason = "no"}, "forbidden");
    refused(&desk, resident, "reopen", (struct words){0}, "reason.text");
    wait_until(&desk, "2026-11-26 09:00");
    act(&desk, resident, "reopen", (struct words){.reason = "still dark"});
    assert_state(&desk, "accepted");
    assert_int_equal(desk.now.reopenings, 1);
    assert_string_equal(desk.now.reason_text, "still dark");
    assert_null(desk.now.result_text);
    assert_null(desk.now.result_by);
    assert_int_equal(desk.now.evidence_count, 0);
    assert_string_equal(due_text(&desk, CASE_RESOLVE), "2026-12-03T09:00:00.000Z");
    assert_false(desk.now.clocks[CASE_RESOLVE].reminded);
    assert_int_equal(desk.now.timeout_at, 0);
}

static void a_case_is_reopened_twice_at_most(void **state)
{
    (void)state;
    struct desk desk = unsampled_case();
    for (int i = 0; i < 2; i++) {
        act(&desk, resident, "reopen", (struct words){.reason = "no"});
        act(&desk, focal_point, "assign", (struct words){.assignee = "assignee"});
        act(&desk, assignee, "resolve", done);
    }
    refused(&desk, resident, "reopen", (struct words){.reason = "no"}, "condition_not_met");
}

static void the_window_closes_by_itself(void **state)
{
    (void)state;
    struct desk desk = unsampled_case();
    int64_t closes_at = desk.now.timeout_at;
    assert_int_equal(closes_at, desk.now.resolved_at + DAYS(7));
    desk.at_us += DAYS(6);
    act(&desk, resident, "comment", (struct words){.note = "thank you"});
    act(&desk, resident, "rate", (struct words){.rating = "satisfied"});
    assert_int_equal(desk.now.timeout_at, closes_at); /* neither moves it */
    desk.at_us = closes_at - MINUTES(1);
    assert_false(tick(&desk));
    desk.at_us = closes_at;
    assert_true(tick(&desk));
    assert_state(&desk, "closed");
    assert_int_equal(desk.now.closed_at, closes_at);
    assert_int_equal(desk.now.next_timer, 0);
    refused(&desk, resident, "reopen", (struct words){.reason = "no"}, "action_not_allowed");
    refused(&desk, resident, "comment", (struct words){.note = "oh"}, "action_not_allowed");
}

/* In a process where one can: what is closed no more has not been closed. */
static void closed_is_for_as_long_as_it_is(void **state)
{
    (void)state;
    struct desk desk = unsampled_case();
    struct process process = *desk.now.process;
    process.actions[process_action_find(&process, "rate")].to =
        process_state_find(&process, "resolved");
    act(&desk, resident, "close", (struct words){0});
    assert_int_equal(desk.now.closed_at, desk.at_us);
    struct case_command rate =
        desk_command(&desk, resident, "rate", (struct words){.rating = "acceptable"});
    struct case_snapshot before = desk.now, after;
    before.process = &process;
    assert_true(case_decide(&before, &rate, &office.rules, desk.at_us, &after, NULL));
    assert_int_equal(after.closed_at, 0);
}

static void the_resident_may_close_at_once(void **state)
{
    (void)state;
    struct desk desk = unsampled_case();
    refused(&desk, officer, "close", (struct words){0}, "forbidden");
    act(&desk, resident, "close", (struct words){0});
    assert_state(&desk, "closed");
}

static void a_result_is_rated_once(void **state)
{
    (void)state;
    struct desk desk = unsampled_case();
    refused(&desk, officer, "rate", (struct words){.rating = "satisfied"}, "forbidden");
    refused(&desk, resident, "rate", (struct words){0}, "rating");
    act(&desk, resident, "close", (struct words){0});
    act(&desk, resident, "rate", (struct words){.rating = "dissatisfied"});
    assert_state(&desk, "closed");
    assert_string_equal(desk.now.rating, "dissatisfied");
    refused(&desk, resident, "rate", (struct words){.rating = "satisfied"}, "condition_not_met");
}

/* ---- rejecting ---- */

static void some_rejections_need_a_second_pair_of_eyes(void **state)
{
    static const struct {
        const char *process, *reason_class;
        bool needs; /* by engine_rules: out_of_scope_legal and not_city */
    } rows[] = {
        {"onsite_report", "out_of_scope_legal", true},
        {"onsite_report", "not_city", true},
        {"onsite_report", "unclear", false},
        {"onsite_report", "duplicate", false},
        {"onsite_report", "abusive", false},
        {"onsite_report", "other", false},
        {"waste_report", "unclear", true}, /* all of them */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk desk = desk_with(rows[i].process, QUEUE_UNIT);
        act(&desk, focal_point, "reject",
            (struct words){.reason_class = rows[i].reason_class, .reason = "see there"});
        if ((desk.now.proposal.action >= 0) != rows[i].needs) {
            fail_msg("%s of %s", rows[i].reason_class, rows[i].process);
        }
        assert_state(&desk, rows[i].needs ? "received" : "rejected");
    }
}

static void a_rejection_tells_its_reason(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    refused(&desk, focal_point, "reject", (struct words){.reason = "x"}, "reason.class");
    refused(&desk, focal_point, "reject", (struct words){.reason_class = "other"}, "reason.text");
    act(&desk, focal_point, "reject",
        (struct words){.reason_class = "out_of_scope_legal", .reason = "a complaint"});
    assert_null(desk.now.reason_text); /* not told before it is approved */
    refused(&desk, focal_point, CASE_APPROVE, (struct words){0}, "forbidden");
    desk.at_us += MINUTES(5);
    act(&desk, supervisor, CASE_APPROVE, (struct words){0});
    assert_state(&desk, "rejected");
    assert_string_equal(process_event_words[desk.now.event], "rejected");
    assert_string_equal(desk.now.reason_class, "out_of_scope_legal");
    assert_string_equal(desk.now.reason_text, "a complaint");
    assert_int_equal(desk.now.rejected_at, desk.at_us);
    assert_true(desk.now.clocks[CASE_RECEIVE].stopped);
    assert_null(desk.now.note); /* the reason is told where reasons are told */
}

static void the_city_office_rejects_what_no_unit_has(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNROUTABLE);
    act(&desk, city_office, "reject",
        (struct words){.reason_class = "unclear", .reason = "where?"});
    assert_state(&desk, "rejected");
    assert_true(desk.now.clocks[CASE_DISPATCH].stopped);
}

/* ---- withdrawing ---- */

static void the_reporter_withdraws_until_there_is_a_result(void **state)
{
    (void)state;
    struct desk desks[] = {desk_with("onsite_report", QUEUE_UNIT),
                           desk_with("onsite_report", QUEUE_UNROUTABLE),
                           accepted_case("onsite_report"), assigned_case("onsite_report")};
    act(&desks[3], officer, "ask", (struct words){.question = "?"});
    for (size_t i = 0; i < sizeof desks / sizeof desks[0]; i++) {
        refused(&desks[i], stranger, "withdraw", (struct words){0}, "forbidden");
        act(&desks[i], resident, "withdraw", (struct words){.reason = "it was nothing"});
        assert_state(&desks[i], "withdrawn");
        assert_string_equal(desks[i].now.note, "it was nothing");
        assert_int_equal(desks[i].now.next_timer, 0);
    }
    struct desk resolved = unsampled_case();
    refused(&resolved, resident, "withdraw", (struct words){0}, "action_not_allowed");
}

/* What is said with an action and kept by no effect is the note of its version. */
static void no_reason_is_lost(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    act(&desk, focal_point, "classify", (struct words){.reason = "a fire", .level = "urgent"});
    assert_string_equal(desk.now.note, "a fire");
    act(&desk, focal_point, "classify",
        (struct words){.reason = "a fire", .note = "seen", .level = "urgent"});
    assert_string_equal(desk.now.note, "seen");
    act(&desk, focal_point, "accept", (struct words){0});
    act(&desk, officer, "extend", (struct words){.minutes = 10, .reason = "wind"});
    assert_null(desk.now.note); /* it stands in the proposal */
    act(&desk, supervisor, CASE_APPROVE, (struct words){0});
    assert_string_equal(desk.now.reason_text, "wind");
    act(&desk, focal_point, "return", (struct words){.reason = "not ours", .proposed_unit = "SXD"});
    assert_null(desk.now.note); /* it stands in the trail */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_needs_text_and_evidence),
        cmocka_unit_test(not_every_process_wants_evidence),
        cmocka_unit_test(who_works_on_a_part_is_waited_for),
        cmocka_unit_test(a_picked_result_waits_for_the_check),
        cmocka_unit_test(nobody_checks_their_own_result),
        cmocka_unit_test(a_failed_check_gives_the_case_back),
        cmocka_unit_test(a_reopened_case_is_not_waited_for_by_the_control_office),
        cmocka_unit_test(the_sample_is_even_and_the_same_each_time),
        cmocka_unit_test(other_seeds_pick_other_cases),
        cmocka_unit_test(the_resident_reopens_within_the_window),
        cmocka_unit_test(a_case_is_reopened_twice_at_most),
        cmocka_unit_test(the_window_closes_by_itself),
        cmocka_unit_test(closed_is_for_as_long_as_it_is),
        cmocka_unit_test(the_resident_may_close_at_once),
        cmocka_unit_test(a_result_is_rated_once),
        cmocka_unit_test(some_rejections_need_a_second_pair_of_eyes),
        cmocka_unit_test(a_rejection_tells_its_reason),
        cmocka_unit_test(the_city_office_rejects_what_no_unit_has),
        cmocka_unit_test(the_reporter_withdraws_until_there_is_a_result),
        cmocka_unit_test(no_reason_is_lost),
    };
    return cmocka_run_group_tests(tests, desk_open_office, desk_close_office);
}
