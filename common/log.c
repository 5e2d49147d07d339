/* SPDX-License-Identifier: Apache-2.0 */
#include "common/log.h"

#include <stdio.h>
#include <string.h>

#include "common/buffer.h"
#include "common/clock.h"
#include "common/json.h"

enum { LIMITED_EVENTS = 64, LINES_PER_WINDOW = 50, WINDOW_US = 10 * 1000000 };

/* Lines of one event in the current window; slots are shared by hash, which only makes the limit
 * stricter for the rare pair that collides. */
struct limit {
    const char *event;
    uint64_t window_start_us;
    unsigned written, dropped;
};

static struct {
    const char *service, *instance;
    enum log_level lowest;
    struct limit limits[LIMITED_EVENTS];
    struct buffer line;
} logger = {.service = "-", .instance = "-", .lowest = LOG_INFO};

static const char *const level_names[] = {"debug", "info", "warn", "error"};

void log_open(const char *service, const char *instance, enum log_level lowest)
{
    logger.service = service;
    logger.instance = instance;
    logger.lowest = lowest;
}

bool log_level_parse(const char *text, enum log_level *level)
{
    for (enum log_level i = LOG_DEBUG; i <= LOG_ERROR; i++) {
        if (strcmp(text, level_names[i]) == 0) {
            *level = i;
            return true;
        }
    }
    return false;
}

static void put_field(struct json_writer *writer, const struct log_field *field)
{
    switch (field->type) {
    case LOG_FIELD_TEXT:
        json_put_text(writer, field->name, field->text);
        break;
    case LOG_FIELD_INT:
        json_put_int(writer, field->name, field->integer);
        break;
    case LOG_FIELD_REAL:
        json_put_real(writer, field->name, field->real, 6);
        break;
    case LOG_FIELD_END:
        break;
    }
}

static void write_line(enum log_level level, const char *event, const struct error *err,
                       const struct log_field *fields)
{
    struct json_writer writer;
    buffer_reset(&logger.line);
    json_write_start(&writer, &logger.line);
    json_open_object(&writer, NULL);
    json_put_instant(&writer, "ts", clock_now_us());
    json_put_text(&writer, "level", level_names[level]);
    json_put_text(&writer, "service", logger.service);
    json_put_text(&writer, "instance", logger.instance);
    json_put_text(&writer, "event", event);
    for (; fields != NULL && fields->type != LOG_FIELD_END; fields++) {
        put_field(&writer, fields);
    }
    if (error_is_set(err)) {
        json_put_text(&writer, "error", err->code);
        json_put_text(&writer, "kind", error_kind_name(err->kind));
        json_put_text(&writer, "detail", err->text);
    }
    json_close_object(&writer);
    buffer_put_char(&logger.line, '\n');
    fwrite(logger.line.data, 1, logger.line.size, stdout);
    fflush(stdout);
}

/* False when this event has had its share of the window. */
static bool within_limit(enum log_level level, const char *event)
{
    size_t hash = 5381;
    for (const char *c = event; *c != '\0'; c++) {
        hash = hash * 33 + (unsigned char)*c;
    }
    struct limit *limit = &logger.limits[hash % LIMITED_EVENTS];
    uint64_t now = clock_monotonic_us();
    if (limit->event == NULL || now - limit->window_start_us >= WINDOW_US) {
        struct limit over = *limit;
        *limit = (struct limit){.event = event, .window_start_us = now};
        if (over.dropped > 0) {
            write_line(level, "log_lines_dropped", NULL,
                       LOG_FIELDS(log_text("of", over.event), log_int("lines", over.dropped)));
        }
    }
    if (limit->written == LINES_PER_WINDOW) {
        limit->dropped++;
        return false;
    }
    limit->written++;
    return true;
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
    log_write_error(level, event, NULL, fields);
}

void log_write_error(enum log_level level, const char *event, const struct error *err,
                     const struct log_field *fields)
{
    if (level < logger.lowest || (level >= LOG_WARN && !within_limit(level, event))) {
        return;
    }
    write_line(level, event, err, fields);
}
