/* SPDX-License-Identifier: Apache-2.0 */
/* What the processes have of their own: the paths of a procedure report, an initiative, a voter
 * petition, a booking and a call, beside what they share with the on-site report. */
#include "tests/unit/routing/desk.h"

static const struct words done = {.result = "done", .evidence = 1};

/* Who the processes name beside the people of desk.h. */
static const struct person operator_1022 = {"operator", ACTOR_BIT(ROLE_HOTLINE_OPERATOR)};
static const struct person volunteer = {"volunteer", ACTOR_BIT(ROLE_VOLUNTEER)};

static const char *detail_of(const struct desk *desk, const char *code)
{
    for (size_t i = 0; i < desk->now.detail_count; i++) {
        if (strcmp(desk->now.details[i].code, code) == 0) {
            return desk->now.details[i].text;
        }
    }
    return NULL;
}

/* ---- procedures ---- */

static void a_report_on_a_procedure_is_forwarded_and_stays_on_its_clock(void **state)
{
    (void)state;
    struct desk desk = accepted_case("procedure_report");
    int64_t due = clock_due(&desk.now.clocks[CASE_RESOLVE]);
    refused(&desk, focal_point, "forward", (struct words){0}, "note");
    act(&desk, focal_point, "forward", (struct words){.note = "to the ministry"});
    assert_state(&desk, "forwarded");
    assert_string_equal(process_event_words[desk.now.event], "advanced");
    assert_int_equal(clock_due(&desk.now.clocks[CASE_RESOLVE]), due);
    act(&desk, officer, "ask", (struct words){.question = "?", .asked = "third_party"});
    act(&desk, officer, "answer", (struct words){.answer = "in May"});
    assert_state(&desk, "forwarded");
    act(&desk, officer, "resolve", (struct words){.result = "the ministry has answered"});
    assert_state(&desk, "resolved");
}

/* ---- initiatives ---- */

static void an_initiative_is_evaluated_before_it_is_answered(void **state)
{
    (void)state;
    struct desk desk = accepted_case("initiative");
    refused(&desk, officer, "resolve", (struct words){.result = "thanks"}, "action_not_allowed");
    act(&desk, city_office, "evaluate", (struct words){.assignee = "assignee"});
    assert_state(&desk, "evaluating");
    assert_string_equal(desk.now.assignee, "assignee");
    act(&desk, officer, "resolve", (struct words){.result = "it will be tried in two wards"});
    assert_state(&desk, "answered");
    assert_int_equal(case_phase(&desk.now), PHASE_RESOLVED);
    assert_int_equal(let_time_pass(&desk, desk.now.timeout_at), 1);
    assert_state(&desk, "closed");
}

/* ---- voter petitions ---- */

static struct desk answered_petition(void)
{
    struct desk desk = accepted_case("voter_petition");
    act(&desk, officer, "start", (struct words){0});
    act(&desk, officer, "resolve", (struct words){.result = "the bridge is planned"});
    return desk;
}

static void a_petition_is_followed_up_by_the_council(void **state)
{
    (void)state;
    struct desk desk = answered_petition();
    assert_state(&desk, "answered");
    assert_int_equal(desk.now.next_timer, 0); /* it does not close by itself */
    desk.at_us += DAYS(100);
    assert_false(tick(&desk));
    refused(&desk, resident, "close", (struct words){0}, "forbidden");
    refused(&desk, resident, "follow_up", (struct words){.reason = "r"}, "forbidden");
    act(&desk, auditor, "follow_up",
        (struct words){
            .reason = "no bridge yet", .detail = "answer_by", .detail_text = "2027-05-04"});
    assert_state(&desk, "follow_up");
    assert_int_equal(desk.now.reopenings, 1);
    assert_string_equal(desk.now.reason_text, "no bridge yet");
    assert_string_equal(detail_of(&desk, "answer_by"), "2027-05-04");
    assert_true(clock_is_running(&desk.now.clocks[CASE_RESOLVE]));
    act(&desk, officer, "resolve", (struct words){.result = "it stands"});
    act(&desk, city_office, "close",
        (struct words){.detail = "conclusion", .detail_text = "the council is content"});
    assert_state(&desk, "closed");
}

static void details_are_set_one_by_one(void **state)
{
    (void)state;
    struct desk desk = accepted_case("voter_petition");
    refused(&desk, officer, "note_answer", (struct words){0}, "details");
    act(&desk, officer, "note_answer",
        (struct words){.detail = "document", .detail_text = "12/UBND"});
    act(&desk, officer, "note_answer",
        (struct words){.detail = "session", .detail_text = "kỳ họp 20"});
    act(&desk, officer, "note_answer",
        (struct words){.detail = "document", .detail_text = "13/UBND"});
    assert_int_equal(desk.now.detail_count, 2);
    assert_string_equal(detail_of(&desk, "document"), "13/UBND");
    assert_string_equal(detail_of(&desk, "session"), "kỳ họp 20");
}

/* ---- receptions ---- */

static void who_comes_is_received_in_person(void **state)
{
    (void)state;
    struct desk desk = desk_with("reception_booking", QUEUE_UNIT);
    refused(&desk, resident, "attend", done, "forbidden");
    refused(&desk, officer, "attend", (struct words){0}, "result.text");
    act(&desk, officer, "attend", (struct words){.result = "heard"});
    assert_state(&desk, "attended");
    act(&desk, resident, "rate", (struct words){.rating = "satisfied"});
    assert_int_equal(let_time_pass(&desk, desk.now.timeout_at), 1);
    assert_state(&desk, "closed");
}

static void who_does_not_come_or_cancels_is_not_waited_for(void **state)
{
    static const struct {
        const struct person *who;
        const char *action, *state;
        enum process_phase phase;
    } rows[] = {{&officer, "miss", "absent", PHASE_CLOSED},
                {&resident, "cancel", "cancelled", PHASE_WITHDRAWN}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk desk = desk_with("reception_booking", QUEUE_UNIT);
        int steps = let_time_pass(&desk, desk.now.timeout_at);
        assert_true(steps > 0);
        assert_state(&desk, "upcoming");
        act(&desk, *rows[i].who, rows[i].action, (struct words){0});
        assert_state(&desk, rows[i].state);
        assert_int_equal(case_phase(&desk.now), rows[i].phase);
        assert_int_equal(desk.now.next_timer, 0);
    }
}

/* ---- hotline ---- */

static void who_takes_the_call_may_settle_it(void **state)
{
    static const struct person *const people[] = {&operator_1022, &volunteer};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct desk desk = desk_with("hotline_ticket", QUEUE_UNIT);
        act(&desk, *people[i], "accept", (struct words){0});
        refused(&desk, *people[i], "extend", (struct words){.minutes = 5, .reason = "r"},
                "forbidden");
        act(&desk, *people[i], "start", (struct words){0});
        act(&desk, *people[i], "resolve", (struct words){.result = "the password was reset"});
        assert_state(&desk, "resolved");
        assert_int_equal(desk.now.audit, AUDIT_NONE);
    }
    struct desk report = desk_with("onsite_report", QUEUE_UNIT); /* and nothing else */
    refused(&report, operator_1022, "accept", (struct words){0}, "forbidden");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_on_a_procedure_is_forwarded_and_stays_on_its_clock),
        cmocka_unit_test(an_initiative_is_evaluated_before_it_is_answered),
        cmocka_unit_test(a_petition_is_followed_up_by_the_council),
        cmocka_unit_test(details_are_set_one_by_one),
        cmocka_unit_test(who_comes_is_received_in_person),
        cmocka_unit_test(who_does_not_come_or_cancels_is_not_waited_for),
        cmocka_unit_test(who_takes_the_call_may_settle_it),
    };
    return cmocka_run_group_tests(tests, desk_open_office, desk_close_office);
}
