/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "simulation_private.h"

#define MINUTE_US INT64_C(60000000)

enum { REPEATS_PERCENT = 8, LATE_PERCENT = 8, LATE_MIN = 30 };

const char *const simulated_kind_words[] = {
    [SIMULATED_FRESH] = "fresh",
    [SIMULATED_LATE] = "late",
    [SIMULATED_REPEAT] = "repeat",
    [SIMULATED_FAULTY] = "faulty",
    NULL,
};

/* splitmix64: small, and good enough for a play. */
static uint64_t next_chance(struct simulation *simulation)
{
    uint64_t z = simulation->chance += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint64_t simulation_below(struct simulation *simulation, uint64_t end)
{
    assert(end > 0);
    return next_chance(simulation) % end;
}

bool simulation_chance(struct simulation *simulation, unsigned percent)
{
    return simulation_below(simulation, 100) < percent;
}

struct simulation *simulation_new(const char *name, uint64_t seed, unsigned faults_percent)
{
    for (const struct simulated_system *system = simulated_systems; system->name != NULL;
         system++) {
        if (strcmp(system->name, name) == 0) {
            struct simulation *simulation = memory_zero(1, sizeof *simulation);
            simulation->system = system;
            simulation->seed = simulation->chance = seed;
            simulation->faults_percent = faults_percent;
            for (size_t i = 0; i < SIMULATED_RECENT; i++) {
                buffer_init(&simulation->recent[i].data);
            }
            return simulation;
        }
    }
    return NULL;
}

void simulation_free(struct simulation *simulation)
{
    for (size_t i = 0; simulation != NULL && i < SIMULATED_RECENT; i++) {
        buffer_finish(&simulation->recent[i].data);
    }
    free(simulation);
}

const char *simulation_names(void)
{
    static char names[256];
    size_t size = 0;
    for (const struct simulated_system *system = simulated_systems; system->name != NULL;
         system++) {
        size += (size_t)snprintf(names + size, sizeof names - size, "%s%s", size > 0 ? ", " : "",
                                 system->name);
    }
    return names;
}

/* Three ways in which a sender may be wrong, whatever it says: cut off, another system's, not what
 * its type says. */
static void spoil(struct simulation *simulation, struct simulated *event)
{
    switch (simulation_below(simulation, 3)) {
    case 0:
        event->data.size /= 2;
        break;
    case 1:
        event->type = event->type == simulated_systems[0].type ? simulated_systems[1].type
                                                               : simulated_systems[0].type;
        break;
    default:
        buffer_reset(&event->data);
        buffer_put_text(&event->data, "{\"error\":\"E42\"}");
        break;
    }
}

static const struct simulated *say_again(struct simulation *simulation)
{
    size_t known = simulation->count < SIMULATED_RECENT ? simulation->count : SIMULATED_RECENT;
    struct simulated *event = &simulation->recent[simulation_below(simulation, known)];
    if (event->kind == SIMULATED_FRESH || event->kind == SIMULATED_LATE) {
        event->kind = SIMULATED_REPEAT;
    }
    return event;
}

const struct simulated *simulation_next(struct simulation *simulation, int64_t now_us)
{
    const struct simulated_system *system = simulation->system;
    if (simulation->count > 0 && simulation_chance(simulation, REPEATS_PERCENT)) {
        return say_again(simulation);
    }
    struct simulated *event = &simulation->recent[simulation->count++ % SIMULATED_RECENT];
    bool is_late = simulation_chance(simulation, LATE_PERCENT);
    event->kind = is_late ? SIMULATED_LATE : SIMULATED_FRESH;
    event->source = system->source;
    event->type = system->type;
    event->at_us = is_late ? now_us - LATE_MIN * MINUTE_US : now_us;
    simulation->serial++;
    snprintf(event->id, sizeof event->id, "%s-%llu-%llu", system->name,
             (unsigned long long)simulation->seed, (unsigned long long)simulation->serial);
    buffer_reset(&event->data);
    simulation_write(simulation, event);
    if (simulation_chance(simulation, simulation->faults_percent)) {
        event->kind = SIMULATED_FAULTY;
        spoil(simulation, event);
    }
    return event;
}
