/* SPDX-License-Identifier: Apache-2.0 */
/* desk: a case, and people who do things with it. After every step the case is written, read back
 * and gone on with, and what must hold of it is looked at.
 *
 * A test program calls desk_open_office before its tests and desk_close_office after them. */
#ifndef TESTS_ROUTING_DESK_H
#define TESTS_ROUTING_DESK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/clock.h"
#include "services/routing/case_json.h"
#include "services/routing/case_timer.h"
#include "tests/unit/routing/engine.h"
#include "tests/unit/routing/invariants.h"

static struct engine office;

static inline int desk_open_office(void **state)
{
    (void)state;
    engine_init(&office);
    return 0;
}

static inline int desk_close_office(void **state)
{
    (void)state;
    engine_finish(&office);
    return 0;
}

struct person {
    const char *ref;
    actor_set actor;
};

static const struct person the_system = {NULL, ACTOR_BIT(ROLE_SYSTEM)};
static const struct person resident = {"resident",
                                       ACTOR_BIT(ROLE_CITIZEN) | ACTOR_BIT(ACTOR_REPORTER)};
static const struct person stranger = {"stranger", ACTOR_BIT(ROLE_CITIZEN)};
static const struct person officer = {"officer", ACTOR_BIT(ROLE_OFFICER)};
static const struct person assignee = {"assignee", ACTOR_BIT(ACTOR_ASSIGNEE)};
static const struct person focal_point = {"focal-point", ACTOR_BIT(ROLE_FOCAL_POINT)};
static const struct person supervisor = {"supervisor", ACTOR_BIT(ROLE_SUPERVISOR)};
static const struct person auditor = {"auditor", ACTOR_BIT(ROLE_AUDITOR)};
static const struct person city_office = {"city", ACTOR_BIT(ACTOR_CITY_OFFICE)};
static const struct person other_unit = {"other", ACTOR_BIT(ACTOR_TASK_UNIT)};

/* What somebody brings along. */
struct words {
    const char *note, *result, *reason_class, *reason, *assignee, *unit, *proposed_unit, *question,
        *asked, *answer, *rating, *category, *level, *detail, *detail_text;
    size_t evidence; /* pieces of it */
    int64_t minutes;
    const struct case_snapshot *into;
};

struct desk {
    struct case_snapshot now;
    int64_t at_us; /* of the next step */
    struct error err;
};

static inline struct desk desk_with(const char *process, enum case_queue queue)
{
    int64_t at_us = hanoi("2026-11-24 08:00");
    return (struct desk){.now = engine_opened(&office, process, queue, at_us), .at_us = at_us};
}

static inline struct case_command desk_command(const struct desk *desk, struct person who,
                                               const char *action, struct words words)
{
    static const char *const evidence[CASE_EVIDENCE_MAX] = {"https://media.example/1.jpg",
                                                            "https://media.example/2.jpg",
                                                            "https://media.example/3.jpg"};
    struct case_command command = {
        .action = action,
        .expected_version = desk->now.version,
        .actor = who.actor,
        .actor_ref = who.ref,
        .note = words.note,
        .result_text = words.result,
        .evidence = evidence,
        .evidence_count = words.evidence,
        .reason_class = words.reason_class,
        .reason_text = words.reason,
        .assignee = words.assignee,
        .unit = words.unit,
        .proposed_unit = words.proposed_unit,
        .question = words.question,
        .asked = words.asked,
        .answer = words.answer,
        .rating = words.rating,
        .minutes = words.minutes,
        .lead = words.into,
        .category = words.category,
        .level = -1,
    };
    for (int level = 0; words.level != NULL && level < CASE_LEVELS; level++) {
        command.level = strcmp(case_level_words[level], words.level) == 0 ? level : command.level;
    }
    if (words.into != NULL) {
        command.into = words.into->id;
    }
    if (words.detail != NULL) {
        command.details[command.detail_count++] =
            (struct case_detail){words.detail, words.detail_text};
    }
    command.given = engine_given(&command);
    return command;
}

/* The case as it comes back from its own event. */
static inline void desk_read_back(struct case_snapshot *now)
{
    struct buffer out, again;
    struct case_snapshot back;
    struct error err = {0};
    buffer_init(&out);
    buffer_init(&again);
    case_json_write(&out, now);
    if (!case_json_read(&back, &office.book, out.data, out.size, &office.arena, &err)) {
        fail_msg("%s %s in %s", err.fields[0].field, err.fields[0].text, out.data);
    }
    back.next_timer = case_next_timer(&back, &office.rules);
    back.event = now->event; /* how it was told is told with it only */
    case_json_write(&again, &back);
    assert_string_equal(again.data, out.data);
    assert_int_equal(back.next_timer, now->next_timer);
    *now = back;
    buffer_finish(&out);
    buffer_finish(&again);
}

static inline void desk_check(struct desk *desk, const struct case_snapshot *before)
{
    const char *fault = fault_of_step(before, &desk->now);
    fault = fault != NULL ? fault : fault_of_case(&desk->now, &office.rules);
    if (fault != NULL) {
        fail_msg("version %d, %s: %s", desk->now.version, desk->now.action, fault);
    }
    desk_read_back(&desk->now);
}

static inline bool desk_decide(struct desk *desk, const struct case_command *command)
{
    struct case_snapshot before = desk->now, after;
    desk->err = (struct error){0};
    if (!case_decide(&before, command, &office.rules, desk->at_us, &after, &desk->err)) {
        assert_true(error_is_set(&desk->err));
        return false;
    }
    desk->now = after;
    desk_check(desk, &before);
    return true;
}

static inline bool desk_try(struct desk *desk, struct person who, const char *action,
                            struct words words)
{
    struct case_command command = desk_command(desk, who, action, words);
    return desk_decide(desk, &command);
}

/* It must be possible. */
static inline void act(struct desk *desk, struct person who, const char *action, struct words words)
{
    if (!desk_try(desk, who, action, words)) {
        fail_msg("%s: %s %s %s", action, desk->err.text, desk->err.fields[0].field,
                 desk->err.fields[0].text);
    }
}

/* It must be refused with a code, or with a fault in that field. */
static inline void refused(struct desk *desk, struct person who, const char *action,
                           struct words words, const char *code)
{
    if (desk_try(desk, who, action, words)) {
        fail_msg("%s was done, and not refused as %s", action, code);
    }
    const char *found = desk->err.field_count > 0 ? desk->err.fields[0].field : desk->err.code;
    if (strcmp(found, code) != 0) {
        fail_msg("%s: %s, not %s: %s", action, found, code, desk->err.text);
    }
}

static inline const char *state_of(const struct desk *desk)
{
    return desk->now.process->states[desk->now.state].code;
}

static inline void assert_state(const struct desk *desk, const char *state)
{
    assert_string_equal(state_of(desk), state);
}

/* ---- time ---- */

static inline void wait_until(struct desk *desk, const char *instant)
{
    desk->at_us = hanoi(instant);
}

/* What the timer does now, by one step: false when nothing. */
static inline bool tick(struct desk *desk)
{
    struct case_command command;
    if (!case_timer_command(&desk->now, &office.rules, desk->at_us, &command)) {
        return false;
    }
    if (!desk_decide(desk, &command)) {
        fail_msg("the timer was refused %s: %s", command.action, desk->err.text);
    }
    return true;
}

/* Time goes on to an instant, and the timer does what it must on the way. */
static inline int let_time_pass(struct desk *desk, int64_t until_us)
{
    int steps = 0;
    while (desk->now.next_timer != 0 && desk->now.next_timer <= until_us) {
        desk->at_us = desk->now.next_timer > desk->at_us ? desk->now.next_timer : desk->at_us;
        assert_true(tick(desk));
        assert_true(steps++ < 100);
    }
    desk->at_us = until_us;
    return steps;
}

/* The binding due instant of a clock, as text. */
static inline const char *due_text(const struct desk *desk, enum case_clock_number clock)
{
    static char text[CLOCK_TEXT_SIZE];
    int64_t due_us = clock_due(&desk->now.clocks[clock]);
    return due_us == 0 ? "" : clock_format(due_us + MINUTES(HANOI_MIN), text);
}

/* ---- ways into states of the on-site report ---- */

static inline struct desk accepted_case(const char *process)
{
    struct desk desk = desk_with(process, QUEUE_UNIT);
    act(&desk, focal_point, "accept", (struct words){0});
    return desk;
}

static inline struct desk assigned_case(const char *process)
{
    struct desk desk = accepted_case(process);
    act(&desk, focal_point, "assign", (struct words){.assignee = "assignee"});
    return desk;
}

static inline struct desk resolved_case(const char *process)
{
    struct desk desk = assigned_case(process);
    act(&desk, assignee, "resolve", (struct words){.result = "done", .evidence = 1});
    return desk;
}

#endif
