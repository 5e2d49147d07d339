/* SPDX-License-Identifier: Apache-2.0 */
/* reception: the times at which an office sees people.
 *
 * A slot is a time in a room, with as many places as people are seen in it. A booking is a case of
 * a process that asks for a slot; it takes one place while it is not cancelled. Pure. */
#ifndef ROUTING_RECEPTION_H
#define ROUTING_RECEPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/uuid.h"

enum { RECEPTION_SLOTS_MAX = 200, RECEPTION_CAPACITY_MAX = 100, RECEPTION_AHEAD_DAYS_MAX = 366 };

#define RECEPTION_LENGTH_MAX_US INT64_C(43200000000) /* 12 hours: a slot is part of one day */

struct reception_slot {
    struct uuid id;
    const char *unit, *room;
    int64_t starts_at, ends_at;
    int32_t capacity;
    int32_t taken; /* places */
};

/* Whether slots of one office can be offered: none has begun or is too far ahead, each ends after
 * it begins, both on whole minutes, and no two meet in one room. False with field errors
 * "slots[3].ends_at". */
bool reception_check(const struct reception_slot *slots, size_t count, int64_t now_us,
                     struct error *err);

/* Says that a slot of the list meets one that is there already; always false. */
bool reception_fault_taken(size_t index, struct error *err);

#endif
