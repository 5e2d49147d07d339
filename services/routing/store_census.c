/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_desk.h"

/* Reads all of the table: asked for once a night. A case that waits for the city office is told
 * with the unit that had it last, if one had it; its row does not know that, its newest version
 * does. */
static const struct pg_statement census = {
    "routing_census", "SELECT CASE WHEN queue = 'unit' THEN desk ELSE (SELECT h.snapshot::jsonb "
                      "->> 'unit' FROM case_history h WHERE (h.case_id, h.version) = (c.case_id, "
                      "c.version)) END AS unit, phase, state, count(*) FROM case_current c "
                      "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"};

void store_census(struct pg_tx *tx)
{
    pg_tx_add(tx, &census);
}
