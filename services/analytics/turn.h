/* SPDX-License-Identifier: Apache-2.0 */
/* turn: one process at a time counts and tells; this takes care that it is one.
 *
 * The holder runs its steps one after another, first those that count (fold.h), then those that
 * tell: twenty times a second while there is something to do, else three times. Every transaction
 * that writes takes the turn's next number, or is rolled back when another process holds the turn.
 * When the holder dies, another one takes over after LEASE_MS. Loop thread only. */
#ifndef ANALYTICS_TURN_H
#define ANALYTICS_TURN_H

#include "common/service.h"

struct turn;

/* run does what is due, or as much of it as one transaction may hold, and ends with one call of
 * turn_step_done. */
struct turn_step {
    void (*run)(void *state);
    void (*free)(void *state); /* not called while it runs */
    void *state;
    bool tells; /* is left out now and then while counting is behind */
};

struct turn *turn_new(const struct service_parts *parts);
/* Before the loop runs; the turn frees its steps. */
void turn_add(struct turn *turn, struct turn_step step);

/* Waits for the step in hand, gives the turn back, frees. */
typedef void turn_on_closed(void *arg);
void turn_close(struct turn *turn, turn_on_closed *on_closed, void *arg);

/* ---- for its steps ---- */

/* whole: nothing is left, or it failed. Else the next tick begins at once. */
void turn_step_done(struct turn *turn, bool whole);
/* Adds what makes a transaction the holder's. as_of, cutoff: of the cells from now on; 0: as they
 * were. Statement 0 of the transaction: call it first. */
void turn_guard(struct turn *turn, struct pg_tx *tx, int64_t as_of, int64_t cutoff);
/* After such a transaction: keeps the number, or gives the turn up. False: it did not happen, or
 * nobody knows. */
bool turn_took(struct turn *turn, const struct pg_tx *tx, enum pg_outcome outcome,
               const char *event);
int64_t turn_next(const struct turn *turn); /* the number that a guarded transaction will have */

#endif
