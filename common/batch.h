/* SPDX-License-Identifier: Apache-2.0 */
/* batch: commands that wait while a transaction is in flight go together in the next one.
 *
 * No timer: an idle batch sends what came in one turn of the loop when the turn is over (latency of
 * one commit; a turn that found fifty sockets readable costs one transaction), a busy one fills
 * while PostgreSQL works (throughput of bulk SQL). Items are borrowed pointers, kept in order of
 * arrival. `build` turns items into statements; it may be called again for the same items, alone
 * or in smaller groups, so it must give the same ids each time and its SQL must recognise its own
 * earlier effect.
 *
 *   outcome of the transaction     what the batch does
 *   committed                      done(…, NULL)
 *   unavailable, unknown           builds the same items again, after a backoff, until deadline_ms;
 *                                  then done(…, ERR_RETRY). in_doubt tells whether any try ended
 *                                  unknown
 *   refused, several items         halves the group: one bad item fails alone
 *   refused, one item              done(…, ERR_FATAL "refused_by_database")
 *
 * Every item gets exactly one done. Loop thread only. */
#ifndef COMMON_BATCH_H
#define COMMON_BATCH_H

#include "common/error.h"
#include "common/metrics.h"
#include "common/pg.h"

struct batch;

typedef void batch_build(struct pg_tx *tx, void **items, size_t count, void *arg);
/* err is NULL when committed; tx then holds the results, in the order of build's statements. */
typedef void batch_done(const struct pg_tx *tx, void **items, size_t count, const struct error *err,
                        bool in_doubt, void *arg);

struct batch_config {
    const char *name;     /* label in metrics */
    size_t items_max;     /* in one transaction; 500 is past the knee (measured) */
    size_t depth;         /* transactions in flight; 2 encodes one while the other commits. Beside
                             another one goes only a group of an eighth of items_max or more */
    size_t queue_max;     /* waiting items before batch_submit says busy */
    unsigned deadline_ms; /* from submit of the oldest item to giving up */
    batch_build *build;
    batch_done *done;
    void *arg;
};

struct batch *batch_new(struct pg *pg, const struct batch_config *config, struct metrics *metrics);
void batch_free(struct batch *batch); /* must be idle */

/* False with ERR_BUSY (retry_after_s 1) when queue_max items wait. */
bool batch_submit(struct batch *batch, void *item, struct error *err);
bool batch_is_idle(const struct batch *batch);

#endif
