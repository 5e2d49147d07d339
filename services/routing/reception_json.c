/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/reception_json.h"

enum { ROOM_MAX = 64 };

static void read_slot(struct json_reader *reader, struct reception_slot *slot)
{
    *slot = (struct reception_slot){
        .starts_at = json_read_instant(reader, "starts_at", JSON_REQUIRED),
        .ends_at = json_read_instant(reader, "ends_at", JSON_REQUIRED),
        .capacity =
            (int32_t)json_read_int(reader, "capacity", JSON_REQUIRED, 1, RECEPTION_CAPACITY_MAX, 0),
        .room = json_read_text(reader, "room", JSON_REQUIRED, 1, ROOM_MAX),
    };
}

bool reception_json_read(struct reception_slot slots[RECEPTION_SLOTS_MAX], size_t *count,
                         const char *text, size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader, item;

    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    *count = json_read_array(&reader, "slots", JSON_REQUIRED, RECEPTION_SLOTS_MAX);
    for (size_t i = 0; i < *count; i++) {
        if (json_read_item(&reader, "slots", i, &item)) {
            read_slot(&item, &slots[i]);
            json_read_end(&item);
        }
    }
    if (*count == 0 && !reader.faulty) {
        json_read_fault(&reader, "slots", "too_few", "must hold at least one");
    }
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}

void reception_json_put(struct json_writer *writer, const struct reception_slot *slot)
{
    json_open_object(writer, NULL);
    json_put_uuid(writer, "slot_id", &slot->id);
    json_put_text(writer, "unit", slot->unit);
    json_put_text(writer, "room", slot->room);
    json_put_instant(writer, "starts_at", slot->starts_at);
    json_put_instant(writer, "ends_at", slot->ends_at);
    json_put_int(writer, "capacity", slot->capacity);
    json_put_int(writer, "free", slot->capacity - slot->taken);
    json_close_object(writer);
}
