/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_dry_run.h"

struct uuid store_first_id(int64_t at_us)
{
    struct uuid id = {0};
    uint64_t ms = (uint64_t)at_us / 1000;
    for (int i = 5; i >= 0; i--) {
        id.bytes[i] = (uint8_t)(ms & 0xff);
        ms >>= 8;
    }
    return id;
}

static const struct pg_statement tried_cases = {
    "tried_cases", "SELECT case_id, process, area, category, level FROM case_current "
                   "WHERE case_id >= $1::uuid AND case_id < $2::uuid "
                   "ORDER BY case_id DESC LIMIT $3::integer"};

void store_tried_cases(struct pg_tx *tx, const struct uuid *first, const struct uuid *end,
                       int limit)
{
    pg_tx_add(tx, &tried_cases);
    pg_tx_uuid(tx, first);
    pg_tx_uuid(tx, end);
    pg_tx_int4(tx, limit);
}

struct tried_case store_tried_row(const struct pg_tx *tx, size_t statement, size_t row)
{
    return (struct tried_case){
        .id = pg_value_uuid(tx, statement, row, 0),
        .of = {[ROUTE_BY_PROCESS] = pg_value_text(tx, statement, row, 1),
               [ROUTE_BY_AREA] = pg_value_text(tx, statement, row, 2),
               [ROUTE_BY_CATEGORY] = pg_value_text(tx, statement, row, 3),
               [ROUTE_BY_LEVEL] = pg_value_text(tx, statement, row, 4)},
    };
}
