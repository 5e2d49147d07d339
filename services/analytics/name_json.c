/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/name_json.h"

#include "common/json.h"
#include "services/analytics/bilingual_json.h"
#include "services/analytics/code_json.h"

enum { CODE_MAX = 64 };

bool name_read(struct name *name, const char *json, size_t size, struct arena *arena,
               struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    name->code = json_read_text(&reader, "code", JSON_REQUIRED, 1, CODE_MAX);
    name->text = bilingual_read(&reader, "name");
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
