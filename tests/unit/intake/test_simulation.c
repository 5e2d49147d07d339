/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/arena.h"
#include "services/intake/inbound.h"
#include "services/intake/simulation.h"

#define NOW INT64_C(1795492800000000)

static const char *const names[] = {"camera", "sensors", "parking",  "bus",
                                    "school", "bills",   "disaster", NULL};

static bool is_taken(const struct simulated *event, struct error *err)
{
    struct arena arena;
    arena_init(&arena);
    bool good = inbound_check(event->type, event->data.data, event->data.size, &arena, err);
    arena_finish(&arena);
    return good;
}

static void what_every_system_says_is_taken(void **state)
{
    (void)state;
    for (size_t i = 0; names[i] != NULL; i++) {
        assert_non_null(strstr(simulation_names(), names[i]));
        struct simulation *simulation = simulation_new(names[i], 7, 0);
        for (int n = 0; n < 500; n++) {
            struct error err = {0};
            const struct simulated *event = simulation_next(simulation, NOW);
            if (!is_taken(event, &err)) {
                fail_msg("%s: %s %s", event->data.data, err.text, err.fields[0].field);
            }
            assert_int_not_equal(event->kind, SIMULATED_FAULTY);
            assert_true(event->id[0] != '\0' && event->subject[0] != '\0');
            assert_int_equal(event->at_us == NOW, event->at_us >= NOW);
        }
        simulation_free(simulation);
    }
}

static void the_same_seed_says_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; names[i] != NULL; i++) {
        struct simulation *one = simulation_new(names[i], 42, 20);
        struct simulation *same = simulation_new(names[i], 42, 20);
        struct simulation *other = simulation_new(names[i], 43, 20);
        int different = 0;
        for (int n = 0; n < 200; n++) {
            const struct simulated *a = simulation_next(one, NOW), *b = simulation_next(same, NOW);
            const struct simulated *c = simulation_next(other, NOW);
            assert_string_equal(a->id, b->id);
            assert_int_equal(a->kind, b->kind);
            assert_string_equal(a->type, b->type);
            assert_int_equal(a->data.size, b->data.size);
            assert_memory_equal(a->data.data, b->data.data, a->data.size);
            different += a->data.size != c->data.size ||
                         memcmp(a->data.data, c->data.data, a->data.size) != 0;
        }
        assert_true(different > 50);
        simulation_free(one);
        simulation_free(same);
        simulation_free(other);
    }
}

static void repeats_and_late_events_come_in_their_share(void **state)
{
    struct simulation *simulation = simulation_new("parking", 1, 0);
    size_t counts[4] = {0};
    (void)state;
    for (int n = 0; n < 5000; n++) {
        counts[simulation_next(simulation, NOW)->kind]++;
    }
    assert_in_range(counts[SIMULATED_REPEAT], 250, 550);
    assert_in_range(counts[SIMULATED_LATE], 250, 550);
    assert_int_equal(counts[SIMULATED_FAULTY], 0);
    simulation_free(simulation);
}

static void as_many_are_faulty_as_wished(void **state)
{
    (void)state;
    for (size_t i = 0; names[i] != NULL; i++) {
        struct simulation *simulation = simulation_new(names[i], 3, 100);
        for (int n = 0; n < 300; n++) {
            const struct simulated *event = simulation_next(simulation, NOW);
            struct error err = {0};
            assert_int_equal(event->kind, SIMULATED_FAULTY);
            bool is_good = is_taken(event, &err);
            assert_false(is_good);
        }
        simulation_free(simulation);
    }
}

static void sensors_raise_alarms_in_bursts(void **state)
{
    struct simulation *simulation = simulation_new("sensors", 5, 0);
    char last[SIMULATED_TEXT_MAX] = "";
    int changes = 0;
    (void)state;
    for (int n = 0; n < 300; n++) {
        const struct simulated *event = simulation_next(simulation, NOW);
        changes += event->kind != SIMULATED_REPEAT && strcmp(last, event->subject) != 0;
        if (event->kind != SIMULATED_REPEAT) {
            snprintf(last, sizeof last, "%s", event->subject);
        }
    }
    assert_in_range(changes, 10, 100);
    simulation_free(simulation);
}

static void no_other_system_can_be_played(void **state)
{
    (void)state;
    assert_null(simulation_new("moon", 1, 0));
    assert_null(simulation_new("", 1, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_every_system_says_is_taken),
        cmocka_unit_test(the_same_seed_says_the_same),
        cmocka_unit_test(repeats_and_late_events_come_in_their_share),
        cmocka_unit_test(as_many_are_faulty_as_wished),
        cmocka_unit_test(sensors_raise_alarms_in_bursts),
        cmocka_unit_test(no_other_system_can_be_played),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
