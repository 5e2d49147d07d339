/* SPDX-License-Identifier: Apache-2.0 */
#include "handover_json.h"

#include <string.h>

enum { TRAIL_MAX = 8, UNIT_MIN = 2, UNIT_MAX = 32, REASON_MAX = 2000 };

size_t handovers_read(struct json_reader *parent, struct arena *arena,
                      const struct case_handover **handovers)
{
    size_t count = json_read_array(parent, "handovers", JSON_OPTIONAL, TRAIL_MAX);
    struct case_handover *found = arena_array(arena, count, sizeof *found);
    for (size_t i = 0; i < count; i++) {
        struct json_reader reader;
        if (json_read_item(parent, "handovers", i, &reader)) {
            found[i].from = json_read_text(&reader, "from", JSON_REQUIRED, UNIT_MIN, UNIT_MAX);
            found[i].to = json_read_text(&reader, "to", JSON_REQUIRED, UNIT_MIN, UNIT_MAX);
            found[i].reason = json_read_text(&reader, "reason", JSON_REQUIRED, 1, REASON_MAX);
            found[i].at = json_read_instant(&reader, "at", JSON_REQUIRED);
            json_read_end(&reader);
        }
    }
    *handovers = found;
    return count;
}

void handovers_write(const struct case_handover *handovers, size_t count, struct buffer *out)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    json_open_array(&writer, "handovers");
    for (size_t i = 0; i < count; i++) {
        json_open_object(&writer, NULL);
        json_put_text(&writer, "from", handovers[i].from);
        json_put_text(&writer, "to", handovers[i].to);
        json_put_text(&writer, "reason", handovers[i].reason);
        json_put_instant(&writer, "at", handovers[i].at);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
}

size_t handovers_parse(const char *json, struct arena *arena,
                       const struct case_handover **handovers)
{
    struct json_document document;
    struct json_reader reader;
    struct error err = {0};
    size_t count = 0;
    if (json != NULL && json_document_parse(&document, json, strlen(json), &err)) {
        json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, &err);
        count = handovers_read(&reader, arena, handovers);
        json_document_free(&document);
    }
    return count;
}
