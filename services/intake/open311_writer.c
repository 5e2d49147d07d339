/* SPDX-License-Identifier: Apache-2.0 */
#include "open311_writer.h"

#include <assert.h>
#include <string.h>

#include "common/clock.h"

void open311_start(struct open311_writer *writer, enum open311_format format, struct buffer *out)
{
    *writer = (struct open311_writer){.format = format, .out = out};
    json_write_start(&writer->json, out);
    if (format == OPEN311_XML) {
        buffer_put_text(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    }
}

static void put_tag(struct buffer *out, const char *open, const char *name, const char *close)
{
    buffer_put_text(out, open);
    buffer_put_text(out, name);
    buffer_put_text(out, close);
}

/* XML 1.0 section 2.2 allows no other controls than tab and line ends; they become blanks. */
static void put_xml_text(struct buffer *out, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        switch (*c) {
        case '&':
            buffer_put_text(out, "&amp;");
            break;
        case '<':
            buffer_put_text(out, "&lt;");
            break;
        case '>':
            buffer_put_text(out, "&gt;");
            break;
        case '"':
            buffer_put_text(out, "&quot;");
            break;
        default:
            buffer_put_char(out, (unsigned char)*c < ' ' && !strchr("\t\n\r", *c) ? ' ' : *c);
        }
    }
}

static void close_element(struct open311_writer *writer)
{
    assert(writer->depth > 0);
    put_tag(writer->out, "</", writer->open[--writer->depth], ">");
}

/* A member's name in JSON: the root and the items of an array have none. */
static const char *json_name(const struct open311_writer *writer, const char *name)
{
    return writer->depth == 0 || writer->in_list[writer->depth - 1] ? NULL : name;
}

static void enter(struct open311_writer *writer, const char *name, bool list)
{
    assert(writer->depth < OPEN311_DEPTH_MAX);
    writer->open[writer->depth] = name;
    writer->in_list[writer->depth++] = list;
}

void open311_open_list(struct open311_writer *writer, const char *name)
{
    if (writer->format == OPEN311_XML) {
        put_tag(writer->out, "<", name, ">");
    } else {
        json_open_array(&writer->json, json_name(writer, name));
    }
    enter(writer, name, true);
}

void open311_close_list(struct open311_writer *writer)
{
    if (writer->format == OPEN311_XML) {
        close_element(writer);
        return;
    }
    json_close_array(&writer->json);
    writer->depth--;
}

void open311_open_item(struct open311_writer *writer, const char *name)
{
    if (writer->format == OPEN311_XML) {
        put_tag(writer->out, "<", name, ">");
    } else {
        json_open_object(&writer->json, json_name(writer, name));
    }
    enter(writer, name, false);
}

void open311_close_item(struct open311_writer *writer)
{
    if (writer->format == OPEN311_XML) {
        close_element(writer);
        return;
    }
    json_close_object(&writer->json);
    writer->depth--;
}

void open311_text(struct open311_writer *writer, const char *name, const char *value)
{
    bool empty = value == NULL || value[0] == '\0';
    if (writer->format == OPEN311_JSON) {
        if (empty) {
            json_put_null(&writer->json, name);
        } else {
            json_put_text(&writer->json, name, value);
        }
        return;
    }
    put_tag(writer->out, "<", name, empty ? "/>" : ">");
    if (!empty) {
        put_xml_text(writer->out, value);
        put_tag(writer->out, "</", name, ">");
    }
}

void open311_text_item(struct open311_writer *writer, const char *name, const char *value)
{
    if (writer->format == OPEN311_JSON) {
        json_put_text(&writer->json, NULL, value);
    } else {
        open311_text(writer, name, value);
    }
}

void open311_real(struct open311_writer *writer, const char *name, double value, int decimals)
{
    if (writer->format == OPEN311_JSON) {
        json_put_real(&writer->json, name, value, decimals);
        return;
    }
    struct json_writer number;
    put_tag(writer->out, "<", name, ">");
    json_write_start(&number, writer->out); /* a number reads the same in both */
    json_put_real(&number, NULL, value, decimals);
    put_tag(writer->out, "</", name, ">");
}

void open311_bool(struct open311_writer *writer, const char *name, bool value)
{
    if (writer->format == OPEN311_JSON) {
        json_put_bool(&writer->json, name, value);
    } else {
        open311_text(writer, name, value ? "true" : "false");
    }
}

void open311_int(struct open311_writer *writer, const char *name, int64_t value)
{
    if (writer->format == OPEN311_JSON) {
        json_put_int(&writer->json, name, value);
        return;
    }
    put_tag(writer->out, "<", name, ">");
    buffer_put_format(writer->out, "%lld", (long long)value);
    put_tag(writer->out, "</", name, ">");
}

void open311_instant(struct open311_writer *writer, const char *name, int64_t instant_us)
{
    char text[CLOCK_TEXT_SIZE];
    open311_text(writer, name, instant_us == 0 ? NULL : clock_format(instant_us, text));
}

const char *open311_content_type(enum open311_format format)
{
    return format == OPEN311_XML ? "text/xml; charset=utf-8" : "application/json; charset=utf-8";
}
