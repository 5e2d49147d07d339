/* SPDX-License-Identifier: Apache-2.0 */
/* Any message: event_parse refuses it with a reason that names an attribute, or the event is whole.
 *
 * The input is written as HTTP is: lines "name: value" up to an empty line are the headers (a line
 * without colon has a null value), the rest is the message's value (none: null). Input that begins
 * with "{" is a structured event, so that proto/examples are seeds as they stand. */
#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "common/event.h"
#include "common/json.h"
#include "common/utf8.h"

enum { HEADERS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct message {
    struct kafka_header headers[HEADERS_MAX];
    size_t header_count;
    const char *value;
    size_t value_size;
};

static struct kafka_header header_of(struct arena *arena, const char *line, size_t size)
{
    const char *colon = memchr(line, ':', size);
    size_t name_size = colon == NULL ? size : (size_t)(colon - line);
    struct kafka_header header = {.name = arena_copy(arena, line, name_size)};
    if (colon != NULL) {
        header.value = colon + 1;
        header.size = size - name_size - 1;
        if (header.size > 0 && *header.value == ' ') {
            header.value++;
            header.size--;
        }
    }
    return header;
}

static void split(struct message *message, const char *text, size_t size, struct arena *arena)
{
    const char *end = text + size;
    memset(message, 0, sizeof *message);
    if (size > 0 && *text == '{') {
        static const char type[] = "application/cloudevents+json";
        message->headers[message->header_count++] =
            (struct kafka_header){"content-type", type, sizeof type - 1};
        message->value = text;
        message->value_size = size;
        return;
    }
    while (text < end && message->header_count < HEADERS_MAX) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        size_t line_size = (size_t)((line_end == NULL ? end : line_end) - text);
        if (line_size == 0) {
            message->value = text + 1;
            message->value_size = (size_t)(end - message->value);
            return;
        }
        message->headers[message->header_count++] = header_of(arena, text, line_size);
        text += line_size + (line_end != NULL);
    }
}

static void check_text(const char *text)
{
    assert(text[0] != '\0');
    assert(utf8_is_valid(text, strlen(text)));
}

static void check_event(const struct event_in *event, const struct message *message)
{
    if (event->id == NULL) {
        assert(message->value == NULL && event->data == NULL);
        return;
    }
    check_text(event->id);
    check_text(event->source);
    check_text(event->type);
    assert(event->time_us >= 0);
    assert((event->data == NULL) == (message->value == NULL));
    if (event->data != NULL) {
        assert(event->data_size > 0 && event->data_size <= EVENT_DATA_MAX);
        assert(utf8_is_valid(event->data, event->data_size));
        if (event->data != message->value) { /* from a structured event: parsed already */
            json_t *data = json_loadb(event->data, event->data_size, JSON_DECODE_ANY, NULL);
            assert(data != NULL);
            json_decref(data);
        }
    }
}

/* What we would publish of it comes back the same. */
static void check_republished(const struct event_in *event, struct arena *arena)
{
    struct kafka_header *headers;
    struct event_in again;
    const struct event out = {
        .type = event->type,
        .subject = event->subject,
        .time_us = event->time_us,
        .traceparent = event->traceparent,
        .data = event->data,
        .data_size = event->data_size,
    };
    size_t count = event_headers(&out, "fuzz", arena, &headers);
    assert(event_parse(&again, headers, count, out.data, out.data_size, arena, NULL));
    assert(strcmp(again.type, event->type) == 0);
    assert((again.subject == NULL) == (event->subject == NULL));
    assert((again.traceparent == NULL) == (event->traceparent == NULL));
    assert(again.time_us == event->time_us / 1000 * 1000);
    assert(again.data == event->data && again.data_size == event->data_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena arena;
    struct message message;
    struct event_in event;
    struct error err = {0};

    arena_init(&arena);
    split(&message, (const char *)bytes, size, &arena);
    if (event_parse(&event, message.headers, message.header_count, message.value,
                    message.value_size, &arena, &err)) {
        assert(!error_is_set(&err));
        check_event(&event, &message);
        if (event.id != NULL) {
            check_republished(&event, &arena);
        }
    } else {
        assert(err.kind == ERR_INPUT && err.code[0] != '\0' && err.text[0] != '\0');
    }
    arena_finish(&arena);
    return 0;
}
