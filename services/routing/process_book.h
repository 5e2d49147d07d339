/* SPDX-License-Identifier: Apache-2.0 */
/* process_book: every version of every process that this program has read.
 *
 * Versions never change, so the book only grows, and what it holds stays where it is for the life
 * of the program: a case may borrow its process across any wait. Loop thread only. */
#ifndef ROUTING_PROCESS_BOOK_H
#define ROUTING_PROCESS_BOOK_H

#include "common/arena.h"
#include "services/routing/process.h"

struct process_book {
    struct arena arena;
    const struct process **items;
    size_t count;
};

void process_book_init(struct process_book *book);
void process_book_finish(struct process_book *book);

/* A version as the tables hold it. */
struct process_row {
    const char *code;
    int32_t version;
    int64_t valid_from, valid_to; /* instants; valid_to 0: open */
    const char *body;
};

/* Reads and keeps a version that is not there yet; of one that is there only the last day may be
 * new. False when the body is no sound process. */
bool process_book_add(struct process_book *book, const struct process_row *row, struct error *err);

/* The version itself; NULL: unknown. */
const struct process *process_find(const struct process_book *book, const char *code,
                                   int32_t version);
/* The newest version valid at an instant; NULL: none. */
const struct process *process_current(const struct process_book *book, const char *code,
                                      int64_t at_us);

/* Whether there is, or ever was, such a process; with such a state, such an action. process NULL:
 * whether any has it. */
bool process_book_has(const struct process_book *book, const char *process);
bool process_book_has_state(const struct process_book *book, const char *process,
                            const char *state);
bool process_book_has_action(const struct process_book *book, const char *process,
                             const char *action);

#endif
