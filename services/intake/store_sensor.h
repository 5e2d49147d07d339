/* SPDX-License-Identifier: Apache-2.0 */
/* store_sensor: counts alarms on the submissions that they are folded into. */
#ifndef INTAKE_STORE_SENSOR_H
#define INTAKE_STORE_SENSOR_H

#include "filing.h"

/* Counts the alarms among the items, each once, on the submission that holds the item's
 * idempotency; adds nothing when there is none. Comes after the statement that files. */
void store_count_alarms(struct pg_tx *tx, struct filing *const *items, size_t count);

#endif
