/* SPDX-License-Identifier: Apache-2.0 */
/* store_dry_run: the cases of a period, as they are classified now. */
#ifndef ROUTING_STORE_DRY_RUN_H
#define ROUTING_STORE_DRY_RUN_H

#include "common/pg.h"
#include "services/routing/dry_run.h"

/* The least id that is made at an instant: ids begin with it (RFC 9562, version 7). */
struct uuid store_first_id(int64_t at_us);

/* Those with ids from `first` on and below `end`, newest first. */
void store_tried_cases(struct pg_tx *tx, const struct uuid *first, const struct uuid *end,
                       int limit);
/* Texts are borrowed from the result. */
struct tried_case store_tried_row(const struct pg_tx *tx, size_t statement, size_t row);

#endif
