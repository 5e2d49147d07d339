/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/store.h"

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
    "SELECT CASE WHEN EXISTS (SELECT FROM heard) THEN as_of ELSE least(now(), "
    "(SELECT min(turn_at) FROM fact WHERE turn_at IS NOT NULL)) END, cutoff, is_rebuilding() "
    "FROM turn"};

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
                                                 "SELECT counted FROM turn"};

void store_read_counted(struct pg_tx *tx)
{
    pg_tx_add(tx, &read_counted);
}

void store_leave_turn(struct pg_tx *tx, int64_t number)
{
    pg_tx_add(tx, &leave_turn);
    pg_tx_int8(tx, number);
}

void store_read_moment(struct pg_tx *tx)
{
    pg_tx_add(tx, &read_moment);
}

bool store_take_moment(const struct pg_tx *tx, size_t statement, struct moment *moment)
{
    moment->as_of = pg_value_instant(tx, statement, 0, 0);
    moment->cutoff = pg_value_instant(tx, statement, 0, 1);
    return !pg_value_bool(tx, statement, 0, 2);
}
