/* SPDX-License-Identifier: Apache-2.0 */
#include "common/event_http.h"

#include <ctype.h>
#include <openssl/crypto.h>
#include <string.h>
#include <strings.h>

#include "common/content_type.h"
#include "common/json_value.h"

#define STRUCTURED_TYPE "application/cloudevents+json"
#define BATCHED_TYPE    "application/cloudevents-batch+json"

enum event_mode event_http_mode(const char *content_type)
{
    if (content_type == NULL) {
        return EVENT_BINARY;
    }
    if (content_type_is(content_type, BATCHED_TYPE)) {
        return EVENT_BATCHED;
    }
    return content_type_is(content_type, STRUCTURED_TYPE) ? EVENT_STRUCTURED : EVENT_BINARY;
}

/* ---- headers of HTTP to headers of Kafka ---- */

static int hex_byte(const char *digits)
{
    int high = OPENSSL_hexchar2int((unsigned char)digits[0]);
    int low = high < 0 ? -1 : OPENSSL_hexchar2int((unsigned char)digits[1]);
    return low < 0 ? -1 : high * 16 + low;
}

/* RFC 9110 section 5.6.4; what only begins like a quoted string is taken as it stands. */
static size_t unquote(char *text, const char *value, size_t size)
{
    size_t out = 0;
    if (size < 2 || value[0] != '"' || value[size - 1] != '"') {
        memcpy(text, value, size);
        return size;
    }
    for (size_t i = 1; i + 1 < size; i++) {
        i += value[i] == '\\' && i + 2 < size;
        text[out++] = value[i];
    }
    return out;
}

/* In place; false for a % without two hexadecimal digits. */
static bool undo_percent(char *text, size_t *size)
{
    size_t out = 0;
    for (size_t i = 0; i < *size; i++) {
        if (text[i] != '%') {
            text[out++] = text[i];
            continue;
        }
        int byte = i + 2 < *size ? hex_byte(text + i + 1) : -1;
        if (byte < 0) {
            return false;
        }
        text[out++] = (char)byte;
        i += 2;
    }
    *size = out;
    return true;
}

/* "Ce-Id" becomes "ce_id". A null value is one that cannot be decoded. */
static struct kafka_header attribute_header(const struct kafka_header *header, struct arena *arena)
{
    char *name = arena_text(arena, header->name);
    char *value = arena_alloc(arena, header->size + 1);
    size_t size = header->value == NULL ? 0 : unquote(value, header->value, header->size);
    for (char *c = name; *c != '\0'; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    name[2] = '_';
    bool good = header->value != NULL && undo_percent(value, &size);
    return (struct kafka_header){
        .name = name, .value = good ? value : NULL, .size = good ? size : 0};
}

bool event_http_parse(struct event_in *event, const struct kafka_header *headers,
                      size_t header_count, const char *body, size_t body_size, struct arena *arena,
                      struct error *err)
{
    struct kafka_header *kept = arena_array(arena, header_count, sizeof *kept);
    size_t count = 0;
    for (size_t i = 0; i < header_count; i++) {
        if (strncasecmp(headers[i].name, "ce-", 3) == 0) {
            kept[count++] = attribute_header(&headers[i], arena);
        } else if (strcasecmp(headers[i].name, "content-type") == 0) {
            kept[count] = headers[i];
            kept[count++].name = "content-type";
        }
    }
    return event_parse(event, kept, count, body != NULL ? body : "", body != NULL ? body_size : 0,
                       arena, err);
}

/* ---- batches ---- */

bool event_batch_split(const char *body, size_t body_size, size_t count_max,
                       struct event_text **events, size_t *count, struct arena *arena,
                       struct error *err)
{
    if (body_size == 0) {
        return error_set(err, ERR_INPUT, "invalid_json", "the document is empty");
    }
    const struct json_value *list = json_value_parse_array(body, body_size, arena, err);
    if (list == NULL) {
        return false;
    }
    if (list->size == 0 || list->size > count_max) {
        return error_set(err, ERR_INPUT, list->size == 0 ? "empty_batch" : "batch_too_long",
                         "a batch holds 1 to %zu events", count_max);
    }
    struct event_text *texts = arena_array(arena, list->size, sizeof *texts);
    *count = 0;
    for (const struct json_value *item = list->first; item != NULL; item = item->next) {
        texts[(*count)++] = (struct event_text){item->raw, item->raw_size};
    }
    *events = texts;
    return true;
}

bool event_json_parse(struct event_in *event, const struct event_text *text, struct arena *arena,
                      struct error *err)
{
    static const struct kafka_header structured = {"content-type", STRUCTURED_TYPE,
                                                   sizeof STRUCTURED_TYPE - 1};
    return event_parse(event, &structured, 1, text->json, text->size, arena, err);
}
