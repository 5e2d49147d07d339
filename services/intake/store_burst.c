/* SPDX-License-Identifier: Apache-2.0 */
#include "store_burst.h"

#include <string.h>

#include "store_submission.h"

/* Ten cells by ten. */
#define AREA "(s.cell / 100000 / 10) * 10000 + (s.cell % 100000) / 10"
#define WINDOW                                                                                     \
    "SELECT " AREA " AS area, s.category, count(*)::integer AS reports FROM submission s "         \
    "WHERE s.id >= $1::uuid AND s.id < $2::uuid AND s.cell IS NOT NULL GROUP BY 1, 2 "             \
    "HAVING count(*) >= $3::integer"

static const struct pg_statement update_reports = {
    "intake_update_bursts",
    "UPDATE burst b SET reports = w.reports FROM (" WINDOW ") w WHERE b.from_at = $4::timestamptz "
    "AND b.area = w.area AND b.category = w.category AND b.reports < w.reports"};
/* What an area had before is found by its cells. */
static const struct pg_statement count_window = {
    "intake_count_window",
    "SELECT w.area, w.category, w.reports, (SELECT count(*) FROM submission p WHERE p.cell = ANY "
    "(ARRAY(SELECT (w.area / 10000 * 10 + i) * 100000 + w.area % 10000 * 10 + j "
    "FROM generate_series(0, 9) i, generate_series(0, 9) j)) AND p.id >= $5::uuid "
    "AND p.id < $1 AND p.category = w.category) FROM (" WINDOW ") w WHERE NOT EXISTS "
    "(SELECT FROM burst b WHERE b.from_at = $4::timestamptz AND b.area = w.area "
    "AND b.category = w.category)"};
static const struct pg_statement notice = {
    "intake_notice_burst",
    "WITH won AS (INSERT INTO burst (id, from_at, area, category, noticed_at, noticed, reports, "
    "usual) VALUES ($1::uuid, $2::timestamptz, $3::integer, $4::text, $5::timestamptz, "
    "$6::integer, $6, $7::float8) ON CONFLICT DO NOTHING RETURNING id AS command), "
    "said AS (" OUTBOX_INSERT("won", 8, 9, 10, 11, 12, 13, 14, 15) ") SELECT command FROM won"};
static const struct pg_statement list = {
    "intake_list_bursts",
    "SELECT id, from_at, area, category, noticed_at, noticed, reports, usual FROM burst "
    "WHERE id < $1::uuid ORDER BY id DESC LIMIT $2::integer"};

static void put_window(struct pg_tx *tx, int64_t from_at, int64_t to_at, int32_t min)
{
    const struct uuid first = store_first_id_at(from_at), end = store_first_id_at(to_at);
    pg_tx_uuid(tx, &first);
    pg_tx_uuid(tx, &end);
    pg_tx_int4(tx, min);
    pg_tx_instant(tx, from_at);
}

void store_count_window(struct pg_tx *tx, int64_t from_at, int64_t to_at, int64_t usual_us,
                        int32_t min)
{
    const struct uuid before = store_first_id_at(from_at - usual_us);
    pg_tx_add(tx, &update_reports);
    put_window(tx, from_at, to_at, min);
    pg_tx_add(tx, &count_window);
    put_window(tx, from_at, to_at, min);
    pg_tx_uuid(tx, &before);
}

size_t store_take_counts(const struct pg_tx *tx, struct burst_counted **counts, struct arena *arena)
{
    size_t count = pg_rows(tx, BURST_COUNTS);
    *counts = arena_array(arena, count, sizeof **counts);
    for (size_t i = 0; i < count; i++) {
        (*counts)[i] = (struct burst_counted){
            .area = pg_value_int4(tx, BURST_COUNTS, i, 0),
            .category = arena_text(arena, pg_value_text(tx, BURST_COUNTS, i, 1)),
            .reports = pg_value_int4(tx, BURST_COUNTS, i, 2),
            .past = pg_value_int8(tx, BURST_COUNTS, i, 3),
        };
    }
    return count;
}

void store_notice_burst(struct pg_tx *tx, const struct burst *burst,
                        const struct outbox_columns *said)
{
    pg_tx_add(tx, &notice);
    pg_tx_uuid(tx, &burst->id);
    pg_tx_instant(tx, burst->from_at);
    pg_tx_int4(tx, burst->area);
    pg_tx_text(tx, burst->category);
    pg_tx_instant(tx, burst->noticed_at);
    pg_tx_int4(tx, burst->noticed);
    pg_tx_float8(tx, burst->usual);
    outbox_columns_put(said, tx);
}

void store_list_bursts(struct pg_tx *tx, const struct uuid *before, int32_t limit)
{
    struct uuid end = *before;
    if (uuid_is_nil(&end)) {
        memset(end.bytes, 0xff, sizeof end.bytes);
    }
    pg_tx_add(tx, &list);
    pg_tx_uuid(tx, &end);
    pg_tx_int4(tx, limit);
}

size_t store_take_bursts(const struct pg_tx *tx, struct burst **bursts, struct arena *arena)
{
    size_t count = pg_rows(tx, 0);
    *bursts = arena_array(arena, count, sizeof **bursts);
    for (size_t i = 0; i < count; i++) {
        (*bursts)[i] = (struct burst){
            .id = pg_value_uuid(tx, 0, i, 0),
            .from_at = pg_value_instant(tx, 0, i, 1),
            .area = pg_value_int4(tx, 0, i, 2),
            .category = arena_text(arena, pg_value_text(tx, 0, i, 3)),
            .noticed_at = pg_value_instant(tx, 0, i, 4),
            .noticed = pg_value_int4(tx, 0, i, 5),
            .reports = pg_value_int4(tx, 0, i, 6),
            .usual = pg_value_float8(tx, 0, i, 7),
        };
    }
    return count;
}
