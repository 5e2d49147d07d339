/* SPDX-License-Identifier: Apache-2.0 */
/* json_value: a parsed document, as the readers of common/ see it. Codecs use json.h instead.
 *
 * Values are linked in order of the text; lookups by name walk the members, of which an object of
 * ours has a few dozen. All memory, unescaped texts included, belongs to the document's arena. */
#ifndef COMMON_JSON_VALUE_H
#define COMMON_JSON_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/error.h"

enum json_kind {
    KIND_NULL,
    KIND_BOOL,
    KIND_INT,
    KIND_REAL, /* finite */
    KIND_TEXT,
    KIND_ARRAY,
    KIND_OBJECT
};

struct json_value {
    enum json_kind kind;
    size_t name_size;
    const char *name;        /* of a member, NUL-terminated; NULL elsewhere */
    struct json_value *next; /* in the same array or object */
    size_t size;             /* bytes of a text, children of an array or object */
    const char *raw;         /* as it stands in the parsed text, borrowed */
    size_t raw_size;
    union {
        bool boolean;
        int64_t integer;
        double real;
        const char *text; /* valid UTF-8 without U+0000, NUL-terminated */
        struct json_value *first;
    };
};

/* The root, an object; NULL with err (codes as json_document_parse). */
struct json_value *json_value_parse(const char *text, size_t size, struct arena *arena,
                                    struct error *err);
/* The same of a document whose root is an array. */
struct json_value *json_value_parse_array(const char *text, size_t size, struct arena *arena,
                                          struct error *err);

/* NULL: no such member, or object is NULL. */
const struct json_value *json_value_member(const struct json_value *object, const char *name);

#endif
