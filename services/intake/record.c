/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

#include <string.h>

#include "common/digest.h"
#include "record_json.h"

static const struct record_type types[] = {
    {.word = "parking",
     .event = "vn.hanoi.parking.counted.v1",
     .instant = "at",
     .is_public = true,
     .holds_min = 15,
     .rule = {.code = "parking-count", .version = 1, .source = "assumption"},
     .copy = parking_copy},
    {.word = "bus_alert",
     .event = "vn.hanoi.bus_alert.published.v1",
     .instant = "at",
     .is_public = true,
     .copy = bus_alert_copy},
    {.word = "school_record",
     .event = "vn.hanoi.school_record.issued.v1",
     .instant = "at",
     .is_public = false,
     .copy = school_record_copy},
    {.word = "bill",
     .event = "vn.hanoi.bill.issued.v1",
     .instant = "at",
     .is_public = false,
     .copy = bill_copy},
    {.word = "warning",
     .event = "vn.hanoi.warning.issued.v1",
     .instant = "sent",
     .is_public = true,
     .copy = warning_copy},
};

enum { TYPES = sizeof types / sizeof types[0] };

const struct record_type *record_type_at(size_t place)
{
    return place < TYPES ? &types[place] : NULL;
}

const struct record_type *record_type_of_event(const char *event)
{
    for (size_t i = 0; event != NULL && i < TYPES; i++) {
        if (strcmp(event, types[i].event) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

const struct record_type *record_type_of_word(const char *word)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (strcmp(word, types[i].word) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

struct uuid record_id(const struct record_type *type, const char *source, const char *subject,
                      const char *part)
{
    const struct digest_piece pieces[] = {{type->word, strlen(type->word) + 1},
                                          {source, strlen(source) + 1},
                                          {subject, strlen(subject) + 1},
                                          {part, strlen(part)}};
    uint8_t digest[DIGEST_SIZE];
    struct uuid id;
    digest_sha256_pieces(pieces, sizeof pieces / sizeof pieces[0], digest);
    memcpy(id.bytes, digest, sizeof id.bytes);
    return id;
}
