/* SPDX-License-Identifier: Apache-2.0 */
/* reception_json: slots as they are offered, and as they are told.
 *
 *   offered: {slots: [{starts_at, ends_at, capacity, room} …]}
 *   told:    {slot_id, unit, room, starts_at, ends_at, capacity, free} */
#ifndef ROUTING_RECEPTION_JSON_H
#define ROUTING_RECEPTION_JSON_H

#include "common/arena.h"
#include "common/json.h"
#include "services/routing/reception.h"

/* Reads up to RECEPTION_SLOTS_MAX slots, without their ids and unit; texts live in the arena.
 * Faults name the field. */
bool reception_json_read(struct reception_slot slots[RECEPTION_SLOTS_MAX], size_t *count,
                         const char *text, size_t size, struct arena *arena, struct error *err);

void reception_json_put(struct json_writer *writer, const struct reception_slot *slot);

#endif
