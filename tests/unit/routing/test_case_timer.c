/* SPDX-License-Identifier: Apache-2.0 */
/* What time does: a reminder at 75 % of every clock, three steps past its due instant, once each;
 * a changed calendar; and an instant at which the timer must look again. */
#include "tests/unit/routing/desk.h"

/* One line per step that the timer took: "2026-11-24 15:00 remind receive". */
struct diary {
    char text[2048];
    size_t size;
};

static void enter(struct diary *diary, const struct desk *desk)
{
    char instant[CLOCK_TEXT_SIZE];
    int clock = desk->now.alert_clock;
    clock_format(desk->now.at_us + MINUTES(HANOI_MIN), instant);
    instant[10] = ' ';
    diary->size +=
        (size_t)snprintf(diary->text + diary->size, sizeof diary->text - diary->size,
                         "%.16s %s%s%s\n", instant, desk->now.action, clock < 0 ? "" : " ",
                         clock < 0             ? ""
                         : clock < CASE_CLOCKS ? case_clock_words[clock]
                                               : "task");
}

/* Time goes on, and what the timer does is written down. */
static void keep(struct diary *diary, struct desk *desk, const char *until)
{
    while (desk->now.next_timer != 0 && desk->now.next_timer <= hanoi(until)) {
        desk->at_us = desk->now.next_timer > desk->at_us ? desk->now.next_timer : desk->at_us;
        assert_true(tick(desk));
        enter(diary, desk);
    }
    wait_until(desk, until);
}

/* ---- every clock ---- */

static void nobody_accepts(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    struct diary diary = {.size = 0};
    keep(&diary, &desk, "2027-06-01 08:00");
    assert_string_equal(diary.text, "2026-11-24 15:00 remind receive\n"
                                    "2026-11-24 17:00 escalate receive\n"
                                    "2026-11-25 12:00 escalate receive\n"
                                    "2026-11-25 17:00 escalate receive\n");
    assert_int_equal(desk.now.next_timer, 0);
    assert_int_equal(desk.now.clocks[CASE_RECEIVE].escalation, 3);
    assert_state(&desk, "received");
    act(&desk, focal_point, "accept", (struct words){0}); /* better late than never */
}

static void nobody_resolves(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    struct diary diary = {.size = 0};
    keep(&diary, &desk, "2027-06-01 08:00");
    assert_string_equal(diary.text, "2026-11-27 15:00 remind resolve\n"
                                    "2026-11-30 17:00 escalate resolve\n"
                                    "2026-12-01 12:00 escalate resolve\n"
                                    "2026-12-01 17:00 escalate resolve\n");
}

/* Around the clock steps are counted around the clock too. */
static void urgent_cases_do_not_wait_for_office_hours(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    struct diary diary = {.size = 0};
    act(&desk, focal_point, "classify", (struct words){.reason = "fire", .level = "urgent"});
    wait_until(&desk, "2026-11-24 16:00");
    act(&desk, focal_point, "accept", (struct words){0});
    keep(&diary, &desk, "2027-06-01 08:00");
    assert_string_equal(diary.text, "2026-11-24 19:00 remind resolve\n"
                                    "2026-11-24 20:00 escalate resolve\n"
                                    "2026-11-25 00:00 escalate resolve\n"
                                    "2026-11-25 04:00 escalate resolve\n");
}

static void the_city_office_is_reminded_too(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNROUTABLE);
    struct diary diary = {.size = 0};
    keep(&diary, &desk, "2026-11-24 16:00");
    assert_string_equal(diary.text, "2026-11-24 11:00 remind dispatch\n"
                                    "2026-11-24 12:00 escalate dispatch\n"
                                    "2026-11-24 15:00 remind receive\n");
    act(&desk, city_office, "route", (struct words){.unit = "00070"});
    keep(&diary, &desk, "2026-11-24 17:30");
    assert_non_null(strstr(diary.text, "2026-11-24 17:00 escalate receive\n"));
    assert_null(strstr(diary.text, "17:00 escalate dispatch"));
}

static void units_that_co_operate_are_reminded_of_their_part(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    struct diary diary = {.size = 0};
    act(&desk, focal_point, "add_task", (struct words){.unit = "SXD"});
    act(&desk, focal_point, "add_task", (struct words){.unit = "SYT"});
    act(&desk, other_unit, "finish_task", (struct words){.unit = "SYT", .note = "done"});
    keep(&diary, &desk, "2026-11-26 13:00");
    assert_string_equal(diary.text, "2026-11-25 16:00 remind task\n"
                                    "2026-11-26 12:00 escalate task\n");
    assert_int_equal(desk.now.alert_clock, CASE_CLOCKS);
    act(&desk, other_unit, "finish_task", (struct words){.unit = "SXD", .note = "done"});
    keep(&diary, &desk, "2026-11-26 17:00");
    assert_null(strstr(diary.text, "2026-11-26 17:00 escalate task"));
}

/* ---- pauses, stops, new starts ---- */

static void a_clock_that_stands_still_says_nothing(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    struct diary diary = {.size = 0};
    wait_until(&desk, "2026-11-24 10:00");
    act(&desk, officer, "ask", (struct words){.question = "?"});
    keep(&diary, &desk, "2026-12-01 17:00");
    assert_string_equal(diary.text, "2026-11-27 10:00 resume\n"); /* three days of silence */
    keep(&diary, &desk, "2026-12-03 17:00");
    assert_non_null(strstr(diary.text, "2026-12-02 15:00 remind resolve\n"));
    assert_non_null(strstr(diary.text, "2026-12-03 17:00 escalate resolve\n"));
}

/* Steps wait while it is paused: they are counted in time that it ran. */
static void who_is_late_and_asks_is_not_escalated_for_the_time_of_the_pause(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    struct diary diary = {.size = 0};
    keep(&diary, &desk, "2026-12-01 09:00"); /* an hour late; one step taken */
    act(&desk, officer, "ask", (struct words){.question = "?"});
    diary = (struct diary){.size = 0};
    keep(&diary, &desk, "2026-12-03 08:00");
    assert_string_equal(diary.text, "");
    act(&desk, resident, "answer", (struct words){.answer = "!"});
    keep(&diary, &desk, "2026-12-03 12:00");
    assert_string_equal(diary.text, "2026-12-03 11:00 escalate resolve\n");
}

static void reminded_is_once(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    struct diary diary = {.size = 0};
    keep(&diary, &desk, "2026-11-27 16:00"); /* reminded at 15:00 */
    act(&desk, officer, "ask", (struct words){.question = "?"});
    act(&desk, resident, "answer", (struct words){.answer = "!"});
    keep(&diary, &desk, "2026-11-30 16:00");
    assert_string_equal(diary.text, "2026-11-27 15:00 remind resolve\n");
}

static void more_time_means_another_reminder(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    struct diary diary = {.size = 0};
    keep(&diary, &desk, "2026-11-27 16:00");
    act(&desk, officer, "extend", (struct words){.minutes = 2400, .reason = "rain"});
    act(&desk, supervisor, CASE_APPROVE, (struct words){0});
    keep(&diary, &desk, "2026-12-31 16:00");
    assert_string_equal(diary.text, "2026-11-27 15:00 remind resolve\n"
                                    "2026-12-03 12:00 remind resolve\n"
                                    "2026-12-07 17:00 escalate resolve\n"
                                    "2026-12-08 12:00 escalate resolve\n"
                                    "2026-12-08 17:00 escalate resolve\n");
}

static void a_reopened_case_is_reminded_of_anew(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    struct diary diary = {.size = 0};
    keep(&diary, &desk, "2026-12-02 16:00");
    act(&desk, focal_point, "assign", (struct words){.assignee = "assignee"});
    act(&desk, assignee, "resolve", (struct words){.result = "done", .evidence = 1});
    assert_int_equal(desk.now.next_timer, desk.now.timeout_at); /* no steps for what has ended */
    act(&desk, resident, "reopen", (struct words){.reason = "no"});
    diary = (struct diary){.size = 0};
    keep(&diary, &desk, "2026-12-09 16:00");
    assert_string_equal(diary.text, "2026-12-08 14:00 remind resolve\n"
                                    "2026-12-09 16:00 escalate resolve\n");
}

static void a_merged_case_says_nothing(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    struct case_snapshot lead = desk.now;
    struct diary diary = {.size = 0};
    lead.id.bytes[15] = 99;
    keep(&diary, &desk, "2026-11-25 08:00"); /* overdue already */
    act(&desk, officer, "merge", (struct words){.into = &lead});
    assert_int_equal(desk.now.next_timer, 0);
    desk.at_us += DAYS(10);
    assert_false(tick(&desk));
}

/* ---- late timers ---- */

/* After an outage: what is overdue is not reminded of, steps come at once and in order. */
static void what_was_missed_is_made_up_for(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    wait_until(&desk, "2026-11-25 13:00");
    assert_true(tick(&desk));
    assert_string_equal(desk.now.action, CASE_ESCALATE);
    assert_true(desk.now.clocks[CASE_RECEIVE].reminded);
    assert_true(tick(&desk));
    assert_string_equal(desk.now.action, CASE_ESCALATE);
    assert_int_equal(desk.now.clocks[CASE_RECEIVE].escalation, 2);
    assert_false(tick(&desk));
}

/* Rules are data: where the first step comes later than the due instant, or never, a late reminder
 * still has something to say, and the timer is not called for nothing. */
static void late_reminders_come_where_no_step_does(void **state)
{
    static const struct {
        int64_t first_step;
        int steps;
    } rows[] = {{120, 3}, {0, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_rules kept = office.rules;
        office.rules.escalate_after_min[0] = rows[i].first_step;
        office.rules.escalation_count = rows[i].steps;
        struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
        wait_until(&desk, "2026-11-24 17:30");
        assert_true(tick(&desk));
        assert_string_equal(desk.now.action, CASE_REMIND);
        assert_false(tick(&desk));
        assert_true(desk.now.next_timer == 0 || desk.now.next_timer > desk.at_us);
        office.rules = kept;
    }
}

/* A reminder at the due instant itself would say the same as the step. */
static void nobody_is_reminded_when_it_is_due(void **state)
{
    (void)state;
    office.rules.remind_percent = 100;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    struct diary diary = {.size = 0};
    keep(&diary, &desk, "2026-11-25 08:00");
    assert_string_equal(diary.text, "2026-11-24 17:00 escalate receive\n");
    office.rules.remind_percent = 75;
}

/* ---- another calendar ---- */

/* Nobody knows when the steps after it would be: rather at once than never. */
static void the_end_of_the_calendar_is_not_the_end_of_steps(void **state)
{
    (void)state;
    struct desk desk = {.at_us = hanoi("2028-12-29 08:00")}; /* the last day of work in it */
    struct diary diary = {.size = 0};
    desk.now = engine_opened(&office, "onsite_report", QUEUE_UNIT, desk.at_us);
    keep(&diary, &desk, "2029-06-01 08:00");
    assert_string_equal(diary.text, "2028-12-29 15:00 remind receive\n"
                                    "2028-12-29 17:00 escalate receive\n"
                                    "2028-12-29 17:00 escalate receive\n"
                                    "2028-12-29 17:00 escalate receive\n");
    refused(&desk, focal_point, "accept", (struct words){0}, "no_rule");
    assert_int_equal(desk.err.kind, ERR_RETRY);
    assert_int_equal(desk.now.version, 5);
}

/* A promise binds though the day became a holiday; its share would be used up only later. */
static void a_promise_is_escalated_when_it_was_promised(void **state)
{
    (void)state;
    const struct calendar_exception holiday = {.day = date_day(2026, 11, 24)};
    struct calendar *decreed = engine_calendar(&holiday, 1);
    struct desk desk = {.at_us = hanoi("2026-11-24 08:00")};
    struct diary diary = {.size = 0};
    office.rules.calendar = decreed;
    desk.now = engine_opened(&office, "onsite_report", QUEUE_UNIT, desk.at_us);
    keep(&diary, &desk, "2026-11-24 18:00");
    assert_string_equal(diary.text, "2026-11-24 17:00 escalate receive\n");
    office.rules.calendar = office.calendar;
    calendar_free(decreed);
}

static void a_changed_calendar_moves_what_runs(void **state)
{
    (void)state;
    const struct calendar_exception holiday = {.day = date_day(2026, 11, 26)};
    struct calendar *decreed = engine_calendar(&holiday, 1), *kept = office.calendar;
    struct desk desk = accepted_case("onsite_report");
    struct diary diary = {.size = 0};
    wait_until(&desk, "2026-11-24 10:00");
    office.rules.calendar = decreed;
    act(&desk, the_system, CASE_RECOMPUTE, (struct words){0});
    assert_string_equal(process_event_words[desk.now.event], "recomputed");
    assert_string_equal(due_text(&desk, CASE_RESOLVE), "2026-12-01T17:00:00.000Z");
    assert_string_equal(due_text(&desk, CASE_RECEIVE), "2026-11-24T17:00:00.000Z"); /* judged */
    keep(&diary, &desk, "2026-11-30 16:00");
    assert_string_equal(diary.text, "2026-11-30 15:00 remind resolve\n");
    office.rules.calendar = kept;
    calendar_free(decreed);
}

static void a_changed_calendar_moves_how_long_an_answer_is_waited_for(void **state)
{
    (void)state;
    const struct calendar_exception holiday = {.day = date_day(2026, 11, 26)};
    struct calendar *decreed = engine_calendar(&holiday, 1), *kept = office.calendar;
    struct desk desk = accepted_case("onsite_report");
    wait_until(&desk, "2026-11-24 10:00");
    act(&desk, officer, "ask", (struct words){.question = "?"});
    assert_int_equal(desk.now.timeout_at, hanoi("2026-11-27 10:00"));
    desk.at_us += MINUTES(30);
    act(&desk, resident, "comment", (struct words){.note = "soon"});
    office.rules.calendar = decreed;
    act(&desk, the_system, CASE_RECOMPUTE, (struct words){0});
    assert_int_equal(desk.now.timeout_from, hanoi("2026-11-24 10:00"));
    assert_int_equal(desk.now.timeout_at, hanoi("2026-11-30 10:00"));
    assert_int_equal(desk.now.next_timer, desk.now.timeout_at);
    office.rules.calendar = kept;
    calendar_free(decreed);
}

/* ---- time-outs ---- */

/* In a week; the day before is early enough. */
static void a_visitor_is_reminded_of_an_appointment(void **state)
{
    (void)state;
    struct desk desk = desk_with("reception_booking", QUEUE_UNIT);
    assert_int_equal(case_due(&desk.now), desk.at_us + DAYS(7));
    assert_int_equal(desk.now.timeout_at, desk.at_us + DAYS(6));
    assert_int_equal(let_time_pass(&desk, desk.now.timeout_at), 2); /* the office, at 75 %, too */
    assert_string_equal(desk.now.action, "remind_visitor");
    assert_state(&desk, "upcoming");
}

/* Cases that nobody does anything about: each clock speaks four times, no more. */
static void time_alone_comes_to_an_end(void **state)
{
    (void)state;
    for (size_t i = 0; reference_process_names[i] != NULL; i++) {
        for (int queue = 0; queue < QUEUE_DISPUTED; queue++) {
            struct desk desk = desk_with(office.book.items[i]->rule.code, (enum case_queue)queue);
            int steps = let_time_pass(&desk, hanoi("2028-06-01 08:00"));
            assert_in_range(steps, 4, 9);
            assert_int_equal(desk.now.next_timer, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_accepts),
        cmocka_unit_test(nobody_resolves),
        cmocka_unit_test(urgent_cases_do_not_wait_for_office_hours),
        cmocka_unit_test(the_city_office_is_reminded_too),
        cmocka_unit_test(units_that_co_operate_are_reminded_of_their_part),
        cmocka_unit_test(a_clock_that_stands_still_says_nothing),
        cmocka_unit_test(who_is_late_and_asks_is_not_escalated_for_the_time_of_the_pause),
        cmocka_unit_test(reminded_is_once),
        cmocka_unit_test(more_time_means_another_reminder),
        cmocka_unit_test(a_reopened_case_is_reminded_of_anew),
        cmocka_unit_test(a_merged_case_says_nothing),
        cmocka_unit_test(what_was_missed_is_made_up_for),
        cmocka_unit_test(late_reminders_come_where_no_step_does),
        cmocka_unit_test(nobody_is_reminded_when_it_is_due),
        cmocka_unit_test(the_end_of_the_calendar_is_not_the_end_of_steps),
        cmocka_unit_test(a_promise_is_escalated_when_it_was_promised),
        cmocka_unit_test(a_changed_calendar_moves_what_runs),
        cmocka_unit_test(a_changed_calendar_moves_how_long_an_answer_is_waited_for),
        cmocka_unit_test(a_visitor_is_reminded_of_an_appointment),
        cmocka_unit_test(time_alone_comes_to_an_end),
    };
    return cmocka_run_group_tests(tests, desk_open_office, desk_close_office);
}
