/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_desk.h"

/* What lies below the oldest transaction under way is complete. */
static const struct pg_statement feed_begin = {
    "feed_begin",
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text, count(*) FROM ("
    "SELECT FROM case_history WHERE change >= $1::text::xid8 ORDER BY change LIMIT $2::integer) c"};

void store_feed_begin(struct pg_tx *tx, const char *from, int most)
{
    pg_tx_add(tx, &feed_begin);
    pg_tx_text(tx, from);
    pg_tx_int4(tx, most);
}

/* OFFSET 0: the cases are looked up one by one. */
static const struct pg_statement feed_read = {
    "feed_read",
    "WITH h AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS horizon) "
    "SELECT h.horizon::text, c.change::text, c.at, c.case_id, w.ticket, n.version, n.state, "
    "n.phase, n.queue, n.desk, n.assignee, array_to_string(n.task_desks, ','), d.desk FROM h "
    "LEFT JOIN LATERAL (SELECT change, at, case_id FROM case_history "
    "WHERE change >= $1::text::xid8 AND change < h.horizon ORDER BY change LIMIT $2::integer) c "
    "ON true LEFT JOIN LATERAL (SELECT * FROM case_current n WHERE n.case_id = c.case_id OFFSET 0) "
    "n ON true LEFT JOIN LATERAL (SELECT ticket FROM case_words w WHERE w.case_id = c.case_id "
    "OFFSET 0) w ON true LEFT JOIN LATERAL (SELECT desk FROM case_departure d "
    "WHERE d.change = c.change AND d.case_id = c.case_id OFFSET 0) d ON true ORDER BY c.change"};

void store_feed_read(struct pg_tx *tx, const char *from, int most)
{
    pg_tx_add(tx, &feed_read);
    pg_tx_text(tx, from);
    pg_tx_int4(tx, most);
}

enum feed_column {
    FEED_HORIZON,
    FEED_CHANGE,
    FEED_AT,
    FEED_CASE,
    FEED_TICKET,
    FEED_VERSION,
    FEED_STATE,
    FEED_PHASE,
    FEED_QUEUE,
    FEED_DESK,
    FEED_ASSIGNEE,
    FEED_TASK_DESKS,
    FEED_LEFT_DESK
};

const char *store_feed_horizon(const struct pg_tx *tx)
{
    return pg_value_text(tx, 0, 0, FEED_HORIZON);
}

size_t store_feed_count(const struct pg_tx *tx)
{
    return pg_value_is_null(tx, 0, 0, FEED_CHANGE) ? 0 : pg_rows(tx, 0);
}

struct case_change store_feed_change(const struct pg_tx *tx, size_t row)
{
    return (struct case_change){
        .change = pg_value_text(tx, 0, row, FEED_CHANGE),
        .at = pg_value_instant(tx, 0, row, FEED_AT),
        .case_id = pg_value_uuid(tx, 0, row, FEED_CASE),
        .ticket = pg_value_text(tx, 0, row, FEED_TICKET),
        .version = pg_value_int4(tx, 0, row, FEED_VERSION),
        .state = pg_value_text(tx, 0, row, FEED_STATE),
        .phase = pg_value_text(tx, 0, row, FEED_PHASE),
        .queue = pg_value_text(tx, 0, row, FEED_QUEUE),
        .desk = pg_value_text(tx, 0, row, FEED_DESK),
        .assignee = pg_value_text(tx, 0, row, FEED_ASSIGNEE),
        .task_desks = pg_value_text(tx, 0, row, FEED_TASK_DESKS),
        .left_desk = pg_value_text(tx, 0, row, FEED_LEFT_DESK),
    };
}
