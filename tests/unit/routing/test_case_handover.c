/* SPDX-License-Identifier: Apache-2.0 */
/* Whose case it is: handing over and its limit, disputes, the city office, borders between areas,
 * units that end. */
#include "services/routing/unit.h"
#include "tests/unit/routing/desk.h"

static void give_back(struct desk *desk, const char *to)
{
    act(desk, focal_point, "return", (struct words){.reason = "not ours", .proposed_unit = to});
}

static void assert_disputed(const struct desk *desk, const char *unit)
{
    assert_int_equal(desk->now.queue, QUEUE_DISPUTED);
    assert_string_equal(desk->now.unit, unit); /* who had it last */
    assert_true(clock_is_running(&desk->now.clocks[CASE_DISPATCH]));
}

/* ---- handing over ---- */

static void who_gives_a_case_back_names_the_next(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    give_back(&desk, "SXD");
    assert_state(&desk, "received");
    assert_int_equal(desk.now.queue, QUEUE_UNIT);
    assert_string_equal(desk.now.unit, "SXD");
    assert_null(desk.now.assignee);
    assert_int_equal(desk.now.trail_count, 1);
    assert_string_equal(desk.now.trail[0].from, "00070");
    assert_string_equal(desk.now.trail[0].to, "SXD");
    assert_string_equal(desk.now.trail[0].reason, "not ours");
    assert_int_equal(desk.now.trail[0].at, desk.at_us);
    refused(&desk, focal_point, "return", (struct words){.proposed_unit = "SYT"}, "reason.text");
    refused(&desk, focal_point, "return", (struct words){.reason = "r"}, "proposed_unit");
}

static void handing_over_moves_no_clock(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    int64_t receive_due = clock_due(&desk.now.clocks[CASE_RECEIVE]);
    wait_until(&desk, "2026-11-24 10:00");
    give_back(&desk, "SXD");
    assert_int_equal(clock_due(&desk.now.clocks[CASE_RECEIVE]), receive_due);

    act(&desk, focal_point, "accept", (struct words){0});
    int64_t resolve_due = clock_due(&desk.now.clocks[CASE_RESOLVE]);
    wait_until(&desk, "2026-11-25 10:00");
    give_back(&desk, "SYT");
    assert_true(clock_is_running(&desk.now.clocks[CASE_RESOLVE]));
    assert_int_equal(case_due(&desk.now), resolve_due);
    wait_until(&desk, "2026-11-26 10:00");
    act(&desk, focal_point, "accept", (struct words){0});
    assert_int_equal(clock_due(&desk.now.clocks[CASE_RESOLVE]), resolve_due);
    assert_int_equal(desk.now.accepted_at, hanoi("2026-11-24 10:00"));
}

static void after_two_hands_the_city_office_decides(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    give_back(&desk, "SXD");
    give_back(&desk, "SYT");
    assert_int_equal(desk.now.queue, QUEUE_UNIT);
    give_back(&desk, "00004");
    assert_disputed(&desk, "SYT");
    assert_int_equal(desk.now.trail_count, 3);
    assert_string_equal(desk.now.trail[2].to, "00004"); /* proposed, and not given */
}

static void what_nobody_else_is_named_for_is_disputed(void **state)
{
    static const struct {
        const char *what, *first, *then;
        int handovers; /* before it is disputed */
    } rows[] = {
        {"the city office", UNIT_CITY_OFFICE, NULL, 0},
        {"the unit itself", "00070", NULL, 0},
        {"a unit that gave it back before", "SXD", "00070", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
        give_back(&desk, rows[i].first);
        if (rows[i].handovers > 0) {
            give_back(&desk, rows[i].then);
        }
        if (desk.now.queue != QUEUE_DISPUTED ||
            (int)desk.now.trail_count != rows[i].handovers + 1) {
            fail_msg("%s: not disputed", rows[i].what);
        }
    }
}

static void a_dispute_has_a_clock_of_its_own(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    wait_until(&desk, "2026-11-24 10:00");
    give_back(&desk, UNIT_CITY_OFFICE);
    assert_string_equal(due_text(&desk, CASE_DISPATCH), "2026-11-24T15:00:00.000Z");
    assert_int_equal(case_due(&desk.now), hanoi("2026-11-24 15:00"));
    assert_string_equal(due_text(&desk, CASE_RECEIVE), "2026-11-24T17:00:00.000Z");
    for (size_t i = 0; i < 3; i++) { /* the unit has no part in it any more */
        static const char *const actions[] = {"accept", "return", "confirm_area"};
        refused(&desk, focal_point, actions[i], (struct words){.reason = "r"},
                "action_not_allowed");
    }
    refused(&desk, city_office, "route", (struct words){.unit = "SXD"}, "action_not_allowed");
}

static void the_city_offices_decision_binds(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    give_back(&desk, UNIT_CITY_OFFICE);
    refused(&desk, supervisor, "decide", (struct words){.unit = "SXD"}, "forbidden");
    act(&desk, city_office, "decide", (struct words){.unit = "00070"});
    assert_int_equal(desk.now.queue, QUEUE_UNIT);
    assert_string_equal(desk.now.unit, "00070");
    assert_true(desk.now.bound && desk.now.clocks[CASE_DISPATCH].stopped);
    assert_string_equal(desk.now.routing_rule.code, "named-by-city-office");
    refused(&desk, focal_point, "return", (struct words){.reason = "no", .proposed_unit = "SXD"},
            "condition_not_met");
    act(&desk, focal_point, "accept", (struct words){0});
    refused(&desk, focal_point, "return", (struct words){.reason = "no", .proposed_unit = "SXD"},
            "condition_not_met");
    assert_int_equal(desk.now.trail_count, 1);
}

/* A proposal is one of the unit that has the case. */
static void handing_over_drops_what_was_proposed(void **state)
{
    static const char *const next[] = {"SXD", UNIT_CITY_OFFICE};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
        act(&desk, focal_point, "reject",
            (struct words){.reason_class = "not_city", .reason = "no"});
        assert_true(desk.now.proposal.action >= 0);
        give_back(&desk, next[i]);
        assert_int_equal(desk.now.proposal.action, -1);
    }
}

static void a_unit_that_gets_a_case_does_not_co_operate_in_it(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD"});
    act(&desk, focal_point, "add_task", (struct words){.unit = "SYT"});
    give_back(&desk, "SXD");
    assert_int_equal(desk.now.task_count, 1);
    assert_string_equal(desk.now.tasks[0].unit, "SYT");
}

/* ---- the city office ---- */

static void unroutable_cases_wait_for_the_city_office(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNROUTABLE);
    assert_string_equal(due_text(&desk, CASE_DISPATCH), "2026-11-24T12:00:00.000Z");
    assert_int_equal(case_due(&desk.now), hanoi("2026-11-24 12:00"));
    refused(&desk, focal_point, "accept", (struct words){0}, "action_not_allowed");
    refused(&desk, city_office, "route", (struct words){0}, "unit");
    wait_until(&desk, "2026-11-24 09:00");
    act(&desk, city_office, "route", (struct words){.unit = "SXD"});
    assert_int_equal(desk.now.queue, QUEUE_UNIT);
    assert_true(desk.now.clocks[CASE_DISPATCH].stopped && !desk.now.bound);
    assert_int_equal(case_due(&desk.now), hanoi("2026-11-24 17:00")); /* as it was promised */
    act(&desk, focal_point, "accept", (struct words){0});
}

/* In a process where one can: whoever looked for a unit looks for it again. */
static void what_is_taken_up_again_without_a_unit_has_a_clock(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNROUTABLE);
    struct process process = *desk.now.process;
    struct process_action *reopen = &process.actions[process_action_find(&process, "reopen")];
    reopen->from |= PROCESS_BIT(process_state_find(&process, "rejected"));
    reopen->to = process_state_find(&process, "received");
    reopen->queues |= PROCESS_BIT(QUEUE_UNROUTABLE);
    act(&desk, city_office, "reject", (struct words){.reason_class = "unclear", .reason = "?"});
    wait_until(&desk, "2026-11-25 08:00");
    struct case_command command =
        desk_command(&desk, resident, "reopen", (struct words){.reason = "look again"});
    struct case_snapshot before = desk.now, after;
    before.process = &process;
    assert_true(case_decide(&before, &command, &office.rules, desk.at_us, &after, NULL));
    assert_int_equal(clock_due(&after.clocks[CASE_DISPATCH]), hanoi("2026-11-25 12:00"));
    assert_null(fault_of_case(&after, &office.rules));
}

static void the_city_office_may_name_another_unit(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    act(&desk, city_office, "route", (struct words){.unit = "SXD"});
    assert_string_equal(desk.now.unit, "SXD");
    assert_int_equal(desk.now.trail_count, 0);
    act(&desk, focal_point, "accept", (struct words){0});
    refused(&desk, city_office, "route", (struct words){.unit = "SYT"}, "action_not_allowed");
}

static void a_case_is_classified_before_it_is_accepted(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNROUTABLE);
    refused(&desk, city_office, "classify", (struct words){.reason = "danger"}, "category");
    act(&desk, city_office, "classify", (struct words){.reason = "danger", .level = "urgent"});
    assert_int_equal(desk.now.level, LEVEL_URGENT);
    assert_string_equal(desk.now.category, "giao-thong");
    act(&desk, city_office, "classify", (struct words){.reason = "rubbish", .category = "rac"});
    assert_string_equal(desk.now.category, "rac");
    assert_int_equal(desk.now.level, LEVEL_URGENT);
    act(&desk, city_office, "route", (struct words){.unit = "00070"});
    act(&desk, focal_point, "accept", (struct words){0});
    assert_string_equal(desk.now.resolve_rule.code, "urgent");
    assert_int_equal(desk.now.clocks[CASE_RESOLVE].mode, CLOCK_ALWAYS);
}

/* ---- near a border ---- */

static struct desk near_border(void)
{
    struct desk desk = {.at_us = hanoi("2026-11-24 08:00")};
    desk.now = engine_filed(process_find(&office.book, "onsite_report", 1), QUEUE_UNIT,
                            office.calendar, desk.at_us);
    desk.now.near_border = true;
    desk.now.near_area = "00082";
    struct error err = {0};
    assert_true(case_open(&desk.now, &office.rules, desk.at_us, &err));
    return desk;
}

static void near_a_border_somebody_confirms_the_area(void **state)
{
    static const struct {
        const char *action;
        const struct person *who;
        struct words words;
        bool confirmed;
    } rows[] = {
        {"confirm_area", &focal_point, {0}, true},
        {"accept", &focal_point, {0}, true},
        {"route", &city_office, {.unit = "00082"}, true},
        {"return", &focal_point, {.reason = "theirs", .proposed_unit = "00082"}, false},
        {"comment", &officer, {.note = "looking at it"}, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk desk = near_border();
        assert_true(clock_is_running(&desk.now.clocks[CASE_DISPATCH]));
        assert_int_equal(case_due(&desk.now), clock_due(&desk.now.clocks[CASE_RECEIVE]));
        act(&desk, *rows[i].who, rows[i].action, rows[i].words);
        if (desk.now.area_confirmed != rows[i].confirmed ||
            desk.now.clocks[CASE_DISPATCH].stopped != rows[i].confirmed) {
            fail_msg("%s: %s", rows[i].action, rows[i].confirmed ? "not confirmed" : "confirmed");
        }
    }
}

static void elsewhere_there_is_no_border_to_confirm(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    assert_false(desk.now.area_confirmed);
    assert_int_equal(desk.now.clocks[CASE_DISPATCH].run_count, 0);
}

/* ---- units that end ---- */

static void open_cases_go_to_the_successor(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD"});
    act(&desk, officer, "extend", (struct words){.minutes = 60, .reason = "rain"});
    struct case_clock resolve = desk.now.clocks[CASE_RESOLVE];
    act(&desk, the_system, CASE_SUCCEED, (struct words){.unit = "00082"});
    assert_string_equal(desk.now.unit, "00082");
    assert_null(desk.now.assignee);
    assert_string_equal(desk.now.routing_rule.code, "unit-succession");
    assert_string_equal(process_event_words[desk.now.event], "routed");
    assert_state(&desk, "assigned");
    assert_int_equal(clock_due(&desk.now.clocks[CASE_RESOLVE]), clock_due(&resolve));
    assert_int_equal(desk.now.task_count, 1);
}

static void a_successor_that_co_operates_leads_from_now_on(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    act(&desk, focal_point, "add_task", (struct words){.unit = "00082"});
    act(&desk, the_system, CASE_SUCCEED, (struct words){.unit = "00082"});
    assert_int_equal(desk.now.task_count, 0);
}

static void open_tasks_go_to_the_successor(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD"});
    struct case_task before = desk.now.tasks[0];
    act(&desk, the_system, CASE_SUCCEED_TASK,
        (struct words){.unit = "SXD", .proposed_unit = "00082"});
    assert_string_equal(process_event_words[desk.now.event], "task_changed");
    assert_int_equal(desk.now.task_count, 1);
    assert_string_equal(desk.now.tasks[0].unit, "00082");
    assert_int_equal(desk.now.tasks[0].state, TASK_OPEN);
    assert_int_equal(clock_due(&desk.now.tasks[0].clock), clock_due(&before.clock));
    refused(&desk, the_system, CASE_SUCCEED_TASK,
            (struct words){.unit = "SXD", .proposed_unit = "00082"}, "condition_not_met");
}

static void a_successor_has_no_two_parts(void **state)
{
    (void)state;
    struct desk desk = assigned_case("onsite_report");
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD"});
    act(&desk, focal_point, "add_task", (struct words){.unit = "00082"});
    act(&desk, the_system, CASE_SUCCEED_TASK,
        (struct words){.unit = "SXD", .proposed_unit = "00082"});
    assert_int_equal(desk.now.tasks[0].state, TASK_DECLINED);
    assert_int_equal(desk.now.tasks[1].state, TASK_OPEN);
    act(&desk, the_system, CASE_SUCCEED_TASK,
        (struct words){.unit = "00082", .proposed_unit = desk.now.unit});
    assert_int_equal(desk.now.task_count, 2);
    assert_int_equal(desk.now.tasks[1].state, TASK_DECLINED);
    act(&desk, assignee, "resolve", (struct words){.result = "done", .evidence = 1});
}

static void a_dispute_outlives_the_unit(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    give_back(&desk, UNIT_CITY_OFFICE);
    act(&desk, the_system, CASE_SUCCEED, (struct words){.unit = "00082"});
    assert_disputed(&desk, "00082");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_gives_a_case_back_names_the_next),
        cmocka_unit_test(handing_over_moves_no_clock),
        cmocka_unit_test(after_two_hands_the_city_office_decides),
        cmocka_unit_test(what_nobody_else_is_named_for_is_disputed),
        cmocka_unit_test(a_dispute_has_a_clock_of_its_own),
        cmocka_unit_test(the_city_offices_decision_binds),
        cmocka_unit_test(handing_over_drops_what_was_proposed),
        cmocka_unit_test(a_unit_that_gets_a_case_does_not_co_operate_in_it),
        cmocka_unit_test(unroutable_cases_wait_for_the_city_office),
        cmocka_unit_test(what_is_taken_up_again_without_a_unit_has_a_clock),
        cmocka_unit_test(the_city_office_may_name_another_unit),
        cmocka_unit_test(a_case_is_classified_before_it_is_accepted),
        cmocka_unit_test(near_a_border_somebody_confirms_the_area),
        cmocka_unit_test(elsewhere_there_is_no_border_to_confirm),
        cmocka_unit_test(open_cases_go_to_the_successor),
        cmocka_unit_test(a_successor_that_co_operates_leads_from_now_on),
        cmocka_unit_test(open_tasks_go_to_the_successor),
        cmocka_unit_test(a_successor_has_no_two_parts),
        cmocka_unit_test(a_dispute_outlives_the_unit),
    };
    return cmocka_run_group_tests(tests, desk_open_office, desk_close_office);
}
