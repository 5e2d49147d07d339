/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json_scan.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/utf8.h"

/* ---- one pass over the document (RFC 8259) ---- */

struct scanner {
    const char *start, *at, *end;
    const char *code, *fault; /* set at the first fault */
    bool escaped;             /* the last string had backslashes */
};

static bool refuse(struct scanner *scanner, const char *code, const char *fault)
{
    scanner->code = code;
    scanner->fault = fault;
    return false;
}

static bool refuse_syntax(struct scanner *scanner)
{
    return refuse(scanner, "invalid_json",
                  scanner->at == scanner->end ? "the document ends too early"
                                              : "the JSON is malformed");
}

static void skip_space(struct scanner *scanner)
{
    while (scanner->at < scanner->end && (*scanner->at == ' ' || *scanner->at == '\n' ||
                                          *scanner->at == '\t' || *scanner->at == '\r')) {
        scanner->at++;
    }
}

static bool take_char(struct scanner *scanner, char wanted)
{
    if (scanner->at == scanner->end || *scanner->at != wanted) {
        return false;
    }
    scanner->at++;
    return true;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The four digits behind \u; -1 when they are none. */
static int32_t hex_unit(const char *at, const char *end)
{
    int32_t unit = 0;
    if (end - at < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0) {
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

static bool is_high(int32_t unit)
{
    return unit >= 0xD800 && unit < 0xDC00;
}

static bool is_low(int32_t unit)
{
    return unit >= 0xDC00 && unit < 0xE000;
}

/* Behind a backslash. */
static bool skip_escape(struct scanner *scanner)
{
    if (scanner->at == scanner->end) {
        return refuse_syntax(scanner);
    }
    char c = *scanner->at++;
    if (c != 'u') {
        return strchr("\"\\/bfnrt", c) != NULL && c != '\0' ? true : refuse_syntax(scanner);
    }
    int32_t unit = hex_unit(scanner->at, scanner->end);
    if (unit == 0) {
        return refuse(scanner, "invalid_json", "U+0000 in a text or name");
    }
    if (unit < 0 || is_low(unit)) {
        return refuse_syntax(scanner);
    }
    scanner->at += 4;
    if (!is_high(unit)) {
        return true;
    }
    if (!take_char(scanner, '\\') || !take_char(scanner, 'u') ||
        !is_low(hex_unit(scanner->at, scanner->end))) {
        return refuse_syntax(scanner);
    }
    scanner->at += 4;
    return true;
}

/* Behind the opening quote; ends behind the closing one. */
static bool skip_string(struct scanner *scanner)
{
    scanner->escaped = false;
    while (scanner->at < scanner->end) {
        unsigned char c = (unsigned char)*scanner->at;
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            scanner->at++;
        } else if (c == '"') {
            scanner->at++;
            return true;
        } else if (c == '\\') {
            scanner->escaped = true;
            scanner->at++;
            if (!skip_escape(scanner)) {
                return false;
            }
        } else if (c < 0x20) {
            return refuse_syntax(scanner);
        } else {
            uint32_t point;
            size_t size = utf8_decode(scanner->at, (size_t)(scanner->end - scanner->at), &point);
            if (size == 0) {
                return refuse(scanner, "invalid_utf8", "bytes that are no UTF-8");
            }
            scanner->at += size;
        }
    }
    return refuse_syntax(scanner);
}

static bool skip_digits(struct scanner *scanner)
{
    const char *from = scanner->at;
    while (scanner->at < scanner->end && *scanner->at >= '0' && *scanner->at <= '9') {
        scanner->at++;
    }
    return scanner->at > from;
}

static bool skip_number(struct scanner *scanner)
{
    take_char(scanner, '-');
    if (!take_char(scanner, '0') && !skip_digits(scanner)) {
        return refuse_syntax(scanner);
    }
    if (take_char(scanner, '.') && !skip_digits(scanner)) {
        return refuse_syntax(scanner);
    }
    if (take_char(scanner, 'e') || take_char(scanner, 'E')) {
        if (!take_char(scanner, '+')) {
            take_char(scanner, '-');
        }
        if (!skip_digits(scanner)) {
            return refuse_syntax(scanner);
        }
    }
    return true;
}

static bool skip_word(struct scanner *scanner, const char *word)
{
    size_t size = strlen(word);
    if ((size_t)(scanner->end - scanner->at) < size || memcmp(scanner->at, word, size) != 0) {
        return refuse_syntax(scanner);
    }
    scanner->at += size;
    return true;
}

static bool skip_value(struct scanner *scanner, int depth);

/* Behind the opening bracket. */
static bool skip_array(struct scanner *scanner, int depth)
{
    skip_space(scanner);
    if (take_char(scanner, ']')) {
        return true;
    }
    do {
        skip_space(scanner);
        if (!skip_value(scanner, depth)) {
            return false;
        }
        skip_space(scanner);
    } while (take_char(scanner, ','));
    return take_char(scanner, ']') || refuse_syntax(scanner);
}

/* A member's name, between its quotes, and the colon. */
static bool skip_name(struct scanner *scanner, struct json_scan_value *name)
{
    skip_space(scanner);
    if (!take_char(scanner, '"')) {
        return refuse_syntax(scanner);
    }
    name->start = scanner->at;
    if (!skip_string(scanner)) {
        return false;
    }
    name->size = (size_t)(scanner->at - 1 - name->start);
    name->escaped = scanner->escaped;
    skip_space(scanner);
    if (!take_char(scanner, ':')) {
        return refuse_syntax(scanner);
    }
    skip_space(scanner);
    return true;
}

static bool skip_object(struct scanner *scanner, int depth)
{
    skip_space(scanner);
    if (take_char(scanner, '}')) {
        return true;
    }
    do {
        struct json_scan_value name;
        if (!skip_name(scanner, &name) || !skip_value(scanner, depth)) {
            return false;
        }
        skip_space(scanner);
    } while (take_char(scanner, ','));
    return take_char(scanner, '}') || refuse_syntax(scanner);
}

/* depth: of the container that holds the value; recursion ends at JSON_DEPTH_MAX. */
static bool skip_value(struct scanner *scanner, int depth)
{
    char c = scanner->at < scanner->end ? *scanner->at : '\0';
    switch (c) {
    case '{':
    case '[':
        if (depth == JSON_DEPTH_MAX) {
            return refuse(scanner, "too_deep", "objects and arrays nest too deep");
        }
        scanner->at++;
        return c == '{' ? skip_object(scanner, depth + 1) : skip_array(scanner, depth + 1);
    case '"':
        scanner->at++;
        return skip_string(scanner);
    case 't':
        return skip_word(scanner, "true");
    case 'f':
        return skip_word(scanner, "false");
    case 'n':
        return skip_word(scanner, "null");
    default:
        return skip_number(scanner);
    }
}

/* ---- texts ---- */

/* Writes a code point of a checked escape; returns behind it. */
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

/* Behind \u of a checked text. */
static const char *take_point(const char *at, uint32_t *point)
{
    int32_t unit = hex_unit(at, at + 4);
    *point = (uint32_t)unit;
    if (!is_high(unit)) {
        return at + 4;
    }
    int32_t low = hex_unit(at + 6, at + 10);
    *point = 0x10000 + (((uint32_t)unit - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
    return at + 10;
}

/* The text between checked quotes, as it is meant; it never grows. */
static char *unescape(const char *at, size_t size, struct arena *arena, size_t *length)
{
    static const char codes[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char *text = arena_alloc(arena, size + 1), *out = text;
    const char *end = at + size;

    while (at < end) {
        if (*at != '\\') {
            *out++ = *at++;
        } else if (at[1] == 'u') {
            uint32_t point;
            at = take_point(at + 2, &point);
            out = put_point(out, point);
        } else {
            *out++ = meant[strchr(codes, at[1]) - codes];
            at += 2;
        }
    }
    *out = '\0';
    *length = (size_t)(out - text);
    return text;
}

/* ---- opening ---- */

/* The place of an asked member's value; NULL for other names. */
static struct json_scan_value *find_value(struct json_scan *scan,
                                          const struct json_scan_value *name)
{
    const char *text = name->start;
    size_t size = name->size;
    if (name->escaped) {
        text = unescape(name->start, name->size, scan->arena, &size);
    }
    for (size_t i = 0; scan->names[i] != NULL; i++) {
        if (strncmp(scan->names[i], text, size) == 0 && scan->names[i][size] == '\0') {
            return &scan->values[i];
        }
    }
    return NULL;
}

static bool scan_member(struct json_scan *scan, struct scanner *scanner)
{
    struct json_scan_value name;
    if (!skip_name(scanner, &name)) {
        return false;
    }
    struct json_scan_value *value = find_value(scan, &name);
    if (value == NULL) {
        return skip_value(scanner, 1);
    }
    if (value->start != NULL) {
        return refuse(scanner, "duplicate_member", "a member is given twice");
    }
    value->start = scanner->at;
    bool good = skip_value(scanner, 1);
    value->size = (size_t)(scanner->at - value->start);
    value->escaped = scanner->escaped; /* of a text; of no use elsewhere */
    return good;
}

static bool scan_root(struct json_scan *scan, struct scanner *scanner)
{
    skip_space(scanner);
    if (scanner->at == scanner->end) {
        return refuse(scanner, "invalid_json", "the document is empty");
    }
    if (!take_char(scanner, '{')) {
        return refuse(scanner, "invalid_json", "the root is not an object");
    }
    skip_space(scanner);
    if (!take_char(scanner, '}')) {
        do {
            if (!scan_member(scan, scanner)) {
                return false;
            }
            skip_space(scanner);
        } while (take_char(scanner, ','));
        if (!take_char(scanner, '}')) {
            return refuse_syntax(scanner);
        }
    }
    skip_space(scanner);
    return scanner->at == scanner->end ||
           refuse(scanner, "invalid_json", "bytes follow the document");
}

bool json_scan_open(struct json_scan *scan, const char *const *names, const char *text, size_t size,
                    struct arena *arena, struct error *err)
{
    struct scanner scanner = {.start = text, .at = text, .end = text + size};

    *scan = (struct json_scan){.names = names, .arena = arena, .err = err};
    if (!scan_root(scan, &scanner)) {
        return error_set(err, ERR_INPUT, scanner.code, "byte %zu: %s",
                         (size_t)(scanner.at - scanner.start), scanner.fault);
    }
    return true;
}

/* ---- reads ---- */

bool json_scan_fault(struct json_scan *scan, size_t name, const char *code, const char *text)
{
    scan->faulty = true;
    return error_add_field(scan->err, scan->names[name], code, "%s", text);
}

bool json_scan_end(const struct json_scan *scan)
{
    return !scan->faulty;
}

/* NULL when absent, which is a fault where it is required. */
static const struct json_scan_value *take(struct json_scan *scan, size_t name,
                                          enum json_presence presence)
{
    assert(name < JSON_SCAN_NAMES_MAX);
    if (scan->values[name].start != NULL) {
        return &scan->values[name];
    }
    if (presence == JSON_REQUIRED) {
        json_scan_fault(scan, name, "required", "is required");
    }
    return NULL;
}

/* The bytes of a text, borrowed from the document where nothing is escaped. */
static const char *take_text(struct json_scan *scan, size_t name, enum json_presence presence,
                             size_t *size)
{
    const struct json_scan_value *value = take(scan, name, presence);
    if (value == NULL) {
        return NULL;
    }
    if (value->start[0] != '"') {
        json_scan_fault(scan, name, "wrong_type", "must be text");
        return NULL;
    }
    if (value->escaped) {
        return unescape(value->start + 1, value->size - 2, scan->arena, size);
    }
    *size = value->size - 2;
    return value->start + 1;
}

/* As json_read_text: C0 but tab and line ends, DEL and C1 are in no text of ours. */
static bool measure(const char *text, size_t size, size_t *length)
{
    *length = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        bool c0 = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
        bool c1 = c == 0xC2 && (unsigned char)text[i + 1] < 0xA0;
        if (c0 || c1 || c == 0x7F) {
            return false;
        }
        *length += (c & 0xC0) != 0x80;
    }
    return true;
}

const char *json_scan_text(struct json_scan *scan, size_t name, enum json_presence presence,
                           size_t min, size_t max)
{
    size_t size, length;
    char fault[64];
    const char *text = take_text(scan, name, presence, &size);

    if (text == NULL) {
        return NULL;
    }
    if (!measure(text, size, &length)) {
        json_scan_fault(scan, name, "control_character", "holds a control character");
        return NULL;
    }
    if (length < min || length > max) {
        snprintf(fault, sizeof fault, "must have at %s %zu characters",
                 length < min ? "least" : "most", length < min ? min : max);
        json_scan_fault(scan, name, length < min ? "too_short" : "too_long", fault);
        return NULL;
    }
    return arena_copy(scan->arena, text, size);
}

int json_scan_word(struct json_scan *scan, size_t name, enum json_presence presence,
                   const char *const *words)
{
    size_t size;
    const char *text = take_text(scan, name, presence, &size);

    if (text == NULL) {
        return -1;
    }
    for (int i = 0; words[i] != NULL; i++) {
        if (strlen(words[i]) == size && memcmp(words[i], text, size) == 0) {
            return i;
        }
    }
    json_scan_fault(scan, name, "not_allowed", "is none of the words allowed here");
    return -1;
}

/* However written (1, 1.0, 1e0); false when it is no whole number of at most 2^53. */
static bool to_integer(struct json_scan *scan, const struct json_scan_value *value,
                       int64_t *integer)
{
    static const double exact_max = 9007199254740992.0;
    double real = strtod(arena_copy(scan->arena, value->start, value->size), NULL);
    if (!(fabs(real) <= exact_max) || real != trunc(real)) {
        return false;
    }
    *integer = (int64_t)real;
    return true;
}

int64_t json_scan_int(struct json_scan *scan, size_t name, enum json_presence presence, int64_t min,
                      int64_t max, int64_t fallback)
{
    int64_t integer;
    char fault[80];
    const struct json_scan_value *value = take(scan, name, presence);

    if (value == NULL) {
        return fallback;
    }
    if (value->start[0] != '-' && (value->start[0] < '0' || value->start[0] > '9')) {
        json_scan_fault(scan, name, "wrong_type", "must be a number");
        return fallback;
    }
    if (!to_integer(scan, value, &integer)) {
        json_scan_fault(scan, name, "not_an_integer", "must be a whole number");
        return fallback;
    }
    if (integer < min || integer > max) {
        snprintf(fault, sizeof fault, "must be from %lld to %lld", (long long)min, (long long)max);
        json_scan_fault(scan, name, "out_of_range", fault);
        return fallback;
    }
    return integer;
}

int64_t json_scan_instant(struct json_scan *scan, size_t name, enum json_presence presence)
{
    size_t size;
    int64_t instant_us;
    const char *text = take_text(scan, name, presence, &size);

    if (text == NULL) {
        return 0;
    }
    if (!clock_parse(text, size, &instant_us)) {
        json_scan_fault(scan, name, "bad_instant",
                        "must be an instant with a zone, as 2026-11-24T05:02:11.123Z");
        return 0;
    }
    return instant_us;
}

bool json_scan_uuid(struct json_scan *scan, size_t name, enum json_presence presence,
                    struct uuid *uuid)
{
    size_t size;
    const char *text = take_text(scan, name, presence, &size);
    bool lower = true;

    if (text == NULL) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        lower = lower && !(text[i] >= 'A' && text[i] <= 'F');
    }
    if (!lower || !uuid_parse(text, size, uuid)) {
        return json_scan_fault(scan, name, "bad_uuid", "must be a UUID in lower case");
    }
    return true;
}
