/* SPDX-License-Identifier: Apache-2.0 */
/* store_unit_set: how the city is divided, as it was told, and by which telling facts are counted.
 */
#ifndef ANALYTICS_STORE_UNIT_SET_H
#define ANALYTICS_STORE_UNIT_SET_H

#include "common/digest.h"
#include "common/pg.h"
#include "services/analytics/unit_set.h"

/* What was told before (digest) changes nothing. */
void store_put_unit_set(struct pg_tx *tx, const struct unit_set *set,
                        const uint8_t digest[DIGEST_SIZE]);
void store_withdraw_unit_set(struct pg_tx *tx, const char *code);

/* One row: which telling is the newest, and by which facts are counted. */
void store_read_unit_set_numbers(struct pg_tx *tx);
void store_take_unit_set_numbers(const struct pg_tx *tx, size_t statement, int64_t *told,
                                 int64_t *counted);

/* All areas of all sets. */
void store_read_unit_sets(struct pg_tx *tx);
/* In order; texts are the arena's. */
void store_take_unit_sets(const struct pg_tx *tx, size_t statement, struct arena *arena,
                          struct unit_sets *sets);

/* Of the next facts, in the order of ids, those whose place any set may tell are to be counted
 * again. after: the last that was looked at; of zeros: none yet. */
void store_recount_places(struct pg_tx *tx, const struct uuid *after);
/* The last that was looked at; false: there are no more. */
bool store_take_recounted(const struct pg_tx *tx, size_t statement, struct uuid *last);
/* All of them were marked: facts are counted by this telling. */
void store_put_unit_sets_counted(struct pg_tx *tx, int64_t number);

#endif
