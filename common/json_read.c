/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/json_value.h"
#include "common/utf8.h"
#include "common/words.h"

struct json_asked {
    const char *name; /* borrowed: a codec's constant */
    const struct json_asked *next;
};

enum {
    NO_INDEX = -1,
    FIELD_SIZE = sizeof((struct error_field){0}).field,
    TEXT_SIZE = sizeof((struct error_field){0}).text
};

/* ---- faults and their paths ---- */

/* Longer than what an error keeps, so that the cut falls on a whole code point there. */
struct path {
    char text[2 * FIELD_SIZE];
    size_t size;
};

static void path_add(struct path *path, const char *name, int index)
{
    char number[16] = "";
    if (index != NO_INDEX) {
        snprintf(number, sizeof number, "[%d]", index);
    }
    int wanted = snprintf(path->text + path->size, sizeof path->text - path->size, "%s%s%s",
                          path->size > 0 ? "." : "", name, number);
    path->size += (size_t)wanted;
    if (path->size >= sizeof path->text) {
        path->size = sizeof path->text - 1;
    }
}

/* Recurses as deep as the document: JSON_DEPTH_MAX. */
static void path_to(struct path *path, const struct json_reader *reader)
{
    if (reader->parent != NULL) {
        path_to(path, reader->parent);
        path_add(path, reader->name, reader->index);
    }
}

__attribute__((format(printf, 5, 6))) static bool fault_at(struct json_reader *reader,
                                                           const char *name, int index,
                                                           const char *code, const char *format,
                                                           ...)
{
    struct path path = {.size = 0};
    char text[TEXT_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    path_to(&path, reader);
    if (name != NULL) {
        path_add(&path, name, index);
    }
    path.text[utf8_fit(path.text, path.size, FIELD_SIZE - 1)] = '\0';
    for (struct json_reader *up = reader; up != NULL; up = up->parent) {
        up->faulty = true;
    }
    return error_add_field(reader->err, path.text, code, "%s", text);
}

bool json_read_fault(struct json_reader *reader, const char *name, const char *code,
                     const char *text)
{
    return fault_at(reader, name, NO_INDEX, code, "%s", text);
}

/* ---- members ---- */

/* The member of that name, or NULL: absent, which is a fault where it is required. A reader
 * without object is silent, since the absence of the object itself was judged already. */
static const struct json_value *take(struct json_reader *reader, const char *name,
                                     enum json_presence presence)
{
    if (reader->object == NULL) {
        return NULL;
    }
    if (reader->strictness == JSON_STRICT_FIELDS) {
        struct json_asked *asked = arena_alloc(reader->arena, sizeof *asked);
        *asked = (struct json_asked){.name = name, .next = reader->asked};
        reader->asked = asked;
    }
    const struct json_value *value = json_value_member(reader->object, name);
    if (value == NULL && presence == JSON_REQUIRED) {
        fault_at(reader, name, NO_INDEX, "required", "is required");
    }
    return value;
}

static bool wrong_type(struct json_reader *reader, const char *name, int index, const char *wanted)
{
    return fault_at(reader, name, index, "wrong_type", "must be %s", wanted);
}

/* The text in the arena, or NULL and a fault. */
static const char *check_text(struct json_reader *reader, const char *name, int index,
                              const struct json_value *value, size_t min, size_t max)
{
    if (value->kind != KIND_TEXT) {
        wrong_type(reader, name, index, "text");
        return NULL;
    }
    const char *text = value->text;
    size_t size = value->size;
    if (utf8_has_control(text, size, "\t\n\r")) {
        fault_at(reader, name, index, "control_character", "holds a control character");
        return NULL;
    }
    size_t length = utf8_length(text, size);
    if (length < min) {
        fault_at(reader, name, index, "too_short", "must have at least %zu characters", min);
        return NULL;
    }
    if (length > max) {
        fault_at(reader, name, index, "too_long", "must have at most %zu characters", max);
        return NULL;
    }
    return arena_copy(reader->arena, text, size);
}

const char *json_read_text(struct json_reader *reader, const char *name,
                           enum json_presence presence, size_t min, size_t max)
{
    const struct json_value *value = take(reader, name, presence);
    return value == NULL ? NULL : check_text(reader, name, NO_INDEX, value, min, max);
}

const char *json_read_id(struct json_reader *reader, const char *name, enum json_presence presence,
                         size_t max)
{
    const char *id = json_read_text(reader, name, presence, 1, max);
    for (const char *c = id; c != NULL && *c != '\0'; c++) {
        if (*c < '!' || *c > '~') {
            fault_at(reader, name, NO_INDEX, "bad_id", "must be visible ASCII");
            return NULL;
        }
    }
    return id;
}

int json_read_word(struct json_reader *reader, const char *name, enum json_presence presence,
                   const char *const *words)
{
    const struct json_value *value = take(reader, name, presence);
    if (value == NULL) {
        return -1;
    }
    if (value->kind != KIND_TEXT) {
        wrong_type(reader, name, NO_INDEX, "text");
        return -1;
    }
    int index = word_index(words, value->text);
    if (words[index] == NULL) {
        fault_at(reader, name, NO_INDEX, "not_allowed", "is none of the words allowed here");
        return -1;
    }
    return index;
}

static bool is_number(const struct json_value *value)
{
    return value->kind == KIND_INT || value->kind == KIND_REAL;
}

/* True for whole numbers that a double holds exactly, too. */
static bool to_integer(const struct json_value *value, int64_t *integer)
{
    static const double exact_max = 9007199254740992.0; /* 2^53 */
    if (value->kind == KIND_INT) {
        *integer = value->integer;
        return true;
    }
    double real = value->real;
    if (fabs(real) > exact_max || real != trunc(real)) {
        return false;
    }
    *integer = (int64_t)real;
    return true;
}

int64_t json_read_int(struct json_reader *reader, const char *name, enum json_presence presence,
                      int64_t min, int64_t max, int64_t fallback)
{
    int64_t integer;
    const struct json_value *value = take(reader, name, presence);
    if (value == NULL) {
        return fallback;
    }
    if (!is_number(value)) {
        wrong_type(reader, name, NO_INDEX, "a number");
        return fallback;
    }
    if (!to_integer(value, &integer)) {
        fault_at(reader, name, NO_INDEX, "not_an_integer", "must be a whole number");
        return fallback;
    }
    if (integer < min || integer > max) {
        fault_at(reader, name, NO_INDEX, "out_of_range", "must be from %" PRId64 " to %" PRId64,
                 min, max);
        return fallback;
    }
    return integer;
}

double json_read_real(struct json_reader *reader, const char *name, enum json_presence presence,
                      double min, double max, double fallback)
{
    const struct json_value *value = take(reader, name, presence);
    if (value == NULL) {
        return fallback;
    }
    if (!is_number(value)) {
        wrong_type(reader, name, NO_INDEX, "a number");
        return fallback;
    }
    double real = value->kind == KIND_INT ? (double)value->integer
                                          : value->real; /* finite: the parser refuses overflow */
    if (real < min || real > max) {
        fault_at(reader, name, NO_INDEX, "out_of_range", "must be from %.15g to %.15g", min, max);
        return fallback;
    }
    return real;
}

bool json_read_bool(struct json_reader *reader, const char *name, enum json_presence presence,
                    bool fallback)
{
    const struct json_value *value = take(reader, name, presence);
    if (value == NULL) {
        return fallback;
    }
    if (value->kind != KIND_BOOL) {
        wrong_type(reader, name, NO_INDEX, "true or false");
        return fallback;
    }
    return value->boolean;
}

int64_t json_read_instant(struct json_reader *reader, const char *name, enum json_presence presence)
{
    return json_read_instant_or(reader, name, presence, 0);
}

int64_t json_read_instant_or(struct json_reader *reader, const char *name,
                             enum json_presence presence, int64_t fallback_us)
{
    int64_t instant_us;
    const struct json_value *value = take(reader, name, presence);
    if (value == NULL) {
        return fallback_us;
    }
    if (value->kind != KIND_TEXT) {
        wrong_type(reader, name, NO_INDEX, "text");
        return fallback_us;
    }
    if (!clock_parse(value->text, value->size, &instant_us)) {
        fault_at(reader, name, NO_INDEX, "bad_instant",
                 "must be an instant with a zone, as 2026-11-24T05:02:11.123Z");
        return fallback_us;
    }
    return instant_us;
}

bool json_read_uuid(struct json_reader *reader, const char *name, enum json_presence presence,
                    struct uuid *uuid)
{
    static const char upper[] = "ABCDEF";
    const struct json_value *value = take(reader, name, presence);
    if (value == NULL) {
        return false;
    }
    if (value->kind != KIND_TEXT) {
        return wrong_type(reader, name, NO_INDEX, "text");
    }
    const char *text = value->text;
    if (strpbrk(text, upper) != NULL || !uuid_parse(text, value->size, uuid)) {
        return fault_at(reader, name, NO_INDEX, "bad_uuid", "must be a UUID in lower case");
    }
    return true;
}

/* ---- objects and arrays ---- */

static struct json_reader child_of(struct json_reader *reader, const char *name, int index)
{
    return (struct json_reader){
        .arena = reader->arena,
        .err = reader->err,
        .parent = reader,
        .name = name,
        .index = index,
        .strictness = reader->strictness,
    };
}

void json_read_root(struct json_reader *reader, const struct json_document *document,
                    struct arena *arena, enum json_strictness strictness, struct error *err)
{
    *reader = (struct json_reader){
        .object = document->root,
        .arena = arena,
        .err = err,
        .index = NO_INDEX,
        .strictness = strictness,
    };
}

bool json_read_object(struct json_reader *reader, const char *name, enum json_presence presence,
                      struct json_reader *child)
{
    const struct json_value *value = take(reader, name, presence);
    *child = child_of(reader, name, NO_INDEX);
    if (value == NULL) {
        return false;
    }
    if (value->kind != KIND_OBJECT) {
        return wrong_type(reader, name, NO_INDEX, "an object");
    }
    child->object = value;
    return true;
}

/* The array if it is one and not too long. */
static const struct json_value *take_array(struct json_reader *reader, const char *name,
                                           enum json_presence presence, size_t count_max)
{
    const struct json_value *value = take(reader, name, presence);
    if (value == NULL) {
        return NULL;
    }
    if (value->kind != KIND_ARRAY) {
        wrong_type(reader, name, NO_INDEX, "an array");
        return NULL;
    }
    if (value->size > count_max) {
        fault_at(reader, name, NO_INDEX, "too_many", "must have at most %zu items", count_max);
        return NULL;
    }
    return value;
}

size_t json_read_texts(struct json_reader *reader, const char *name, enum json_presence presence,
                       size_t count_max, size_t length_max, const char *const **texts)
{
    bool bad = false;
    const struct json_value *array = take_array(reader, name, presence, count_max);
    size_t count = array != NULL ? array->size : 0;
    const char **copies = arena_array(reader->arena, count, sizeof *copies);

    const struct json_value *item = count > 0 ? array->first : NULL;
    for (size_t i = 0; i < count; i++, item = item->next) {
        copies[i] = check_text(reader, name, (int)i, item, 1, length_max);
        bad |= copies[i] == NULL;
    }
    *texts = copies;
    return bad ? 0 : count;
}

bool json_read_has(const struct json_reader *reader, const char *name)
{
    return json_value_member(reader->object, name) != NULL;
}

size_t json_read_names(const struct json_reader *reader, const char *const **names)
{
    size_t count = reader->object != NULL ? reader->object->size : 0, i = 0;
    const char **copies = arena_array(reader->arena, count, sizeof *copies);
    const struct json_value *member = count > 0 ? reader->object->first : NULL;
    for (; member != NULL; member = member->next) {
        copies[i++] = arena_copy(reader->arena, member->name, member->name_size);
    }
    *names = copies;
    return count;
}

size_t json_read_array(struct json_reader *reader, const char *name, enum json_presence presence,
                       size_t count_max)
{
    const struct json_value *array = take_array(reader, name, presence, count_max);
    return array != NULL ? array->size : 0;
}

bool json_read_item(struct json_reader *reader, const char *name, size_t index,
                    struct json_reader *child)
{
    const struct json_value *array = json_value_member(reader->object, name);
    assert(array != NULL && index < array->size); /* below what json_read_array gave */
    const struct json_value *item = array->first;
    for (size_t i = 0; i < index; i++) {
        item = item->next;
    }
    *child = child_of(reader, name, (int)index);
    if (item->kind != KIND_OBJECT) {
        return wrong_type(reader, name, (int)index, "an object");
    }
    child->object = item;
    return true;
}

const char *json_read_raw(struct json_reader *reader, const char *name, enum json_presence presence,
                          size_t *size)
{
    struct json_reader child;
    if (!json_read_object(reader, name, presence, &child)) {
        return NULL;
    }
    *size = child.object->raw_size;
    return arena_copy(reader->arena, child.object->raw, child.object->raw_size);
}

static bool was_asked(const struct json_reader *reader, const char *name)
{
    for (const struct json_asked *asked = reader->asked; asked != NULL; asked = asked->next) {
        if (strcmp(asked->name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool json_read_end(struct json_reader *reader)
{
    if (reader->object == NULL || reader->strictness != JSON_STRICT_FIELDS) {
        return !reader->faulty;
    }
    int unknown = 0;
    for (const struct json_value *member = reader->object->first;
         member != NULL && unknown <= ERROR_FIELDS_MAX; member = member->next) {
        if (!was_asked(reader, member->name)) {
            fault_at(reader, member->name, NO_INDEX, "unknown_field", "is not known");
            unknown++;
        }
    }
    return !reader->faulty;
}
