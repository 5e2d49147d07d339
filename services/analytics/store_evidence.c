/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/store_evidence.h"

#include "services/analytics/sketch.h"

enum { LOOK_MAX = 10000 };

/* The window function numbers the index's rows as they come, so that no more are read than the page
 * needs. subject 0 is that of cases, as the index has it. */
static const struct pg_statement read_evidence = {
    "analytics_read_evidence",
    "SELECT id, day, marks, coalesce(amount_1, 0), bucket::integer, unit, matches, n = $5 "
    "FROM (SELECT s.*, row_number() OVER () AS n, "
    "($7::bigint = 0 OR marks & $7 <> 0) AND marks & $8::bigint = 0 "
    "AND (NOT $9::boolean OR coalesce(amount_1, 0) <> 0) AND (NOT $10::boolean OR bucket <> "
    "$11::integer) "
    "AND ($12::text IS NULL OR unit = $12) AND ($13::text IS NULL OR category = $13) "
    "AND ($14::text IS NULL OR process = $14) AND ($15::text IS NULL OR level = $15) "
    "AND ($16::text IS NULL OR area = $16) AND ($17::text IS NULL OR channel = $17) "
    "AND ($18::text IS NULL OR district = $18) "
    "AND ($19::text IS NULL OR receive_rule = $19) "
    "AND ($20::text IS NULL OR resolve_rule = $20) AS matches "
    "FROM (SELECT * FROM fact WHERE subject = 0 AND day IS NOT NULL AND day >= $1::integer "
    "AND day < $2::integer AND (day, id) < ($3::integer, $4::uuid) "
    "ORDER BY day DESC, id DESC LIMIT $5::bigint) s) t "
    "WHERE matches OR n = $5 LIMIT $6::integer"};

void store_read_evidence(struct pg_tx *tx, const struct evidence_of *of,
                         const struct evidence_place *before, int32_t limit)
{
    static const enum dimension dimensions[] = {
        DIMENSION_UNIT,     DIMENSION_CATEGORY,     DIMENSION_PROCESS,
        DIMENSION_LEVEL,    DIMENSION_AREA,         DIMENSION_CHANNEL,
        DIMENSION_DISTRICT, DIMENSION_RECEIVE_RULE, DIMENSION_RESOLVE_RULE};
    pg_tx_add(tx, &read_evidence);
    pg_tx_int4(tx, of->slice->period.first);
    pg_tx_int4(tx, period_end(&of->slice->period));
    pg_tx_int4(tx, before->day);
    pg_tx_uuid(tx, &before->id);
    pg_tx_int8(tx, LOOK_MAX);
    pg_tx_int4(tx, limit);
    pg_tx_int8(tx, (int64_t)of->any);
    pg_tx_int8(tx, (int64_t)of->none);
    pg_tx_bool(tx, of->amount);
    pg_tx_bool(tx, of->timed);
    pg_tx_int4(tx, SKETCH_NONE);
    for (size_t i = 0; i < sizeof dimensions / sizeof dimensions[0]; i++) {
        pg_tx_text(tx, of->slice->members[dimensions[i]]);
    }
}

bool store_take_evidence(const struct pg_tx *tx, size_t statement, size_t row,
                         struct evidence *evidence, bool *is_end)
{
    *evidence = (struct evidence){
        .place = {.day = pg_value_int4(tx, statement, row, 1),
                  .id = pg_value_uuid(tx, statement, row, 0)},
        .marks = (uint64_t)pg_value_int8(tx, statement, row, 2),
        .amount = pg_value_int8(tx, statement, row, 3),
        .bucket = pg_value_int4(tx, statement, row, 4),
        .unit = pg_value_text(tx, statement, row, 5),
    };
    *is_end = pg_value_bool(tx, statement, row, 7);
    return pg_value_bool(tx, statement, row, 6);
}
