/* SPDX-License-Identifier: Apache-2.0 */
/* store_reception: the SQL of reception slots and of the places in them. */
#ifndef ROUTING_STORE_RECEPTION_H
#define ROUTING_STORE_RECEPTION_H

#include "common/arena.h"
#include "common/cursor.h"
#include "common/pg.h"
#include "services/routing/reception.h"

/* ---- slots ---- */

/* Two statements: holds up others who offer slots of the unit, then adds the slots, all or none.
 * Rows of the second: the positions (0 …) of those that meet a slot that is there; when there are
 * any, none was added. */
void store_slots_add(struct pg_tx *tx, const char *unit, const struct reception_slot *slots,
                     size_t count, const char *actor);
size_t store_slot_position(const struct pg_tx *tx, size_t statement, size_t row);

struct slot_filter {
    const char *unit;
    int64_t from_us, to_us;      /* of their beginning; to excluded */
    const struct cursor *cursor; /* NULL: from the beginning */
    int limit;
};
/* In order of their beginning; rows as store_slot_row reads them. */
void store_slots_list(struct pg_tx *tx, const struct slot_filter *filter);

/* One slot, and whether somebody has a place in it: rows as store_slot_row reads them, and after
 * them that flag. */
void store_slot_read(struct pg_tx *tx, const struct uuid *id, const char *reporter);
bool store_slot_is_booked_by(const struct pg_tx *tx, size_t statement);

void store_slot_row(const struct pg_tx *tx, size_t statement, size_t row, struct arena *arena,
                    struct reception_slot *slot);

/* Rows: one when the slot was the unit's and is gone. Refused with 23503 when somebody has a place
 * in it. */
void store_slot_delete(struct pg_tx *tx, const struct uuid *id, const char *unit);

/* ---- places ---- */

/* Two statements: holds up others who want the slot, then takes the lowest place that is free.
 * Refused with 23502 when none is or the slot has gone, with 23505 when the reporter has one. */
void store_place_take(struct pg_tx *tx, const struct uuid *slot_id, const char *reporter,
                      const struct uuid *case_id);

/* The same for what was filed at intake, and whose sender waits for nothing: where no place is free
 * any more, or the reporter has one by now, it is refused as a serialization failure (40001), so
 * that the batch is decided anew. */
void store_place_take_filed(struct pg_tx *tx, const struct uuid *slot_id, const char *reporter,
                            const struct uuid *case_id);

/* Gives back the places of cases, as far as the events made their newest versions, just before. */
void store_places_give_back(struct pg_tx *tx, const struct pg_array *case_ids,
                            const struct pg_array *versions, const struct pg_array *event_ids);

#endif
