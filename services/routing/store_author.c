/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_author.h"

static const struct pg_statement tell = {
    "author_tell", "SELECT set_config('ihanoi.actor', $1, true), "
                   "set_config('ihanoi.role', $2, true), set_config('ihanoi.reason', $3, true)"};

void store_author_tell(struct pg_tx *tx, const struct change_author *author)
{
    pg_tx_add(tx, &tell);
    pg_tx_text(tx, author->account);
    pg_tx_text(tx, author->role);
    pg_tx_text(tx, author->reason);
}
