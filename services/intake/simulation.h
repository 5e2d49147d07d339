/* SPDX-License-Identifier: Apache-2.0 */
/* simulation: plays another city system: a stream of events as it would bring them.
 *
 * The same seed gives the same stream, but for the instants, which follow the `now` that each event
 * is given. Some events come again with the id that they had, some tell of what was half an hour
 * ago, sensors raise alarms in bursts, and as many as wished are faulty. Pure: no clock, no I/O. */
#ifndef INTAKE_SIMULATION_H
#define INTAKE_SIMULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buffer.h"

enum simulated_kind { SIMULATED_FRESH, SIMULATED_LATE, SIMULATED_REPEAT, SIMULATED_FAULTY };
extern const char *const simulated_kind_words[]; /* NULL-terminated */

enum { SIMULATED_TEXT_MAX = 96 };

/* An event; data is its JSON, or what a faulty sender takes for that. */
struct simulated {
    enum simulated_kind kind;
    const char *source, *type;
    char id[SIMULATED_TEXT_MAX], subject[SIMULATED_TEXT_MAX];
    int64_t at_us; /* as the data say */
    struct buffer data;
};

struct simulation;

/* NULL: no system has this name. */
struct simulation *simulation_new(const char *name, uint64_t seed, unsigned faults_percent);
void simulation_free(struct simulation *simulation);
/* "camera, sensors, …" */
const char *simulation_names(void);

/* The next event; it lives until 16 more were asked for. */
const struct simulated *simulation_next(struct simulation *simulation, int64_t now_us);

#endif
