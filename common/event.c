/* SPDX-License-Identifier: Apache-2.0 */
#include "common/event.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "common/clock.h"
#include "common/json.h"
#include "common/json_value.h"
#include "common/utf8.h"

enum { ENVELOPE_MAX = 16 * 1024 }; /* what structured mode may need around its data */

enum attribute_name {
    SPECVERSION,
    ID,
    SOURCE,
    TYPE,
    SUBJECT,
    TIME,
    CONTENT_TYPE,
    TRACE,
    HOP,
    ATTRIBUTE_COUNT
};

/* Both modes of one attribute. Limits are bytes: those of proto/ with room for other systems. */
static const struct attribute_rule {
    const char *name;   /* CloudEvents; NULL: in no structured event */
    const char *header; /* Kafka */
    size_t size_max;
    bool required;
} rules[ATTRIBUTE_COUNT] = {
    [SPECVERSION] = {"specversion", "ce_specversion", 8, true},
    [ID] = {"id", "ce_id", 128, true},
    [SOURCE] = {"source", "ce_source", 256, true},
    [TYPE] = {"type", "ce_type", 128, true},
    [SUBJECT] = {"subject", "ce_subject", 256, false},
    [TIME] = {"time", "ce_time", 64, false},
    [CONTENT_TYPE] = {"datacontenttype", "content-type", 128, false},
    [TRACE] = {"traceparent", "ce_traceparent", 128, false},
    [HOP] = {NULL, "traceparent", 128, false},
};

/* What a message said of one attribute, unjudged. */
struct attribute {
    const char *bytes; /* NULL: not a text */
    size_t size;
    bool given, twice;
};

/* One message under the eye. */
struct reading {
    struct event_in *event;
    struct attribute given[ATTRIBUTE_COUNT];
    struct arena *arena;
    struct error *err; /* may be NULL */
    bool faulty;
};

static const char not_utf8[] = "is not UTF-8";
static const char too_large[] = "is too large: 64 KiB at most";

/* The first fault gives the code; all are listed. Always false. */
static bool fault(struct reading *reading, const char *attribute, const char *code,
                  const char *text)
{
    reading->faulty = true;
    error_set(reading->err, ERR_INPUT, code, "%s %s", attribute, text);
    return error_add_field(reading->err, attribute, code, "%s", text);
}

/* ---- judging attributes ---- */

/* Controls and non-characters of valid UTF-8. */
static bool has_control(const char *text, size_t size)
{
    for (const char *end = text + size; text < end;) {
        uint32_t point;
        text += utf8_decode(text, (size_t)(end - text), &point);
        if (point < 0x20 || (point >= 0x7F && point < 0xA0) || (point & 0xFFFE) == 0xFFFE ||
            (point >= 0xFDD0 && point <= 0xFDEF)) {
            return true;
        }
    }
    return false;
}

/* CloudEvents core, "Type System": a text of Unicode characters without controls; and not empty,
 * wherever we use one. NULL if it is good, else what is wrong. */
static const char *judge_text(const struct attribute *attribute, size_t size_max)
{
    if (attribute->twice) {
        return "is given twice";
    }
    if (attribute->bytes == NULL) {
        return "is not a text";
    }
    if (attribute->size == 0) {
        return "is empty";
    }
    if (attribute->size > size_max) {
        return "is too long";
    }
    if (!utf8_is_valid(attribute->bytes, attribute->size)) {
        return not_utf8;
    }
    return has_control(attribute->bytes, attribute->size) ? "holds a control character" : NULL;
}

/* A copy of the text, or NULL: absent or bad. */
static const char *take_text(struct reading *reading, enum attribute_name name)
{
    const struct attribute *attribute = &reading->given[name];
    const struct attribute_rule *rule = &rules[name];
    if (!attribute->given) {
        if (rule->required) {
            fault(reading, rule->name, "missing_attribute", "is missing");
        }
        return NULL;
    }
    const char *wrong = judge_text(attribute, rule->size_max);
    if (wrong != NULL) {
        fault(reading, rule->name, wrong == not_utf8 ? "invalid_utf8" : "bad_attribute", wrong);
        return NULL;
    }
    return arena_copy(reading->arena, attribute->bytes, attribute->size);
}

static bool is_uri_reference(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~' || strchr("\"<>\\^`{|}", *text) != NULL) {
            return false;
        }
    }
    return true;
}

/* Without its parameters, and in any case: media types know none. */
static size_t media_type_size(const char *text, size_t size)
{
    const char *end = memchr(text, ';', size);
    size = end == NULL ? size : (size_t)(end - text);
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t')) {
        size--;
    }
    return size;
}

static bool media_type_is(const char *text, size_t size, const char *type)
{
    size = media_type_size(text, size);
    return size == strlen(type) && strncasecmp(text, type, size) == 0;
}

static bool is_json_type(const char *text)
{
    size_t size = media_type_size(text, strlen(text));
    return media_type_is(text, size, "application/json") ||
           (size > 5 && strncasecmp(text + size - 5, "+json", 5) == 0 &&
            !media_type_is(text, size, "application/cloudevents-batch+json"));
}

static const char *take_trace(struct reading *reading)
{
    enum attribute_name name = reading->given[HOP].given ? HOP : TRACE;
    const struct attribute *trace = &reading->given[name];
    if (!trace->given || judge_text(trace, rules[name].size_max) != NULL) {
        return NULL;
    }
    return arena_copy(reading->arena, trace->bytes, trace->size);
}

static bool take_attributes(struct reading *reading)
{
    struct event_in *event = reading->event;
    const char *version = take_text(reading, SPECVERSION);
    if (version != NULL && strcmp(version, "1.0") != 0) {
        return fault(reading, "specversion", "unsupported_specversion", "is not 1.0");
    }
    event->id = take_text(reading, ID);
    event->source = take_text(reading, SOURCE);
    event->type = take_text(reading, TYPE);
    event->subject = take_text(reading, SUBJECT);
    event->traceparent = take_trace(reading);
    const char *time = take_text(reading, TIME);
    const char *content_type = take_text(reading, CONTENT_TYPE);

    if (event->source != NULL && !is_uri_reference(event->source)) {
        fault(reading, "source", "bad_attribute", "is not a URI reference");
    }
    if (time != NULL && !clock_parse(time, strlen(time), &event->time_us)) {
        fault(reading, "time", "bad_attribute", "is not an RFC 3339 instant since 1970");
    }
    if (content_type != NULL && !is_json_type(content_type)) {
        fault(reading, "datacontenttype", "bad_attribute", "is not JSON");
    }
    return !reading->faulty;
}

/* ---- structured mode ---- */

/* JSON format, section 2.2: null means absent. */
static const struct json_value *member(const struct json_value *envelope, const char *name)
{
    const struct json_value *value = json_value_member(envelope, name);
    return value == NULL || value->kind == KIND_NULL ? NULL : value;
}

static void find_members(struct reading *reading, const struct json_value *envelope)
{
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
        const struct json_value *value =
            rules[i].name == NULL ? NULL : member(envelope, rules[i].name);
        bool is_text = value != NULL && value->kind == KIND_TEXT;
        reading->given[i] = (struct attribute){
            .bytes = is_text ? value->text : NULL,
            .size = is_text ? value->size : 0,
            .given = value != NULL,
        };
    }
}

/* The data as it stands in the envelope, byte by byte. */
static bool take_data(struct reading *reading, const struct json_value *envelope)
{
    const struct json_value *data = member(envelope, "data");

    if (member(envelope, "data_base64") != NULL) {
        return fault(reading, "data_base64", "bad_attribute", "is not accepted: send JSON in data");
    }
    if (data == NULL) {
        return fault(reading, "data", "missing_attribute", "is missing: only a null value erases");
    }
    if (data->raw_size > EVENT_DATA_MAX) {
        return fault(reading, "data", "too_large", too_large);
    }
    reading->event->data = arena_copy(reading->arena, data->raw, data->raw_size);
    reading->event->data_size = data->raw_size;
    return true;
}

static bool parse_structured(struct reading *reading, const char *value, size_t value_size)
{
    struct json_document document;

    if (value_size > EVENT_DATA_MAX + ENVELOPE_MAX) {
        return fault(reading, "data", "too_large", too_large);
    }
    if (!json_document_parse(&document, value, value_size, reading->err)) {
        return false;
    }
    find_members(reading, document.root);
    bool good = take_attributes(reading) && take_data(reading, document.root);
    json_document_free(&document);
    return good;
}

/* ---- binary mode ---- */

/* One pass, whatever the number of headers; true if there are attributes among them. */
static bool find_headers(struct reading *reading, const struct kafka_header *headers,
                         size_t header_count)
{
    bool any = false;
    for (size_t h = 0; h < header_count; h++) {
        any = any || strncmp(headers[h].name, "ce_", 3) == 0;
        for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
            if (strcmp(headers[h].name, rules[i].header) == 0) {
                struct attribute *attribute = &reading->given[i];
                attribute->twice = attribute->given;
                attribute->given = true;
                attribute->bytes = headers[h].value;
                attribute->size = headers[h].size;
                break;
            }
        }
    }
    return any;
}

static bool borrow_data(struct reading *reading, const char *value, size_t value_size)
{
    if (value == NULL) {
        return true; /* a tombstone */
    }
    if (value_size == 0) {
        return fault(reading, "data", "invalid_json", "is empty");
    }
    if (value_size > EVENT_DATA_MAX) {
        return fault(reading, "data", "too_large", too_large);
    }
    if (!utf8_is_valid(value, value_size)) {
        return fault(reading, "data", "invalid_utf8", not_utf8);
    }
    reading->event->data = value;
    reading->event->data_size = value_size;
    return true;
}

static bool is_structured(const struct attribute *content_type)
{
    return content_type->bytes != NULL && !content_type->twice &&
           media_type_is(content_type->bytes, content_type->size, "application/cloudevents+json");
}

bool event_parse(struct event_in *event, const struct kafka_header *headers, size_t header_count,
                 const char *value, size_t value_size, struct arena *arena, struct error *err)
{
    struct reading reading = {.event = event, .arena = arena, .err = err};

    *event = (struct event_in){0};
    bool has_attributes = find_headers(&reading, headers, header_count);
    if (value == NULL && !has_attributes) {
        return true; /* a bare tombstone */
    }
    if (value != NULL && is_structured(&reading.given[CONTENT_TYPE])) {
        return parse_structured(&reading, value, value_size);
    }
    return take_attributes(&reading) && borrow_data(&reading, value, value_size);
}

/* ---- out ---- */

static const char *join(struct arena *arena, const char *head, const char *tail)
{
    size_t head_size = strlen(head), tail_size = strlen(tail);
    char *text = arena_alloc(arena, head_size + tail_size + 1);
    memcpy(text, head, head_size);
    memcpy(text + head_size, tail, tail_size);
    return text;
}

size_t event_headers(const struct event *event, const char *service, struct arena *arena,
                     struct kafka_header **headers)
{
    assert(event->type != NULL);
    const struct {
        const char *name, *value; /* NULL: left out */
    } rows[] = {
        {"ce_specversion", "1.0"},
        {"ce_id", uuid_format(&event->id, arena_alloc(arena, UUID_TEXT_SIZE))},
        {"ce_source", join(arena, "/ihanoi/", service)},
        {"ce_type", event->type},
        {"ce_subject", event->subject},
        {"ce_time", clock_format(event->time_us, arena_alloc(arena, CLOCK_TEXT_SIZE))},
        {"ce_dataschema", join(arena, "https://schemas.ihanoi.example/events/", event->type)},
        {"content-type", event->data == NULL ? NULL : "application/json"},
        {"ce_traceparent", event->traceparent},
        {"traceparent", event->traceparent},
    };
    const size_t row_count = sizeof rows / sizeof *rows;
    size_t count = 0;

    *headers = arena_array(arena, row_count, sizeof **headers);
    for (size_t i = 0; i < row_count; i++) {
        if (rows[i].value != NULL) {
            (*headers)[count++] = (struct kafka_header){
                .name = rows[i].name,
                .value = rows[i].value,
                .size = strlen(rows[i].value),
            };
        }
    }
    return count;
}
