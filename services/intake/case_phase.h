/* SPDX-License-Identifier: Apache-2.0 */
/* case_phase: what the state of a case means, whatever its process. Pure. */
#ifndef INTAKE_CASE_PHASE_H
#define INTAKE_CASE_PHASE_H

#include <stdbool.h>

enum case_phase {
    PHASE_RECEIVED,
    PHASE_WORKING,
    PHASE_PAUSED, /* somebody outside was asked */
    PHASE_RESOLVED,
    PHASE_CLOSED,
    PHASE_REJECTED,
    PHASE_WITHDRAWN,
    PHASE_MERGED, /* another case stands for it, and brings its result */
    CASE_PHASES
};
/* The words of the case events; NULL ends the list. */
extern const char *const case_phase_words[];

struct case_phase_name {
    const char *vi, *en;
};
const struct case_phase_name *case_phase_name(enum case_phase phase);

/* Nobody works on it any more, neither here nor in a case that stands for it. */
bool case_phase_is_closed(enum case_phase phase);

/* Of events from before there were phases, by the six states of that time. */
enum case_phase case_phase_of_state(const char *state);

#endif
