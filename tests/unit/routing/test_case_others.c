/* SPDX-License-Identifier: Apache-2.0 */
/* Cases that stand for others, and units that co-operate in one. */
#include "tests/unit/routing/desk.h"

static const struct uuid none;

static struct desk other_case(const char *process, uint8_t number)
{
    struct desk desk = desk_with(process, QUEUE_UNIT);
    desk.now.id.bytes[15] = number;
    return desk;
}

static void resolve(struct desk *desk)
{
    act(desk, focal_point, "accept", (struct words){0});
    act(desk, focal_point, "assign", (struct words){.assignee = "assignee"});
    act(desk, assignee, "resolve", (struct words){.result = "paved", .evidence = 3});
}

/* What the timer does with a merged case: false when it waits. */
static bool follow(struct desk *desk, const struct desk *lead)
{
    struct case_command command;
    if (!case_follow_command(&desk->now, &lead->now, &command)) {
        return false;
    }
    if (!desk_decide(desk, &command)) {
        fail_msg("%s: %s", command.action, desk->err.text);
    }
    return true;
}

/* ---- merging ---- */

static void a_duplicate_takes_over_the_result_of_the_other(void **state)
{
    (void)state;
    struct desk lead = other_case("onsite_report", 1), desk = accepted_case("onsite_report");
    act(&desk, officer, "merge", (struct words){.into = &lead.now});
    assert_state(&desk, "merged");
    assert_true(uuid_equal(&desk.now.merged_into, &lead.now.id));
    assert_true(clock_is_paused(&desk.now.clocks[CASE_RESOLVE]));
    assert_int_equal(desk.now.next_timer, 0); /* the lead is reminded of, not this one */
    assert_int_equal(case_due(&desk.now), 0);
    assert_false(follow(&desk, &lead));

    resolve(&lead);
    assert_true(follow(&desk, &lead));
    assert_state(&desk, "resolved");
    assert_string_equal(desk.now.result_text, "paved");
    assert_int_equal(desk.now.evidence_count, 3);
    assert_null(desk.now.result_by);
    assert_string_equal(process_event_words[desk.now.event], "resolved");
    assert_true(desk.now.clocks[CASE_RESOLVE].stopped && desk.now.rating_asked);
    assert_int_equal(desk.now.audit, AUDIT_NONE); /* the lead's is checked */
    assert_true(uuid_equal(&desk.now.merged_into, &lead.now.id));
}

static void who_contests_a_result_that_was_taken_over_stands_alone_again(void **state)
{
    (void)state;
    struct desk lead = other_case("onsite_report", 1), desk = accepted_case("onsite_report");
    act(&desk, officer, "merge", (struct words){.into = &lead.now});
    resolve(&lead);
    assert_true(follow(&desk, &lead));
    act(&desk, resident, "reopen", (struct words){.reason = "not my lamp"});
    assert_true(uuid_equal(&desk.now.merged_into, &none));
    assert_state(&desk, "accepted");
}

static void a_duplicate_of_what_came_to_nothing_goes_on(void **state)
{
    static const struct {
        const char *what;
        const struct person *who;
        const char *action;
        struct words words;
    } rows[] = {
        {"rejected", &focal_point, "reject", {.reason_class = "unclear", .reason = "?"}},
        {"withdrawn", &resident, "withdraw", {0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk lead = other_case("onsite_report", 1), desk = accepted_case("onsite_report");
        act(&desk, officer, "merge", (struct words){.into = &lead.now});
        act(&lead, *rows[i].who, rows[i].action, rows[i].words);
        desk.at_us += DAYS(1);
        assert_true(follow(&desk, &lead));
        assert_state(&desk, "accepted");
        assert_true(uuid_equal(&desk.now.merged_into, &none));
        assert_true(clock_is_running(&desk.now.clocks[CASE_RESOLVE]));
        assert_string_equal(due_text(&desk, CASE_RESOLVE), "2026-12-01T17:00:00.000Z");
    }
}

/* A booking that nobody came to has ended, and has no result to take over. */
static void there_must_be_a_result_to_take_over(void **state)
{
    (void)state;
    struct desk lead = other_case("reception_booking", 1), desk = accepted_case("onsite_report");
    act(&desk, officer, "merge", (struct words){.into = &lead.now});
    act(&lead, officer, "miss", (struct words){0});
    assert_true(follow(&desk, &lead));
    assert_state(&desk, "accepted");
}

static void merging_is_undone_by_hand(void **state)
{
    (void)state;
    struct desk lead = other_case("onsite_report", 1);
    struct desk desks[] = {desk_with("onsite_report", QUEUE_UNIT), accepted_case("onsite_report"),
                           assigned_case("onsite_report")};
    static const char *const states[] = {"received", "accepted", "assigned"};
    for (size_t i = 0; i < 3; i++) {
        act(&desks[i], officer, "merge", (struct words){.into = &lead.now});
        desks[i].at_us += DAYS(1);
        act(&desks[i], focal_point, "separate", (struct words){.reason = "another lamp"});
        assert_state(&desks[i], states[i]);
        assert_string_equal(desks[i].now.note, "another lamp");
        assert_true(uuid_equal(&desks[i].now.merged_into, &none));
        act(&desks[i], officer, "merge", (struct words){.into = &lead.now});
    }
    (void)state;
}

static void only_an_open_case_can_stand_for_another(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report"), lead = other_case("onsite_report", 1),
                third = other_case("onsite_report", 2);
    refused(&desk, officer, "merge", (struct words){.into = &desk.now}, "into"); /* itself */
    struct case_command unknown =
        desk_command(&desk, officer, "merge", (struct words){.into = &lead.now});
    unknown.lead = NULL;
    assert_false(desk_decide(&desk, &unknown));
    assert_string_equal(desk.err.fields[0].code, "unknown_case");

    act(&lead, officer, "merge", (struct words){.into = &third.now});
    refused(&desk, officer, "merge", (struct words){.into = &lead.now}, "condition_not_met");
    refused(&third, officer, "merge", (struct words){.into = &lead.now}, "condition_not_met");
    resolve(&third);
    refused(&desk, officer, "merge", (struct words){.into = &third.now}, "condition_not_met");
}

/* One after the other, as each is waked by the one that it follows. */
static void chains_follow_link_by_link(void **state)
{
    (void)state;
    struct desk first = other_case("onsite_report", 1), second = other_case("onsite_report", 2),
                third = other_case("onsite_report", 3);
    act(&first, officer, "merge", (struct words){.into = &second.now});
    act(&second, officer, "merge", (struct words){.into = &third.now});
    resolve(&third);
    assert_false(follow(&first, &second));
    assert_true(follow(&second, &third));
    assert_true(follow(&first, &second));
    assert_string_equal(first.now.result_text, "paved");

    struct desk a = other_case("onsite_report", 1), b = other_case("onsite_report", 2),
                c = other_case("onsite_report", 3);
    act(&a, officer, "merge", (struct words){.into = &b.now});
    act(&b, officer, "merge", (struct words){.into = &c.now});
    act(&c, resident, "withdraw", (struct words){0});
    assert_true(follow(&b, &c));
    assert_state(&b, "received");
    assert_false(follow(&a, &b)); /* it goes on, and a with it */
}

/* Two officers merged the two into each other at the same moment: none would ever end. */
static void two_cases_do_not_wait_for_each_other(void **state)
{
    (void)state;
    struct desk a = other_case("onsite_report", 1), b = other_case("onsite_report", 2);
    struct case_snapshot open = a.now;
    act(&a, officer, "merge", (struct words){.into = &b.now});
    act(&b, officer, "merge", (struct words){.into = &open});
    assert_true(follow(&a, &b));
    assert_state(&a, "received");
    assert_false(follow(&b, &a));
}

/* ---- co-operating units ---- */

static void a_part_has_a_state_and_a_clock_of_its_own(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    wait_until(&desk, "2026-11-24 10:00");
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD", .note = "pave it"});
    const struct case_task *task = &desk.now.tasks[0];
    assert_string_equal(task->unit, "SXD");
    assert_string_equal(task->note, "pave it");
    assert_int_equal(task->state, TASK_OPEN);
    assert_int_equal(clock_due(&task->clock), hanoi("2026-11-26 15:00")); /* 1,200 minutes */
    assert_string_equal(process_event_words[desk.now.event], "task_changed");

    act(&desk, other_unit, "accept_task", (struct words){.unit = "SXD"});
    assert_int_equal(task->state, TASK_ACCEPTED);
    assert_true(clock_is_running(&task->clock));
    act(&desk, other_unit, "finish_task", (struct words){.unit = "SXD", .note = "paved"});
    assert_int_equal(task->state, TASK_DONE);
    assert_string_equal(task->note, "paved");
    assert_true(task->clock.stopped);
    refused(&desk, other_unit, "finish_task", (struct words){.unit = "SXD", .note = "again"},
            "condition_not_met");
}

static void a_part_is_declined_with_a_reason(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD"});
    refused(&desk, other_unit, "decline_task", (struct words){.unit = "SXD"}, "reason.text");
    act(&desk, other_unit, "decline_task", (struct words){.unit = "SXD", .reason = "not a road"});
    assert_int_equal(desk.now.tasks[0].state, TASK_DECLINED);
    assert_string_equal(desk.now.tasks[0].note, "not a road");
    assert_true(desk.now.tasks[0].clock.stopped);
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD", .note = "it is"});
    assert_int_equal(desk.now.tasks[0].state, TASK_OPEN); /* asked once more */
    assert_true(clock_is_running(&desk.now.tasks[0].clock));
    assert_int_equal(desk.now.task_count, 1);
}

static void only_a_unit_with_a_part_does_it(void **state)
{
    (void)state;
    static const char *const actions[] = {"accept_task", "finish_task", "decline_task"};
    struct desk desk = accepted_case("onsite_report");
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD"});
    for (size_t i = 0; i < 3; i++) {
        struct words words = {
            .unit = "SYT", .note = i == 1 ? "n" : NULL, .reason = i == 2 ? "r" : NULL};
        refused(&desk, other_unit, actions[i], words, "condition_not_met");
        words.unit = NULL;
        refused(&desk, other_unit, actions[i], words, "condition_not_met");
        words.unit = "SXD";
        refused(&desk, officer, actions[i], words, "forbidden");
    }
}

static void parts_are_given_to_others_and_once(void **state)
{
    static const char *const units[] = {"U1", "U2", "U3", "U4", "U5", "U6", "U7", "U8"};
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    refused(&desk, focal_point, "add_task", (struct words){.unit = "00070"}, "unit"); /* it leads */
    for (size_t i = 0; i < CASE_TASKS_MAX; i++) {
        act(&desk, focal_point, "add_task", (struct words){.unit = units[i]});
    }
    refused(&desk, focal_point, "add_task", (struct words){.unit = "U9"}, "unit");
    act(&desk, other_unit, "accept_task", (struct words){.unit = "U1"});
    refused(&desk, focal_point, "add_task", (struct words){.unit = "U1"}, "unit");
    refused(&desk, focal_point, "add_task", (struct words){.unit = "U2"}, "unit");
}

/* From the rules of routing: before anybody has accepted the case. */
static void parts_begin_when_the_case_is_accepted(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD"});
    act(&desk, focal_point, "add_task", (struct words){.unit = "SYT"});
    act(&desk, other_unit, "accept_task", (struct words){.unit = "SYT"});
    assert_int_equal(desk.now.tasks[0].clock.run_count, 0);
    wait_until(&desk, "2026-11-25 10:00");
    act(&desk, focal_point, "accept", (struct words){0});
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(clock_due(&desk.now.tasks[i].clock), hanoi("2026-11-27 15:00"));
    }
}

static void parts_pause_with_the_case(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD"});
    wait_until(&desk, "2026-11-24 10:00");
    act(&desk, officer, "ask", (struct words){.question = "?"});
    assert_true(clock_is_paused(&desk.now.tasks[0].clock));
    act(&desk, other_unit, "accept_task", (struct words){.unit = "SXD"});
    wait_until(&desk, "2026-11-25 10:00");
    act(&desk, resident, "answer", (struct words){.answer = "!"});
    assert_int_equal(clock_due(&desk.now.tasks[0].clock), hanoi("2026-11-27 12:00"));
}

/* A part that nobody took lapses with the result, and is asked for again when there is none. */
static void parts_that_lapsed_begin_anew_with_the_case(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD"});
    act(&desk, focal_point, "add_task", (struct words){.unit = "SYT"});
    act(&desk, other_unit, "finish_task", (struct words){.unit = "SYT", .note = "done"});
    act(&desk, focal_point, "assign", (struct words){.assignee = "assignee"});
    act(&desk, assignee, "resolve", (struct words){.result = "done", .evidence = 1});
    assert_true(desk.now.tasks[0].clock.stopped);
    wait_until(&desk, "2026-11-26 08:00");
    act(&desk, resident, "reopen", (struct words){.reason = "no"});
    assert_int_equal(clock_due(&desk.now.tasks[0].clock), hanoi("2026-11-30 12:00"));
    assert_int_equal(desk.now.tasks[1].state, TASK_DONE);
    assert_true(desk.now.tasks[1].clock.stopped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_duplicate_takes_over_the_result_of_the_other),
        cmocka_unit_test(who_contests_a_result_that_was_taken_over_stands_alone_again),
        cmocka_unit_test(a_duplicate_of_what_came_to_nothing_goes_on),
        cmocka_unit_test(there_must_be_a_result_to_take_over),
        cmocka_unit_test(merging_is_undone_by_hand),
        cmocka_unit_test(only_an_open_case_can_stand_for_another),
        cmocka_unit_test(chains_follow_link_by_link),
        cmocka_unit_test(two_cases_do_not_wait_for_each_other),
        cmocka_unit_test(a_part_has_a_state_and_a_clock_of_its_own),
        cmocka_unit_test(a_part_is_declined_with_a_reason),
        cmocka_unit_test(only_a_unit_with_a_part_does_it),
        cmocka_unit_test(parts_are_given_to_others_and_once),
        cmocka_unit_test(parts_begin_when_the_case_is_accepted),
        cmocka_unit_test(parts_pause_with_the_case),
        cmocka_unit_test(parts_that_lapsed_begin_anew_with_the_case),
    };
    return cmocka_run_group_tests(tests, desk_open_office, desk_close_office);
}
