/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/reception.h"

#include <stdio.h>
#include <string.h>

#include "common/date.h"

#define MINUTE_US INT64_C(60000000)

static bool fault(struct error *err, size_t index, const char *name, const char *code,
                  const char *text)
{
    char path[48];
    snprintf(path, sizeof path, "slots[%zu]%s%s", index, name[0] != '\0' ? "." : "", name);
    return error_add_field(err, path, code, "%s", text);
}

static bool check_times(const struct reception_slot *slot, size_t index, int64_t now_us,
                        struct error *err)
{
    if (slot->starts_at <= now_us) {
        return fault(err, index, "starts_at", "past", "has begun already");
    }
    if (slot->starts_at > now_us + RECEPTION_AHEAD_DAYS_MAX * DATE_DAY_US) {
        return fault(err, index, "starts_at", "out_of_range", "is more than a year ahead");
    }
    if (slot->starts_at % MINUTE_US != 0) {
        return fault(err, index, "starts_at", "not_allowed", "must be a whole minute");
    }
    if (slot->ends_at % MINUTE_US != 0) {
        return fault(err, index, "ends_at", "not_allowed", "must be a whole minute");
    }
    if (slot->ends_at <= slot->starts_at) {
        return fault(err, index, "ends_at", "out_of_range", "must come after starts_at");
    }
    if (slot->ends_at - slot->starts_at > RECEPTION_LENGTH_MAX_US) {
        return fault(err, index, "ends_at", "out_of_range",
                     "is more than 12 hours after starts_at");
    }
    return true;
}

static bool meet(const struct reception_slot *a, const struct reception_slot *b)
{
    return strcmp(a->room, b->room) == 0 && a->starts_at < b->ends_at && b->starts_at < a->ends_at;
}

static bool check_room(const struct reception_slot *slots, size_t index, struct error *err)
{
    for (size_t i = 0; i < index; i++) {
        if (meet(&slots[i], &slots[index])) {
            char text[64];
            snprintf(text, sizeof text, "meets slots[%zu] in the same room", i);
            return fault(err, index, "", "overlaps", text);
        }
    }
    return true;
}

bool reception_check(const struct reception_slot *slots, size_t count, int64_t now_us,
                     struct error *err)
{
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        good &= check_times(&slots[i], i, now_us, err) && check_room(slots, i, err);
    }
    return good;
}

bool reception_fault_taken(size_t index, struct error *err)
{
    return fault(err, index, "", "overlaps", "meets a slot that is there, in the same room");
}
