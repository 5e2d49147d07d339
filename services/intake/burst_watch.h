/* SPDX-License-Identifier: Apache-2.0 */
/* burst_watch: looks every few seconds whether a burst has begun, and says so once.
 *
 * Each replica looks; which of them writes the row first says it. A failed look is logged and made
 * up for by the next one. Loop thread only. */
#ifndef INTAKE_BURST_WATCH_H
#define INTAKE_BURST_WATCH_H

#include "common/loop.h"
#include "common/outbox.h"
#include "common/pg.h"

struct burst_watch;

struct burst_watch *burst_watch_new(uv_loop_t *loop, struct pg *pg, struct outbox *outbox,
                                    unsigned period_ms);
/* Waits for the look that is under way. */
typedef void burst_watch_on_closed(void *arg);
void burst_watch_close(struct burst_watch *watch, burst_watch_on_closed *on_closed, void *arg);

#endif
