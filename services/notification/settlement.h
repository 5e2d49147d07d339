/* SPDX-License-Identifier: Apache-2.0 */
/* settlement: writes down how letters ended, each with its event.
 *
 * Many in one transaction. A result counts while its letter's lease does (`claims`); one that could
 * not be written is left to the lease, which runs out. Loop thread only. */
#ifndef NOTIFICATION_SETTLEMENT_H
#define NOTIFICATION_SETTLEMENT_H

#include "common/metrics.h"
#include "common/outbox.h"
#include "letter.h"

struct settlements;
/* All are borrowed. */
struct settlements *settlements_new(struct pg *pg, struct outbox *outbox, const struct seal *seal,
                                    struct metrics *metrics);
void settlements_free(struct settlements *settlements); /* must be idle */

/* Takes the letter, whose end is set. */
void settlements_put(struct settlements *settlements, struct letter *letter);
bool settlements_are_idle(const struct settlements *settlements);

#endif
