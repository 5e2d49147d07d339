/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/recompute_json.h"

#include "common/json.h"

enum { REASON_MIN = 3, REASON_MAX = 500 };

bool recompute_json_read(struct recompute_wish *wish, const char *text, size_t size,
                         struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    wish->apply = json_read_bool(&reader, "apply", JSON_REQUIRED, false);
    wish->reason = json_read_text(&reader, "reason", JSON_REQUIRED, REASON_MIN, REASON_MAX);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}
