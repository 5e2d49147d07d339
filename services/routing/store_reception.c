/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_reception.h"

#define SLOT_COLUMNS                                                                               \
    "s.slot_id, s.unit, s.room, s.starts_at, s.ends_at, s.capacity, "                              \
    "(SELECT count(*) FROM reception_place p WHERE p.slot_id = s.slot_id)"

enum { SLOT_COLUMN_COUNT = 7 };

/* ---- slots ---- */

/* An overlap is no matter of one row, so offers for a unit come one after the other. */
static const struct pg_statement slots_lock = {
    "reception_slots_lock", "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 727200))"};

static const struct pg_statement slots_add = {
    "reception_slots_add",
    "WITH input AS (SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], "
    "$4::timestamptz[], $5::integer[]) WITH ORDINALITY "
    "AS i (slot_id, room, starts_at, ends_at, capacity, position)), "
    "met AS (SELECT i.position FROM input i WHERE EXISTS (SELECT 1 FROM reception_slot s "
    "WHERE s.unit = $6::text AND s.room = i.room "
    "AND s.starts_at > i.starts_at - $8::bigint * interval '1 microsecond' "
    "AND s.starts_at < i.ends_at AND s.ends_at > i.starts_at)), "
    "added AS (INSERT INTO reception_slot (slot_id, unit, room, starts_at, ends_at, capacity, "
    "actor) SELECT slot_id, $6::text, room, starts_at, ends_at, capacity, $7::text FROM input "
    "WHERE NOT EXISTS (SELECT 1 FROM met)) "
    "SELECT position FROM met ORDER BY position"};

void store_slots_add(struct pg_tx *tx, const char *unit, const struct reception_slot *slots,
                     size_t count, const char *actor)
{
    struct pg_array ids, rooms, starts, ends, capacities;
    pg_array_init(&ids, PG_UUID);
    pg_array_init(&rooms, PG_TEXT);
    pg_array_init(&starts, PG_TIMESTAMPTZ);
    pg_array_init(&ends, PG_TIMESTAMPTZ);
    pg_array_init(&capacities, PG_INT4);
    for (size_t i = 0; i < count; i++) {
        pg_array_uuid(&ids, &slots[i].id);
        pg_array_text(&rooms, slots[i].room);
        pg_array_instant(&starts, slots[i].starts_at);
        pg_array_instant(&ends, slots[i].ends_at);
        pg_array_int4(&capacities, slots[i].capacity);
    }
    pg_tx_add(tx, &slots_lock);
    pg_tx_text(tx, unit);
    pg_tx_add(tx, &slots_add);
    pg_tx_array(tx, &ids);
    pg_tx_array(tx, &rooms);
    pg_tx_array(tx, &starts);
    pg_tx_array(tx, &ends);
    pg_tx_array(tx, &capacities);
    pg_tx_text(tx, unit);
    pg_tx_text(tx, actor);
    pg_tx_int8(tx, RECEPTION_LENGTH_MAX_US); /* none that begins earlier lasts so long */
    pg_array_finish(&ids);
    pg_array_finish(&rooms);
    pg_array_finish(&starts);
    pg_array_finish(&ends);
    pg_array_finish(&capacities);
}

size_t store_slot_position(const struct pg_tx *tx, size_t statement, size_t row)
{
    return (size_t)(pg_value_int8(tx, statement, row, 0) - 1);
}

static const struct pg_statement slots_list = {
    "reception_slots_list",
    "SELECT " SLOT_COLUMNS " FROM reception_slot s WHERE s.unit = $1::text "
    "AND s.starts_at >= $2 AND s.starts_at < $3 AND (s.starts_at, s.slot_id) > ($4, $5::uuid) "
    "ORDER BY s.starts_at, s.slot_id LIMIT $6::integer"};

void store_slots_list(struct pg_tx *tx, const struct slot_filter *filter)
{
    const struct cursor first = {.at_us = filter->from_us};
    const struct cursor *after = filter->cursor != NULL ? filter->cursor : &first;
    pg_tx_add(tx, &slots_list);
    pg_tx_text(tx, filter->unit);
    pg_tx_instant(tx, filter->from_us);
    pg_tx_instant(tx, filter->to_us);
    pg_tx_instant(tx, after->at_us);
    pg_tx_uuid(tx, &after->id);
    pg_tx_int4(tx, filter->limit);
}

static const struct pg_statement slot_read = {
    "reception_slot_read", "SELECT " SLOT_COLUMNS ", EXISTS (SELECT 1 FROM reception_place p "
                           "WHERE p.slot_id = s.slot_id AND p.reporter = $2::text) "
                           "FROM reception_slot s WHERE s.slot_id = $1::uuid"};

void store_slot_read(struct pg_tx *tx, const struct uuid *id, const char *reporter)
{
    pg_tx_add(tx, &slot_read);
    pg_tx_uuid(tx, id);
    pg_tx_text(tx, reporter);
}

bool store_slot_is_booked_by(const struct pg_tx *tx, size_t statement)
{
    return pg_value_bool(tx, statement, 0, SLOT_COLUMN_COUNT);
}

void store_slot_row(const struct pg_tx *tx, size_t statement, size_t row, struct arena *arena,
                    struct reception_slot *slot)
{
    *slot = (struct reception_slot){
        .id = pg_value_uuid(tx, statement, row, 0),
        .unit = arena_text(arena, pg_value_text(tx, statement, row, 1)),
        .room = arena_text(arena, pg_value_text(tx, statement, row, 2)),
        .starts_at = pg_value_instant(tx, statement, row, 3),
        .ends_at = pg_value_instant(tx, statement, row, 4),
        .capacity = pg_value_int4(tx, statement, row, 5),
        .taken = (int32_t)pg_value_int8(tx, statement, row, 6),
    };
}

static const struct pg_statement slot_delete = {
    "reception_slot_delete", "DELETE FROM reception_slot WHERE slot_id = $1::uuid "
                             "AND unit = $2::text RETURNING slot_id"};

void store_slot_delete(struct pg_tx *tx, const struct uuid *id, const char *unit)
{
    pg_tx_add(tx, &slot_delete);
    pg_tx_uuid(tx, id);
    pg_tx_text(tx, unit);
}

/* ---- places ---- */

static const struct pg_statement slot_lock = {
    "reception_slot_lock",
    "SELECT slot_id FROM reception_slot WHERE slot_id = $1::uuid FOR UPDATE"};

/* Behind the lock, and with a look of its own at the table: no two see the same place free. */
static const struct pg_statement place_take = {
    "reception_place_take",
    "INSERT INTO reception_place (slot_id, place, reporter, case_id) VALUES ($1::uuid, "
    "(SELECT min(free.place) FROM reception_slot s "
    "CROSS JOIN LATERAL generate_series(1, s.capacity) AS free (place) "
    "WHERE s.slot_id = $1::uuid AND NOT EXISTS (SELECT 1 FROM reception_place p "
    "WHERE p.slot_id = s.slot_id AND p.place = free.place)), $2::text, $3::uuid)"};

void store_place_take(struct pg_tx *tx, const struct uuid *slot_id, const char *reporter,
                      const struct uuid *case_id)
{
    pg_tx_add(tx, &slot_lock);
    pg_tx_uuid(tx, slot_id);
    pg_tx_add(tx, &place_take);
    pg_tx_uuid(tx, slot_id);
    pg_tx_text(tx, reporter);
    pg_tx_uuid(tx, case_id);
}

static const struct pg_statement place_take_filed = {
    "reception_place_take_filed",
    "INSERT INTO reception_place (slot_id, place, reporter, case_id) SELECT $1::uuid, "
    "coalesce((SELECT min(free.place) FROM reception_slot s "
    "CROSS JOIN LATERAL generate_series(1, s.capacity) AS free (place) "
    "WHERE s.slot_id = $1 AND NOT EXISTS (SELECT 1 FROM reception_place p "
    "WHERE p.slot_id = s.slot_id AND (p.place = free.place OR p.reporter = $2::text))), "
    "reception_place_is_gone()), $2, $3::uuid "
    "WHERE NOT EXISTS (SELECT 1 FROM case_current WHERE case_id = $3)"}; /* told again */

void store_place_take_filed(struct pg_tx *tx, const struct uuid *slot_id, const char *reporter,
                            const struct uuid *case_id)
{
    pg_tx_add(tx, &slot_lock);
    pg_tx_uuid(tx, slot_id);
    pg_tx_add(tx, &place_take_filed);
    pg_tx_uuid(tx, slot_id);
    pg_tx_text(tx, reporter);
    pg_tx_uuid(tx, case_id);
}

static const struct pg_statement places_give_back = {
    "reception_places_give_back",
    "DELETE FROM reception_place p USING unnest($1::uuid[], $2::integer[], $3::uuid[]) "
    "AS i (case_id, version, event_id), case_history h WHERE p.case_id = i.case_id "
    "AND h.case_id = i.case_id AND h.version = i.version AND h.event_id = i.event_id"};

void store_places_give_back(struct pg_tx *tx, const struct pg_array *case_ids,
                            const struct pg_array *versions, const struct pg_array *event_ids)
{
    pg_tx_add(tx, &places_give_back);
    pg_tx_array(tx, case_ids);
    pg_tx_array(tx, versions);
    pg_tx_array(tx, event_ids);
}
