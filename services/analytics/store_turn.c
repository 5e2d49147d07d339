/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/store.h"

#include <stdio.h>

static const struct pg_statement claim_turn = {
    "analytics_claim_turn",
    "UPDATE turn SET number = number + 1, "
    "held_until = clock_timestamp() + $1::integer * interval '1 millisecond' "
    "WHERE held_until <= clock_timestamp() RETURNING number"};

static const struct pg_statement take_turn = {
    "analytics_take_turn",
    "SELECT turn_take($1::bigint, $2::integer, $3::timestamptz, $4::timestamptz)"};

static const struct pg_statement leave_turn = {
    "analytics_leave_turn", "UPDATE turn SET held_until = '-infinity' WHERE number = $1::bigint"};

/* What was heard waits to be counted: until then the past is told as the past. So it is with what
 * time alone has changed. */
static const struct pg_statement read_moment = {
    "analytics_read_moment",
    "SELECT exact, cutoff, rebuilding, code, coalesce(last_day, $1::integer), has_districts "
    "FROM (SELECT CASE WHEN EXISTS (SELECT FROM heard) THEN as_of ELSE least(now(), "
    "(SELECT min(turn_at) FROM fact WHERE turn_at IS NOT NULL)) END AS exact, cutoff, "
    "is_rebuilding() AS rebuilding FROM turn) m LEFT JOIN (SELECT code, last_day, has_districts "
    "FROM unit_set ORDER BY last_day DESC NULLS FIRST, code LIMIT $2::integer) s ON true "
    "ORDER BY last_day, code"};

static const struct pg_statement end_rebuild = {"analytics_end_rebuild", "SELECT rebuild_end()"};

void store_claim_turn(struct pg_tx *tx, int32_t lease_ms)
{
    pg_tx_add(tx, &claim_turn);
    pg_tx_int4(tx, lease_ms);
}

void store_take_turn(struct pg_tx *tx, int64_t number, int32_t lease_ms, int64_t as_of,
                     int64_t cutoff)
{
    pg_tx_add(tx, &take_turn);
    pg_tx_int8(tx, number);
    pg_tx_int4(tx, lease_ms);
    pg_tx_instant(tx, as_of);
    pg_tx_instant(tx, cutoff);
}

void store_end_rebuild(struct pg_tx *tx)
{
    pg_tx_add(tx, &end_rebuild);
}

static const struct pg_statement read_counted = {"analytics_read_counted",
                                                 "SELECT counted, is_rebuilding() FROM turn"};

void store_read_counted(struct pg_tx *tx)
{
    pg_tx_add(tx, &read_counted);
}

int64_t store_take_counted(const struct pg_tx *tx, size_t statement)
{
    return pg_value_bool(tx, statement, 0, 1) ? -1 : pg_value_int8(tx, statement, 0, 0);
}

void store_leave_turn(struct pg_tx *tx, int64_t number)
{
    pg_tx_add(tx, &leave_turn);
    pg_tx_int8(tx, number);
}

void store_read_moment(struct pg_tx *tx)
{
    pg_tx_add(tx, &read_moment);
    pg_tx_int4(tx, UNIT_SET_OPEN);
    pg_tx_int4(tx, UNIT_SETS_NAMED);
}

static void take_unit_sets(const struct pg_tx *tx, size_t statement, struct unit_set_names *names)
{
    names->count = 0;
    for (size_t row = 0; row < pg_rows(tx, statement); row++) {
        const char *code = pg_value_text(tx, statement, row, 3);
        if (code != NULL) {
            struct unit_set_name *name = &names->items[names->count++];
            snprintf(name->code, sizeof name->code, "%s", code);
            name->last = pg_value_int4(tx, statement, row, 4);
            name->has_districts = pg_value_bool(tx, statement, row, 5);
        }
    }
}

bool store_take_moment(const struct pg_tx *tx, size_t statement, struct moment *moment)
{
    moment->as_of = pg_value_instant(tx, statement, 0, 0);
    moment->cutoff = pg_value_instant(tx, statement, 0, 1);
    take_unit_sets(tx, statement, &moment->unit_sets);
    return !pg_value_bool(tx, statement, 0, 2);
}
