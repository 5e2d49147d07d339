/* SPDX-License-Identifier: Apache-2.0 */
/* Codec of vn.hanoi.parking.counted.v1. */
#include "record_json.h"

enum { PLACES_MAX = 1000000 };

static const char *const vehicles[] = {"car", "motorbike", "bicycle", "bus", NULL};

void parking_copy(struct record_copy *copy)
{
    struct record *record = copy->record;
    record->subject = copy_id(copy, "place_id", JSON_REQUIRED);
    copy_text(copy, "name", JSON_REQUIRED, 1, 200);
    copy_location(copy, "location");
    int vehicle = copy_word(copy, "vehicle", JSON_OPTIONAL, vehicles);
    record->part = vehicle >= 0 ? vehicles[vehicle] : "";
    int64_t capacity = copy_int(copy, "capacity", JSON_REQUIRED, 0, PLACES_MAX);
    int64_t free = copy_int(copy, "free", JSON_REQUIRED, 0, PLACES_MAX);
    if (capacity >= 0 && free > capacity) {
        json_read_fault(&copy->reader, "free", "out_of_range", "must not be more than capacity");
    }
    copy_bool(copy, "open");
    record->at_us = copy_instant(copy, "at", JSON_REQUIRED);
}
