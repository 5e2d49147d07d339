/* SPDX-License-Identifier: Apache-2.0 */
/* json: reading that names the bad field, and writing without a tree.
 *
 * Reading: a codec opens a reader on the document and asks for its fields in the order of struct
 * and schema. Each read checks type, length and range; what is wrong is added to the error with
 * its path ("location.lat") and reading goes on, so a sender hears of all faults at once. The
 * codec ends with json_read_end, which also refuses unknown fields where the reader is strict
 * (HTTP; topics skip them). The parsed tree stays inside (json_value.h).
 *
 * Writing: straight into a buffer, commas kept by the writer. A NULL text leaves the member out.
 * Texts are valid UTF-8 already. */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/buffer.h"
#include "common/error.h"
#include "common/uuid.h"

enum json_presence { JSON_REQUIRED, JSON_OPTIONAL };
enum json_strictness { JSON_STRICT_FIELDS, JSON_SKIP_UNKNOWN };

enum { JSON_DEPTH_MAX = 32 };

struct json_value;

struct json_document {
    const struct json_value *root; /* NULL: not parsed */
    struct arena arena;
};

/* Parses UTF-8 JSON whose root is an object: duplicate members, NUL in text, depth over
 * JSON_DEPTH_MAX and trailing bytes are refused (codes "invalid_json", "too_deep",
 * "duplicate_member", "invalid_utf8"), with line and column in the text, and the field of what is
 * JSON but cannot be taken. Free with json_document_free. */
bool json_document_parse(struct json_document *document, const char *text, size_t size,
                         struct error *err);
void json_document_free(struct json_document *document);

struct json_asked; /* the names that a codec knows, kept by strict readers */

struct json_reader {
    const struct json_value
        *object;         /* borrowed; NULL when the member was absent: all reads give nothing */
    struct arena *arena; /* texts are copied here */
    struct error *err;
    struct json_reader *parent;
    const char *name; /* of this object in its parent; NULL at the root */
    int index;        /* of this object in an array; -1 elsewhere */
    enum json_strictness strictness;
    const struct json_asked *asked;
    bool faulty; /* a fault was found in here or below */
};

void json_read_root(struct json_reader *reader, const struct json_document *document,
                    struct arena *arena, enum json_strictness strictness, struct error *err);

/* Every read: a member that is null is of the wrong type, not absent. Codes of faults: "required",
 * "wrong_type", "too_short", "too_long", "control_character", "not_allowed", "not_an_integer",
 * "out_of_range", "bad_instant", "bad_uuid", "too_many", "unknown_field". */

/* min and max count Unicode code points. Control characters other than \t \n \r are refused.
 * Returns NULL when absent or bad. */
const char *json_read_text(struct json_reader *reader, const char *name,
                           enum json_presence presence, size_t min, size_t max);
/* Somebody else's name of a thing: visible ASCII, 1 to max. */
const char *json_read_id(struct json_reader *reader, const char *name, enum json_presence presence,
                         size_t max);
/* One of words (NULL-terminated list); the index, or -1 when absent or bad. */
int json_read_word(struct json_reader *reader, const char *name, enum json_presence presence,
                   const char *const *words);
/* Integers, however written (1, 1.0, 1e0: JSON Schema knows no difference); fallback when absent or
 * bad. */
int64_t json_read_int(struct json_reader *reader, const char *name, enum json_presence presence,
                      int64_t min, int64_t max, int64_t fallback);
/* Finite numbers. */
double json_read_real(struct json_reader *reader, const char *name, enum json_presence presence,
                      double min, double max, double fallback);
bool json_read_bool(struct json_reader *reader, const char *name, enum json_presence presence,
                    bool fallback);
/* RFC 3339 instant in µs; 0 when absent or bad. */
int64_t json_read_instant(struct json_reader *reader, const char *name,
                          enum json_presence presence);
/* The same where 0 may be meant: fallback when absent or bad. */
int64_t json_read_instant_or(struct json_reader *reader, const char *name,
                             enum json_presence presence, int64_t fallback_us);
/* Lower case only, as the schemas want it: ids are compared as text elsewhere. */
bool json_read_uuid(struct json_reader *reader, const char *name, enum json_presence presence,
                    struct uuid *uuid);
/* Opens a nested object; false when absent or bad (child then reads nothing). */
bool json_read_object(struct json_reader *reader, const char *name, enum json_presence presence,
                      struct json_reader *child);
/* Array of texts, each of 1 to length_max code points; the count, items in *texts (arena). Nothing
 * if one of them is bad. */
size_t json_read_texts(struct json_reader *reader, const char *name, enum json_presence presence,
                       size_t count_max, size_t length_max, const char *const **texts);
/* Is there such a member, whatever its type? */
bool json_read_has(const struct json_reader *reader, const char *name);
/* The names of the members that there are, in order of the text: of an object that is a map. */
size_t json_read_names(const struct json_reader *reader, const char *const **names);
/* Length of an array of objects (0 when absent or bad), then each one by index. */
size_t json_read_array(struct json_reader *reader, const char *name, enum json_presence presence,
                       size_t count_max);
bool json_read_item(struct json_reader *reader, const char *name, size_t index,
                    struct json_reader *child);
/* A nested object as it stands in the text, for a codec of its own; NULL when absent or bad. */
const char *json_read_raw(struct json_reader *reader, const char *name, enum json_presence presence,
                          size_t *size);
/* Adds a fault found by the codec itself at reader's path + name. Always false. */
bool json_read_fault(struct json_reader *reader, const char *name, const char *code,
                     const char *text);
/* True when nothing was wrong in this reader or its children; strict readers refuse members
 * that were never asked for ("unknown_field"). Call on children before their parent. */
bool json_read_end(struct json_reader *reader);

struct json_writer {
    struct buffer *out; /* borrowed */
    bool comma;         /* a member or item precedes */
};

void json_write_start(struct json_writer *writer, struct buffer *out);
void json_open_object(struct json_writer *writer, const char *name); /* name NULL in arrays, root */
void json_close_object(struct json_writer *writer);
void json_open_array(struct json_writer *writer, const char *name);
void json_close_array(struct json_writer *writer);
void json_put_text(struct json_writer *writer, const char *name, const char *text);
void json_put_text_size(struct json_writer *writer, const char *name, const char *text,
                        size_t size);
/* An array. */
void json_put_texts(struct json_writer *writer, const char *name, const char *const *texts,
                    size_t count);
void json_put_int(struct json_writer *writer, const char *name, int64_t value);
/* At most `decimals` (0–9) digits after the point, trailing zeros dropped; finite values only. */
void json_put_real(struct json_writer *writer, const char *name, double value, int decimals);
void json_put_bool(struct json_writer *writer, const char *name, bool value);
void json_put_instant(struct json_writer *writer, const char *name, int64_t instant_us);
/* As json_put_instant, but 0 leaves the member out. */
void json_put_instant_if(struct json_writer *writer, const char *name, int64_t instant_us);
void json_put_uuid(struct json_writer *writer, const char *name, const struct uuid *uuid);
void json_put_null(struct json_writer *writer, const char *name);
/* Already valid JSON. */
void json_put_raw(struct json_writer *writer, const char *name, const char *json, size_t size);

#endif
