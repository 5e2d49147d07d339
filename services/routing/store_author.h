/* SPDX-License-Identifier: Apache-2.0 */
/* store_author: who changes reference data in a transaction, and why.
 *
 * Told to PostgreSQL as settings of the transaction (ihanoi.actor, ihanoi.role, ihanoi.reason), for
 * the triggers that keep a record of changes. */
#ifndef ROUTING_STORE_AUTHOR_H
#define ROUTING_STORE_AUTHOR_H

#include "common/pg.h"

struct change_author {
    const char *account, *role, *reason;
};

/* Adds one statement, which must come before those that change something. */
void store_author_tell(struct pg_tx *tx, const struct change_author *author);

#endif
