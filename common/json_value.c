/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8259, strictly: one value, UTF-8, no comments, no trailing commas, no U+0000. */
#include "common/json_value.h"

#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"
#include "common/utf8.h"

enum { FEW_MEMBERS = 64 }; /* up to here, comparing those that look alike is quickest */
enum { SURROGATE_HIGH = 0xD800, SURROGATE_LOW = 0xDC00, SURROGATE_END = 0xE000 };

struct parser {
    const char *start, *at, *end;
    struct arena *arena;
    struct error *err;
    int depth;
    const char *code, *field; /* of a refusal, if it has one; grows to the left on the way out */
};

static bool parse_value(struct parser *parser, struct json_value *value);

/* Line and column are those of the byte at `at`, or of the last one at the end of the text. */
static bool refuse(struct parser *parser, const char *code, const char *what)
{
    int line = 1, column = parser->at < parser->end ? 1 : 0;
    for (const char *c = parser->start; c < parser->at; c++) {
        if (*c == '\n') {
            line++;
            column = parser->at < parser->end ? 1 : 0;
        } else {
            column += ((unsigned char)*c & 0xC0) != 0x80;
        }
    }
    parser->code = code;
    return error_set(parser->err, ERR_INPUT, code, "line %d, column %d: %s", line, column, what);
}

/* Called on the way out of a refusal by each that holds what was refused: name or index of it in
 * there. */
static bool refused_in(struct parser *parser, const char *name, size_t index)
{
    const char *inner = parser->field, *dot = *inner != '\0' && *inner != '[' ? "." : "";
    parser->field = name != NULL ? arena_format(parser->arena, "%s%s%s", name, dot, inner)
                                 : arena_format(parser->arena, "[%zu]%s%s", index, dot, inner);
    return false;
}

/* Where no JSON is, no field can be told. */
static bool malformed(struct parser *parser)
{
    refuse(parser, "invalid_json",
           parser->at == parser->end ? "the document ends too early" : "the JSON is malformed");
    parser->code = NULL;
    return false;
}

static void skip_blanks(struct parser *parser)
{
    while (parser->at < parser->end && (*parser->at == ' ' || *parser->at == '\n' ||
                                        *parser->at == '\r' || *parser->at == '\t')) {
        parser->at++;
    }
}

/* Skips blanks, then takes c if it comes next. */
static bool take(struct parser *parser, char c)
{
    skip_blanks(parser);
    if (parser->at < parser->end && *parser->at == c) {
        parser->at++;
        return true;
    }
    return false;
}

/* ---- texts ---- */

static bool parse_hex(struct parser *parser, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++, parser->at++) {
        char c = parser->at < parser->end ? *parser->at : '\0';
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;
        if (digit == 16) {
            return malformed(parser);
        }
        *unit = *unit << 4 | digit;
    }
    return true;
}

static char *put_point(char *out, uint32_t point)
{
    if (point < 0x80) {
        *out++ = (char)point;
    } else if (point < 0x800) {
        *out++ = (char)(0xC0 | point >> 6);
        *out++ = (char)(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        *out++ = (char)(0xE0 | point >> 12);
        *out++ = (char)(0x80 | (point >> 6 & 0x3F));
        *out++ = (char)(0x80 | (point & 0x3F));
    } else {
        *out++ = (char)(0xF0 | point >> 18);
        *out++ = (char)(0x80 | (point >> 12 & 0x3F));
        *out++ = (char)(0x80 | (point >> 6 & 0x3F));
        *out++ = (char)(0x80 | (point & 0x3F));
    }
    return out;
}

/* The code point of \u…, which may take two of them. */
static bool parse_unicode(struct parser *parser, uint32_t *point)
{
    uint32_t low;
    if (!parse_hex(parser, point)) {
        return false;
    }
    if (*point == 0) {
        return refuse(parser, "invalid_json", "U+0000 in a text or name");
    }
    if (*point < SURROGATE_HIGH || *point >= SURROGATE_END) {
        return true;
    }
    if (*point >= SURROGATE_LOW || parser->end - parser->at < 2 || parser->at[0] != '\\' ||
        parser->at[1] != 'u') {
        return malformed(parser); /* half a pair */
    }
    parser->at += 2;
    if (!parse_hex(parser, &low)) {
        return false;
    }
    if (low < SURROGATE_LOW || low >= SURROGATE_END) {
        return malformed(parser);
    }
    *point = 0x10000 + ((*point - SURROGATE_HIGH) << 10) + (low - SURROGATE_LOW);
    return true;
}

static bool parse_escape(struct parser *parser, char **out)
{
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    uint32_t point;
    if (parser->at == parser->end) {
        return malformed(parser);
    }
    if (*parser->at == 'u') {
        parser->at++;
        if (!parse_unicode(parser, &point)) {
            return false;
        }
        *out = put_point(*out, point);
        return true;
    }
    const char *name = *parser->at != '\0' ? strchr(names, *parser->at) : NULL;
    if (name == NULL) {
        return malformed(parser);
    }
    *(*out)++ = meanings[name - names];
    parser->at++;
    return true;
}

/* Marks, by their highest bits, controls, quotes, backslashes and bytes beyond ASCII among eight. A
 * borrow may reach into the next byte, but only from one that is marked: the first mark is true. */
static uint64_t marks_of(uint64_t eight)
{
    const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    uint64_t control = eight - ones * ' ';
    uint64_t quote = (eight ^ ones * '"') - ones;
    uint64_t backslash = (eight ^ ones * '\\') - ones;
    return (eight | control | quote | backslash) & tops;
}

/* To the first byte that is marked, if there are eight at least; else nearly to the end. */
static const char *skip_unmarked(const char *at, const char *end)
{
    uint64_t eight;
    while (end - at >= (ptrdiff_t)sizeof eight) {
        memcpy(&eight, at, sizeof eight);
        uint64_t marks = marks_of(le64toh(eight));
        if (marks != 0) {
            return at + __builtin_ctzll(marks) / 8;
        }
        at += sizeof eight;
    }
    return at;
}

/* What needs no unescaping, up to the closing quote or a backslash. False at what may not be. */
static bool skip_plain(struct parser *parser)
{
    const char *end = parser->end, *at = skip_unmarked(parser->at, end);
    while (at < end && *at != '"' && *at != '\\') {
        unsigned char c = (unsigned char)*at;
        uint32_t point;
        size_t size = c < 0x80 ? c >= 0x20 : utf8_decode(at, (size_t)(end - at), &point);
        if (size == 0) {
            parser->at = at;
            return c < 0x80 ? malformed(parser)
                            : refuse(parser, "invalid_utf8", "bytes that are no UTF-8");
        }
        at = skip_unmarked(at + size, end);
    }
    parser->at = at;
    return at < end || malformed(parser);
}

/* After the opening quote. Unescaping never makes a text longer. */
static bool parse_text(struct parser *parser, const char **text, size_t *size)
{
    const char *from = parser->at;
    if (!skip_plain(parser)) {
        return false;
    }
    if (*parser->at == '"') {
        *size = (size_t)(parser->at++ - from);
        *text = arena_copy(parser->arena, from, *size);
        return true;
    }
    const char *close = parser->at;
    while (close < parser->end && *close != '"') {
        close += *close == '\\' ? 2 : 1;
    }
    if (close >= parser->end) {
        parser->at = parser->end;
        return malformed(parser);
    }
    char *copy = arena_alloc(parser->arena, (size_t)(close - from) + 1), *out = copy;
    for (;;) {
        memcpy(out, from, (size_t)(parser->at - from));
        out += parser->at - from;
        if (*parser->at++ == '"') {
            break;
        }
        if (!parse_escape(parser, &out)) {
            return false;
        }
        from = parser->at;
        if (!skip_plain(parser)) {
            return false;
        }
    }
    *out = '\0';
    *text = copy;
    *size = (size_t)(out - copy);
    return true;
}

/* ---- numbers ---- */

static bool skip_digits(struct parser *parser)
{
    const char *from = parser->at;
    while (parser->at < parser->end && *parser->at >= '0' && *parser->at <= '9') {
        parser->at++;
    }
    return parser->at > from || malformed(parser);
}

static bool out_of_range(struct parser *parser)
{
    return refuse(parser, "invalid_json", "a number is out of range");
}

static bool to_integer(struct parser *parser, const char *from, struct json_value *value)
{
    bool negative = *from == '-';
    value->kind = KIND_INT;
    for (const char *c = from + negative; c < parser->at; c++) {
        int64_t digit = negative ? '0' - *c : *c - '0';
        if (__builtin_mul_overflow(value->integer, 10, &value->integer) ||
            __builtin_add_overflow(value->integer, digit, &value->integer)) {
            return out_of_range(parser);
        }
    }
    return true;
}

static bool parse_number(struct parser *parser, struct json_value *value)
{
    const char *from = parser->at;
    bool whole = true;
    parser->at += *from == '-';
    if (parser->at < parser->end && *parser->at == '0') {
        parser->at++; /* no digit may follow: whatever takes the next byte refuses it */
    } else if (!skip_digits(parser)) {
        return false;
    }
    if (parser->at < parser->end && *parser->at == '.') {
        parser->at++;
        whole = false;
        if (!skip_digits(parser)) {
            return false;
        }
    }
    if (parser->at < parser->end && (*parser->at == 'e' || *parser->at == 'E')) {
        parser->at++;
        whole = false;
        parser->at += parser->at < parser->end && (*parser->at == '+' || *parser->at == '-');
        if (!skip_digits(parser)) {
            return false;
        }
    }
    if (whole) {
        return to_integer(parser, from, value);
    }
    value->kind = KIND_REAL; /* in the C locale, which our programs never leave */
    value->real = strtod(arena_copy(parser->arena, from, (size_t)(parser->at - from)), NULL);
    return isfinite(value->real) || out_of_range(parser);
}

/* ---- arrays and objects ---- */

static bool open_container(struct parser *parser)
{
    if (++parser->depth > JSON_DEPTH_MAX) {
        char text[64];
        snprintf(text, sizeof text, "objects and arrays nest more than %d deep", JSON_DEPTH_MAX);
        parser->at--;
        return refuse(parser, "too_deep", text);
    }
    return true;
}

static bool parse_array(struct parser *parser, struct json_value *array)
{
    struct json_value **link = &array->first;
    array->kind = KIND_ARRAY;
    if (take(parser, ']')) {
        return true;
    }
    do {
        *link = arena_alloc(parser->arena, sizeof **link);
        if (!parse_value(parser, *link)) {
            return refused_in(parser, NULL, array->size);
        }
        link = &(*link)->next;
        array->size++;
    } while (take(parser, ','));
    return take(parser, ']') || malformed(parser);
}

static bool is_named(const struct json_value *member, const char *name, size_t size)
{
    return member->name_size == size && memcmp(member->name, name, size) == 0;
}

static bool given_twice(struct parser *parser, const char *name)
{
    refuse(parser, "duplicate_member", "a member is given twice");
    return refused_in(parser, name, 0);
}

/* A bit for its size and its ends: those of two names that are the same are too. */
static uint64_t look_of(const char *name, size_t size)
{
    unsigned first = size > 0 ? (unsigned char)name[0] : 0;
    unsigned last = size > 0 ? (unsigned char)name[size - 1] : 0;
    return UINT64_C(1) << ((first * 7 + last * 3 + (unsigned)size * 11) & 63);
}

/* looks: of the object's members so far. */
static bool parse_name(struct parser *parser, const struct json_value *object,
                       struct json_value *member, uint64_t *looks)
{
    if (!take(parser, '"')) {
        return malformed(parser);
    }
    if (!parse_text(parser, &member->name, &member->name_size)) {
        return false;
    }
    uint64_t look = look_of(member->name, member->name_size);
    bool compare = object->size < FEW_MEMBERS && (*looks & look) != 0;
    const struct json_value *other = compare ? object->first : member;
    *looks |= look;
    for (; other != member; other = other->next) {
        if (is_named(other, member->name, member->name_size)) {
            return given_twice(parser, member->name);
        }
    }
    return take(parser, ':') || malformed(parser);
}

static int by_name(const void *left, const void *right)
{
    const struct json_value *const *a = left, *const *b = right;
    if ((*a)->name_size != (*b)->name_size) {
        return (*a)->name_size < (*b)->name_size ? -1 : 1;
    }
    return memcmp((*a)->name, (*b)->name, (*a)->name_size);
}

/* Of many members, equals are found side by side: no sender can make this slow. */
static bool close_object(struct parser *parser, const struct json_value *object)
{
    if (!take(parser, '}')) {
        return malformed(parser);
    }
    if (object->size <= FEW_MEMBERS) {
        return true;
    }
    const struct json_value **sorted =
        arena_array(parser->arena, object->size, sizeof(struct json_value *));
    size_t count = 0;
    for (const struct json_value *member = object->first; member != NULL; member = member->next) {
        sorted[count++] = member;
    }
    qsort(sorted, count, sizeof(struct json_value *), by_name);
    for (size_t i = 1; i < count; i++) {
        if (by_name(&sorted[i - 1], &sorted[i]) == 0) {
            return given_twice(parser, sorted[i]->name);
        }
    }
    return true;
}

static bool parse_object(struct parser *parser, struct json_value *object)
{
    struct json_value **link = &object->first;
    uint64_t looks = 0;
    object->kind = KIND_OBJECT;
    if (take(parser, '}')) {
        return true;
    }
    do {
        *link = arena_alloc(parser->arena, sizeof **link);
        if (!parse_name(parser, object, *link, &looks)) {
            return false;
        }
        if (!parse_value(parser, *link)) {
            return refused_in(parser, (*link)->name, 0);
        }
        link = &(*link)->next;
        object->size++;
    } while (take(parser, ','));
    return close_object(parser, object);
}

static bool parse_word(struct parser *parser, const char *word, struct json_value *value,
                       enum json_kind kind, bool boolean)
{
    size_t size = strlen(word);
    if ((size_t)(parser->end - parser->at) < size || memcmp(parser->at, word, size) != 0) {
        return malformed(parser);
    }
    parser->at += size;
    value->kind = kind;
    value->boolean = boolean;
    return true;
}

static bool parse_container(struct parser *parser, struct json_value *value)
{
    bool object = *parser->at++ == '{';
    bool parsed = open_container(parser) &&
                  (object ? parse_object(parser, value) : parse_array(parser, value));
    parser->depth--;
    return parsed;
}

static bool parse_kind(struct parser *parser, struct json_value *value)
{
    switch (parser->at < parser->end ? *parser->at : '\0') {
    case '{':
    case '[':
        return parse_container(parser, value);
    case '"':
        parser->at++;
        value->kind = KIND_TEXT;
        return parse_text(parser, &value->text, &value->size);
    case 't':
        return parse_word(parser, "true", value, KIND_BOOL, true);
    case 'f':
        return parse_word(parser, "false", value, KIND_BOOL, false);
    case 'n':
        return parse_word(parser, "null", value, KIND_NULL, false);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return parse_number(parser, value);
    default:
        return malformed(parser);
    }
}

static bool parse_value(struct parser *parser, struct json_value *value)
{
    skip_blanks(parser);
    value->raw = parser->at;
    if (!parse_kind(parser, value)) {
        return false;
    }
    value->raw_size = (size_t)(parser->at - value->raw);
    return true;
}

static bool parse_root(struct parser *parser, enum json_kind kind, struct json_value *root)
{
    if (!parse_value(parser, root)) {
        return false;
    }
    skip_blanks(parser);
    if (parser->at < parser->end) {
        return refuse(parser, "invalid_json", "bytes follow the document");
    }
    if (root->kind != kind) {
        parser->at = root->raw;
        return refuse(parser, "invalid_json",
                      kind == KIND_OBJECT ? "the root is not an object"
                                          : "the root is not an array");
    }
    return true;
}

static struct json_value *parse_whole(const char *text, size_t size, enum json_kind kind,
                                      struct arena *arena, struct error *err)
{
    struct parser parser = {
        .start = text, .at = text, .end = text + size, .arena = arena, .err = err, .field = ""};
    struct json_value *root = arena_alloc(arena, sizeof *root);
    if (parse_root(&parser, kind, root)) {
        return root;
    }
    if (err != NULL && parser.code != NULL && *parser.field != '\0') {
        error_add_field(err, parser.field, parser.code, "%s", err->text);
    }
    return NULL;
}

struct json_value *json_value_parse(const char *text, size_t size, struct arena *arena,
                                    struct error *err)
{
    return parse_whole(text, size, KIND_OBJECT, arena, err);
}

struct json_value *json_value_parse_array(const char *text, size_t size, struct arena *arena,
                                          struct error *err)
{
    return parse_whole(text, size, KIND_ARRAY, arena, err);
}

const struct json_value *json_value_member(const struct json_value *object, const char *name)
{
    size_t size = strlen(name);
    const struct json_value *member = object != NULL ? object->first : NULL;
    while (member != NULL && !is_named(member, name, size)) {
        member = member->next;
    }
    return member;
}
