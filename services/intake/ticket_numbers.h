/* SPDX-License-Identifier: Apache-2.0 */
/* ticket_numbers: numbers for tickets, drawn from the database's sequence ahead of need.
 *
 * A filing must know its ticket before its row is written, since the event says it. So blocks of
 * TICKET_BLOCK numbers are drawn in the background and handed out from memory, each once; what is
 * in stock when a process ends is never used. Numbers of filings that turn out to be repeats come
 * back. Loop thread only. */
#ifndef INTAKE_TICKET_NUMBERS_H
#define INTAKE_TICKET_NUMBERS_H

#include <stdint.h>
#include <uv.h>

#include "common/pg.h"

enum { TICKET_BLOCK = 100 };

struct ticket_numbers;

/* on_stock: called after each draw; the stock was empty or low before. Draws at once. */
typedef void ticket_on_stock(void *arg);
struct ticket_numbers *ticket_numbers_new(uv_loop_t *loop, struct pg *pg, ticket_on_stock *on_stock,
                                          void *arg);
/* Waits for a draw under way. */
typedef void ticket_on_closed(void *arg);
void ticket_numbers_close(struct ticket_numbers *numbers, ticket_on_closed *on_closed, void *arg);

/* 0: none left; on_stock tells when to ask again. */
int64_t ticket_numbers_take(struct ticket_numbers *numbers);
void ticket_numbers_give_back(struct ticket_numbers *numbers, int64_t number);

#endif
