/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ANALYTICS_STORE_RECONCILIATION_H
#define ANALYTICS_STORE_RECONCILIATION_H

#include "services/analytics/reconciliation.h"
#include "services/analytics/store.h"

/* One row: is the day this process's to reconcile, which is true for one; ten minutes later, if
 * that one has not done it, for another. And was it done already? */
void store_claim_reconciliation(struct pg_tx *tx, int32_t day);
/* made NULL: it could not be done. */
void store_end_reconciliation(struct pg_tx *tx, int32_t day, const struct reconciliation *made);

/* Two statements: cases of the city and of its units, since the beginning. */
void store_read_reconciled(struct pg_tx *tx);
size_t store_take_reconciled(const struct pg_tx *tx, size_t statement, struct arena *arena,
                             struct reconciled_sum **sums);

#endif
