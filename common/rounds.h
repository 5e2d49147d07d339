/* SPDX-License-Identifier: Apache-2.0 */
/* rounds: work that is done again and again, one round at a time.
 *
 * A timer begins a round unless one is under way. A round is any number of transactions and the
 * like, each begun by the one before, and ends with one call of rounds_end. Closing waits for the
 * round under way, so what a round uses lives as long as it does. Loop thread only. */
#ifndef COMMON_ROUNDS_H
#define COMMON_ROUNDS_H

#include <stdbool.h>
#include <uv.h>

struct rounds;

struct rounds_work {
    void (*begin)(void *state); /* a round; it may also end it */
    void (*free)(void *state);  /* once, after the last round */
    void *state;
};

/* Copies work. every_ms 0: rounds begin only by rounds_begin_now. */
struct rounds *rounds_new(uv_loop_t *loop, const struct rounds_work *work, unsigned first_ms,
                          unsigned every_ms);
/* Does not wait for the timer; while a round is under way, one more follows it. Nothing while
 * closing. */
void rounds_begin_now(struct rounds *rounds);
void rounds_end(struct rounds *rounds);

/* A long round looks whether it should still go on. */
bool rounds_are_closing(const struct rounds *rounds);
/* No round begins any more. From the loop, after the one under way: frees the state and itself,
 * then calls on_closed. */
typedef void rounds_on_closed(void *arg);
void rounds_close(struct rounds *rounds, rounds_on_closed *on_closed, void *arg);

#endif
