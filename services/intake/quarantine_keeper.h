/* SPDX-License-Identifier: Apache-2.0 */
/* quarantine_keeper: lets go of what lies in quarantine, when a person said so or its quota allows
 * it, in the order in which it came.
 *
 * Four times a second the replica that holds the lease takes up what was let go and, of each
 * source, the first that wait. What is taken up goes the way of a fresh event and is settled in the
 * same transaction, if nobody has settled it meanwhile: a crash, a second keeper and a repeated
 * event change nothing. It also takes away what was settled, or expired, long ago. */
#ifndef INTAKE_QUARANTINE_KEEPER_H
#define INTAKE_QUARANTINE_KEEPER_H

#include "intake.h"

struct quarantine_keeper_config {
    int64_t quarantine_days, record_days; /* kept after being settled, or over */
};

struct quarantine_keeper *quarantine_keeper_new(struct intake *intake,
                                                const struct quarantine_keeper_config *config);
/* Waits for its transactions, then frees itself and calls on_closed. */
typedef void quarantine_on_closed(void *arg);
void quarantine_keeper_close(struct quarantine_keeper *keeper, quarantine_on_closed *on_closed,
                             void *arg);

#endif
