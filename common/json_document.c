/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json.h"

/* jansson recurses per level and lets 2048 of them pass; this loop refuses deep input first, so
 * the stack that a hostile document can use is known. Finds where the depth passes the limit;
 * on malformed input it may see strings otherwise than jansson, but only behind the first fault,
 * where jansson has stopped. */
static bool find_too_deep(const char *text, size_t size, int *line, int *column)
{
    int depth = 0;
    bool quoted = false;
    const char *line_start = text;
    *line = 1;
    for (const char *at = text, *end = text + size; at < end; at++) {
        if (*at == '\n') {
            ++*line;
            line_start = at + 1;
        } else if (*at == '"') {
            quoted = !quoted;
        } else if (quoted) {
            at += *at == '\\'; /* whatever is escaped, it ends no text */
        } else if (*at == '{' || *at == '[') {
            if (++depth > JSON_DEPTH_MAX) {
                *column = (int)(at - line_start) + 1;
                return true;
            }
        } else if (*at == '}' || *at == ']') {
            depth--;
        }
    }
    return false;
}

/* In our words: jansson's own quote the input, which may be personal. */
static bool refuse(const json_error_t *fault, struct error *err)
{
    const char *code = "invalid_json", *text = "the JSON is malformed";
    switch (json_error_code(fault)) {
    case json_error_invalid_utf8:
        code = "invalid_utf8", text = "bytes that are no UTF-8";
        break;
    case json_error_duplicate_key:
        code = "duplicate_member", text = "a member is given twice";
        break;
    case json_error_premature_end_of_input:
        text = "the document ends too early";
        break;
    case json_error_end_of_input_expected:
        text = "bytes follow the document";
        break;
    case json_error_null_character:
    case json_error_null_byte_in_key:
        text = "U+0000 in a text or name";
        break;
    case json_error_numeric_overflow:
        text = "a number is out of range";
        break;
    default:
        break;
    }
    return error_set(err, ERR_INPUT, code, "line %d, column %d: %s", fault->line, fault->column,
                     text);
}

bool json_document_parse(struct json_document *document, const char *text, size_t size,
                         struct error *err)
{
    json_error_t fault;
    int line, column;

    document->root = NULL;
    if (size == 0) {
        return error_set(err, ERR_INPUT, "invalid_json", "the document is empty");
    }
    if (find_too_deep(text, size, &line, &column)) {
        return error_set(err, ERR_INPUT, "too_deep",
                         "line %d, column %d: objects and arrays nest more than %d deep", line,
                         column, JSON_DEPTH_MAX);
    }
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &fault);
    if (root == NULL) {
        return refuse(&fault, err);
    }
    if (!json_is_object(root)) {
        json_decref(root);
        return error_set(err, ERR_INPUT, "invalid_json", "the root is not an object");
    }
    document->root = root;
    return true;
}

void json_document_free(struct json_document *document)
{
    if (document != NULL) {
        json_decref(document->root);
        document->root = NULL;
    }
}
