/* SPDX-License-Identifier: Apache-2.0 */
/* Random sequences of commands over all processes, as they are shipped and changed in places: what
 * must hold, holds after each (invariants.h, world.h). SEED repeats a run, and with ONLY the one
 * sequence of it that failed; SEQUENCES says how many there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <time.h>

#include "tests/unit/routing/process_change.h"
#include "tests/unit/routing/world.h"

enum { SEQUENCES = 20000, STEPS_MAX = 60, CHANGES_MAX = 6 };

static struct engine engine;
static uint64_t taken[16]; /* by process: what was done at least once */

static uint64_t number_from(const char *name, uint64_t fallback)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : fallback;
}

static const char *run(struct world *world, const struct process *process)
{
    const char *fault = NULL;
    uint32_t steps = 5 + chance_below(&world->chance, STEPS_MAX);
    world_begin(world, process);
    for (int i = 0; i < WORLD_CASES && fault == NULL; i++) {
        fault = fault_of_case(&world->cases[i], world->rules);
    }
    for (uint32_t i = 0; i < steps && fault == NULL; i++) {
        fault = world_step(world);
    }
    for (int i = 0; i < WORLD_CASES && fault == NULL; i++) {
        fault = world_let_time_pass(world, i);
    }
    return fault;
}

/* One sequence; everything in it follows from the seed and its number. */
typedef void on_sequence(struct world *world, uint64_t number);

static const char *begin_and_run(struct world *world, const struct process *process)
{
    arena_reset(&world->arena);
    world->at_us = hanoi("2026-11-24 08:00");
    world->taken = 0;
    world->traced = 0;
    return run(world, process);
}

static void run_sequences(on_sequence *on_each)
{
    uint64_t seed = number_from("SEED", (uint64_t)time(NULL));
    uint64_t count = number_from("SEQUENCES", SEQUENCES), only = number_from("ONLY", UINT64_MAX);
    struct world world = {.rules = &engine.rules};
    printf("SEED=%llu\n", (unsigned long long)seed);
    arena_init(&world.arena);
    for (uint64_t number = 0; number < count; number++) {
        if (only == UINT64_MAX || number == only) {
            world.chance = (struct chance){.state = seed * 1000003 + number};
            on_each(&world, number);
        }
    }
    arena_finish(&world.arena);
}

/* ---- the processes as they are shipped ---- */

static void run_shipped(struct world *world, uint64_t number)
{
    size_t which = number % engine.book.count;
    world->book = &engine.book;
    const char *fault = begin_and_run(world, engine.book.items[which]);
    if (fault != NULL) {
        fail_msg("ONLY=%llu %s:%s\n%s", (unsigned long long)number,
                 engine.book.items[which]->rule.code, world->trace, fault);
    }
    taken[which] |= world->taken;
}

static void what_must_hold_holds_whatever_is_done(void **state)
{
    (void)state;
    run_sequences(run_shipped);
}

/* Chance that never gets anywhere would prove nothing. */
static void every_action_of_every_process_was_taken(void **state)
{
    (void)state;
    if (number_from("SEQUENCES", SEQUENCES) < SEQUENCES || getenv("ONLY") != NULL) {
        skip();
    }
    for (size_t which = 0; which < engine.book.count; which++) {
        const struct process *process = engine.book.items[which];
        for (int i = 0; i < process->action_count; i++) {
            if (!has_bit(taken[which], i)) {
                fail_msg("nobody could %s a case of %s", process->actions[i].code,
                         process->rule.code);
            }
        }
    }
}

/* ---- processes that nobody has written yet ---- */

static uint64_t sound_count;

static void run_changed(struct world *world, uint64_t number)
{
    struct process process = *engine.book.items[number % engine.book.count];
    const struct process *items[] = {&process};
    const struct process_book book = {.items = items, .count = 1};
    struct error err = {0};
    uint32_t changes = 1 + chance_below(&world->chance, CHANGES_MAX);
    for (uint32_t i = 0; i < changes; i++) {
        change_process(&world->chance, &process);
    }
    if (!process_check(&process, &err)) {
        assert_true(err.field_count > 0);
        return;
    }
    sound_count++;
    world->book = &book;
    const char *fault = begin_and_run(world, &process);
    if (fault != NULL) {
        fail_msg("ONLY=%llu %s, changed:%s\n%s", (unsigned long long)number, process.rule.code,
                 world->trace, fault);
    }
}

static void any_sound_process_can_be_run(void **state)
{
    (void)state;
    uint64_t count = number_from("SEQUENCES", SEQUENCES);
    run_sequences(run_changed);
    printf("%llu of %llu were sound\n", (unsigned long long)sound_count, (unsigned long long)count);
    if (count >= SEQUENCES && getenv("ONLY") == NULL) {
        assert_in_range(sound_count, count / 10, count / 10 * 9);
    }
}

static int open_engine(void **state)
{
    (void)state;
    engine_init(&engine);
    for (size_t i = 0; i < engine.book.count; i++) { /* as shipped, but for the control office */
        struct process *process = (struct process *)(uintptr_t)engine.book.items[i];
        process->limits.audit_percent = 50;
    }
    return 0;
}

static int close_engine(void **state)
{
    (void)state;
    engine_finish(&engine);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_must_hold_holds_whatever_is_done),
        cmocka_unit_test(every_action_of_every_process_was_taken),
        cmocka_unit_test(any_sound_process_can_be_run),
    };
    return cmocka_run_group_tests(tests, open_engine, close_engine);
}
