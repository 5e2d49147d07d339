/* SPDX-License-Identifier: Apache-2.0 */
/* Processes: those that are shipped can be run; what the engine must not run is refused, by the
 * field or the state or action that is to blame, with the reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "services/routing/process_book.h"
#include "services/routing/process_json.h"
#include "services/routing/reference_data.h"

/* A sound process with something of everything; ' stands for ". */
static const char sound[] =
    "{'code': 'complaint', 'version': 3, 'valid_from': '2026-01-01', 'source': 'assumption',"
    " 'name': {'vi': 'Phản ánh', 'en': 'Complaint'}, 'opening': 'received',"
    " 'limits': {'handovers': 2, 'extensions': 1, 'reopenings': 1, 'audit_percent': 50},"
    " 'details': [{'code': 'session', 'type': 'text', 'max': 20, 'required': true},"
    "  {'code': 'mood', 'type': 'word', 'words': ['good', 'bad']}],"
    " 'states': ["
    "  {'code': 'received', 'name': {'vi': 'a', 'en': 'a'}, 'phase': 'received'},"
    "  {'code': 'working', 'name': {'vi': 'b', 'en': 'b'}, 'phase': 'working'},"
    "  {'code': 'asked', 'name': {'vi': 'c', 'en': 'c'}, 'phase': 'paused',"
    "   'timeout': {'clock': 'answer', 'action': 'resume'}},"
    "  {'code': 'done', 'name': {'vi': 'd', 'en': 'd'}, 'phase': 'resolved',"
    "   'timeout': {'clock': 'review', 'action': 'close'}},"
    "  {'code': 'joined', 'name': {'vi': 'e', 'en': 'e'}, 'phase': 'merged'},"
    "  {'code': 'over', 'name': {'vi': 'f', 'en': 'f'}, 'phase': 'closed'},"
    "  {'code': 'refused', 'name': {'vi': 'g', 'en': 'g'}, 'phase': 'rejected'}],"
    " 'actions': ["
    "  {'code': 'accept', 'event': 'accepted', 'from': ['received'], 'to': 'working',"
    "   'by': ['officer'], 'effects': ['stop_receive', 'start_resolve']},"
    "  {'code': 'ask', 'event': 'info_requested', 'from': ['working'], 'to': 'asked',"
    "   'by': ['officer'], 'requires': ['question'], 'effects': ['pause', 'ask']},"
    "  {'code': 'resume', 'event': 'info_supplied', 'from': ['asked'], 'to': '@back',"
    "   'by': ['system', 'officer'], 'effects': ['resume']},"
    "  {'code': 'extend', 'event': 'extended', 'from': ['working'], 'by': ['officer'],"
    "   'requires': ['minutes', 'reason.text'], 'conditions': ['within_extensions'],"
    "   'approval': {'by': ['supervisor']}, 'effects': ['extend']},"
    "  {'code': 'finish', 'event': 'resolved', 'from': ['working'], 'to': 'done',"
    "   'by': ['officer'], 'requires': ['result.text'],"
    "   'effects': ['stop_clocks', 'record_result', 'sample_audit']},"
    "  {'code': 'pass', 'event': 'audited', 'from': ['done'], 'by': ['auditor'],"
    "   'conditions': ['audit_pending', 'independent'], 'effects': ['pass_audit']},"
    "  {'code': 'reopen', 'event': 'reopened', 'from': ['done'], 'to': 'working',"
    "   'by': ['reporter'], 'conditions': ['within_reopenings'],"
    "   'effects': ['restart_resolve', 'count_reopening']},"
    "  {'code': 'close', 'event': 'closed', 'from': ['done'], 'to': 'over', 'by': ['system'],"
    "   'conditions': ['audit_settled']},"
    "  {'code': 'reject', 'event': 'rejected', 'from': ['received'], 'to': 'refused',"
    "   'by': ['officer'], 'requires': ['reason.class', 'reason.text'],"
    "   'approval': {'by': ['supervisor'], 'where_class_needs_it': true},"
    "   'effects': ['stop_clocks', 'record_reason']},"
    "  {'code': 'return', 'event': 'returned', 'from': ['received'], 'to': 'received',"
    "   'by': ['officer'], 'requires': ['reason.text', 'proposed_unit'],"
    "   'conditions': ['not_bound'], 'effects': ['hand_over']},"
    "  {'code': 'decide', 'event': 'routed', 'from': ['received'], 'by': ['city_office'],"
    "   'queues': ['unroutable', 'disputed'], 'requires': ['unit'], 'effects': ['route', 'bind']},"
    "  {'code': 'finish_task', 'event': 'task_changed', 'from': ['working'], 'by': ['task_unit'],"
    "   'conditions': ['task_open'], 'effects': ['finish_task']},"
    "  {'code': 'merge', 'event': 'merged', 'from': ['received', 'working'], 'to': 'joined',"
    "   'by': ['officer'], 'requires': ['into'], 'effects': ['pause', 'merge']},"
    "  {'code': 'separate', 'event': 'separated', 'from': ['joined'], 'to': '@back',"
    "   'by': ['system', 'officer'], 'effects': ['resume', 'separate']},"
    "  {'code': 'follow', 'event': 'resolved', 'from': ['joined'], 'to': 'done',"
    "   'by': ['system'], 'requires': ['result.text'], 'takes': ['result.evidence'],"
    "   'effects': ['stop_clocks', 'record_result']}]}";

struct change {
    const char *what;
    const char *find, *put; /* in the process above, where it comes first */
    const char *field, *reason;
};

/* The first state, and the first action, may have another before them. */
#define STATES  "'states': ["
#define ACTIONS "'actions': ["
#define STATE(code, phase)                                                                         \
    "{'code': '" code "', 'name': {'vi': 'x', 'en': 'x'}, 'phase': '" phase "'"
#define ACTION(code, from, by)                                                                     \
    "{'code': '" code "', 'event': 'advanced', 'from': ['" from "'], 'by': ['" by "']"

/* The text with one change. */
static char *changed(const char *text, const char *find, const char *put, struct arena *arena)
{
    const char *at = strstr(text, find);
    if (at == NULL) {
        fail_msg("nothing like %s", find);
    }
    return arena_format(arena, "%.*s%s%s", (int)(at - text), text, put, at + strlen(find));
}

static char *as_json(const char *text, struct arena *arena)
{
    char *json = arena_text(arena, text);
    for (char *c = json; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    return json;
}

static bool read_process(const char *text, struct arena *arena, struct process *process,
                         struct error *err)
{
    const char *json = as_json(text, arena);
    return process_json_read(process, json, strlen(json), arena, err);
}

static void assert_refused(const char *text, const struct change *row, const char *code)
{
    struct arena arena;
    struct process process;
    struct error err = {0};
    arena_init(&arena);
    if (read_process(changed(text, row->find, row->put, &arena), &arena, &process, &err)) {
        fail_msg("%s was taken", row->what);
    }
    if (strcmp(err.code, code) != 0 || strcmp(err.fields[0].field, row->field) != 0 ||
        strstr(err.fields[0].text, row->reason) == NULL) {
        fail_msg("%s: %s %s %s", row->what, err.code, err.fields[0].field, err.fields[0].text);
    }
    assert_int_equal(err.kind, ERR_INPUT);
    arena_finish(&arena);
}

/* ---- what can be run ---- */

static void every_shipped_process_is_sound(void **state)
{
    (void)state;
    struct process_book book;
    process_book_init(&book);
    for (size_t i = 0; reference_process_names[i] != NULL; i++) {
        struct reference_file file = reference_file(reference_process_names[i]);
        struct process process;
        struct error err = {0};
        if (!process_json_read(&process, file.text, file.size, &book.arena, &err)) {
            fail_msg("%s: %s", file.name, err.text);
        }
        assert_non_null(strstr(file.name, process.rule.code));
        assert_true(process.rule.version == 1 && process.action_count > 5);
        assert_true(process.valid_from == 0 && process.valid_to == 0); /* the table's to say */
    }
    process_book_finish(&book);
}

static void a_process_is_read_as_it_is_written(void **state)
{
    (void)state;
    struct arena arena;
    struct process process;
    struct error err = {0};
    arena_init(&arena);
    if (!read_process(sound, &arena, &process, &err)) {
        fail_msg("%s", err.text);
    }
    assert_string_equal(process.rule.code, "complaint");
    assert_int_equal(process.rule.version, 3);
    assert_int_equal(process.limits.audit_percent, 50);
    assert_int_equal(process.state_count, 7);
    assert_int_equal(process.opening, process_state_find(&process, "received"));
    assert_true(process.details[0].required && process.details[0].max == 20);
    assert_string_equal(process.details[1].words[1], "bad");

    const struct process_state *asked = &process.states[process_state_find(&process, "asked")];
    assert_int_equal(asked->timeout_clock, DEADLINE_ANSWER);
    assert_int_equal(asked->timeout_action, process_action_find(&process, "resume"));

    const struct process_action *reject = &process.actions[process_action_find(&process, "reject")];
    assert_int_equal(reject->to, process_state_find(&process, "refused"));
    assert_true(reject->approvers == ACTOR_BIT(ROLE_SUPERVISOR) && reject->approval_by_class);
    assert_int_equal(reject->queues, PROCESS_BIT(QUEUE_UNIT));
    assert_true((reject->takes & reject->requires) == reject->requires);
    assert_true(reject->takes & PROCESS_BIT(FIELD_NOTE));

    assert_true(process_state_is_final(&process, process_state_find(&process, "over")));
    assert_false(process_state_is_final(&process, process_state_find(&process, "asked")));
    assert_int_equal(process.actions[process_action_find(&process, "extend")].to, PROCESS_STAYS);
    assert_int_equal(process.actions[process_action_find(&process, "resume")].to, PROCESS_BACK);
    arena_finish(&arena);
}

static void a_book_finds_versions_by_number_and_by_day(void **state)
{
    (void)state;
    struct process_book book;
    struct arena arena;
    process_book_init(&book);
    arena_init(&arena);
    struct process_row rows[] = {
        {"complaint", 3, 1000, 0, as_json(sound, &arena)},
        {"complaint", 4, 2000, 0,
         as_json(changed(sound, "'version': 3", "'version': 4", &arena), &arena)},
    };
    assert_true(process_book_add(&book, &rows[0], NULL));
    const struct process *third = process_find(&book, "complaint", 3);
    assert_true(process_book_add(&book, &rows[1], NULL));
    assert_ptr_equal(process_find(&book, "complaint", 3), third); /* cases borrow it */
    assert_null(process_find(&book, "complaint", 5));
    assert_null(process_find(&book, "petition", 3));

    assert_null(process_current(&book, "complaint", 999));
    assert_int_equal(process_current(&book, "complaint", 1999)->rule.version, 3);
    assert_int_equal(process_current(&book, "complaint", 2000)->rule.version, 4);
    rows[1].valid_to = 3000;
    assert_true(process_book_add(&book, &rows[1], NULL)); /* a version ends; nothing else changes */
    assert_int_equal(process_current(&book, "complaint", 3000)->rule.version, 3);
    assert_int_equal(book.count, 2);

    struct error err = {0};
    struct process_row bad = {
        "complaint", 5, 0, 0,
        as_json(changed(sound, "'by': ['system']", "'by': []", &arena), &arena)};
    assert_false(process_book_add(&book, &bad, &err));
    assert_string_equal(err.code, "unsound_process");
    assert_int_equal(book.count, 2);
    process_book_finish(&book);
    arena_finish(&arena);
}

/* ---- what is no process ---- */

static void malformed_processes_are_refused_by_field(void **state)
{
    static const struct change rows[] = {
        {"no code", "'code': 'complaint', ", "", "code", "required"},
        {"a code in capitals", "'complaint'", "'Complaint'", "code", "lower-case"},
        {"no version", "'version': 3, ", "", "version", "required"},
        {"version 0", "'version': 3", "'version': 0", "version", "1"},
        {"no source", "'source': 'assumption',", "", "source", "required"},
        {"no limits", "'limits'", "'bounds'", "limits", "required"},
        {"too many hands", "'handovers': 2", "'handovers': 7", "limits.handovers", "6"},
        {"half a name", "'en': 'Complaint'", "'fr': 'Plainte'", "name.en", "required"},
        {"no states", "'states'", "'places'", "states", "required"},
        {"no opening", "'opening': 'received',", "", "opening", "required"},
        {"an unknown opening", "'opening': 'received'", "'opening': 'nowhere'", "opening",
         "no such"},
        {"an unknown phase", "'phase': 'paused'", "'phase': 'asleep'", "states[2].phase", ""},
        {"a state twice", "'code': 'asked'", "'code': 'working'", "states[2].code", "two states"},
        {"an unknown clock", "'clock': 'answer'", "'clock': 'lunch'", "states[2].timeout.clock",
         ""},
        {"an unknown time-out", "'action': 'resume'", "'action': 'wake'",
         "states[2].timeout.action", "no such action"},
        {"an action twice", "'code': 'ask',", "'code': 'accept',", "actions[1].code",
         "two actions"},
        {"an unknown event", "'accepted'", "'taken'", "actions[0].event", ""},
        {"from an unknown state", "'from': ['received']", "'from': ['received', 'x']",
         "actions[0].from[1]", "known"},
        {"to an unknown state", "'to': 'working'", "'to': 'x'", "actions[0].to", "no such state"},
        {"an unknown actor", "'by': ['officer']", "'by': ['mayor']", "actions[0].by[0]", "known"},
        {"an unknown field", "['question']", "['riddle']", "actions[1].requires[0]", "known"},
        {"an unknown field to take", "'takes': ['result.evidence']", "'takes': ['proof']",
         "actions[14].takes[0]", "known"},
        {"an unknown condition", "['not_bound']", "['free']", "actions[9].conditions[0]", "known"},
        {"an unknown effect", "['resume']", "['wake']", "actions[2].effects[0]", "known"},
        {"an unknown queue", "['unroutable', ", "['lost', ", "actions[10].queues[0]", "known"},
        {"an unknown approver", "'by': ['supervisor']", "'by': ['boss']",
         "actions[3].approval.by[0]", "known"},
        {"approval by nobody", "'by': ['supervisor']", "'by': []", "actions[3].approval.by", "who"},
        {"a slip in a member's name", "'conditions': ['not_bound']", "'conditons': ['not_bound']",
         "actions[9].conditons", ""},
        {"a slip at the root", "'limits'", "'opend_by': [], 'limits'", "opend_by", ""},
        {"a detail twice", "'code': 'mood'", "'code': 'session'", "details[1].code", "two details"},
        {"a detail of no type", "'type': 'text'", "'type': 'song'", "details[0].type", ""},
        {"a word detail without words", ", 'words': ['good', 'bad']", "", "details[1].words", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_refused(sound, &rows[i], "invalid_input");
    }
}

/* ---- what the engine must not run ---- */

static void assert_unsound(const struct change *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_refused(sound, &rows[i], "unsound_process");
    }
}

static void states_must_be_reached_and_left(void **state)
{
    static const struct change rows[] = {
        {"nothing leads to a state", STATES, STATES STATE("limbo", "working") "}, ", "states.limbo",
         "no action leads"},
        {"nothing leads on", "'to': 'over'", "'to': 'done'", "states.done", "does not lead away"},
        {"nobody names a unit", "'queues': ['unroutable', ", "'queues': [", "states.received",
         "dead end for a case that no unit has"},
        {"nobody decides disputes", "'queues': ['unroutable', 'disputed']",
         "'queues': ['unroutable']", "states.received", "dead end for a case that no unit has"},
        {"a case begins in a pause", "'opening': 'received'", "'opening': 'asked'", "states.asked",
         "cannot begin"},
        {"a case begins at its end", "'opening': 'received'", "'opening': 'over'", "states.over",
         "cannot begin"},
        {"from no state", "'from': ['received'], 'to': 'working'", "'from': [], 'to': 'working'",
         "actions.accept", "no state"},
        {"by nobody", "'by': ['officer'], 'effects': ['stop_receive'",
         "'by': [], 'effects': ['stop_receive'", "actions.accept", "nobody may take it"},
        {"by a name that is taken", "'code': 'decide'", "'code': 'approve'", "actions.approve",
         "every case has"},
    };
    (void)state;
    assert_unsound(rows, sizeof rows / sizeof rows[0]);
}

/* Such a state, and the way into it. */
static void a_state_without_a_way_out_is_a_dead_end(void **state)
{
    static const struct change way = {
        "a dead end", ACTIONS, ACTIONS ACTION("stray", "working", "officer") ", 'to': 'limbo'}, ",
        "states.limbo", "dead end: no way leads from here to an end"};
    (void)state;
    struct arena arena;
    arena_init(&arena);
    assert_refused(changed(sound, STATES, STATES STATE("limbo", "working") "}, ", &arena), &way,
                   "unsound_process");
    arena_finish(&arena);
}

static void clocks_must_go_with_the_states(void **state)
{
    static const struct change rows[] = {
        {"an end with running clocks", "['stop_clocks', 'record_result', 'sample_audit']",
         "['record_result', 'sample_audit']", "actions.finish", "clocks run on"},
        {"an end of a pause with a clock that waits", "['stop_clocks', 'record_result']}]}",
         "['record_result']}]}", "actions.follow", "clocks run on"},
        {"taken up again without a clock", "'restart_resolve', ", "", "actions.reopen",
         "up again without a clock"},
        {"a pause that pauses nothing", "['pause', 'ask']", "['ask']", "actions.ask",
         "without pausing"},
        {"merged and not paused", "['pause', 'merge']", "['merge']", "actions.merge",
         "without pausing"},
        {"back at work without a clock that goes on", "['resume']", "[]", "actions.resume",
         "without resuming"},
        {"a pause without a state for it", "['stop_receive', 'start_resolve']",
         "['stop_receive', 'start_resolve', 'pause']", "actions.accept", "without resuming"},
        {"work without a clock", "['stop_receive', 'start_resolve']", "['stop_receive']",
         "actions.accept", "goes on without a clock"},
        {"work with a clock that was stopped", "['stop_receive', 'start_resolve']",
         "['start_resolve', 'stop_clocks']", "actions.accept", "goes on without a clock"},
        {"a task in a pause", ACTIONS,
         ACTIONS ACTION("add_task", "asked", "officer") ", 'requires': ['unit'], 'effects': "
                                                        "['add_task']}, ",
         "actions.add_task", "nobody works on"},
        {"an extension before there is a clock", "'from': ['working'], 'by': ['officer'],",
         "'from': ['received', 'working'], 'by': ['officer'],", "actions.extend",
         "a clock that does not run"},
    };
    (void)state;
    assert_unsound(rows, sizeof rows / sizeof rows[0]);
}

static void ways_back_are_one_step_long(void **state)
{
    static const struct change rows[] = {
        {"back from the beginning", ACTIONS,
         ACTIONS ACTION("undo", "received", "officer") ", 'to': '@back'}, ", "actions.undo",
         "where every case begins"},
        {"back into a pause", "'from': ['received', 'working'], 'to': 'joined'",
         "'from': ['received', 'working', 'asked'], 'to': 'joined'", "actions.separate",
         "itself leads back"},
        {"back to an end", "'from': ['working'], 'to': 'asked',",
         "'from': ['working', 'done'], 'to': 'asked',", "actions.resume", "where a case has ended"},
    };
    (void)state;
    assert_unsound(rows, sizeof rows / sizeof rows[0]);
}

static void time_outs_must_be_the_systems_to_take(void **state)
{
    static const struct change rows[] = {
        {"a pause without an end", ",   'timeout': {'clock': 'answer', 'action': 'resume'}}", "}",
         "states.asked", "without a time-out"},
        {"from elsewhere", "'from': ['done'], 'to': 'over'", "'from': ['refused'], 'to': 'over'",
         "states.done", "cannot be taken from here"},
        {"by people", "'by': ['system', 'officer'], 'effects': ['resume']}",
         "'by': ['officer'], 'effects': ['resume']}", "states.asked", "not the system's"},
        {"with words", "'effects': ['resume']}", "'requires': ['answer'], 'effects': ['resume']}",
         "states.asked", "not the system's"},
        {"with conditions", "'effects': ['resume']}",
         "'conditions': ['not_overdue'], 'effects': ['resume']}", "states.asked",
         "not the system's"},
        {"with approval", "'effects': ['resume']}",
         "'approval': {'by': ['approver']}, 'effects': ['resume']}", "states.asked",
         "not the system's"},
        {"and stays", "'to': '@back',   'by': ['system', 'officer'], 'effects': ['resume']",
         "'by': ['system', 'officer'], 'effects': ['resume']", "states.asked",
         "does not lead away"},
    };
    (void)state;
    assert_unsound(rows, sizeof rows / sizeof rows[0]);
}

/* The time-out of a second state, and its action. */
static void time_outs_must_lead_on_for_every_case(void **state)
{
    static const struct {
        const char *phase, *timeout;
        struct change action;
    } rows[] = {
        {"'phase': 'received'",
         ", 'timeout': {'clock': 'review', 'action': 'wake'}",
         {"for a case that no unit has", ACTIONS,
          ACTIONS ACTION("wake", "received", "system") ", 'to': 'working', 'effects': "
                                                       "['stop_receive', 'start_resolve']}, ",
          "states.received", "no unit has"}},
        {"'phase': 'working'",
         ", 'timeout': {'clock': 'review', 'action': 'nag'}",
         {"in a circle", ACTIONS,
          ACTIONS ACTION("nag", "working", "system") ", 'to': 'asked', 'effects': ['pause']}, ",
          "states.working", "leads back to it"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        arena_init(&arena);
        const char *put = arena_format(&arena, "%s%s", rows[i].phase, rows[i].timeout);
        assert_refused(changed(sound, rows[i].phase, put, &arena), &rows[i].action,
                       "unsound_process");
        arena_finish(&arena);
    }
}

static void effects_must_find_what_they_need(void **state)
{
    static const struct change rows[] = {
        {"extends by nothing", "['minutes', 'reason.text']", "['reason.text']", "actions.extend",
         "does not require"},
        {"extends without a limit", "'conditions': ['within_extensions'],", "", "actions.extend",
         "lacks a condition"},
        {"asks nothing", "'requires': ['question'], ", "", "actions.ask", "does not require"},
        {"finishes with nothing", "'requires': ['result.text'],", "", "actions.finish",
         "does not require"},
        {"checks what was not picked", "['audit_pending', 'independent']", "['independent']",
         "actions.pass", "lacks a condition"},
        {"checks one's own", "['audit_pending', 'independent']", "['audit_pending']",
         "actions.pass", "lacks a condition"},
        {"reopens without a limit", "'conditions': ['within_reopenings'],", "", "actions.reopen",
         "lacks a condition"},
        {"rejects without a reason", "['reason.class', 'reason.text']", "['reason.class']",
         "actions.reject", "does not require"},
        {"hands over without a reason", "['reason.text', 'proposed_unit']", "['proposed_unit']",
         "actions.return", "does not require"},
        {"hands over to nobody", "['reason.text', 'proposed_unit']", "['reason.text']",
         "actions.return", "does not require"},
        {"hands over what was decided", "'conditions': ['not_bound'],", "", "actions.return",
         "lacks a condition"},
        {"names no unit", "'requires': ['unit'], ", "", "actions.decide", "does not require"},
        {"finishes a task of nobody", "'conditions': ['task_open'], ", "", "actions.finish_task",
         "lacks a condition"},
        {"merges with nothing", "'requires': ['into'], ", "", "actions.merge", "does not require"},
        {"classifies by nothing", ACTIONS,
         ACTIONS ACTION("sort", "received", "officer") ", 'effects': ['classify']}, ",
         "actions.sort", "neither category nor level"},
        {"assigns to nobody", ACTIONS,
         ACTIONS ACTION("give", "received", "officer") ", 'effects': ['assign']}, ", "actions.give",
         "to nobody"},
        {"takes what is lost", ACTIONS,
         ACTIONS ACTION("give", "received", "officer") ", 'takes': ['assignee']}, ", "actions.give",
         "none of its effects uses"},
        {"sets no details", ACTIONS,
         ACTIONS ACTION("note", "received", "officer") ", 'effects': ['set_details']}, ",
         "actions.note", "takes none"},
    };
    (void)state;
    assert_unsound(rows, sizeof rows / sizeof rows[0]);
}

static void what_a_process_promises_must_be_kept(void **state)
{
    static const struct change rows[] = {
        {"a result without text", "'record_result', 'sample_audit'", "'sample_audit'",
         "actions.finish", "without a result"},
        {"a rejection without a reason", "['stop_clocks', 'record_reason']", "['stop_clocks']",
         "actions.reject", "without a reason"},
        {"results that nobody can check", "'effects': ['pass_audit']", "'effects': []",
         "actions.finish", "nobody can pass"},
        {"a check of what has no result", "['stop_receive', 'start_resolve']",
         "['stop_receive', 'start_resolve', 'sample_audit']", "actions.accept", "no result"},
        {"a proposal that cannot wait", "'effects': ['extend']",
         "'effects': ['extend', 'unassign']", "actions.extend", "can only extend"},
        {"a class that nobody gives", "['reason.class', 'reason.text']", "['reason.text']",
         "actions.reject", "class of a reason"},
        {"handed over by nobody", "'conditions': ['not_bound'],",
         "'conditions': ['not_bound'], 'queues': ['unit', 'disputed'],", "actions.return",
         "what no unit has"},
        {"taken on by nobody", "'from': ['received'], 'to': 'working',",
         "'from': ['received'], 'to': 'working', 'queues': ['unit', 'unroutable'],",
         "actions.accept", "what no unit has"},
        {"decided for now", "['route', 'bind']", "['route']", "actions.decide", "without binding"},
        {"merged without a lead", "['pause', 'merge']", "['pause']", "actions.merge",
         "without merging"},
        {"merged and goes on", "'from': ['received', 'working'], 'to': 'joined',",
         "'from': ['received', 'working'],", "actions.merge", "stays as it is"},
        {"merged, and nobody tells", "'code': 'follow'", "'code': 'take_over'", "states.joined",
         "action follow"},
        {"merged, and only people tell", "'to': 'done',   'by': ['system']",
         "'to': 'done',   'by': ['officer']", "states.joined", "action follow"},
        {"takes no evidence over", "'takes': ['result.evidence'],", "", "states.joined",
         "action follow"},
        {"merged for ever", "'code': 'separate'", "'code': 'part'", "states.joined",
         "action separate"},
        {"merged and separate at once", "['pause', 'merge']", "['pause', 'merge', 'separate']",
         "actions.merge", "parts a case"},
        {"separate, and merged", "['resume', 'separate']", "['resume']", "actions.separate",
         "another case stands for it"},
    };
    (void)state;
    assert_unsound(rows, sizeof rows / sizeof rows[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shipped_process_is_sound),
        cmocka_unit_test(a_process_is_read_as_it_is_written),
        cmocka_unit_test(a_book_finds_versions_by_number_and_by_day),
        cmocka_unit_test(malformed_processes_are_refused_by_field),
        cmocka_unit_test(states_must_be_reached_and_left),
        cmocka_unit_test(a_state_without_a_way_out_is_a_dead_end),
        cmocka_unit_test(clocks_must_go_with_the_states),
        cmocka_unit_test(ways_back_are_one_step_long),
        cmocka_unit_test(time_outs_must_be_the_systems_to_take),
        cmocka_unit_test(time_outs_must_lead_on_for_every_case),
        cmocka_unit_test(effects_must_find_what_they_need),
        cmocka_unit_test(what_a_process_promises_must_be_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
