/* SPDX-License-Identifier: Apache-2.0 */
/* The engine of case work, fed with whatever. An input is
 *   {…} and, after a NUL, choices: a process, and what is done with its cases; or, when it is none,
 *       what somebody asks to be done with a case;
 *   choices alone: what is done with cases of a process that is shipped (first byte even), or of
 * one that was changed in places (odd). A process is refused with a reason, or everything holds
 * that must (tests/unit/routing/world.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/routing/command_json.h"
#include "services/routing/process_json.h"
#include "tests/unit/routing/process_change.h"
#include "tests/unit/routing/world.h"

enum { STEPS_MAX = 60, CHANGES_MAX = 4, STEP_BYTES = 2 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct engine engine; /* kept for all inputs */

static void demand(const char *fault, const struct world *world)
{
    if (fault != NULL) {
        fprintf(stderr, "%s after%s\n", fault, world->trace);
        abort();
    }
}

/* ---- choices ---- */

struct choices {
    const uint8_t *bytes;
    size_t left;
};

/* Two bytes for each step: to change them changes no other. False when there are no more. */
static bool choose(struct choices *choices, struct chance *chance)
{
    if (choices->left < STEP_BYTES) {
        return false;
    }
    chance->state = (uint64_t)(choices->bytes[0] << 8 | choices->bytes[1]) * 0x9e3779b97f4a7c15;
    choices->bytes += STEP_BYTES;
    choices->left -= STEP_BYTES;
    return true;
}

/* ---- cases of a process ---- */

static void run(const struct process *process, struct choices choices)
{
    const struct process_book book = {.items = &process, .count = 1};
    struct world world = {
        .rules = &engine.rules, .book = &book, .at_us = hanoi("2026-11-24 08:00")};
    arena_init(&world.arena);
    choose(&choices, &world.chance);
    world_begin(&world, process);
    for (int i = 0; i < WORLD_CASES; i++) {
        demand(fault_of_case(&world.cases[i], world.rules), &world);
    }
    for (int i = 0; i < STEPS_MAX && choose(&choices, &world.chance); i++) {
        demand(world_step(&world), &world);
    }
    for (int i = 0; i < WORLD_CASES; i++) {
        demand(world_let_time_pass(&world, i), &world);
    }
    arena_finish(&world.arena);
}

/* ---- a process that was changed ---- */

static void run_changed(const struct process *shipped, struct choices choices)
{
    struct process process = *shipped;
    struct chance chance;
    struct error err = {0};
    for (int i = 0; i < CHANGES_MAX && choose(&choices, &chance); i++) {
        change_process(&chance, &process);
    }
    if (process_check(&process, &err)) {
        run(&process, choices);
    } else if (err.field_count == 0 || err.fields[0].text[0] == '\0') {
        abort();
    }
}

/* ---- JSON ---- */

/* What somebody asks for, with every action. */
static void run_command(const char *text, size_t size, struct arena *arena)
{
    struct case_snapshot now = engine_opened(&engine, "onsite_report", QUEUE_UNIT,
                                             hanoi("2026-11-24 08:00")),
                         after;
    struct case_command command = {.expected_version = 1, .actor = ~(actor_set)0, .level = -1};
    struct error err = {0};
    if (!command_json_read(&command, now.process, text, size, arena, &err)) {
        if (!error_is_set(&err)) {
            abort();
        }
        return;
    }
    for (int i = 0; i < now.process->action_count; i++) {
        command.action = now.process->actions[i].code;
        if (case_decide(&now, &command, &engine.rules, now.at_us, &after, NULL) &&
            (fault_of_step(&now, &after) != NULL || fault_of_case(&after, &engine.rules) != NULL)) {
            abort();
        }
    }
}

static void run_json(const uint8_t *bytes, size_t size)
{
    const uint8_t *end = memchr(bytes, '\0', size);
    size_t text_size = end != NULL ? (size_t)(end - bytes) : size;
    struct process process;
    struct error err = {0};
    struct arena arena;
    arena_init(&arena);
    if (process_json_read(&process, (const char *)bytes, text_size, &arena, &err)) {
        run(&process, (struct choices){bytes + text_size, size - text_size});
    } else if (!error_is_set(&err)) {
        abort();
    }
    run_command((const char *)bytes, text_size, &arena);
    arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (engine.calendar == NULL) {
        engine_init(&engine);
    }
    if (size < 2) {
        return 0;
    }
    if (bytes[0] == '{') {
        run_json(bytes, size);
        return 0;
    }
    const struct process *process = engine.book.items[bytes[1] % engine.book.count];
    struct choices choices = {bytes + 2, size - 2};
    if (bytes[0] % 2 == 0) {
        run(process, choices);
    } else {
        run_changed(process, choices);
    }
    return 0;
}
