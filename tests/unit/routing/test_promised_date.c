/* SPDX-License-Identifier: Apache-2.0 */
/* Petitions: the answer is due at the earlier of rule and promised date, whatever comes between. */
#include "tests/unit/routing/counter.h"

#include "services/routing/case_detail.h"
#include "services/routing/case_engine.h"

static int64_t now_us;

static struct case_snapshot received(const char *answer_by)
{
    struct opening_request request = {
        .process = "voter_petition",
        .category = "ha-tang",
        .level = -1,
        .unit = "SXD",
        .language = "vi",
        .details = {{"session", "20"}, {"delegate", "3"}, {"answer_by", answer_by}},
        .detail_count = answer_by != NULL ? 3 : 2,
    };
    struct opening_context office = {.actor_role = ROLE_SUPERVISOR,
                                     .actor_ref = "caller",
                                     .id = uuid_new(),
                                     .ticket = "HN-2026-90000001-X",
                                     .now_us = now_us = counter_at(0, 9, 0),
                                     .arena = &counter_arena};
    struct case_snapshot opened;
    struct error err = {0};
    if (!opening_decide(&counter_city, process_find(&counter_book, "voter_petition", 1), &request,
                        &office, &opened, &err)) {
        fail_msg("%s", err.text);
    }
    return opened;
}

static void takes(struct case_snapshot *now, struct case_command command)
{
    struct case_snapshot after;
    struct error err = {0};
    command.expected_version = now->version;
    command.actor = ~(actor_set)0;
    command.actor_ref = "somebody";
    command.level = -1;
    if (!case_decide(now, &command, &counter_city.cases, now_us, &after, &err)) {
        fail_msg("%s: %s %s", command.action, err.text, err.fields[0].field);
    }
    *now = after;
}

static struct case_command answer_by(const char *action, const char *date)
{
    return (struct case_command){.action = action,
                                 .given = PROCESS_BIT(FIELD_DETAILS),
                                 .details = {{"answer_by", date}},
                                 .detail_count = 1};
}

static struct case_snapshot working(const char *date)
{
    struct case_snapshot now = received(date);
    takes(&now, (struct case_command){.action = "accept"});
    takes(&now, (struct case_command){.action = "start"});
    return now;
}

static int64_t due(const struct case_snapshot *now)
{
    return clock_due(&now->clocks[CASE_RESOLVE]);
}

/* 15 working days from 24 November at 9:00. */
static int64_t by_rule(void)
{
    return counter_at(21, 9, 0);
}

static void the_earlier_of_rule_and_date(void **state)
{
    static const struct {
        const char *date;
        int days, hour; /* when it is due; -1: by the rule */
    } rows[] = {
        {NULL, -1, 0},          {"2026-12-31", -1, 0},
        {"2026-12-15", -1, 0}, /* the day on which the rule ends */
        {"2026-12-14", 20, 17}, {"2026-11-27", 3, 17},
        {"2026-11-29", 3, 17},                        /* a Sunday: on the Friday before */
        {"2026-11-24", 0, 17},  {"2026-11-23", 0, 9}, /* yesterday: late from the start */
        {"2020-02-29", 0, 9},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_snapshot now = working(rows[i].date);
        assert_int_equal(due(&now),
                         rows[i].days < 0 ? by_rule() : counter_at(rows[i].days, rows[i].hour, 0));
        assert_string_equal(now.resolve_rule.code, "resolve");
    }
}

static void a_date_that_comes_later_only_brings_it_forward(void **state)
{
    (void)state;
    struct case_snapshot now = working(NULL);
    now_us = counter_at(1, 9, 0);
    takes(&now, answer_by("note_answer", "2027-06-01"));
    assert_int_equal(due(&now), by_rule());
    takes(&now, answer_by("note_answer", "2026-12-01"));
    assert_int_equal(due(&now), counter_at(7, 17, 0));
    takes(&now, answer_by("note_answer", "2026-12-02"));
    assert_int_equal(due(&now), counter_at(7, 17, 0));
    assert_string_equal(case_detail_find(now.details, now.detail_count, "answer_by"), "2026-12-02");
}

static void what_was_extended_stays_extended(void **state)
{
    (void)state;
    struct case_snapshot now = working("2026-12-01");
    takes(&now, (struct case_command){.action = "extend",
                                      .given = PROCESS_BIT(FIELD_MINUTES) |
                                               PROCESS_BIT(FIELD_REASON_TEXT),
                                      .minutes = 480,
                                      .reason_text = "…"});
    struct case_command approve = {.action = CASE_APPROVE};
    now.proposal.by = "somebody else";
    takes(&now, approve);
    assert_int_equal(due(&now), counter_at(8, 17, 0));
    takes(&now, (struct case_command){.action = "note_answer",
                                      .given = PROCESS_BIT(FIELD_DETAILS),
                                      .details = {{"document", "1/SXD"}},
                                      .detail_count = 1});
    assert_int_equal(due(&now), counter_at(8, 17, 0));
}

static void a_pause_moves_it_on(void **state)
{
    (void)state;
    struct case_snapshot now = working("2026-12-01");
    now_us = counter_at(1, 9, 0);
    takes(&now, (struct case_command){
                    .action = "ask", .given = PROCESS_BIT(FIELD_QUESTION), .question = "…"});
    now_us = counter_at(2, 9, 0);
    takes(&now, (struct case_command){
                    .action = "answer", .given = PROCESS_BIT(FIELD_ANSWER), .answer = "…"});
    assert_int_equal(due(&now), counter_at(8, 17, 0));
}

static struct case_command result(void)
{
    return (struct case_command){
        .action = "resolve", .given = PROCESS_BIT(FIELD_RESULT_TEXT), .result_text = "…"};
}

static void a_follow_up_goes_by_its_own_date(void **state)
{
    struct case_command follow_up = answer_by("follow_up", "2026-12-11");
    (void)state;
    follow_up.given |= PROCESS_BIT(FIELD_REASON_TEXT);
    follow_up.reason_text = "…";

    struct case_snapshot now = working("2026-12-01");
    now_us = counter_at(1, 9, 0);
    takes(&now, result());
    takes(&now, follow_up);
    assert_int_equal(due(&now), counter_at(17, 17, 0)); /* not by the date before */

    now = working("2026-12-01");
    now_us = counter_at(8, 9, 0); /* the date before has passed */
    takes(&now, result());
    follow_up.detail_count = 0;
    follow_up.given = PROCESS_BIT(FIELD_REASON_TEXT);
    takes(&now, follow_up);
    assert_int_equal(due(&now), counter_at(29, 9, 0)); /* by the rule */

    now = working("2026-12-01");
    now_us = counter_at(1, 9, 0);
    takes(&now, result());
    takes(&now, follow_up);
    assert_int_equal(due(&now), counter_at(7, 17, 0)); /* it still stands */
}

static void a_clock_is_limited_only_while_it_runs(void **state)
{
    struct case_clock clock = {0};
    int64_t early = counter_at(1, 0, 0);
    (void)state;
    assert_false(clock_limit(&clock, counter_calendar, early));
    assert_true(clock_start(&clock, counter_calendar, CLOCK_ALWAYS, 2880, counter_at(0, 9, 0)));
    assert_false(clock_limit(&clock, counter_calendar, counter_at(2, 9, 0)));
    assert_true(clock_limit(&clock, counter_calendar, early));
    assert_int_equal(clock_due(&clock), early);
    assert_true(clock_pause(&clock, counter_calendar, counter_at(0, 12, 0)));
    struct case_clock before = clock;
    assert_false(clock_limit(&clock, counter_calendar, counter_at(0, 10, 0)));
    assert_memory_equal(&clock, &before, sizeof clock);
    clock_stop(&clock, counter_calendar, counter_at(0, 13, 0));
    assert_false(clock_limit(&clock, counter_calendar, counter_at(0, 10, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_earlier_of_rule_and_date),
        cmocka_unit_test(a_date_that_comes_later_only_brings_it_forward),
        cmocka_unit_test(what_was_extended_stays_extended),
        cmocka_unit_test(a_pause_moves_it_on),
        cmocka_unit_test(a_follow_up_goes_by_its_own_date),
        cmocka_unit_test(a_clock_is_limited_only_while_it_runs),
    };
    return cmocka_run_group_tests(tests, counter_open, counter_close);
}
