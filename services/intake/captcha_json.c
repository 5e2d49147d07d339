/* SPDX-License-Identifier: Apache-2.0 */
#include "captcha.h"
#include "common/json.h"

bool captcha_answer_read(bool *success, const char *json, size_t size, struct arena *arena,
                         struct error *err)
{
    struct json_document document;
    struct json_reader reader;
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    *success = json_read_bool(&reader, "success", JSON_REQUIRED, false);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
