/* SPDX-License-Identifier: Apache-2.0 */
/* Codec of what a person orders about a quarantined event. */
#include "common/json.h"
#include "quarantine.h"

bool quarantine_order_read(struct quarantine_order *order, enum quarantine_act act,
                           const char *json, size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *order = (struct quarantine_order){0};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    order->why = json_read_text(&reader, "why", JSON_REQUIRED, 1, QUARANTINE_WHY_MAX);
    if (act == QUARANTINE_FIX) {
        order->data = json_read_raw(&reader, "data", JSON_REQUIRED, &order->data_size);
    }
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
