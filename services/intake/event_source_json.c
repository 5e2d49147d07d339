/* SPDX-License-Identifier: Apache-2.0 */
/* Codec of the operator's file of sources. */
#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "event_source.h"
#include "inbound.h"

static void read_types(struct json_reader *reader, struct event_source *source)
{
    source->type_count =
        json_read_texts(reader, "types", JSON_REQUIRED, SOURCE_TYPES_MAX, 128, &source->types);
    for (size_t i = 0; i < source->type_count; i++) {
        char name[32];
        if (!inbound_takes(source->types[i])) {
            snprintf(name, sizeof name, "types[%zu]", i);
            json_read_fault(reader, name, "unknown_type", "is not one that intake takes");
        }
    }
}

static void read_source(struct json_reader *reader, struct event_source *source)
{
    source->prefix = json_read_id(reader, "prefix", JSON_REQUIRED, SOURCE_PREFIX_MAX);
    source->name = json_read_text(reader, "name", JSON_REQUIRED, 1, 200);
    source->owner = json_read_text(reader, "owner", JSON_REQUIRED, 1, 200);
    source->contact = json_read_text(reader, "contact", JSON_REQUIRED, 1, 200);
    read_types(reader, source);
    source->per_s = (int32_t)json_read_int(reader, "per_s", JSON_REQUIRED, 1, SOURCE_RATE_MAX, 1);
    source->burst = (int32_t)json_read_int(reader, "burst", JSON_REQUIRED, 1, SOURCE_BURST_MAX, 1);
    json_read_end(reader);
}

static bool is_named_before(const struct event_source *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (items[count].prefix != NULL && items[i].prefix != NULL &&
            strcmp(items[i].prefix, items[count].prefix) == 0) {
            return true;
        }
    }
    return false;
}

bool event_sources_read(const struct event_source **items, size_t *count, const char *json,
                        size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader root, item;
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&root, &document, arena, JSON_STRICT_FIELDS, err);
    *count = json_read_array(&root, "sources", JSON_REQUIRED, SOURCES_MAX);
    struct event_source *read = arena_array(arena, *count, sizeof *read);
    for (size_t i = 0; i < *count; i++) {
        if (json_read_item(&root, "sources", i, &item)) {
            read_source(&item, &read[i]);
            if (is_named_before(read, i)) {
                json_read_fault(&item, "prefix", "repeated", "is that of a source before");
            }
        }
    }
    *items = read;
    bool good = json_read_end(&root);
    json_document_free(&document);
    return good;
}
