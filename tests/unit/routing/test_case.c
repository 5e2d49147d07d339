/* SPDX-License-Identifier: Apache-2.0 */
/* Who may do what to a case, and in which order a command is judged: every action × state × queue ×
 * actor of the on-site report against a table written down here by hand. */
#include "tests/unit/routing/desk.h"

/* The actors of the table by letters. */
static const struct {
    char letter;
    enum actor actor;
} actors[] = {{'S', ROLE_SYSTEM},      {'.', ROLE_CITIZEN},          {'o', ROLE_OFFICER},
              {'f', ROLE_FOCAL_POINT}, {'s', ROLE_SUPERVISOR},       {'.', ROLE_EDITOR},
              {'.', ROLE_APPROVER},    {'.', ROLE_HOTLINE_OPERATOR}, {'.', ROLE_VOLUNTEER},
              {'k', ROLE_AUDITOR},     {'a', ROLE_ADMINISTRATOR},    {'A', ACTOR_ASSIGNEE},
              {'r', ACTOR_REPORTER},   {'c', ACTOR_CITY_OFFICE},     {'t', ACTOR_TASK_UNIT}};

/* The process again, in other words than its file's. */
static const struct allowed {
    const char *action, *from;
    const char *queues; /* unit, none, disputed */
    const char *to;     /* "=": stays, "<": back to where it was accepted */
    const char *by;
} table[] = {
    {"accept", "received", "u", "accepted", "fsa"},
    {"assign", "accepted assigned in_progress", "u", "assigned", "fsa"},
    {"start", "assigned", "u", "in_progress", "ofsaA"},
    {"ask", "accepted assigned in_progress", "u", "info_requested", "ofsaA"},
    {"answer", "info_requested", "u", "<", "rofsaA"},
    {"resume", "info_requested", "u", "<", "SofsaA"},
    {"extend", "accepted assigned in_progress", "u", "=", "ofsaA"},
    {"resolve", "assigned in_progress", "u", "resolved", "ofsaA"},
    {"pass_audit", "resolved", "u", "=", "kc"},
    {"fail_audit", "resolved", "u", "accepted", "kc"},
    {"reopen", "resolved", "u", "accepted", "r"},
    {"rate", "resolved closed", "u", "=", "r"},
    {"close", "resolved", "u", "closed", "Sr"},
    {"reject", "received accepted", "und", "rejected", "fsac"},
    {"return", "received accepted", "u", "received", "fsa"},
    {"route", "received", "un", "=", "c"},
    {"decide", "received", "d", "=", "c"},
    {"confirm_area", "received", "u", "=", "fsac"},
    {"classify", "received", "und", "=", "fsac"},
    {"withdraw", "received accepted assigned in_progress info_requested", "und", "withdrawn", "r"},
    {"comment", "received accepted assigned in_progress info_requested resolved", "und", "=",
     "rtcofsaA"},
    {"add_task", "received accepted assigned in_progress", "u", "=", "fsa"},
    {"accept_task", "received accepted assigned in_progress info_requested", "u", "=", "t"},
    {"finish_task", "received accepted assigned in_progress info_requested", "u", "=", "t"},
    {"decline_task", "received accepted assigned in_progress info_requested", "u", "=", "t"},
    {"merge", "received accepted assigned in_progress", "u", "merged", "ofsaA"},
    {"separate", "merged", "u", "<", "Sfsa"},
    {"follow", "merged", "u", "resolved", "S"},
    {"split", "received accepted assigned in_progress", "u", "=", "fsa"},
};

static bool names(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word)) {
        if ((at == list || at[-1] == ' ') && (at[length] == '\0' || at[length] == ' ')) {
            return true;
        }
    }
    return false;
}

/* ---- cases in every state ---- */

static struct case_snapshot a_lead(void)
{
    struct case_snapshot lead =
        engine_opened(&office, "onsite_report", QUEUE_UNIT, hanoi("2026-11-23 08:00"));
    lead.id.bytes[15] = 99;
    return lead;
}

static void go_on_to(struct desk *desk, const char *state)
{
    struct case_snapshot lead = a_lead();
    if (strcmp(state, "info_requested") == 0) {
        act(desk, officer, "ask", (struct words){.question = "where?"});
    } else if (strcmp(state, "merged") == 0) {
        act(desk, officer, "merge", (struct words){.into = &lead});
    } else if (strcmp(state, "rejected") == 0) {
        act(desk, focal_point, "reject", (struct words){.reason_class = "unclear", .reason = "?"});
    } else if (strcmp(state, "withdrawn") == 0) {
        act(desk, resident, "withdraw", (struct words){0});
    } else if (strcmp(state, "accepted") != 0) {
        act(desk, focal_point, "assign", (struct words){.assignee = "assignee"});
        if (strcmp(state, "assigned") != 0) {
            act(desk, officer, "start", (struct words){0});
        }
        if (strcmp(state, "resolved") == 0 || strcmp(state, "closed") == 0) {
            act(desk, officer, "resolve", (struct words){.result = "done", .evidence = 1});
        }
        if (strcmp(state, "closed") == 0) {
            act(desk, resident, "close", (struct words){0});
        }
    }
}

static struct desk desk_in(const char *state)
{
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    if (strcmp(state, "received") != 0) {
        act(&desk, focal_point, "accept", (struct words){0});
        go_on_to(&desk, state);
    }
    desk.now.tasks[desk.now.task_count++] = (struct case_task){.unit = "SXD"};
    return desk;
}

/* A command with all that the action could want. */
static struct case_command full_command(const struct desk *desk, const char *action,
                                        actor_set actor, const struct case_snapshot *lead)
{
    struct words words = {.note = "n",
                          .result = "done",
                          .reason_class = "unclear",
                          .reason = "r",
                          .assignee = "assignee",
                          .unit =
                              strstr(action, "_task") != NULL && action[0] != 'a' ? "SXD" : "00004",
                          .proposed_unit = "SYT",
                          .question = "q",
                          .answer = "a",
                          .rating = "satisfied",
                          .category = "khac",
                          .evidence = 2,
                          .minutes = 60,
                          .into = lead};
    struct case_command command =
        desk_command(desk, (struct person){"someone", actor}, action, words);
    const struct process *process = desk->now.process;
    if (strcmp(action, "accept_task") == 0) {
        command.unit = "SXD";
    }
    command.given &= process->actions[process_action_find(process, action)].takes;
    return command;
}

/* ---- the table ---- */

static const char *expected_state(const struct allowed *row, const char *from)
{
    return row->to[0] == '=' ? from : row->to[0] == '<' ? "accepted" : row->to;
}

static void check_cell(const struct allowed *row, const struct desk *desk, const char *from,
                       enum case_queue queue, size_t who)
{
    struct case_snapshot lead = a_lead(), before = desk->now, after;
    before.queue = queue;
    before.audit = strstr(row->action, "_audit") != NULL ? AUDIT_PENDING : AUDIT_NONE;
    before.near_border = strcmp(row->action, "confirm_area") == 0;
    struct case_command command =
        full_command(desk, row->action, ACTOR_BIT(actors[who].actor), &lead);
    struct error err = {0};
    bool may = actors[who].letter != '.' && strchr(row->by, actors[who].letter) != NULL;
    bool fits = names(row->from, from) && strchr(row->queues, "und"[queue]) != NULL;
    bool done = case_decide(&before, &command, &office.rules, desk->at_us, &after, &err);

    if (done != (may && fits) || case_may_take(&before, &command, row->action) != done) {
        fail_msg("%s of a case %s (%s) by %s: %s", row->action, from, case_queue_words[queue],
                 actor_words[actors[who].actor], done ? "done" : err.text);
    }
    if (done) {
        assert_string_equal(after.process->states[after.state].code, expected_state(row, from));
        assert_null(fault_of_step(&before, &after));
    } else {
        assert_string_equal(err.code, may ? "action_not_allowed" : "forbidden");
    }
}

static void every_action_is_for_some_in_some_states(void **state)
{
    (void)state;
    const struct process *process = process_find(&office.book, "onsite_report", 1);
    size_t rows = sizeof table / sizeof table[0];
    assert_int_equal(rows, process->action_count);
    for (int from = 0; from < process->state_count; from++) {
        struct desk desk = desk_in(process->states[from].code);
        for (size_t i = 0; i < rows; i++) {
            for (size_t who = 0; who < sizeof actors / sizeof actors[0]; who++) {
                for (int queue = 0; queue < CASE_QUEUES; queue++) {
                    check_cell(&table[i], &desk, process->states[from].code, (enum case_queue)queue,
                               who);
                }
            }
        }
    }
}

static void what_every_case_knows_is_the_systems(void **state)
{
    static const char *const actions[] = {CASE_REMIND, CASE_ESCALATE, CASE_SUCCEED,
                                          CASE_SUCCEED_TASK, CASE_RECOMPUTE};
    (void)state;
    struct desk desk = desk_in("accepted");
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        for (int actor = ROLE_CITIZEN; actor < ACTORS; actor++) {
            struct person person = {"someone", ACTOR_BIT(actor)};
            refused(&desk, person, actions[i], (struct words){.unit = "00004"}, "forbidden");
        }
    }
    refused(&desk, the_system, CASE_OPEN, (struct words){0}, "unknown_action");
    refused(&desk, the_system, CASE_PROPOSE, (struct words){0}, "unknown_action");
    struct desk over = desk_in("closed");
    refused(&over, the_system, CASE_RECOMPUTE, (struct words){0}, "action_not_allowed");
}

/* ---- the order of checks ---- */

static void commands_are_judged_in_one_order(void **state)
{
    static const struct {
        const char *what, *action;
        const struct person *who;
        int64_t version; /* added to the case's */
        struct words words;
        const char *code;
    } rows[] = {
        {"unknown, though nobody could", "fly", &stranger, 7, {0}, "unknown_action"},
        {"forbidden, though stale", "accept", &stranger, 7, {0}, "forbidden"},
        {"forbidden, though in another state", "start", &resident, 0, {0}, "forbidden"},
        {"stale, though in another state", "start", &officer, -1, {0}, "stale_version"},
        {"stale, of a version to come", "accept", &focal_point, 1, {0}, "stale_version"},
        {"in another state, though it lacks a field",
         "resolve",
         &officer,
         0,
         {0},
         "action_not_allowed"},
        {"a field is missing, and another is too much",
         "return",
         &focal_point,
         0,
         {.unit = "SXD"},
         "reason.text"},
        {"a field that is not expected", "accept", &focal_point, 0, {.assignee = "x"}, "assignee"},
        {"a field is missing, though a condition fails",
         "accept_task",
         &other_unit,
         0,
         {.result = "x"},
         "result.text"},
        {"a condition fails", "accept_task", &other_unit, 0, {.unit = "SYT"}, "condition_not_met"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk desk = desk_in("received");
        struct case_command command =
            desk_command(&desk, *rows[i].who, rows[i].action, rows[i].words);
        command.expected_version += rows[i].version;
        if (desk_decide(&desk, &command)) {
            fail_msg("%s: done", rows[i].what);
        }
        const char *code = desk.err.field_count > 0 ? desk.err.fields[0].field : desk.err.code;
        if (strcmp(code, rows[i].code) != 0) {
            fail_msg("%s: %s", rows[i].what, code);
        }
        assert_int_equal(desk.now.version, 1);
    }
}

static void errors_say_what_to_do(void **state)
{
    static const struct {
        const char *action;
        const struct person *who;
        int64_t version;
        enum error_kind kind;
    } rows[] = {
        {"fly", &officer, 0, ERR_NOT_FOUND},       {"accept", &resident, 0, ERR_FORBIDDEN},
        {"accept", &focal_point, 1, ERR_CONFLICT}, {"start", &officer, 0, ERR_UNPROCESSABLE},
        {"return", &focal_point, 0, ERR_INPUT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct desk desk = desk_in("received");
        struct case_command command =
            desk_command(&desk, *rows[i].who, rows[i].action, (struct words){0});
        command.expected_version += rows[i].version;
        assert_false(desk_decide(&desk, &command));
        assert_int_equal(desk.err.kind, rows[i].kind);
    }
}

static void every_bad_field_is_named(void **state)
{
    (void)state;
    struct desk desk = desk_in("in_progress");
    assert_false(
        desk_try(&desk, officer, "resolve", (struct words){.unit = "SXD", .rating = "satisfied"}));
    assert_int_equal(desk.err.field_count, 4);
    static const struct {
        const char *field, *code;
    } faults[] = {{"result.text", "required"},
                  {"result.evidence", "required"},
                  {"unit", "not_expected"},
                  {"rating", "not_expected"}};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(desk.err.fields[i].field, faults[i].field);
        assert_string_equal(desk.err.fields[i].code, faults[i].code);
    }
}

/* ---- what a version tells ---- */

static void a_version_tells_who_did_what_and_when(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    assert_int_equal(desk.now.version, 1);
    assert_string_equal(desk.now.action, CASE_OPEN);
    assert_string_equal(process_event_words[desk.now.event], "opened");
    assert_int_equal(desk.now.opened_at, desk.at_us);

    wait_until(&desk, "2026-11-24 09:00");
    act(&desk, focal_point, "accept", (struct words){.note = "ours"});
    assert_int_equal(desk.now.version, 2);
    assert_string_equal(desk.now.action, "accept");
    assert_string_equal(process_event_words[desk.now.event], "accepted");
    assert_int_equal(desk.now.at_us, hanoi("2026-11-24 09:00"));
    assert_int_equal(desk.now.actor_role, ROLE_FOCAL_POINT);
    assert_string_equal(desk.now.actor_ref, "focal-point");
    assert_string_equal(desk.now.note, "ours");
    assert_string_equal(desk.now.resolve_rule.code, "normal");
    assert_int_equal(desk.now.accepted_at, desk.at_us);

    act(&desk, focal_point, "assign", (struct words){.assignee = "assignee"});
    assert_null(desk.now.note); /* that was the version before */
}

/* Two machines disagree by a little: history does not run backwards. */
static void time_never_runs_backwards(void **state)
{
    (void)state;
    struct desk desk = accepted_case("onsite_report");
    wait_until(&desk, "2026-11-24 07:00");
    act(&desk, focal_point, "assign", (struct words){.assignee = "x"});
    assert_int_equal(desk.now.at_us, hanoi("2026-11-24 08:00"));
}

/* What is finer than the events tell would not come back. */
static void instants_are_kept_as_they_are_told(void **state)
{
    (void)state;
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    desk.at_us += MINUTES(7) + 123456;
    act(&desk, focal_point, "accept", (struct words){0});
    assert_int_equal(desk.now.at_us % 1000000, 123000);
    desk.at_us += MINUTES(7) + 999;
    act(&desk, officer, "ask", (struct words){.question = "?"});
    desk.at_us += MINUTES(7) + 1;
    act(&desk, resident, "answer", (struct words){.answer = "!"});
    assert_int_equal(clock_due(&desk.now.clocks[CASE_RESOLVE]) % 1000, 0);
}

/* Under which role somebody acts, if they have several. */
static void the_most_specific_role_is_told(void **state)
{
    static const struct {
        actor_set actor, allowed;
        enum actor role;
    } rows[] = {
        {ACTOR_BIT(ROLE_OFFICER) | ACTOR_BIT(ROLE_FOCAL_POINT), ~0u, ROLE_FOCAL_POINT},
        {ACTOR_BIT(ROLE_OFFICER) | ACTOR_BIT(ROLE_FOCAL_POINT), ACTOR_BIT(ROLE_OFFICER),
         ROLE_OFFICER},
        {ACTOR_BIT(ROLE_ADMINISTRATOR) | ACTOR_BIT(ROLE_SUPERVISOR), ~0u, ROLE_SUPERVISOR},
        {ACTOR_BIT(ROLE_CITIZEN) | ACTOR_BIT(ACTOR_REPORTER), ACTOR_BIT(ACTOR_REPORTER),
         ROLE_CITIZEN},
        {ACTOR_BIT(ACTOR_ASSIGNEE), ACTOR_BIT(ACTOR_ASSIGNEE), ROLE_CITIZEN},
        {ACTOR_BIT(ROLE_SYSTEM), ~0u, ROLE_SYSTEM},
        {0, ~0u, ROLE_CITIZEN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(actor_role(rows[i].actor, rows[i].allowed), rows[i].role);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_action_is_for_some_in_some_states),
        cmocka_unit_test(what_every_case_knows_is_the_systems),
        cmocka_unit_test(commands_are_judged_in_one_order),
        cmocka_unit_test(errors_say_what_to_do),
        cmocka_unit_test(every_bad_field_is_named),
        cmocka_unit_test(a_version_tells_who_did_what_and_when),
        cmocka_unit_test(time_never_runs_backwards),
        cmocka_unit_test(instants_are_kept_as_they_are_told),
        cmocka_unit_test(the_most_specific_role_is_told),
    };
    return cmocka_run_group_tests(tests, desk_open_office, desk_close_office);
}
