/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ANALYTICS_STORE_RECONCILIATION_H
#define ANALYTICS_STORE_RECONCILIATION_H

#include "services/analytics/reconciliation.h"
#include "services/analytics/store.h"

/* One row: is the day's comparison of a subject this process's to make, which is true for one; ten
 * minutes later, if that one has not made it, for another. And was it made already? */
void store_claim_reconciliation(struct pg_tx *tx, enum subject subject, int32_t day);
/* made NULL: it could not be made. */
void store_end_reconciliation(struct pg_tx *tx, enum subject subject, int32_t day,
                              const struct reconciliation *made);

/* Two statements: the sums of the city and of the dimension's members, from a day on. */
void store_read_reconciled(struct pg_tx *tx, const struct census_layout *layout, int32_t first);
size_t store_take_reconciled(const struct pg_tx *tx, size_t statement, struct arena *arena,
                             struct reconciled_sum **sums);

#endif
