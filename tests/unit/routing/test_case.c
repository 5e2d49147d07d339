/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a case: every state × action × role against a table written down here by hand, then
 * random sequences of commands. SEED repeats a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "services/routing/case.h"
#include "services/routing/deadline.h"

static uint64_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % limit);
}

static struct calendar *calendar;

static const struct deadline_rule deadlines[] = {
    {{"receive", 1, "QĐ 1207/QĐ-UBND"}, DEADLINE_RECEIVE, "*", -1, CLOCK_WORKING, 480, 0, 0},
    {{"resolve-urgent", 1, "QĐ 1207/QĐ-UBND"},
     DEADLINE_RESOLVE,
     "*",
     LEVEL_URGENT,
     CLOCK_WORKING,
     240,
     0,
     0},
    {{"resolve-normal", 1, "assumption"},
     DEADLINE_RESOLVE,
     "*",
     LEVEL_NORMAL,
     CLOCK_WORKING,
     2400,
     0,
     0},
};
static struct case_rules rules = {.deadlines = {deadlines, 3},
                                  .remind_percent = 75,
                                  .escalate_after_min = {0, 240, 480},
                                  .escalation_count = 3};

/* A Tuesday, 24 November 2026, in Hanoi. */
static int64_t at(int hour, int minute)
{
    return calendar_day_of(2026, 11, 24) * CALENDAR_DAY_US +
           (hour * 60 + minute - 420) * CALENDAR_MINUTE_US;
}

static int make_calendar(void **state)
{
    struct calendar_rules office = {.utc_offset_min = 420,
                                    .periods = {{480, 720}, {780, 1020}},
                                    .period_count = 2,
                                    .weekdays = 0x1f,
                                    .first_day = calendar_day_of(2026, 1, 1),
                                    .last_day = calendar_day_of(2028, 12, 31)};
    (void)state;
    calendar = calendar_new(&office, NULL);
    rules.calendar = calendar;
    return calendar == NULL;
}

static int free_calendar(void **state)
{
    (void)state;
    calendar_free(calendar);
    return 0;
}

static struct case_snapshot opened_case(enum case_queue queue)
{
    struct case_snapshot snapshot = {.ticket = "HN-2026-0000123-K",
                                     .category = "giao-thong",
                                     .level = LEVEL_URGENT,
                                     .queue = queue,
                                     .unit = queue == QUEUE_UNIT ? "00070" : NULL,
                                     .reporter_ref = "someone",
                                     .language = "vi",
                                     .clock_start = at(8, 0),
                                     .receive_due = at(17, 0),
                                     .receive_rule = {"receive", 1, "QĐ 1207/QĐ-UBND"}};
    case_open(&snapshot, &rules, at(8, 0));
    return snapshot;
}

static struct case_snapshot case_in(enum case_state state, enum case_queue queue)
{
    struct case_snapshot snapshot = opened_case(queue);
    snapshot.state = state;
    snapshot.version = 4;
    if (state != CASE_RECEIVED) {
        snapshot.accepted_at = snapshot.clock_start = at(9, 0);
        snapshot.resolve_due = at(14, 0);
    }
    return snapshot;
}

static const char *const evidence[] = {"https://media.ihanoi.example/1.jpg"};

/* A command that has everything that any action could require. */
static struct case_command full_command(enum case_action action, unsigned roles)
{
    return (struct case_command){.action = action,
                                 .expected_version = 4,
                                 .roles = roles,
                                 .actor_ref = roles & 1u << ROLE_SYSTEM ? NULL : "official",
                                 .is_city_office = true,
                                 .assignee = "somebody",
                                 .result_text = "done",
                                 .evidence = evidence,
                                 .evidence_count = 1,
                                 .reason_class = "unclear",
                                 .reason_text = "where is it?",
                                 .unit = "00070"};
}

#define R(role)  (1u << ROLE_##role)
#define S(state) (1u << CASE_##state)

/* The table again, in other words than the code's. */
static const struct allowed {
    enum case_action action;
    unsigned in_unit, unroutable; /* states */
    enum case_state to;           /* CASE_STATES: stays */
    unsigned roles;
} table[] = {
    {CASE_ACCEPT, S(RECEIVED), 0, CASE_ACCEPTED, R(FOCAL_POINT) | R(SUPERVISOR) | R(ADMINISTRATOR)},
    {CASE_ASSIGN, S(ACCEPTED) | S(ASSIGNED), 0, CASE_ASSIGNED,
     R(FOCAL_POINT) | R(SUPERVISOR) | R(ADMINISTRATOR)},
    {CASE_START, S(ASSIGNED), 0, CASE_IN_PROGRESS, R(OFFICER) | R(FOCAL_POINT) | R(ADMINISTRATOR)},
    {CASE_RESOLVE, S(ASSIGNED) | S(IN_PROGRESS), 0, CASE_RESOLVED,
     R(OFFICER) | R(FOCAL_POINT) | R(ADMINISTRATOR)},
    {CASE_REJECT, S(RECEIVED) | S(ACCEPTED), S(RECEIVED) | S(ACCEPTED), CASE_REJECTED,
     R(FOCAL_POINT) | R(SUPERVISOR) | R(ADMINISTRATOR)},
    {CASE_ROUTE, 0, S(RECEIVED), CASE_STATES,
     R(OFFICER) | R(FOCAL_POINT) | R(SUPERVISOR) | R(ADMINISTRATOR)},
    {CASE_REMIND, S(RECEIVED) | S(ACCEPTED) | S(ASSIGNED) | S(IN_PROGRESS),
     S(RECEIVED) | S(ACCEPTED) | S(ASSIGNED) | S(IN_PROGRESS), CASE_STATES, R(SYSTEM)},
    {CASE_ESCALATE, S(RECEIVED) | S(ACCEPTED) | S(ASSIGNED) | S(IN_PROGRESS),
     S(RECEIVED) | S(ACCEPTED) | S(ASSIGNED) | S(IN_PROGRESS), CASE_STATES, R(SYSTEM)},
    {CASE_OPEN, 0, 0, CASE_STATES, 0},
};

static void check_cell(const struct allowed *row, enum case_state from, enum case_queue queue,
                       enum case_role role)
{
    struct case_snapshot before = case_in(from, queue), after;
    struct case_command command = full_command(row->action, 1u << role);
    struct error err = {0};
    bool fits = ((queue == QUEUE_UNIT ? row->in_unit : row->unroutable) >> from) & 1;
    bool may = (row->roles >> role) & 1;
    bool done = case_decide(&before, &command, &rules, at(10, 0), &after, &err);

    assert_int_equal(done, fits && may);
    assert_int_equal((case_allowed(&before, &command) >> row->action) & 1, fits && may);
    if (!may) {
        assert_int_equal(err.kind, ERR_FORBIDDEN);
    } else if (!fits) {
        assert_int_equal(err.kind, ERR_UNPROCESSABLE);
        assert_string_equal(err.code, "action_not_allowed");
    } else {
        assert_int_equal(after.state, row->to == CASE_STATES ? from : row->to);
        assert_int_equal(after.previous_state, from);
        assert_int_equal(after.version, before.version + 1);
        assert_int_equal(after.action, row->action);
        assert_int_equal(after.actor_role, role);
        assert_int_equal(after.at_us, at(10, 0));
    }
}

static void every_state_action_and_role_follows_the_table(void **state)
{
    (void)state;
    assert_int_equal(sizeof table / sizeof table[0], CASE_ACTIONS);
    for (size_t row = 0; row < sizeof table / sizeof table[0]; row++) {
        for (int from = 0; from < CASE_STATES; from++) {
            for (int role = 0; role < CASE_ROLES; role++) {
                check_cell(&table[row], (enum case_state)from, QUEUE_UNIT, (enum case_role)role);
                check_cell(&table[row], (enum case_state)from, QUEUE_UNROUTABLE,
                           (enum case_role)role);
            }
        }
    }
}

static void a_stale_command_is_refused_before_the_state_is_looked_at(void **state)
{
    (void)state;
    struct case_snapshot before = case_in(CASE_RESOLVED, QUEUE_UNIT), after;
    struct case_command command = full_command(CASE_ACCEPT, R(SUPERVISOR));
    struct error err = {0};
    command.expected_version = 3;
    assert_false(case_decide(&before, &command, &rules, at(10, 0), &after, &err));
    assert_int_equal(err.kind, ERR_CONFLICT);
    assert_string_equal(err.code, "stale_version");
    error_clear(&err);
    command.roles = R(CITIZEN);
    assert_false(case_decide(&before, &command, &rules, at(10, 0), &after, &err));
    assert_int_equal(err.kind, ERR_FORBIDDEN);
}

static void actions_name_what_they_lack(void **state)
{
    static const struct {
        enum case_action action;
        enum case_state from;
        const char *fields[2];
    } rows[] = {
        {CASE_ASSIGN, CASE_ACCEPTED, {"assignee", NULL}},
        {CASE_RESOLVE, CASE_ASSIGNED, {"result.text", "result.evidence"}},
        {CASE_REJECT, CASE_RECEIVED, {"reason.class", "reason.text"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct case_snapshot before = case_in(rows[i].from, QUEUE_UNIT), after;
        struct case_command command = {.action = rows[i].action,
                                       .expected_version = 4,
                                       .roles = R(FOCAL_POINT),
                                       .actor_ref = "official"};
        struct error err = {0};
        assert_false(case_decide(&before, &command, &rules, at(10, 0), &after, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        for (size_t j = 0; j < err.field_count; j++) {
            assert_string_equal(err.fields[j].field, rows[i].fields[j]);
        }
    }
}

static void only_the_city_office_names_a_unit(void **state)
{
    (void)state;
    struct case_snapshot before = case_in(CASE_RECEIVED, QUEUE_UNROUTABLE), after;
    struct case_command command = full_command(CASE_ROUTE, R(SUPERVISOR));
    struct error err = {0};
    assert_true(case_decide(&before, &command, &rules, at(10, 0), &after, &err));
    assert_int_equal(after.queue, QUEUE_UNIT);
    assert_string_equal(after.unit, "00070");
    assert_int_equal(after.receive_due, before.receive_due);
    command.is_city_office = false;
    assert_false(case_decide(&before, &command, &rules, at(10, 0), &after, &err));
    assert_int_equal(err.kind, ERR_FORBIDDEN);
}

static void the_assignee_may_work_whatever_their_role(void **state)
{
    (void)state;
    struct case_snapshot before = case_in(CASE_ASSIGNED, QUEUE_UNIT), after;
    struct case_command command = full_command(CASE_START, R(VOLUNTEER));
    struct error err = {0};
    before.assignee = "official";
    assert_true(case_decide(&before, &command, &rules, at(10, 0), &after, &err));
    assert_int_equal(after.actor_role, ROLE_VOLUNTEER);
    command.action = CASE_ASSIGN;
    assert_false(case_decide(&before, &command, &rules, at(10, 0), &after, &err));
    assert_int_equal(err.kind, ERR_FORBIDDEN);
}

static void acceptance_starts_the_clock_of_the_level(void **state)
{
    (void)state;
    struct case_snapshot before = case_in(CASE_RECEIVED, QUEUE_UNIT), after;
    struct case_command command = full_command(CASE_ACCEPT, R(FOCAL_POINT));
    struct error err = {0};
    before.escalation = 2;
    before.reminded = true;
    assert_true(case_decide(&before, &command, &rules, at(15, 0), &after, &err));
    assert_int_equal(after.resolve_due, at(24 + 10, 0)); /* two hours today, two tomorrow */
    assert_string_equal(after.resolve_rule.code, "resolve-urgent");
    assert_int_equal(after.escalation, 0);
    assert_int_equal(after.next_timer, at(24 + 9, 0)); /* 75 % */

    before.level = LEVEL_COMPLEX; /* no rule in this test's table */
    assert_false(case_decide(&before, &command, &rules, at(15, 0), &after, &err));
    assert_int_equal(err.kind, ERR_RETRY);
}

static void timer_reminds_once_and_climbs_once_per_step(void **state)
{
    static const struct {
        enum case_action action;
        int hour; /* of the day after filing 08:00, due 17:00 */
    } expected[] = {
        {CASE_REMIND, 15}, {CASE_ESCALATE, 17}, {CASE_ESCALATE, 24 + 12}, {CASE_ESCALATE, 24 + 17}};
    (void)state;
    struct case_snapshot now = opened_case(QUEUE_UNROUTABLE), after;
    for (size_t i = 0; i < 4; i++) {
        struct error err = {0};
        assert_int_equal(now.next_timer, at(expected[i].hour, 0));
        assert_int_equal(case_timer_action(&now, &rules, now.next_timer - 1), CASE_ACTIONS);
        assert_int_equal(case_timer_action(&now, &rules, now.next_timer), expected[i].action);
        struct case_command command = {
            .action = expected[i].action, .expected_version = now.version, .roles = R(SYSTEM)};
        assert_true(case_decide(&now, &command, &rules, now.next_timer, &after, &err));
        now = after;
        assert_int_equal(now.escalation, (int)i);
    }
    assert_int_equal(now.next_timer, 0);
    assert_int_equal(case_timer_action(&now, &rules, at(1000, 0)), CASE_ACTIONS);
}

static void a_case_found_overdue_is_not_reminded(void **state)
{
    (void)state;
    struct case_snapshot now = opened_case(QUEUE_UNIT);
    assert_int_equal(case_timer_action(&now, &rules, at(18, 0)), CASE_ESCALATE);
    now = case_in(CASE_RESOLVED, QUEUE_UNIT);
    assert_int_equal(case_timer_action(&now, &rules, at(1000, 0)), CASE_ACTIONS);
    assert_int_equal(case_next_timer(&now, &rules, at(10, 0)), 0);
}

static void check_whole(const struct case_snapshot *now)
{
    assert_in_range(now->state, 0, CASE_STATES - 1);
    assert_true(now->queue == QUEUE_UNROUTABLE || now->unit != NULL);
    assert_true(now->state == CASE_RECEIVED || now->state == CASE_REJECTED ||
                now->accepted_at != 0);
    assert_true(now->state != CASE_RESOLVED || (now->result_text && now->evidence_count > 0));
    assert_true(now->state != CASE_REJECTED || now->reason_class != NULL);
    assert_true((now->state == CASE_ASSIGNED || now->state == CASE_IN_PROGRESS) <=
                (now->assignee != NULL));
    assert_true(now->next_timer == 0 || case_due(now) != 0);
    assert_in_range(now->escalation, 0, CASE_ESCALATIONS_MAX);
}

static void random_commands_leave_no_gap_and_no_impossible_case(void **state)
{
    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct case_snapshot now =
            opened_case(random_below(4) == 0 ? QUEUE_UNROUTABLE : QUEUE_UNIT);
        int64_t now_us = at(8, 0);
        int32_t versions = 1;
        for (int i = 0; i < 40; i++) {
            struct case_snapshot after;
            struct error err = {0};
            struct case_command command = full_command((enum case_action)random_below(CASE_ACTIONS),
                                                       random_below(1u << CASE_ROLES));
            now_us += random_below(5000) * CALENDAR_MINUTE_US / 10;
            command.expected_version = now.version - (random_below(8) == 0);
            command.is_city_office = random_below(2) == 0;
            if (random_below(3) == 0) {
                command.action = case_timer_action(&now, &rules, now_us);
                command.roles = R(SYSTEM);
                if (command.action == CASE_ACTIONS) {
                    continue;
                }
            }
            if (case_decide(&now, &command, &rules, now_us, &after, &err)) {
                versions++;
                assert_int_equal(after.version, versions);
                assert_int_equal(after.previous_state, now.state);
                assert_true(after.at_us >= now.at_us);
                assert_true(now.state != CASE_RESOLVED && now.state != CASE_REJECTED);
                now = after;
            } else {
                assert_true(error_is_set(&err));
            }
            check_whole(&now);
        }
    }
}

int main(void)
{
    const char *seed = getenv("SEED");
    random_state = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
    printf("SEED=%llu\n", (unsigned long long)random_state);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_action_and_role_follows_the_table),
        cmocka_unit_test(a_stale_command_is_refused_before_the_state_is_looked_at),
        cmocka_unit_test(actions_name_what_they_lack),
        cmocka_unit_test(only_the_city_office_names_a_unit),
        cmocka_unit_test(the_assignee_may_work_whatever_their_role),
        cmocka_unit_test(acceptance_starts_the_clock_of_the_level),
        cmocka_unit_test(timer_reminds_once_and_climbs_once_per_step),
        cmocka_unit_test(a_case_found_overdue_is_not_reminded),
        cmocka_unit_test(random_commands_leave_no_gap_and_no_impossible_case),
    };
    return cmocka_run_group_tests(tests, make_calendar, free_calendar);
}
