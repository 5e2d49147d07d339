/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/name_json.h"

#include "common/json.h"

enum { CODE_MAX = 64, LENGTH_MAX = 200 };

bool name_read(struct name *name, const char *json, size_t size, struct arena *arena,
               struct error *err)
{
    struct json_document document;
    struct json_reader reader, texts;

    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    name->code = json_read_text(&reader, "code", JSON_REQUIRED, 1, CODE_MAX);
    if (json_read_object(&reader, "name", JSON_REQUIRED, &texts)) {
        name->text.vi = json_read_text(&texts, "vi", JSON_REQUIRED, 1, LENGTH_MAX);
        name->text.en = json_read_text(&texts, "en", JSON_REQUIRED, 1, LENGTH_MAX);
        json_read_end(&texts);
    }
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
