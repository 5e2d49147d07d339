/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/note_json.h"

#include "common/json.h"

enum { TEXT_MAX = 4000 };

const char *note_json_read(const char *text, size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    if (!json_document_parse(&document, text, size, err)) {
        return NULL;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    const char *note = json_read_text(&reader, "text", JSON_REQUIRED, 1, TEXT_MAX);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole ? note : NULL;
}
