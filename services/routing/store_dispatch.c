/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_dispatch.h"

static const struct pg_statement dispatch_list = {
    "dispatch_list", "SELECT h.snapshot, page.dispatch_at, page.case_id FROM ("
                     "SELECT case_id, version, dispatch_at FROM case_current "
                     "WHERE dispatch_at IS NOT NULL AND (dispatch_at, case_id) > ($1, $2::uuid) "
                     "AND ($3::text IS NULL OR queue = $3) AND dispatch_at < $4 "
                     "ORDER BY dispatch_at, case_id LIMIT $5::integer) page "
                     "JOIN case_history h ON h.case_id = page.case_id AND h.version = page.version "
                     "ORDER BY page.dispatch_at, page.case_id"};

void store_dispatch_list(struct pg_tx *tx, const struct dispatch_filter *filter)
{
    static const struct cursor first = {.at_us = 1}; /* 0 would be NULL */
    const struct cursor *after = filter->cursor != NULL ? filter->cursor : &first;
    pg_tx_add(tx, &dispatch_list);
    pg_tx_instant(tx, after->at_us);
    pg_tx_uuid(tx, &after->id);
    pg_tx_text(tx, filter->queue >= 0 ? case_queue_words[filter->queue] : NULL);
    pg_tx_instant(tx, filter->due_before);
    pg_tx_int4(tx, filter->limit);
}
