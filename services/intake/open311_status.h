/* SPDX-License-Identifier: Apache-2.0 */
/* open311_status: the extended statuses of the update extension (as FixMyStreet's clients know
 * them), out of what a step meant. Pure. */
#ifndef INTAKE_OPEN311_STATUS_H
#define INTAKE_OPEN311_STATUS_H

#include "case_phase.h"

/* action: the word of the step; of a few it tells more than the phase. Never NULL. */
const char *open311_extended_status(enum case_phase phase, const char *action);

#endif
