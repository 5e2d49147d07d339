/* SPDX-License-Identifier: Apache-2.0 */
/* turn: one process at a time counts and tells; this takes care that it is one.
 *
 * The holder ticks four times a second: it folds what has changed into the cells (fold.h), then
 * tells what is to be told (publisher.h). Every transaction that writes takes the turn's next
 * number, or is rolled back when another process holds the turn. When the holder dies, another one
 * takes over after LEASE_MS. Loop thread only. */
#ifndef ANALYTICS_TURN_H
#define ANALYTICS_TURN_H

#include "common/service.h"

struct discloser;
struct turn;

struct turn *turn_new(const struct service_parts *parts, const struct discloser *discloser);

/* Waits for the step in hand, gives the turn back, frees. */
typedef void turn_on_closed(void *arg);
void turn_close(struct turn *turn, turn_on_closed *on_closed, void *arg);

/* ---- for its steps ---- */

/* Adds what makes a transaction the holder's. as_of, cutoff: of the cells from now on; 0: as they
 * were. Statement 0 of the transaction: call it first. */
void turn_guard(struct turn *turn, struct pg_tx *tx, int64_t as_of, int64_t cutoff);
/* After such a transaction: keeps the number, or gives the turn up. False: it did not happen, or
 * nobody knows. */
bool turn_took(struct turn *turn, const struct pg_tx *tx, enum pg_outcome outcome,
               const char *event);
int64_t turn_next(const struct turn *turn); /* the number that a guarded transaction will have */
bool turn_is_closing(const struct turn *turn);

#endif
