/* SPDX-License-Identifier: Apache-2.0 */
#include "store_update.h"

#include "common/words.h"
#include "store_view.h"

static const struct pg_statement list_updates = {
    "intake_list_updates",
    "SELECT s.ticket, p.version, p.action, p.state, p.phase, p.note, p.reason, p.at, "
    "(SELECT m.version FROM submission_message m WHERE m.submission_id = p.submission_id "
    "AND m.settled_version = p.version AND m.state = 'done') "
    "FROM submission_step p JOIN submission s ON s.id = p.submission_id "
    "JOIN category k ON k.code = s.category "
    "WHERE p.at >= $1::timestamptz AND p.at < $2::timestamptz AND " VIEW_PUBLIC " "
    "AND (($3::boolean AND coalesce(p.note, p.reason) IS NOT NULL) OR p.phase IS DISTINCT FROM "
    "(SELECT q.phase FROM submission_step q WHERE q.submission_id = p.submission_id "
    "AND q.version < p.version ORDER BY q.version DESC LIMIT 1)) "
    "ORDER BY p.at, p.submission_id, p.version LIMIT $4::integer OFFSET $5::integer"};

void store_list_updates(struct pg_tx *tx, const struct update_query *query)
{
    pg_tx_add(tx, &list_updates);
    pg_tx_instant(tx, query->from != 0 ? query->from : 1); /* 1970 itself would be no instant */
    pg_tx_instant(tx, query->to != 0 ? query->to : 1);
    pg_tx_bool(tx, query->words);
    pg_tx_int4(tx, query->limit);
    pg_tx_int4(tx, query->offset);
}

size_t store_take_updates(const struct pg_tx *tx, struct update **updates, struct arena *arena)
{
    size_t count = pg_rows(tx, 0);
    struct update *found = arena_array(arena, count, sizeof *found);
    for (size_t i = 0; i < count; i++) {
        found[i].ticket = arena_text(arena, pg_value_text(tx, 0, i, 0));
        found[i].message = pg_value_int4(tx, 0, i, 8);
        found[i].step = (struct case_step){
            .version = pg_value_int4(tx, 0, i, 1),
            .action = arena_text(arena, pg_value_text(tx, 0, i, 2)),
            .state = arena_text(arena, pg_value_text(tx, 0, i, 3)),
            .phase = (enum case_phase)word_index(case_phase_words, pg_value_text(tx, 0, i, 4)),
            .note = arena_text(arena, pg_value_text(tx, 0, i, 5)),
            .reason = arena_text(arena, pg_value_text(tx, 0, i, 6)),
            .at = pg_value_instant(tx, 0, i, 7),
        };
    }
    *updates = found;
    return count;
}
