/* SPDX-License-Identifier: Apache-2.0 */
#include "common/log.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/buffer.h"
#include "common/clock.h"
#include "common/json.h"

enum { LIMIT_EVENTS = 128, LIMIT_LINES = 50, LIMIT_WINDOW_US = 10 * 1000 * 1000 };

/* Lines of one event in its current window. */
struct limit {
    const char *event; /* NULL: free */
    uint64_t window_end_us;
    unsigned written, dropped;
};

static struct {
    const char *service, *instance;
    enum log_level lowest;
    struct limit limits[LIMIT_EVENTS]; /* hashed by event */
    uint64_t next_report_us;           /* when to tell of dropped lines; 0: there are none */
    uint64_t unwritten;                /* lines that standard output did not take */
    struct buffer line, text;          /* kept from line to line */
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

/* Bytes of the UTF-8 character at `at`, whose text ends with NUL; 0 if it is none. */
static size_t utf8_size(const unsigned char *at)
{
    size_t size = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    if (at[0] > 0xf4) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    bool surrogate = at[0] == 0xed && at[1] >= 0xa0;
    bool too_high = at[0] == 0xf4 && at[1] >= 0x90;
    return overlong || surrogate || too_high ? 0 : size;
}

/* Texts of libraries may be in any encoding: what is not UTF-8 becomes U+FFFD. */
static void put_text(struct json_writer *writer, const char *name, const char *text)
{
    const char *at = text, *clean = text;
    if (text == NULL) {
        return;
    }
    buffer_reset(&logger.text);
    while (*at != '\0') {
        size_t size = utf8_size((const unsigned char *)at);
        if (size == 0) {
            buffer_put(&logger.text, clean, (size_t)(at - clean));
            buffer_put_text(&logger.text, "\xef\xbf\xbd");
            clean = at + 1;
        }
        at += size == 0 ? 1 : size;
    }
    if (clean == text) {
        json_put_text_size(writer, name, text, (size_t)(at - text));
        return;
    }
    buffer_put(&logger.text, clean, (size_t)(at - clean));
    json_put_text_size(writer, name, logger.text.data, logger.text.size);
}

static void put_field(struct json_writer *writer, const struct log_field *field)
{
    switch (field->type) {
    case LOG_FIELD_TEXT:
        put_text(writer, field->name, field->text);
        break;
    case LOG_FIELD_INT:
        json_put_int(writer, field->name, field->integer);
        break;
    case LOG_FIELD_REAL:
        if (isfinite(field->real)) {
            json_put_real(writer, field->name, field->real, 6);
        } else {
            json_put_null(writer, field->name); /* JSON has no infinity */
        }
        break;
    case LOG_FIELD_END:
        break;
    }
}

/* False when standard output did not take the line. */
static bool write_line(enum log_level level, const char *event, const struct error *err,
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
        put_text(&writer, "detail", err->text);
    }
    json_close_object(&writer);
    buffer_put_char(&logger.line, '\n');
    if (fwrite(logger.line.data, 1, logger.line.size, stdout) == logger.line.size &&
        fflush(stdout) == 0) {
        return true;
    }
    clearerr(stdout);
    return false;
}

static void report_dropped(struct limit *limit)
{
    unsigned dropped = limit->dropped;
    limit->dropped = 0;
    if (!write_line(LOG_WARN, "log_lines_dropped", NULL,
                    LOG_FIELDS(log_text("of", limit->event), log_int("lines", dropped)))) {
        logger.unwritten += dropped;
    }
}

/* Tells what was dropped of events whose window is over, whoever logs next, so that the end of a
 * flood is told of even if its event never comes again. */
static void report_losses(uint64_t now_us)
{
    if (logger.unwritten > 0 &&
        write_line(LOG_WARN, "log_lines_unwritten", NULL,
                   LOG_FIELDS(log_int("lines", (int64_t)logger.unwritten)))) {
        logger.unwritten = 0;
    }
    if (logger.next_report_us == 0 || now_us < logger.next_report_us) {
        return;
    }
    logger.next_report_us = 0;
    for (size_t i = 0; i < LIMIT_EVENTS; i++) {
        struct limit *limit = &logger.limits[i];
        if (limit->dropped > 0 && now_us >= limit->window_end_us) {
            report_dropped(limit);
        } else if (limit->dropped > 0 &&
                   (logger.next_report_us == 0 || limit->window_end_us < logger.next_report_us)) {
            logger.next_report_us = limit->window_end_us;
        }
    }
}

/* The event's row. Events are literals, fewer than rows; if not, the first of the chain gives
 * way. */
static struct limit *limit_find(const char *event)
{
    size_t hash = 5381;
    for (const char *c = event; *c != '\0'; c++) {
        hash = hash * 33 + (unsigned char)*c;
    }
    for (size_t i = 0; i < LIMIT_EVENTS; i++) {
        struct limit *limit = &logger.limits[(hash + i) % LIMIT_EVENTS];
        if (limit->event == NULL || strcmp(limit->event, event) == 0) {
            limit->event = event;
            return limit;
        }
    }
    struct limit *taken = &logger.limits[hash % LIMIT_EVENTS];
    if (taken->dropped > 0) {
        report_dropped(taken);
    }
    *taken = (struct limit){.event = event};
    return taken;
}

/* False when this event has had its share of the window. */
static bool within_limit(const char *event, uint64_t now_us)
{
    struct limit *limit = limit_find(event);
    if (now_us >= limit->window_end_us) {
        limit->window_end_us = now_us + LIMIT_WINDOW_US;
        limit->written = 0;
    }
    if (limit->written < LIMIT_LINES) {
        limit->written++;
        return true;
    }
    limit->dropped++;
    if (logger.next_report_us == 0) {
        logger.next_report_us = limit->window_end_us;
    }
    return false;
}

void log_write(enum log_level level, const char *event, const struct log_field *fields)
{
    log_write_error(level, event, NULL, fields);
}

void log_write_error(enum log_level level, const char *event, const struct error *err,
                     const struct log_field *fields)
{
    if (level < logger.lowest) {
        return;
    }
    uint64_t now_us = clock_monotonic_us();
    report_losses(now_us);
    if ((level < LOG_WARN || within_limit(event, now_us)) &&
        !write_line(level, event, err, fields)) {
        logger.unwritten++;
    }
}
