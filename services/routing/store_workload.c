/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_desk.h"

/* $1: desks, $2: now, $3: until when due is soon. */
#define COUNTS                                                                                     \
    "count(*), count(*) FILTER (WHERE due_at < $2), "                                              \
    "count(*) FILTER (WHERE due_at >= $2 AND due_at < $3), "                                       \
    "count(*) FILTER (WHERE phase = 'paused'), count(*) FILTER (WHERE assignee IS NULL)"

static const struct pg_statement of_units = {
    "workload_units",
    "SELECT d.desk, NULL::text, c.* FROM unnest($1::text[]) AS d (desk) CROSS JOIN LATERAL ("
    "SELECT " COUNTS " FROM case_current c WHERE c.desk = d.desk AND due_at IS NOT NULL "
    "HAVING count(*) > 0) c ORDER BY d.desk"};

static const struct pg_statement of_people = {
    "workload_people", "SELECT d.desk, c.* FROM unnest($1::text[]) AS d (desk) CROSS JOIN LATERAL ("
                       "SELECT assignee, " COUNTS " FROM case_current c WHERE c.desk = d.desk "
                       "AND due_at IS NOT NULL GROUP BY assignee) c ORDER BY d.desk, c.assignee"};

void store_workload(struct pg_tx *tx, const char *const *desks, size_t desk_count, bool by_account,
                    int64_t now_us, int64_t soon_us)
{
    pg_tx_add(tx, by_account ? &of_people : &of_units);
    pg_tx_texts(tx, desks, desk_count);
    pg_tx_instant(tx, now_us);
    pg_tx_instant(tx, soon_us);
}
