/* SPDX-License-Identifier: Apache-2.0 */
/* What reporters say later: read as the examples say, and done as their process knows it. */
#include "tests/unit/routing/desk.h"

#include <glob.h>
#include <jansson.h>
#include <stdlib.h>

#include "services/routing/message_batch.h"

static int64_t hour_us(int hours)
{
    return hanoi("2026-11-24 09:00") + MINUTES(hours * 60);
}

/* ---- examples ---- */

static void check_example(const char *path, bool good)
{
    struct reporter_message message;
    struct error err = {0};
    json_t *root = json_load_file(path, 0, NULL);
    const json_t *event = good ? root : json_object_get(root, "event");
    const char *type = json_string_value(json_object_get(event, "type"));
    char *data = json_dumps(json_object_get(event, "data"), JSON_COMPACT);
    assert_true(reporter_message_is(type));
    bool read = reporter_message_read(&message, type, data, strlen(data), &office.arena, &err);
    if (read != good) {
        fail_msg("%s: %s %s", path, err.fields[0].field, err.fields[0].text);
    }
    if (!good) {
        assert_string_equal(err.fields[0].field, json_string_value(json_object_get(root, "field")));
    } else {
        assert_true(message.version >= 2 && message.at > 0);
        assert_int_equal(message.case_version > 0, strstr(data, "case_version") != NULL);
        assert_int_equal(message.kind == MESSAGE_ANSWER, strstr(data, "is_answer") != NULL);
    }
    free(data);
    json_decref(root);
}

static void each_example_is_read_or_refused_by_field(void **state)
{
    static const char *const folders[] = {"", "invalid/"};
    static const char *const words[] = {"supplemented", "withdrawn", "rated", "reopen_requested"};
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        char pattern[128];
        glob_t found;
        snprintf(pattern, sizeof pattern, "proto/examples/%svn.hanoi.submission.%s.v1/*.json",
                 folders[i % 2], words[i / 2]);
        assert_int_equal(glob(pattern, 0, NULL, &found), 0);
        for (size_t j = 0; j < found.gl_pathc; j++) {
            check_example(found.gl_pathv[j], i % 2 == 0);
        }
        globfree(&found);
    }
    assert_false(reporter_message_is("vn.hanoi.submission.submitted.v1"));
    assert_false(reporter_message_is(NULL));
}

/* ---- the same in every process ---- */

static struct reporter_message message_of(enum message_kind kind)
{
    static uint8_t number;
    struct reporter_message message = {
        .id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, ++number}},
        .case_id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15}},
        .version = number + 1,
        .kind = kind,
        .text = "nhà số 5",
        .rating = kind == MESSAGE_RATING ? "acceptable" : NULL,
        .at = hour_us(0),
    };
    return message;
}

/* In which phases a message may be done: what services/intake/thread.c lets through. */
static bool may_be_done(enum message_kind kind, enum process_phase phase)
{
    static const process_set phases[MESSAGE_KINDS] = {
        [MESSAGE_SUPPLEMENT] = PROCESS_BIT(PHASE_RECEIVED) | PROCESS_BIT(PHASE_WORKING) |
                               PROCESS_BIT(PHASE_PAUSED) | PROCESS_BIT(PHASE_RESOLVED),
        [MESSAGE_ANSWER] = PROCESS_BIT(PHASE_PAUSED),
        [MESSAGE_WITHDRAWAL] =
            PROCESS_BIT(PHASE_RECEIVED) | PROCESS_BIT(PHASE_WORKING) | PROCESS_BIT(PHASE_PAUSED),
        [MESSAGE_RATING] = PROCESS_BIT(PHASE_RESOLVED) | PROCESS_BIT(PHASE_CLOSED),
        [MESSAGE_REOPENING] = PROCESS_BIT(PHASE_RESOLVED),
    };
    return process_has(phases[kind], (int)phase);
}

static void check_action(const struct process *process, enum message_kind kind)
{
    struct reporter_message message = message_of(kind);
    struct case_snapshot now = {.process = process, .version = 3, .reporter_ref = "resident"};
    struct case_command command;
    struct error err = {0};
    if (!reporter_message_command(&message, &now, &command, &err)) {
        assert_string_equal(err.code, "unknown_action");
        assert_true(kind != MESSAGE_SUPPLEMENT && kind != MESSAGE_WITHDRAWAL &&
                    kind != MESSAGE_RATING); /* which everybody may, whatever they filed */
        return;
    }
    int number = process_action_find(process, command.action);
    const struct process_action *action = &process->actions[number];
    if ((action->requires & ~command.given) != 0 || (command.given & ~action->takes) != 0) {
        fail_msg("%s of %s: it needs other words", command.action, process->rule.code);
    }
    for (int i = 0; i < process->state_count; i++) {
        if (process_has(action->from, i) && !may_be_done(kind, process->states[i].phase)) {
            fail_msg("%s of %s in %s: intake would refuse it", command.action, process->rule.code,
                     process->states[i].code);
        }
    }
}

static void every_process_knows_what_is_asked_of_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < office.book.count; i++) {
        for (int kind = 0; kind < MESSAGE_KINDS; kind++) {
            check_action(office.book.items[i], (enum message_kind)kind);
        }
    }
}

/* ---- the messages of a batch ---- */

struct hearing {
    struct message_batch batch;
    struct message_step steps[8];
    size_t count;
};

static void hearing_open(struct hearing *hearing, const struct case_snapshot *now)
{
    *hearing = (struct hearing){.count = 0};
    message_batch_init(&hearing->batch, 8, &office.arena);
    message_batch_want(&hearing->batch, &now->id);
    message_batch_know(&hearing->batch, now);
}

static enum message_end say_again(struct hearing *hearing, const struct reporter_message *message)
{
    struct message_step *step = &hearing->steps[hearing->count++];
    struct error err = {0};
    step->message = *message;
    return message_batch_decide(&hearing->batch, step, &office.rules, hour_us(2), &err);
}

static enum message_end say(struct hearing *hearing, enum message_kind kind, int32_t case_version)
{
    struct reporter_message message = message_of(kind);
    message.case_version = case_version;
    return say_again(hearing, &message);
}

static void a_case_moves_on_by_each_message_in_turn(void **state)
{
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    struct hearing hearing;
    struct case_write *writes[8];
    (void)state;
    hearing_open(&hearing, &desk.now);
    assert_int_equal(say(&hearing, MESSAGE_SUPPLEMENT, 0), MESSAGE_MOVES);
    assert_int_equal(say(&hearing, MESSAGE_ANSWER, 0), MESSAGE_REFUSED); /* nobody has asked */
    assert_int_equal(say(&hearing, MESSAGE_WITHDRAWAL, 0), MESSAGE_MOVES);
    assert_int_equal(say(&hearing, MESSAGE_SUPPLEMENT, 0), MESSAGE_REFUSED);
    assert_int_equal(hearing.batch.round_count, 2);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(message_batch_round(&hearing.batch, round, writes), 1);
        const struct message_step *step = message_step_of(writes[0]);
        assert_int_equal(writes[0]->after.version, desk.now.version + round + 1);
        assert_true(uuid_equal(&writes[0]->after.message, &step->message.id));
        assert_string_equal(writes[0]->after.actor_ref, "resident");
    }
    assert_int_equal(hearing.steps[1].version, 2);
    assert_string_equal(hearing.steps[1].refused.code, "action_not_allowed");
    assert_string_equal(hearing.steps[3].phase, "withdrawn");
    message_batch_finish(&hearing.batch);
}

static void a_message_is_done_once(void **state)
{
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    struct reporter_message message = message_of(MESSAGE_SUPPLEMENT);
    struct hearing hearing;
    (void)state;
    hearing_open(&hearing, &desk.now);
    assert_int_equal(say_again(&hearing, &message), MESSAGE_MOVES);
    assert_int_equal(say_again(&hearing, &message), MESSAGE_TAKEN_BEFORE);
    message_batch_finish(&hearing.batch);
    hearing_open(&hearing, &desk.now);
    message_batch_skip(&hearing.batch, &message.id); /* says the table */
    assert_int_equal(say_again(&hearing, &message), MESSAGE_TAKEN_BEFORE);
    assert_int_equal(hearing.batch.step_count, 0);
    message_batch_finish(&hearing.batch);
}

static void who_saw_another_version_is_refused(void **state)
{
    struct desk desk = assigned_case("onsite_report");
    struct hearing hearing;
    (void)state;
    hearing_open(&hearing, &desk.now);
    assert_int_equal(say(&hearing, MESSAGE_WITHDRAWAL, desk.now.version - 1), MESSAGE_REFUSED);
    assert_string_equal(hearing.steps[0].refused.code, "stale_version");
    assert_int_equal(hearing.steps[0].version, desk.now.version);
    assert_int_equal(say(&hearing, MESSAGE_WITHDRAWAL, desk.now.version), MESSAGE_MOVES);
    message_batch_finish(&hearing.batch);
}

static void without_its_case_nothing_is_done(void **state)
{
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    struct reporter_message message = message_of(MESSAGE_SUPPLEMENT);
    struct hearing hearing;
    (void)state;
    message.case_id.bytes[0] = 99;
    hearing_open(&hearing, &desk.now);
    assert_int_equal(say_again(&hearing, &message), MESSAGE_NO_CASE);
    message_batch_finish(&hearing.batch);
}

/* Opened by the batch, as many as like, before the one that the only message is about. */
static void cases_that_nobody_speaks_of_take_no_room(void **state)
{
    struct desk desk = desk_with("onsite_report", QUEUE_UNIT);
    struct message_step step = {.message = message_of(MESSAGE_SUPPLEMENT)};
    struct case_snapshot other = desk.now;
    struct message_batch batch;
    struct error err = {0};
    (void)state;
    message_batch_init(&batch, 1, &office.arena);
    assert_true(message_batch_want(&batch, &desk.now.id));
    assert_false(message_batch_want(&batch, &desk.now.id));
    other.id.bytes[0] = 99;
    message_batch_know(&batch, &other);
    message_batch_know(&batch, &desk.now);
    assert_int_equal(message_batch_decide(&batch, &step, &office.rules, hour_us(2), &err),
                     MESSAGE_MOVES);
    message_batch_finish(&batch);
}

static void without_a_rule_it_is_for_later(void **state)
{
    struct desk desk = assigned_case("onsite_report");
    struct case_rules rules = office.rules;
    struct message_step step = {.message = message_of(MESSAGE_REOPENING)};
    struct message_batch batch;
    struct error err = {0};
    (void)state;
    act(&desk, officer, "resolve", (struct words){.result = "done", .evidence = 1});
    rules.deadlines.count = 0;
    message_batch_init(&batch, 1, &office.arena);
    message_batch_want(&batch, &desk.now.id);
    message_batch_know(&batch, &desk.now);
    assert_int_equal(message_batch_decide(&batch, &step, &rules, hour_us(30), &err), MESSAGE_LATER);
    assert_string_equal(err.code, "no_rule");
    assert_int_equal(batch.step_count, 0);
    message_batch_finish(&batch);
}

static void a_refusal_is_told_as_its_examples(void **state)
{
    struct reporter_message message = message_of(MESSAGE_REOPENING);
    struct message_refusal refusal = {&message, "action_not_allowed", 9,   "closed",
                                      "closed", hour_us(0),           NULL};
    struct refusal_event event;
    struct buffer json;
    (void)state;
    json_t *example =
        json_load_file("proto/examples/vn.hanoi.message.refused.v1/minimal.json", 0, NULL);
    json_t *data = json_object_get(example, "data");
    const char *id = json_string_value(json_object_get(data, "message_id"));
    uuid_parse(id, strlen(id), &message.id);
    id = json_string_value(json_object_get(data, "case_id"));
    uuid_parse(id, strlen(id), &message.case_id);
    const char *at = json_string_value(json_object_get(data, "at"));
    clock_parse(at, strlen(at), &refusal.at);
    buffer_init(&json);
    refusal_event_make(&event, &refusal, &json);
    json_t *said = json_loads(event.event.data, 0, NULL);
    assert_true(json_equal(said, data));
    assert_string_equal(event.event.key, id);
    json_decref(said);
    json_decref(example);
    buffer_finish(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_example_is_read_or_refused_by_field),
        cmocka_unit_test(every_process_knows_what_is_asked_of_it),
        cmocka_unit_test(a_case_moves_on_by_each_message_in_turn),
        cmocka_unit_test(a_message_is_done_once),
        cmocka_unit_test(who_saw_another_version_is_refused),
        cmocka_unit_test(without_its_case_nothing_is_done),
        cmocka_unit_test(cases_that_nobody_speaks_of_take_no_room),
        cmocka_unit_test(without_a_rule_it_is_for_later),
        cmocka_unit_test(a_refusal_is_told_as_its_examples),
    };
    return cmocka_run_group_tests(tests, desk_open_office, desk_close_office);
}
