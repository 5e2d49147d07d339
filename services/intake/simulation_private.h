/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of simulation: simulation.c (which kind of event comes next), simulation_json.c (what the
 * systems say). */
#ifndef INTAKE_SIMULATION_PRIVATE_H
#define INTAKE_SIMULATION_PRIVATE_H

#include "common/json.h"
#include "simulation.h"

/* A system: its row says who it is, and writes the members of its data. */
struct simulated_system {
    const char *name, *source, *type;
    void (*write)(struct simulation *simulation, struct simulated *event, struct json_writer *json);
};
extern const struct simulated_system simulated_systems[]; /* ended by a row without name */

enum { SIMULATED_RECENT = 16 };

struct simulation {
    const struct simulated_system *system;
    uint64_t seed, chance; /* state of the generator */
    unsigned faults_percent;
    uint64_t serial; /* of the events that are no repeats */
    struct simulated recent[SIMULATED_RECENT];
    size_t count;
    uint64_t burst_of; /* a sensor */
    unsigned burst_left;
};

/* The data of the event, by its system. */
void simulation_write(struct simulation *simulation, struct simulated *event);

/* In [0, end). */
uint64_t simulation_below(struct simulation *simulation, uint64_t end);
bool simulation_chance(struct simulation *simulation, unsigned percent);

#endif
