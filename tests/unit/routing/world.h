/* SPDX-License-Identifier: Apache-2.0 */
/* world: two cases of one process, and chance that does things with them: what is allowed and what
 * is not, in and out of time. Chance is a seed, or the bytes of a fuzzer. After every step what
 * must hold is looked at; functions that find a fault say which. */
#ifndef TESTS_ROUTING_WORLD_H
#define TESTS_ROUTING_WORLD_H

#include "services/routing/case_json.h"
#include "services/routing/case_timer.h"
#include "tests/unit/routing/engine.h"
#include "tests/unit/routing/invariants.h"

/* ---- chance ---- */

struct chance {
    uint64_t state;
};

/* 0 … below - 1 */
static inline uint32_t chance_below(struct chance *chance, uint32_t below)
{
    chance->state = chance->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((chance->state >> 33) % below);
}

static inline bool chance_is(struct chance *chance, uint32_t percent)
{
    return chance_below(chance, 100) < percent;
}

/* One of the bits that are set; 0 of none. */
static inline uint64_t chance_bit(struct chance *chance, uint64_t set)
{
    uint32_t count = (uint32_t)__builtin_popcountll(set);
    uint32_t pick = count > 0 ? chance_below(chance, count) : 0;
    for (; pick > 0; pick--) {
        set &= set - 1;
    }
    return set & (0 - set);
}

/* ---- the world ---- */

enum { WORLD_CASES = 2, WORLD_TRACE_SIZE = 4000 };

struct world {
    struct chance chance;
    const struct case_rules *rules;
    const struct process_book *book; /* NULL: cases are not read back */
    struct arena arena;
    int64_t at_us;
    struct case_snapshot cases[WORLD_CASES];
    uint64_t taken;               /* actions of the process, as bits */
    char trace[WORLD_TRACE_SIZE]; /* what was done so far */
    size_t traced;
};

static inline void world_note(struct world *world, int number, const char *action)
{
    size_t room = sizeof world->trace - world->traced;
    int size = snprintf(world->trace + world->traced, room, " %d:%s", number, action);
    if (size > 0 && (size_t)size < room) {
        world->traced += (size_t)size;
    }
}

static inline void world_begin(struct world *world, const struct process *process)
{
    for (int i = 0; i < WORLD_CASES; i++) {
        enum case_queue queue = chance_is(&world->chance, 20) ? QUEUE_UNROUTABLE : QUEUE_UNIT;
        struct case_snapshot *now = &world->cases[i];
        *now = engine_filed(process, queue, world->rules->calendar, world->at_us);
        now->id.bytes[14] = (uint8_t)chance_below(&world->chance, 256); /* which are sampled */
        now->id.bytes[15] = (uint8_t)i;
        now->area_set = chance_below(&world->chance, 3);
        now->level = (enum case_level)chance_below(&world->chance, CASE_LEVELS);
        now->near_border = queue == QUEUE_UNIT && chance_is(&world->chance, 20);
        now->near_area = now->near_border ? "00082" : NULL;
        bool waits = process->states[process->opening].phase == PHASE_RECEIVED;
        if (waits && chance_is(&world->chance, 30)) {
            now->tasks[now->task_count++].unit = "SXD";
        }
        bool opened = case_open(now, world->rules, world->at_us, NULL);
        assert(opened);
    }
}

/* ---- a command ---- */

static inline const char *world_word(struct world *world, const char *const *words)
{
    uint32_t count = 0;
    while (words[count] != NULL) {
        count++;
    }
    return words[chance_below(&world->chance, count)];
}

static inline const char *world_text(struct world *world)
{
    static const char *const texts[] = {"x", "Đã xử lý \"xong\"", "a\nb\\c", "vỉa hè 🛵",
                                        NULL};
    return world_word(world, texts);
}

static inline const char *world_unit(struct world *world)
{
    static const char *const units[] = {"00070", "SXD", "SYT", "00082", "U1", "U2",
                                        "U3",    "U4",  "U5",  "U6",    "U7", NULL};
    return world_word(world, units);
}

/* A unit that has a part, mostly. */
static inline const char *world_task_unit(struct world *world, const struct case_snapshot *now)
{
    return now->task_count == 0 || chance_is(&world->chance, 10)
               ? world_unit(world)
               : now->tasks[chance_below(&world->chance, (uint32_t)now->task_count)].unit;
}

static inline void world_fill_texts(struct world *world, const struct case_snapshot *now,
                                    process_set fields, struct case_command *command)
{
    static const char *const categories[] = {"giao-thong", "khac", NULL};
    static const char *const people[] = {"ann", "binh", NULL};
    const struct {
        const char **text;
        const char *value;
    } texts[PROCESS_FIELDS] = {
        [FIELD_RESULT_TEXT] = {&command->result_text, world_text(world)},
        [FIELD_REASON_TEXT] = {&command->reason_text, world_text(world)},
        [FIELD_REASON_CLASS] = {&command->reason_class, world_word(world, case_reason_words)},
        [FIELD_ASSIGNEE] = {&command->assignee, world_word(world, people)},
        [FIELD_UNIT] = {&command->unit, world_task_unit(world, now)},
        [FIELD_PROPOSED_UNIT] = {&command->proposed_unit, world_unit(world)},
        [FIELD_QUESTION] = {&command->question, world_text(world)},
        [FIELD_ASKED] = {&command->asked, world_word(world, case_asked_words)},
        [FIELD_ANSWER] = {&command->answer, world_text(world)},
        [FIELD_RATING] = {&command->rating, world_word(world, case_rating_words)},
        [FIELD_CATEGORY] = {&command->category, world_word(world, categories)},
        [FIELD_NOTE] = {&command->note, world_text(world)},
    };
    for (int field = 0; field < PROCESS_FIELDS; field++) {
        if (texts[field].text != NULL && has_bit(fields, field)) {
            *texts[field].text = texts[field].value;
        }
    }
}

static inline const char *world_detail(struct world *world, const struct process_detail *detail)
{
    static const char *const days[] = {"2026-11-20", "2026-11-26", "2026-12-04", "2027-02-30",
                                       NULL};
    static const char *const instants[] = {"2026-11-27T02:00:00.000Z", "2026-12-01T08:00:00+07:00",
                                           NULL};
    switch (detail->type) {
    case DETAIL_DATE:
    case DETAIL_DEADLINE:
        return world_word(world, days);
    case DETAIL_INSTANT:
    case DETAIL_SLOT_TIME:
        return world_word(world, instants);
    default:
        return world_text(world);
    }
}

static inline void world_fill_details(struct world *world, const struct process *process,
                                      struct case_command *command)
{
    for (int i = 0; i < process->detail_count; i++) {
        if (chance_is(&world->chance, 50)) {
            command->details[command->detail_count++] = (struct case_detail){
                process->details[i].code, world_detail(world, &process->details[i])};
        }
    }
}

static inline void world_fill(struct world *world, const struct case_snapshot *now,
                              process_set fields, struct case_command *command)
{
    static const char *const evidence[CASE_EVIDENCE_MAX] = {"https://a/1", "https://a/2"};
    const struct case_snapshot *lead = &world->cases[chance_below(&world->chance, WORLD_CASES)];
    command->evidence = evidence;
    world_fill_texts(world, now, fields, command);
    if (has_bit(fields, FIELD_EVIDENCE)) {
        command->evidence_count = 1 + chance_below(&world->chance, 2);
    }
    if (has_bit(fields, FIELD_MINUTES)) {
        command->minutes = 1 + 40 * chance_below(&world->chance, 100);
    }
    if (has_bit(fields, FIELD_INTO)) {
        command->into = lead->id;
        command->lead = chance_is(&world->chance, 95) ? lead : NULL;
    }
    if (has_bit(fields, FIELD_LEVEL)) {
        command->level = (int)chance_below(&world->chance, CASE_LEVELS);
    }
    if (has_bit(fields, FIELD_DETAILS)) {
        world_fill_details(world, now->process, command);
    }
    command->given = engine_given(command);
}

/* What an action wants, mostly, and sometimes what it does not. */
static inline process_set world_fields(struct world *world, process_set requires, process_set takes)
{
    process_set fields = 0;
    for (int field = 0; field < PROCESS_FIELDS; field++) {
        uint32_t percent = has_bit(requires, field) ? 98 : has_bit(takes, field) ? 50 : 1;
        fields |= chance_is(&world->chance, percent) ? PROCESS_BIT(field) : 0;
    }
    return fields;
}

/* Somebody who may, mostly. */
static inline void world_person(struct world *world, actor_set allowed,
                                struct case_command *command)
{
    static const char *const people[] = {"ann", "binh", "chi", NULL};
    bool may = chance_is(&world->chance, 85);
    command->actor = (actor_set)chance_bit(&world->chance, may ? allowed : ACTOR_BIT(ACTORS) - 1);
    command->actor_ref =
        command->actor == ACTOR_BIT(ROLE_SYSTEM) ? NULL : world_word(world, people);
}

/* Without a result: most cases shall live longer. */
static inline bool ends_soon(const struct process *process, int action)
{
    int to = process->actions[action].to;
    return to >= 0 && (process->states[to].phase == PHASE_WITHDRAWN ||
                       process->states[to].phase == PHASE_REJECTED);
}

static inline void world_own_action(struct world *world, const struct case_snapshot *now,
                                    struct case_command *command)
{
    const struct process *process = now->process;
    uint64_t fitting = 0;
    for (int i = 0; i < process->action_count; i++) {
        const struct process_action *action = &process->actions[i];
        bool fits = has_bit(action->from, now->state) && has_bit(action->queues, (int)now->queue);
        fitting |= fits ? PROCESS_BIT(i) : 0;
    }
    if (fitting == 0 || chance_is(&world->chance, 10)) {
        fitting = PROCESS_BIT(process->action_count) - 1;
    }
    int pick = __builtin_ctzll(chance_bit(&world->chance, fitting));
    if (ends_soon(process, pick) && chance_is(&world->chance, 80)) {
        pick = __builtin_ctzll(chance_bit(&world->chance, fitting));
    }
    const struct process_action *action = &process->actions[pick];
    command->action = action->code;
    world_person(world, action->by, command);
    world_fill(world, now, world_fields(world, action->requires, action->takes), command);
}

/* Reminders and steps are the timer's. */
static inline void world_common_action(struct world *world, const struct case_snapshot *now,
                                       struct case_command *command)
{
    static const struct {
        const char *action;
        process_set fields;
        actor_set by; /* 0: who approves of what was proposed */
    } rows[] = {{CASE_APPROVE, 0, 0},
                {CASE_APPROVE, 0, 0},
                {CASE_DISAPPROVE, PROCESS_BIT(FIELD_REASON_TEXT), 0},
                {CASE_RECOMPUTE, 0, ACTOR_BIT(ROLE_SYSTEM)},
                {CASE_SUCCEED, PROCESS_BIT(FIELD_UNIT), ACTOR_BIT(ROLE_SYSTEM)},
                {CASE_SUCCEED_TASK, PROCESS_BIT(FIELD_UNIT) | PROCESS_BIT(FIELD_PROPOSED_UNIT),
                 ACTOR_BIT(ROLE_SYSTEM)},
                {CASE_REMIND, 0, ACTOR_BIT(ROLE_OFFICER)},
                {"fly", 0, ACTOR_BIT(ROLE_OFFICER)}};
    uint32_t row = chance_below(&world->chance, sizeof rows / sizeof rows[0]);
    actor_set by = rows[row].by;
    if (by == 0) {
        by = now->proposal.action >= 0 ? now->process->actions[now->proposal.action].approvers
                                       : ACTOR_BIT(ROLE_SUPERVISOR);
    }
    command->action = rows[row].action;
    world_person(world, by, command);
    if (strcmp(command->action, CASE_REMIND) == 0 && command->actor == ACTOR_BIT(ROLE_SYSTEM)) {
        command->actor = 0;
    }
    world_fill(world, now, world_fields(world, rows[row].fields, rows[row].fields), command);
}

static inline struct case_command world_command(struct world *world,
                                                const struct case_snapshot *now)
{
    struct case_command command = {.level = -1, .expected_version = now->version};
    if (chance_is(&world->chance, now->proposal.action >= 0 ? 30 : 8)) {
        world_common_action(world, now, &command);
    } else {
        world_own_action(world, now, &command);
    }
    if (chance_is(&world->chance, 2)) {
        command.expected_version += chance_is(&world->chance, 50) ? 1 : -1;
    }
    return command;
}

/* ---- reading back ---- */

static inline const char *world_read_back(struct world *world, const struct case_snapshot *now,
                                          struct case_snapshot *back)
{
    struct buffer first, second;
    struct error err = {0};
    const char *fault = NULL;
    buffer_init(&first);
    buffer_init(&second);
    case_json_write(&first, now);
    if (!case_json_read(back, world->book, first.data, first.size, &world->arena, &err)) {
        fault = arena_format(&world->arena, "cannot be read back: %s %s in %s", err.fields[0].field,
                             err.fields[0].text, first.data);
    } else {
        case_json_write(&second, back);
        if (strcmp(first.data, second.data) != 0) {
            fault = arena_format(&world->arena, "comes back as another: %s\n%s", first.data,
                                 second.data);
        }
    }
    back->next_timer = case_next_timer(back, world->rules);
    if (fault == NULL && back->next_timer != now->next_timer) {
        fault = "comes back with another timer";
    }
    buffer_finish(&first);
    buffer_finish(&second);
    return fault;
}

static inline bool world_is_same(const struct case_snapshot *a, const struct case_snapshot *b)
{
    struct buffer first, second;
    buffer_init(&first);
    buffer_init(&second);
    case_json_write(&first, a);
    case_json_write(&second, b);
    bool same = strcmp(first.data, second.data) == 0 && a->next_timer == b->next_timer;
    buffer_finish(&first);
    buffer_finish(&second);
    return same;
}

/* Whoever reads the case decides as if they had never written it. */
static inline const char *world_decide_again(struct world *world, const struct case_snapshot *now,
                                             const struct case_command *command, bool done,
                                             const struct case_snapshot *after)
{
    struct case_snapshot back, again;
    const char *fault = world_read_back(world, now, &back);
    if (fault != NULL) {
        return fault;
    }
    if (case_decide(&back, command, world->rules, world->at_us, &again, NULL) != done ||
        (done && !world_is_same(after, &again))) {
        return "is decided on otherwise when it is read back";
    }
    return NULL;
}

/* ---- a step ---- */

static inline bool is_known_refusal(const struct error *err)
{
    static const char *const codes[] = {
        "unknown_action", "forbidden",         "stale_version", "action_not_allowed",
        "invalid_input",  "condition_not_met", "no_rule"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(codes[i], err->code) == 0) {
            return true;
        }
    }
    return false;
}

/* What the timer wants is never refused, unless the calendar has come to its end. */
static inline const char *world_check_timer(const struct world *world,
                                            const struct case_snapshot *now)
{
    struct case_command command;
    struct case_snapshot after;
    struct error err = {0};
    if (now->next_timer != 0 && case_timer_command(now, world->rules, now->next_timer, &command) &&
        !case_decide(now, &command, world->rules, now->next_timer, &after, &err) &&
        err.kind != ERR_RETRY) {
        return "the timer is refused what it must do";
    }
    return NULL;
}

static inline const char *world_decide(struct world *world, int number,
                                       const struct case_command *command)
{
    struct case_snapshot before = world->cases[number], after;
    struct error err = {0};
    bool done = case_decide(&before, command, world->rules, world->at_us, &after, &err);
    const char *fault = NULL;
    world_note(world, number, command->action);
    if (world->book != NULL && chance_is(&world->chance, 8)) {
        fault = world_decide_again(world, &before, command, done, &after);
    }
    if (!done) {
        return fault != NULL            ? fault
               : is_known_refusal(&err) ? NULL
                                        : "refused, and nobody knows why";
    }
    int action = process_action_find(after.process, after.action);
    world->taken |= action >= 0 ? PROCESS_BIT(action) : 0;
    world->cases[number] = after;
    fault = fault != NULL ? fault : fault_of_step(&before, &after);
    fault = fault != NULL ? fault : fault_of_case(&after, world->rules);
    return fault != NULL ? fault : world_check_timer(world, &after);
}

static inline const char *world_follow(struct world *world, int number)
{
    struct case_snapshot *now = &world->cases[number];
    struct case_command command;
    const struct case_snapshot *lead = &world->cases[1 - number];
    if (case_phase(now) != PHASE_MERGED || !case_follow_command(now, lead, &command)) {
        return NULL;
    }
    int32_t version = now->version;
    const char *fault = world_decide(world, number, &command);
    return fault != NULL             ? fault
           : now->version == version ? "a merged case is refused what its lead brings"
                                     : NULL;
}

static inline const char *world_tick(struct world *world, int number)
{
    struct case_command command;
    struct case_snapshot *now = &world->cases[number];
    return case_timer_command(now, world->rules, world->at_us, &command)
               ? world_decide(world, number, &command)
               : NULL;
}

/* Minutes mostly; hours, days and weeks sometimes; or just to when the timer looks again. */
static inline void world_wait(struct world *world, const struct case_snapshot *now)
{
    static const int64_t units_us[] = {CALENDAR_MINUTE_US / 600, CALENDAR_MINUTE_US,
                                       60 * CALENDAR_MINUTE_US, CALENDAR_DAY_US / 4};
    if (chance_is(&world->chance, 20) && now->next_timer > world->at_us) {
        world->at_us = now->next_timer;
    } else {
        uint32_t unit = chance_below(&world->chance, sizeof units_us / sizeof units_us[0]);
        world->at_us += (int64_t)chance_below(&world->chance, 30) * units_us[unit] +
                        (int64_t)chance_below(&world->chance, 250);
    }
}

static inline const char *world_step(struct world *world)
{
    int number = (int)chance_below(&world->chance, WORLD_CASES);
    uint32_t what = chance_below(&world->chance, 100);
    world_wait(world, &world->cases[number]);
    if (what < 15) {
        return world_tick(world, number);
    }
    if (what < 25) {
        return world_follow(world, number);
    }
    struct case_command command = world_command(world, &world->cases[number]);
    return world_decide(world, number, &command);
}

/* Nobody does anything any more: time alone comes to an end, and does little at one instant. */
static inline const char *world_let_time_pass(struct world *world, int number)
{
    enum { AT_ONCE_MAX = CASE_CLOCKS + CASE_TASKS_MAX + PROCESS_STATES_MAX };
    struct case_snapshot *now = &world->cases[number];
    int at_once = 0;
    for (int steps = 0; now->next_timer != 0 && steps < 4 * AT_ONCE_MAX; steps++) {
        at_once = now->next_timer > world->at_us ? 0 : at_once + 1;
        world->at_us = now->next_timer > world->at_us ? now->next_timer : world->at_us;
        int32_t version = now->version;
        const char *fault = world_tick(world, number);
        if (fault != NULL || now->version == version) {
            return fault; /* the end of the calendar */
        }
        if (at_once > 4 * AT_ONCE_MAX) {
            return "the timer goes in a circle";
        }
    }
    return now->next_timer == 0 ? NULL : "the timer does not come to an end";
}

#endif
