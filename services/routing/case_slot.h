/* SPDX-License-Identifier: Apache-2.0 */
/* case_slot: a case that takes a place in a time of reception, however it is opened.
 *
 * Texts are borrowed from whoever gave them. Pure but for the arena. */
#ifndef ROUTING_CASE_SLOT_H
#define ROUTING_CASE_SLOT_H

#include "common/arena.h"
#include "services/routing/case.h"
#include "services/routing/reception.h"
#include "services/routing/reference.h"

/* The id of the slot that is asked for; false when the process asks for none, or it is no id. */
bool case_slot_id(const struct process *process, const struct case_detail *details, size_t count,
                  struct uuid *id);

/* Gives a case that has none yet its details, in the order of its process, as they are read back;
 * the time is the slot's. slot NULL: there is none. */
void case_slot_set_details(struct case_snapshot *opened, const struct case_detail *details,
                           size_t count, const struct reception_slot *slot, struct arena *arena);

/* The unit of the slot leads. */
void case_slot_route(struct case_snapshot *opened, const struct reception_slot *slot,
                     const struct reference *reference, int64_t now_us);
/* It has until the end of the slot to say who came. False: no calendar holds now. */
bool case_slot_start_clock(struct case_snapshot *opened, const struct reception_slot *slot,
                           const struct calendar *calendar, int64_t now_us);

#endif
