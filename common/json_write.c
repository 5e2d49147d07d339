/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "common/clock.h"
#include "common/json.h"

void json_write_start(struct json_writer *writer, struct buffer *out)
{
    writer->out = out;
    writer->comma = false;
}

/* RFC 8259 section 7: quote, backslash and controls must be escaped; everything else stays. */
static void put_escaped(struct buffer *out, const char *text, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    size_t clean = 0;
    buffer_put_char(out, '"');
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        buffer_put(out, text + clean, i - clean);
        clean = i + 1;
        if (c == '"' || c == '\\') {
            buffer_put(out, (char[]){'\\', (char)c}, 2);
        } else if (c == '\n') {
            buffer_put(out, "\\n", 2);
        } else {
            buffer_put(out, (char[]){'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]}, 6);
        }
    }
    buffer_put(out, text + clean, size - clean);
    buffer_put_char(out, '"');
}

/* The comma and, in objects, the name. */
static void put_lead(struct json_writer *writer, const char *name)
{
    if (writer->comma) {
        buffer_put_char(writer->out, ',');
    }
    writer->comma = true;
    if (name != NULL) {
        put_escaped(writer->out, name, strlen(name));
        buffer_put_char(writer->out, ':');
    }
}

static void open_container(struct json_writer *writer, const char *name, char open)
{
    put_lead(writer, name);
    buffer_put_char(writer->out, open);
    writer->comma = false;
}

static void close_container(struct json_writer *writer, char close)
{
    buffer_put_char(writer->out, close);
    writer->comma = true;
}

void json_open_object(struct json_writer *writer, const char *name)
{
    open_container(writer, name, '{');
}

void json_close_object(struct json_writer *writer)
{
    close_container(writer, '}');
}

void json_open_array(struct json_writer *writer, const char *name)
{
    open_container(writer, name, '[');
}

void json_close_array(struct json_writer *writer)
{
    close_container(writer, ']');
}

void json_put_text(struct json_writer *writer, const char *name, const char *text)
{
    if (text != NULL) {
        json_put_text_size(writer, name, text, strlen(text));
    }
}

void json_put_text_size(struct json_writer *writer, const char *name, const char *text, size_t size)
{
    put_lead(writer, name);
    put_escaped(writer->out, text, size);
}

/* Writes the digits of value before end; returns where they begin. */
static char *digits_before(char *end, uint64_t value)
{
    do {
        *--end = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return end;
}

void json_put_texts(struct json_writer *writer, const char *name, const char *const *texts,
                    size_t count)
{
    json_open_array(writer, name);
    for (size_t i = 0; i < count; i++) {
        json_put_text(writer, NULL, texts[i]);
    }
    json_close_array(writer);
}

void json_put_int(struct json_writer *writer, const char *name, int64_t value)
{
    char text[21];
    char *end = text + sizeof text;
    char *at = digits_before(end, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    if (value < 0) {
        *--at = '-';
    }
    put_lead(writer, name);
    buffer_put(writer->out, at, (size_t)(end - at));
}

/* In fixed point: no scientific notation, no locale, and a seventh of the time of printf. Decimals
 * that a double of this size cannot hold are not written. */
void json_put_real(struct json_writer *writer, const char *name, double value, int decimals)
{
    static const double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    static const double exact_max = 9007199254740992.0; /* 2^53 */
    assert(isfinite(value));
    assert(decimals >= 0 && (size_t)decimals < sizeof powers / sizeof *powers);

    put_lead(writer, name);
    if (fabs(value) >= exact_max) {
        buffer_put_format(writer->out, "%.0f", value);
        return;
    }
    while (fabs(value) * powers[decimals] >= exact_max) {
        decimals--;
    }
    uint64_t scaled = (uint64_t)llround(fabs(value) * powers[decimals]);
    while (decimals > 0 && scaled % 10 == 0) {
        scaled /= 10;
        decimals--;
    }
    uint64_t unit = (uint64_t)powers[decimals];
    char text[32], *end = text + sizeof text, *at = end;
    if (decimals > 0) {
        at = digits_before(end, scaled % unit + unit); /* the extra 1 keeps leading zeros … */
        *at = '.';                                     /* … and makes room for the point */
    }
    at = digits_before(at, scaled / unit);
    if (value < 0 && scaled > 0) {
        *--at = '-';
    }
    buffer_put(writer->out, at, (size_t)(end - at));
}

void json_put_bool(struct json_writer *writer, const char *name, bool value)
{
    put_lead(writer, name);
    buffer_put_text(writer->out, value ? "true" : "false");
}

void json_put_instant(struct json_writer *writer, const char *name, int64_t instant_us)
{
    char text[CLOCK_TEXT_SIZE];
    clock_format(instant_us, text);
    json_put_text_size(writer, name, text, CLOCK_TEXT_SIZE - 1);
}

void json_put_instant_if(struct json_writer *writer, const char *name, int64_t instant_us)
{
    if (instant_us != 0) {
        json_put_instant(writer, name, instant_us);
    }
}

void json_put_uuid(struct json_writer *writer, const char *name, const struct uuid *uuid)
{
    char text[UUID_TEXT_SIZE];
    uuid_format(uuid, text);
    json_put_text_size(writer, name, text, UUID_TEXT_SIZE - 1);
}

void json_put_null(struct json_writer *writer, const char *name)
{
    put_lead(writer, name);
    buffer_put_text(writer->out, "null");
}

void json_put_raw(struct json_writer *writer, const char *name, const char *json, size_t size)
{
    put_lead(writer, name);
    buffer_put(writer->out, json, size);
}
