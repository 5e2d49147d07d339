/* SPDX-License-Identifier: Apache-2.0 */
/* Time that a case is given: questions that stop its clock, and extensions that a second person
 * approves. Allowed are 2,400 working minutes: five days. */
#include "tests/unit/routing/desk.h"

/* ---- asking ---- */

static void a_question_stops_the_clock_and_the_answer_starts_it(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    assert_string_equal(due_text(&desk, CASE_RESOLVE), "2026-11-30T17:00:00.000Z");
    wait_until(&desk, "2026-11-25 10:00");
    act(&desk, officer, "ask", (struct words){.question = "which lamp?"});
    assert_state(&desk, "info_requested");
    assert_string_equal(desk.now.question, "which lamp?");
    assert_string_equal(desk.now.asked, "reporter");
    assert_string_equal(due_text(&desk, CASE_RESOLVE), ""); /* it cannot be told */
    assert_int_equal(case_due(&desk.now), desk.now.timeout_at);

    wait_until(&desk, "2026-11-26 10:00");
    act(&desk, resident, "answer", (struct words){.answer = "the third"});
    assert_state(&desk, "accepted");
    assert_string_equal(desk.now.answer, "the third");
    assert_int_equal(desk.now.timeout_at, 0);
    assert_string_equal(due_text(&desk, CASE_RESOLVE), "2026-12-01T17:00:00.000Z");
}

static void the_case_goes_back_to_where_it_was_asked_from(void **state)
{
    static const char *const states[] = {"accepted", "assigned", "in_progress"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct desk desk = i == 0 ? accepted_case("onsite_report") : assigned_case("onsite_report");
        if (i == 2) {
            act(&desk, officer, "start", (struct words){0});
        }
        act(&desk, officer, "ask", (struct words){.question = "?"});
        act(&desk, officer, "resume", (struct words){0});
        assert_state(&desk, states[i]);
    }
}

static void a_third_party_may_be_asked(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    act(&desk, officer, "ask", (struct words){.question = "?", .asked = "third_party"});
    assert_string_equal(desk.now.asked, "third_party");
    act(&desk, officer, "answer", (struct words){.answer = "!"});
    act(&desk, officer, "ask", (struct words){.question = "and?"});
    assert_string_equal(desk.now.asked, "reporter");
    assert_null(desk.now.answer); /* it was to another question */
}

/* 1,440 working minutes: three days. */
static void who_does_not_answer_is_not_waited_for_for_ever(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    wait_until(&desk, "2026-11-24 10:00");
    act(&desk, officer, "ask", (struct words){.question = "?"});
    assert_int_equal(desk.now.timeout_at, hanoi("2026-11-27 10:00"));
    assert_int_equal(desk.now.next_timer, desk.now.timeout_at);
    wait_until(&desk, "2026-11-27 09:59");
    assert_false(tick(&desk));
    wait_until(&desk, "2026-11-27 10:00");
    assert_true(tick(&desk));
    assert_string_equal(desk.now.action, "resume");
    assert_int_equal(desk.now.actor_role, ROLE_SYSTEM);
    assert_state(&desk, "accepted");
    assert_null(desk.now.answer);
    assert_string_equal(due_text(&desk, CASE_RESOLVE), "2026-12-03T17:00:00.000Z");
    refused(&desk, resident, "answer", (struct words){.answer = "late"}, "action_not_allowed");
}

static void a_comment_answers_nothing(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    act(&desk, officer, "ask", (struct words){.question = "?"});
    int64_t timeout_at = desk.now.timeout_at;
    desk.at_us += MINUTES(30);
    act(&desk, resident, "comment", (struct words){.note = "hello"});
    assert_state(&desk, "info_requested");
    assert_int_equal(desk.now.timeout_at, timeout_at);
    assert_true(clock_is_paused(&desk.now.clocks[CASE_RESOLVE]));
}

/* What ran out stays run out. */
static void asking_does_not_help_who_is_late(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    wait_until(&desk, "2026-12-01 09:00");
    act(&desk, officer, "ask", (struct words){.question = "?"});
    assert_string_equal(due_text(&desk, CASE_RESOLVE), "2026-11-30T17:00:00.000Z");
    assert_true(clock_is_overdue(&desk.now.clocks[CASE_RESOLVE], desk.at_us));
}

static void a_case_cannot_be_asked_about_for_ever(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    for (int i = 1; i < CLOCK_RUNS_MAX; i++) {
        act(&desk, officer, "ask", (struct words){.question = "?"});
        act(&desk, resident, "answer", (struct words){.answer = "!"});
    }
    refused(&desk, officer, "ask", (struct words){.question = "?"}, "condition_not_met");
    act(&desk, focal_point, "assign", (struct words){.assignee = "x"}); /* all else goes on */
}

/* The runs of a clock that has stopped are nobody's concern any more. */
static void old_pauses_are_not_counted_again(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    struct case_snapshot lead = desk.now;
    lead.id.bytes[15] = 99;
    for (int i = 1; i < CLOCK_RUNS_MAX; i++) {
        act(&desk, officer, "merge", (struct words){.into = &lead});
        act(&desk, focal_point, "separate", (struct words){0});
    }
    act(&desk, focal_point, "accept", (struct words){0});
    act(&desk, officer, "ask", (struct words){.question = "?"});
}

/* ---- the working time that was spent ---- */

static void assert_spent(const struct case_clock *clock, int64_t minutes)
{
    assert_true(clock->has_spent);
    assert_int_equal(clock->spent_us, MINUTES(minutes));
}

/* From Tuesday 08:00 to Wednesday 10:00, and from Friday 16:00 over a weekend to Monday 09:00. */
static void pauses_and_ends_tell_the_working_time_that_was_spent(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    const struct case_clock *resolve = &desk.now.clocks[CASE_RESOLVE];
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD"});
    assert_spent(&desk.now.clocks[CASE_RECEIVE], 0);
    assert_false(resolve->has_spent);
    wait_until(&desk, "2026-11-25 10:00");
    act(&desk, officer, "ask", (struct words){.question = "?"});
    assert_spent(resolve, 600);
    assert_spent(&desk.now.tasks[0].clock, 600);
    wait_until(&desk, "2026-11-27 16:00");
    act(&desk, resident, "answer", (struct words){.answer = "!"});
    assert_spent(resolve, 600);
    wait_until(&desk, "2026-11-30 08:30");
    act(&desk, other_unit, "finish_task", (struct words){.unit = "SXD", .note = "paved"});
    assert_spent(&desk.now.tasks[0].clock, 690);
    wait_until(&desk, "2026-11-30 09:00");
    act(&desk, focal_point, "assign", (struct words){.assignee = "assignee"});
    act(&desk, assignee, "resolve", (struct words){.result = "done", .evidence = 1});
    assert_spent(resolve, 720);
    assert_spent(&desk.now.tasks[0].clock, 690);
}

static void what_was_spent_on_a_contested_result_is_not_counted_again(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    const struct case_clock *resolve = &desk.now.clocks[CASE_RESOLVE];
    wait_until(&desk, "2026-11-24 10:00");
    act(&desk, assignee, "resolve", (struct words){.result = "done", .evidence = 1});
    assert_spent(resolve, 120);
    wait_until(&desk, "2026-11-25 08:00");
    act(&desk, resident, "reopen", (struct words){.reason = "not done"});
    assert_false(resolve->has_spent);
    wait_until(&desk, "2026-11-25 09:00");
    act(&desk, officer, "ask", (struct words){.question = "?"});
    assert_spent(resolve, 60);
}

/* ---- more time ---- */

static void more_time_needs_a_second_person(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    act(&desk, assignee, "extend", (struct words){.minutes = 480, .reason = "rain"});
    assert_string_equal(desk.now.action, CASE_PROPOSE);
    assert_string_equal(process_event_words[desk.now.event], "proposed");
    assert_string_equal(desk.now.proposal.by, "assignee");
    assert_string_equal(desk.now.proposal.reason_text, "rain");
    assert_int_equal(desk.now.extensions, 0);
    assert_string_equal(due_text(&desk, CASE_RESOLVE), "2026-11-30T17:00:00.000Z");

    refused(&desk, officer, CASE_APPROVE, (struct words){0}, "forbidden");
    refused(&desk, resident, CASE_APPROVE, (struct words){0}, "forbidden");
    act(&desk, supervisor, CASE_APPROVE, (struct words){.note = "granted"});
    assert_string_equal(desk.now.action, "extend");
    assert_string_equal(process_event_words[desk.now.event], "extended");
    assert_string_equal(desk.now.actor_ref, "supervisor");
    assert_int_equal(desk.now.proposal.action, -1);
    assert_int_equal(desk.now.extensions, 1);
    assert_string_equal(due_text(&desk, CASE_RESOLVE), "2026-12-01T17:00:00.000Z");
    assert_state(&desk, "assigned");
}

static void nobody_approves_their_own(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    act(&desk, supervisor, "extend", (struct words){.minutes = 60, .reason = "rain"});
    refused(&desk, supervisor, CASE_APPROVE, (struct words){0}, "forbidden");
    struct person both = {"supervisor", supervisor.actor | ACTOR_BIT(ACTOR_CITY_OFFICE)};
    refused(&desk, both, CASE_APPROVE, (struct words){0}, "forbidden");
    act(&desk, city_office, CASE_APPROVE, (struct words){0});
    assert_int_equal(desk.now.extensions, 1);
}

static void who_disapproves_says_why(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    act(&desk, assignee, "extend", (struct words){.minutes = 60, .reason = "rain"});
    refused(&desk, supervisor, CASE_DISAPPROVE, (struct words){0}, "reason.text");
    act(&desk, supervisor, CASE_DISAPPROVE, (struct words){.reason = "the sun shines"});
    assert_string_equal(process_event_words[desk.now.event], "declined");
    assert_string_equal(desk.now.note, "the sun shines");
    assert_int_equal(desk.now.proposal.action, -1);
    assert_int_equal(desk.now.extensions, 0);
    act(&desk, assignee, "extend", (struct words){.minutes = 30, .reason = "wind"});
}

static void whoever_proposed_may_take_it_back(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    act(&desk, assignee, "extend", (struct words){.minutes = 600, .reason = "rain"});
    refused(&desk, officer, CASE_DISAPPROVE, (struct words){.reason = "no"}, "forbidden");
    act(&desk, assignee, CASE_DISAPPROVE, (struct words){.reason = "60 is enough"});
    assert_int_equal(desk.now.proposal.action, -1);
    assert_int_equal(desk.now.extensions, 0);
    act(&desk, assignee, "extend", (struct words){.minutes = 60, .reason = "rain"});
}

static bool is_repeat_of(const struct desk *desk, struct person who, const char *action)
{
    struct case_command command = desk_command(desk, who, action, (struct words){0});
    command.expected_version = desk->now.version - 1;
    return case_is_repeat(&desk->now, &command, &office.rules);
}

static void a_lost_answer_can_be_asked_for_again(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    act(&desk, assignee, "extend", (struct words){.minutes = 60, .reason = "rain"});
    assert_true(is_repeat_of(&desk, assignee, "extend"));
    assert_false(is_repeat_of(&desk, assignee, "resolve"));
    assert_false(is_repeat_of(&desk, officer, "extend"));
    act(&desk, supervisor, CASE_APPROVE, (struct words){0});
    assert_true(is_repeat_of(&desk, supervisor, CASE_APPROVE));
    assert_false(is_repeat_of(&desk, assignee, CASE_APPROVE));
    assert_false(is_repeat_of(&desk, supervisor, CASE_DISAPPROVE));
    act(&desk, assignee, "extend", (struct words){.minutes = 60, .reason = "rain"});
    act(&desk, supervisor, CASE_DISAPPROVE, (struct words){.reason = "no"});
    assert_true(is_repeat_of(&desk, supervisor, CASE_DISAPPROVE));
    assert_false(is_repeat_of(&desk, supervisor, CASE_APPROVE));
    act(&desk, supervisor, "comment", (struct words){.note = "hm"});
    assert_true(is_repeat_of(&desk, supervisor, "comment"));
    assert_false(is_repeat_of(&desk, supervisor, CASE_APPROVE)); /* nobody had to approve of it */
}

static void one_proposal_at_a_time(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    act(&desk, assignee, "extend", (struct words){.minutes = 60, .reason = "rain"});
    refused(&desk, officer, "extend", (struct words){.minutes = 90, .reason = "wind"},
            "condition_not_met");
    assert_int_equal(desk.now.proposal.minutes, 60);
}

static void a_proposal_ends_with_the_state(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    act(&desk, assignee, "extend", (struct words){.minutes = 60, .reason = "rain"});
    act(&desk, officer, "comment", (struct words){.note = "hm"});
    assert_true(desk.now.proposal.action >= 0);
    act(&desk, assignee, "start", (struct words){0});
    assert_int_equal(desk.now.proposal.action, -1);
    refused(&desk, supervisor, CASE_APPROVE, (struct words){0}, "action_not_allowed");
}

/* Two supervisors at once: who comes second has seen another version. */
static void the_second_of_two_who_approve_is_stale(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    act(&desk, assignee, "extend", (struct words){.minutes = 60, .reason = "rain"});
    struct case_command second = desk_command(&desk, city_office, CASE_APPROVE, (struct words){0});
    act(&desk, supervisor, CASE_APPROVE, (struct words){0});
    assert_false(desk_decide(&desk, &second));
    assert_string_equal(desk.err.code, "stale_version");
}

static void extensions_are_counted(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    for (int i = 0; i < 2; i++) {
        act(&desk, assignee, "extend", (struct words){.minutes = 60, .reason = "rain"});
        act(&desk, supervisor, CASE_APPROVE, (struct words){0});
    }
    assert_int_equal(desk.now.extensions, 2);
    refused(&desk, assignee, "extend", (struct words){.minutes = 60, .reason = "rain"},
            "condition_not_met");
}

static void who_is_late_gets_no_more_time(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    wait_until(&desk, "2026-11-30 17:00"); /* on it is in time */
    act(&desk, assignee, "extend", (struct words){.minutes = 60, .reason = "rain"});
    desk.at_us += MINUTES(1);
    refused(&desk, supervisor, CASE_APPROVE, (struct words){0}, "condition_not_met");
    act(&desk, supervisor, CASE_DISAPPROVE, (struct words){.reason = "too late"});
    refused(&desk, assignee, "extend", (struct words){.minutes = 60, .reason = "rain"},
            "condition_not_met");
}

static void an_extension_is_counted_as_the_clock_runs(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    act(&desk, focal_point, "classify", (struct words){.reason = "fire", .level = "urgent"});
    act(&desk, focal_point, "accept", (struct words){0});
    assert_string_equal(due_text(&desk, CASE_RESOLVE), "2026-11-24T12:00:00.000Z");
    act(&desk, officer, "extend", (struct words){.minutes = 600, .reason = "a large fire"});
    act(&desk, supervisor, CASE_APPROVE, (struct words){0});
    assert_string_equal(due_text(&desk, CASE_RESOLVE), "2026-11-24T22:00:00.000Z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_stops_the_clock_and_the_answer_starts_it),
        cmocka_unit_test(the_case_goes_back_to_where_it_was_asked_from),
        cmocka_unit_test(a_third_party_may_be_asked),
        cmocka_unit_test(who_does_not_answer_is_not_waited_for_for_ever),
        cmocka_unit_test(a_comment_answers_nothing),
        cmocka_unit_test(asking_does_not_help_who_is_late),
        cmocka_unit_test(a_case_cannot_be_asked_about_for_ever),
        cmocka_unit_test(old_pauses_are_not_counted_again),
        cmocka_unit_test(pauses_and_ends_tell_the_working_time_that_was_spent),
        cmocka_unit_test(what_was_spent_on_a_contested_result_is_not_counted_again),
        cmocka_unit_test(more_time_needs_a_second_person),
        cmocka_unit_test(nobody_approves_their_own),
        cmocka_unit_test(who_disapproves_says_why),
        cmocka_unit_test(whoever_proposed_may_take_it_back),
        cmocka_unit_test(a_lost_answer_can_be_asked_for_again),
        cmocka_unit_test(one_proposal_at_a_time),
        cmocka_unit_test(a_proposal_ends_with_the_state),
        cmocka_unit_test(the_second_of_two_who_approve_is_stale),
        cmocka_unit_test(extensions_are_counted),
        cmocka_unit_test(who_is_late_gets_no_more_time),
        cmocka_unit_test(an_extension_is_counted_as_the_clock_runs),
    };
    return cmocka_run_group_tests(tests, desk_open_office, desk_close_office);
}
