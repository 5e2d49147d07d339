/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json.h"
#include "common/json_value.h"

bool json_document_parse(struct json_document *document, const char *text, size_t size,
                         struct error *err)
{
    document->root = NULL;
    arena_init(&document->arena);
    if (size == 0) {
        return error_set(err, ERR_INPUT, "invalid_json", "the document is empty");
    }
    document->root = json_value_parse(text, size, &document->arena, err);
    if (document->root == NULL) {
        arena_finish(&document->arena);
    }
    return document->root != NULL;
}

void json_document_free(struct json_document *document)
{
    if (document != NULL && document->root != NULL) {
        arena_finish(&document->arena);
        document->root = NULL;
    }
}
