/* SPDX-License-Identifier: Apache-2.0 */
/* Any request: it is refused with a reason, or its events are whole.
 *
 * The input is written as HTTP is: lines "name: value" up to an empty line are the headers, the
 * rest is the body. Input that begins with "[" is a batch, with "{" a structured event, so that
 * proto/examples are seeds as they stand. */
#include <assert.h>
#include <string.h>

#include "common/event_http.h"
#include "common/utf8.h"

enum { HEADERS_MAX = 64, EVENTS_MAX = 100 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_refusal(const struct error *err)
{
    assert(err->kind == ERR_INPUT && err->code[0] != '\0' && err->text[0] != '\0');
    assert(utf8_is_valid(err->text, strlen(err->text)));
}

static void check_text(const char *text)
{
    assert(text == NULL || (text[0] != '\0' && utf8_is_valid(text, strlen(text))));
}

static void check(bool good, const struct event_in *event, const struct error *err)
{
    if (!good) {
        check_refusal(err);
        return;
    }
    assert(!error_is_set(err));
    assert(event->id != NULL && event->source != NULL && event->type != NULL);
    check_text(event->id);
    check_text(event->source);
    check_text(event->type);
    check_text(event->subject);
    assert(event->data != NULL && event->data_size > 0 && event->data_size <= EVENT_DATA_MAX);
    assert(utf8_is_valid(event->data, event->data_size));
}

static void try_batch(const char *body, size_t size, struct arena *arena)
{
    struct event_text *texts;
    struct error err = {0};
    size_t count;
    if (!event_batch_split(body, size, EVENTS_MAX, &texts, &count, arena, &err)) {
        check_refusal(&err);
        return;
    }
    assert(count > 0 && count <= EVENTS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct event_in event;
        struct error fault = {0};
        check(event_json_parse(&event, &texts[i], arena, &fault), &event, &fault);
    }
}

/* The line's header; *text moves behind it. */
static struct kafka_header take_header(const char **text, const char *end, struct arena *arena)
{
    const char *line = *text, *line_end = memchr(line, '\n', (size_t)(end - line));
    size_t size = (size_t)((line_end != NULL ? line_end : end) - line);
    const char *colon = memchr(line, ':', size);
    size_t name_size = colon != NULL ? (size_t)(colon - line) : size;
    *text = line_end != NULL ? line_end + 1 : end;
    return (struct kafka_header){.name = arena_copy(arena, line, name_size),
                                 .value = colon != NULL ? colon + 1 : "",
                                 .size = colon != NULL ? size - name_size - 1 : 0};
}

static void try_one(const char *text, size_t size, struct arena *arena)
{
    struct kafka_header headers[HEADERS_MAX];
    const char *end = text + size;
    struct event_in event;
    struct error err = {0};
    size_t count = 0;

    if (size > 0 && *text == '{') {
        static const char type[] = "application/cloudevents+json";
        headers[count++] = (struct kafka_header){"Content-Type", type, sizeof type - 1};
    } else {
        while (text < end && *text != '\n' && count < HEADERS_MAX) {
            headers[count++] = take_header(&text, end, arena);
        }
        text += text < end;
    }
    check(event_http_parse(&event, headers, count, text, (size_t)(end - text), arena, &err), &event,
          &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    struct arena arena;
    arena_init(&arena);
    if (size > 0 && *text == '[') {
        try_batch(text, size, &arena);
    } else {
        try_one(text, size, &arena);
    }
    arena_finish(&arena);
    return 0;
}
