/* SPDX-License-Identifier: Apache-2.0 */
/* engine: what the tests of case work share: the processes as shipped, rules for every clock,
 * office hours, and cases to begin with. Without cmocka: fuzzing uses it too. */
#ifndef TESTS_ROUTING_ENGINE_H
#define TESTS_ROUTING_ENGINE_H

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/date.h"
#include "services/routing/case_engine.h"
#include "services/routing/deadline.h"
#include "services/routing/process_book.h"
#include "services/routing/reference_data.h"

enum { HANOI_MIN = 420, RECEIVE_MIN = 480, RESOLVE_MIN = 2400, HOUR = 60 };

#define MINUTES(count) ((count)*CALENDAR_MINUTE_US)
#define DAYS(count)    ((count)*CALENDAR_DAY_US)

struct engine {
    struct arena arena;
    struct process_book book;
    struct calendar *calendar;
    struct case_rules rules;
};

/* "2026-11-24 16:30" in Hanoi; a Tuesday. */
static inline int64_t hanoi(const char *text)
{
    int year, month, day, hour, minute;
    int count = sscanf(text, "%d-%d-%d %d:%d", &year, &month, &day, &hour, &minute);
    assert(count == 5);
    return DAYS(date_day(year, month, day)) + MINUTES(hour * 60 + minute - HANOI_MIN);
}

/* Monday to Friday, eight to twelve and one to five. */
static inline struct calendar *engine_calendar(const struct calendar_exception *exceptions,
                                               size_t exception_count)
{
    struct calendar_rules office = {.utc_offset_min = HANOI_MIN,
                                    .periods = {{8 * 60, 12 * 60}, {13 * 60, 17 * 60}},
                                    .period_count = 2,
                                    .weekdays = 0x1f,
                                    .first_day = date_day(2026, 1, 1),
                                    .last_day = date_day(2028, 12, 31),
                                    .exceptions = exceptions,
                                    .exception_count = exception_count};
    return calendar_new(&office, NULL);
}

static const struct deadline_rule engine_deadlines[] = {
    {{"receive", 1, "rule"}, DEADLINE_RECEIVE, "*", -1, CLOCK_WORKING, RECEIVE_MIN, 0, 0},
    {{"urgent", 1, "rule"}, DEADLINE_RESOLVE, "*", LEVEL_URGENT, CLOCK_ALWAYS, 240, 0, 0},
    {{"complex", 1, "rule"}, DEADLINE_RESOLVE, "*", LEVEL_COMPLEX, CLOCK_WORKING, 7200, 0, 0},
    {{"normal", 1, "rule"}, DEADLINE_RESOLVE, "*", LEVEL_NORMAL, CLOCK_WORKING, RESOLVE_MIN, 0, 0},
    {{"dispatch", 1, "rule"}, DEADLINE_DISPATCH, "*", -1, CLOCK_WORKING, 240, 0, 0},
    {{"task", 1, "rule"}, DEADLINE_TASK, "*", -1, CLOCK_WORKING, 1200, 0, 0},
    {{"answer", 1, "rule"}, DEADLINE_ANSWER, "*", -1, CLOCK_WORKING, 1440, 0, 0},
    {{"review", 1, "rule"}, DEADLINE_REVIEW, "*", -1, CLOCK_ALWAYS, 7 * 1440, 0, 0},
    {{"appointment", 1, "rule"}, DEADLINE_APPOINTMENT, "*", -1, CLOCK_ALWAYS, 1440, 0, 0},
};

static inline struct case_rules engine_rules(const struct calendar *calendar)
{
    return (struct case_rules){
        .calendar = calendar,
        .deadlines = {engine_deadlines, sizeof engine_deadlines / sizeof engine_deadlines[0]},
        .remind_percent = 75,
        .escalate_after_min = {0, 240, 480},
        .escalation_count = 3,
        .approved_reasons = PROCESS_BIT(0) | PROCESS_BIT(3)}; /* out_of_scope_legal, not_city */
}

static inline void engine_add_process(struct engine *engine, const char *name)
{
    struct reference_file file = reference_file(name);
    const char *code = strchr(name, '/') + 1;
    struct process_row row = {
        .code = arena_copy(&engine->arena, code, strcspn(code, ".")),
        .version = 1,
        .body = arena_copy(&engine->arena, file.text, file.size),
    };
    struct error err = {0};
    if (!process_book_add(&engine->book, &row, &err)) {
        fprintf(stderr, "%s: %s\n", name, err.text);
        assert(!"a shipped process is sound");
    }
}

static inline void engine_init(struct engine *engine)
{
    *engine = (struct engine){0};
    arena_init(&engine->arena);
    process_book_init(&engine->book);
    for (size_t i = 0; reference_process_names[i] != NULL; i++) {
        engine_add_process(engine, reference_process_names[i]);
    }
    engine->calendar = engine_calendar(NULL, 0);
    assert(engine->calendar != NULL);
    engine->rules = engine_rules(engine->calendar);
}

static inline void engine_finish(struct engine *engine)
{
    calendar_free(engine->calendar);
    process_book_finish(&engine->book);
    arena_finish(&engine->arena);
}

/* The instant as a text that lives until the third call from here. */
static inline const char *engine_instant_text(int64_t at_us)
{
    static char texts[4][CLOCK_TEXT_SIZE];
    static size_t next;
    return clock_format(at_us, texts[next++ % 4]);
}

/* A case before case_open, filed at an instant. */
static inline struct case_snapshot engine_filed(const struct process *process,
                                                enum case_queue queue,
                                                const struct calendar *calendar, int64_t at_us)
{
    struct case_snapshot filed = {.id = {{1, 2, 3, 4, 5, 6, 0x70, 8, 0x80, 10, 11, 12, 13, 14, 15}},
                                  .ticket = "HN-2026-0000123-K",
                                  .process = process,
                                  .category = "giao-thong",
                                  .level = LEVEL_NORMAL,
                                  .queue = queue,
                                  .area = "00070",
                                  .unit = queue == QUEUE_UNIT ? "00070" : NULL,
                                  .reporter_ref = "resident",
                                  .channel = "app",
                                  .language = "vi",
                                  .routing_rule = {"by-area", 1, "rule"},
                                  .receive_rule = {"receive", 1, "rule"}};
    int64_t due_us = 0;
    bool known = deadline_after(calendar, at_us, RECEIVE_MIN, &due_us) &&
                 clock_start_promised(&filed.clocks[CASE_RECEIVE], calendar, at_us, due_us);
    if (process->states[process->opening].phase != PHASE_RECEIVED) { /* an appointment */
        known = clock_start_promised(&filed.clocks[CASE_RESOLVE], calendar, at_us, at_us + DAYS(7));
        const struct process_detail *slot_time = process_detail_of(process, DETAIL_SLOT_TIME);
        if (slot_time != NULL) {
            filed.details[filed.detail_count++] =
                (struct case_detail){slot_time->code, engine_instant_text(at_us + DAYS(7))};
        }
    }
    assert(known);
    return filed;
}

static inline struct case_snapshot engine_opened(const struct engine *engine, const char *process,
                                                 enum case_queue queue, int64_t at_us)
{
    struct case_snapshot opened =
        engine_filed(process_find(&engine->book, process, 1), queue, engine->calendar, at_us);
    struct error err = {0};
    bool is_open = case_open(&opened, &engine->rules, at_us, &err);
    assert(is_open);
    return opened;
}

/* The fields that a command brings. */
static inline process_set engine_given(const struct case_command *command)
{
    static const struct uuid none;
    const void *const texts[PROCESS_FIELDS] = {
        [FIELD_RESULT_TEXT] = command->result_text,
        [FIELD_REASON_TEXT] = command->reason_text,
        [FIELD_REASON_CLASS] = command->reason_class,
        [FIELD_ASSIGNEE] = command->assignee,
        [FIELD_UNIT] = command->unit,
        [FIELD_PROPOSED_UNIT] = command->proposed_unit,
        [FIELD_QUESTION] = command->question,
        [FIELD_ASKED] = command->asked,
        [FIELD_ANSWER] = command->answer,
        [FIELD_RATING] = command->rating,
        [FIELD_CATEGORY] = command->category,
        [FIELD_NOTE] = command->note,
    };
    process_set given = 0;
    for (int field = 0; field < PROCESS_FIELDS; field++) {
        given |= texts[field] != NULL ? PROCESS_BIT(field) : 0;
    }
    given |= command->evidence_count > 0 ? PROCESS_BIT(FIELD_EVIDENCE) : 0;
    given |= command->minutes > 0 ? PROCESS_BIT(FIELD_MINUTES) : 0;
    given |= !uuid_equal(&command->into, &none) ? PROCESS_BIT(FIELD_INTO) : 0;
    given |= command->level >= 0 ? PROCESS_BIT(FIELD_LEVEL) : 0;
    return given | (command->detail_count > 0 ? PROCESS_BIT(FIELD_DETAILS) : 0);
}

#endif
