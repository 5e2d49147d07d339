/* SPDX-License-Identifier: Apache-2.0 */
/* A fact and the sums that it is part of change in one statement: it returns how the fact counts
 * now and how it counted before, and adds the difference to the sums. So the sums always equal
 * what counting all facts would give, whoever was first. */
#include "services/analytics/store.h"

/* From `moved`, the changed facts with their was_ columns. Sums are locked in order of their keys.
 * Units that gave a case back or got it from another count that in their own rows, wherever the
 * case is now. Most steps change no standing, and are left out before they are spread over the
 * indicators; the indicator of all cases has its numerator beside their counts. */
#define MOVE_SUMS(codes, often)                                                                    \
    "pair AS (SELECT *, (unit, category, standings) = (was_unit, was_category, was_standings) "    \
    "AS same FROM moved), "                                                                        \
    "change AS (SELECT unit, category, state, overdue, standings, givers, takers, "                \
    "at, 1 AS sign, same FROM pair UNION ALL SELECT was_unit, was_category, was_state, "           \
    "was_overdue, was_standings, was_givers, was_takers, at, -1, same FROM pair "                  \
    "WHERE was_unit IS NOT NULL), "                                                                \
    "part AS (SELECT unit, category, state, overdue, at, sign, 0 AS gave, 0 AS got, "              \
    "sign * (standing_at(standings, " often ") = 3)::int AS often FROM change "                    \
    "UNION ALL SELECT unnest(string_to_array(givers, ' ')), category, -1, false, at, sign, sign, " \
    "0, 0 FROM change "                                                                            \
    "UNION ALL SELECT unnest(string_to_array(takers, ' ')), category, -1, false, at, sign, 0, "    \
    "sign, 0 FROM change), "                                                                       \
    "counts AS (INSERT INTO unit_count AS c (unit, category, received, accepted, assigned, "       \
    "in_progress, resolved, rejected, withdrawn, merged, overdue, returned, taken_over, often, "   \
    "counted_to) SELECT unit, category, sum(sign * (state = 0)::int), "                            \
    "sum(sign * (state = 1)::int), sum(sign * (state = 2)::int), sum(sign * (state = 3)::int), "   \
    "sum(sign * (state = 4)::int), sum(sign * (state = 5)::int), sum(sign * (state = 6)::int), "   \
    "sum(sign * (state = 7)::int), sum(sign * overdue::int), sum(gave), sum(got), sum(often), "    \
    "max(at) FROM part GROUP BY 1, 2 ORDER BY 1, 2 "                                               \
    "ON CONFLICT (unit, category) DO UPDATE SET received = c.received + excluded.received, "       \
    "accepted = c.accepted + excluded.accepted, assigned = c.assigned + excluded.assigned, "       \
    "in_progress = c.in_progress + excluded.in_progress, "                                         \
    "resolved = c.resolved + excluded.resolved, rejected = c.rejected + excluded.rejected, "       \
    "withdrawn = c.withdrawn + excluded.withdrawn, merged = c.merged + excluded.merged, "          \
    "overdue = c.overdue + excluded.overdue, returned = c.returned + excluded.returned, "          \
    "taken_over = c.taken_over + excluded.taken_over, often = c.often + excluded.often, "          \
    "counted_to = greatest(c.counted_to, excluded.counted_to), change = c.change + 1, "            \
    "dirty = true), "                                                                              \
    "standing AS (SELECT code, unit, category, sign, "                                             \
    "standing_at(standings, d.place) AS standing "                                                 \
    "FROM change, unnest(" codes "::text[]) WITH ORDINALITY AS d (code, place) "                   \
    "WHERE same IS NOT TRUE AND code IS NOT NULL), "                                               \
    "cells AS (INSERT INTO indicator_cell AS c (code, unit, category, numerator, denominator, "    \
    "pending) SELECT code, unit, category, sum(sign * (standing = 3)::int), "                      \
    "sum(sign * (standing >= 2)::int), sum(sign * (standing = 1)::int) "                           \
    "FROM standing WHERE standing > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 "                          \
    "ON CONFLICT (code, unit, category) DO UPDATE SET "                                            \
    "numerator = c.numerator + excluded.numerator, "                                               \
    "denominator = c.denominator + excluded.denominator, "                                         \
    "pending = c.pending + excluded.pending, change = c.change + 1, dirty = true) "                \
    "SELECT case_id FROM moved"

static const struct pg_statement apply_facts = {
    "analytics_apply_facts",
    "WITH moved AS (INSERT INTO case_fact AS f (case_id, version, unit, category, state, at, "
    "receive_due, accepted_at, resolve_due, resolved_at, rejected_at, appointment, handovers, "
    "reopenings, evidence, givers, takers, standings, overdue, turn_at) "
    "SELECT * FROM unnest($1::uuid[], $2::int4[], $3::text[], $4::text[], $5::int2[], "
    "$6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], "
    "$10::timestamptz[], $11::timestamptz[], $12::bool[], $13::int2[], $14::int2[], "
    "$15::int2[], $16::text[], $17::text[], $18::bytea[], $19::bool[], "
    "$20::timestamptz[]) "
    "ON CONFLICT (case_id) DO UPDATE SET version = excluded.version, unit = excluded.unit, "
    "category = excluded.category, state = excluded.state, at = excluded.at, "
    "receive_due = excluded.receive_due, accepted_at = excluded.accepted_at, "
    "resolve_due = excluded.resolve_due, resolved_at = excluded.resolved_at, "
    "rejected_at = excluded.rejected_at, appointment = excluded.appointment, "
    "handovers = excluded.handovers, reopenings = excluded.reopenings, "
    "evidence = excluded.evidence, givers = excluded.givers, takers = excluded.takers, "
    "standings = excluded.standings, overdue = excluded.overdue, turn_at = excluded.turn_at, "
    "was_unit = f.unit, was_category = f.category, was_state = f.state, was_overdue = f.overdue, "
    "was_standings = f.standings, was_givers = f.givers, was_takers = f.takers "
    "WHERE f.version < excluded.version RETURNING f.*), " MOVE_SUMS("$21", "$22")};

enum { FACT_COLUMNS = 20 };

/* The codes of those that have cells, by their places, and the place of the one that has none. */
static void put_codes(struct pg_tx *tx)
{
    struct pg_array codes;
    pg_array_init(&codes, PG_TEXT);
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        pg_array_text(&codes, i == INDICATOR_OF_ALL ? NULL : indicators[i].code);
    }
    pg_tx_array(tx, &codes);
    pg_array_finish(&codes);
    pg_tx_int8(tx, INDICATOR_OF_ALL + 1);
}

static void add_fact(struct pg_array columns[FACT_COLUMNS], const struct case_fact *fact,
                     const struct fact_count *count)
{
    pg_array_uuid(&columns[0], &fact->case_id);
    pg_array_int4(&columns[1], fact->version);
    pg_array_text(&columns[2], fact->unit);
    pg_array_text(&columns[3], fact->category);
    pg_array_int2(&columns[4], (int16_t)fact->state);
    pg_array_instant(&columns[5], fact->at);
    pg_array_instant(&columns[6], fact->receive_due);
    pg_array_instant(&columns[7], fact->accepted_at);
    pg_array_instant(&columns[8], fact->resolve_due);
    pg_array_instant(&columns[9], fact->resolved_at);
    pg_array_instant(&columns[10], fact->rejected_at);
    pg_array_bool(&columns[11], fact->appointment);
    pg_array_int2(&columns[12], fact->handovers);
    pg_array_int2(&columns[13], fact->reopenings);
    pg_array_int2(&columns[14], fact->evidence);
    pg_array_text(&columns[15], fact->givers);
    pg_array_text(&columns[16], fact->takers);
    pg_array_bytes(&columns[17], count->standings, sizeof count->standings);
    pg_array_bool(&columns[18], count->overdue);
    pg_array_instant(&columns[19], count->turn_at);
}

void store_apply_facts(struct pg_tx *tx, const struct case_fact *facts,
                       const struct fact_count *counts, size_t count)
{
    static const enum pg_type types[FACT_COLUMNS] = {
        PG_UUID,        PG_INT4,        PG_TEXT,        PG_TEXT,        PG_INT2,
        PG_TIMESTAMPTZ, PG_TIMESTAMPTZ, PG_TIMESTAMPTZ, PG_TIMESTAMPTZ, PG_TIMESTAMPTZ,
        PG_TIMESTAMPTZ, PG_BOOL,        PG_INT2,        PG_INT2,        PG_INT2,
        PG_TEXT,        PG_TEXT,        PG_BYTEA,       PG_BOOL,        PG_TIMESTAMPTZ};
    struct pg_array columns[FACT_COLUMNS];

    for (size_t i = 0; i < FACT_COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        add_fact(columns, &facts[i], &counts[i]);
    }
    pg_tx_add(tx, &apply_facts);
    for (size_t i = 0; i < FACT_COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
    put_codes(tx);
}

/* ---- time alone ---- */

static const struct pg_statement read_due = {
    "analytics_read_due",
    "SELECT case_id, version, state::integer, receive_due, accepted_at, resolve_due, resolved_at, "
    "rejected_at, at, appointment, handovers::integer, reopenings::integer, evidence::integer, "
    "turn_at FROM case_fact WHERE turn_at < $1::timestamptz "
    "ORDER BY turn_at LIMIT $2::integer"};

/* Facts that a batch holds are left to the next round: it would wait for us in another order. */
static const struct pg_statement turn_facts = {
    "analytics_turn_facts",
    "WITH due AS (SELECT d.* FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[], "
    "$4::bytea[], $5::boolean[], $6::timestamptz[]) AS d (case_id, version, was_turn, standings, "
    "overdue, turn_at) JOIN case_fact f ON f.case_id = d.case_id AND f.version = d.version "
    "AND f.turn_at = d.was_turn FOR UPDATE OF f SKIP LOCKED), "
    "moved AS (UPDATE case_fact AS f SET standings = d.standings, overdue = d.overdue, "
    "turn_at = d.turn_at, was_unit = f.unit, was_category = f.category, was_state = f.state, "
    "was_overdue = f.overdue, was_standings = f.standings, was_givers = f.givers, "
    "was_takers = f.takers FROM due AS d WHERE f.case_id = d.case_id "
    "RETURNING f.*), " MOVE_SUMS("$7", "$8")};

void store_read_due(struct pg_tx *tx, int64_t now, int32_t limit)
{
    pg_tx_add(tx, &read_due);
    pg_tx_instant(tx, now);
    pg_tx_int4(tx, limit);
}

void store_take_due(const struct pg_tx *tx, size_t row, struct case_fact *fact, int64_t *turn_at)
{
    *fact = (struct case_fact){
        .case_id = pg_value_uuid(tx, 0, row, 0),
        .version = pg_value_int4(tx, 0, row, 1),
        .state = (enum case_state)pg_value_int4(tx, 0, row, 2),
        .receive_due = pg_value_instant(tx, 0, row, 3),
        .accepted_at = pg_value_instant(tx, 0, row, 4),
        .resolve_due = pg_value_instant(tx, 0, row, 5),
        .resolved_at = pg_value_instant(tx, 0, row, 6),
        .rejected_at = pg_value_instant(tx, 0, row, 7),
        .at = pg_value_instant(tx, 0, row, 8),
        .appointment = pg_value_bool(tx, 0, row, 9),
        .handovers = (int16_t)pg_value_int4(tx, 0, row, 10),
        .reopenings = (int16_t)pg_value_int4(tx, 0, row, 11),
        .evidence = (int16_t)pg_value_int4(tx, 0, row, 12),
    };
    *turn_at = pg_value_instant(tx, 0, row, 13);
}

enum { TURN_COLUMNS = 6 };

void store_turn_facts(struct pg_tx *tx, const struct case_fact *facts, const int64_t *turns_at,
                      const struct fact_count *counts, size_t count)
{
    static const enum pg_type types[TURN_COLUMNS] = {PG_UUID,  PG_INT4, PG_TIMESTAMPTZ,
                                                     PG_BYTEA, PG_BOOL, PG_TIMESTAMPTZ};
    struct pg_array columns[TURN_COLUMNS];

    for (size_t i = 0; i < TURN_COLUMNS; i++) {
        pg_array_init(&columns[i], types[i]);
    }
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&columns[0], &facts[i].case_id);
        pg_array_int4(&columns[1], facts[i].version);
        pg_array_instant(&columns[2], turns_at[i]);
        pg_array_bytes(&columns[3], counts[i].standings, sizeof counts[i].standings);
        pg_array_bool(&columns[4], counts[i].overdue);
        pg_array_instant(&columns[5], counts[i].turn_at);
    }
    pg_tx_add(tx, &turn_facts);
    for (size_t i = 0; i < TURN_COLUMNS; i++) {
        pg_tx_array(tx, &columns[i]);
        pg_array_finish(&columns[i]);
    }
    put_codes(tx);
}
