/* SPDX-License-Identifier: Apache-2.0 */
/* log: one JSON line per fact on standard output.
 *
 *   log_info("case_assigned", log_text("case", id), log_text("unit", unit));
 *
 * Members: ts (RFC 3339 UTC), level, service, instance, event, then the given fields. Error:
 * someone must act; warn: we coped; info: state changed; debug: for developers. No personal data
 * ever. Events are literals. Lines with the same event at warn and error are limited to 50 in
 * 10 s; what was dropped is counted and reported with the first line after that. The logger is the
 * one process-wide object: lines come from everywhere and carry no state that a rule could read.
 * Call from the loop's thread only. */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum log_field_type { LOG_FIELD_END, LOG_FIELD_TEXT, LOG_FIELD_INT, LOG_FIELD_REAL };

struct log_field {
    enum log_field_type type;
    const char *name; /* borrowed */
    const char *text; /* borrowed; NULL leaves the field out */
    int64_t integer;
    double real;
};

static inline struct log_field log_text(const char *name, const char *text)
{
    return (struct log_field){.type = LOG_FIELD_TEXT, .name = name, .text = text};
}

static inline struct log_field log_int(const char *name, int64_t value)
{
    return (struct log_field){.type = LOG_FIELD_INT, .name = name, .integer = value};
}

static inline struct log_field log_real(const char *name, double value)
{
    return (struct log_field){.type = LOG_FIELD_REAL, .name = name, .real = value};
}

/* Names the process in each line; service and instance are borrowed for ever. */
void log_open(const char *service, const char *instance, enum log_level lowest);
bool log_level_parse(const char *text, enum log_level *level);
void log_write(enum log_level level, const char *event, const struct log_field *fields);

/* err as the fields error (code), kind and detail. */
void log_write_error(enum log_level level, const char *event, const struct error *err,
                     const struct log_field *fields);

#define LOG_FIELDS(...)       ((const struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){0}})
#define log_debug(event, ...) log_write(LOG_DEBUG, event, LOG_FIELDS(__VA_ARGS__))
#define log_info(event, ...)  log_write(LOG_INFO, event, LOG_FIELDS(__VA_ARGS__))
#define log_warn(event, ...)  log_write(LOG_WARN, event, LOG_FIELDS(__VA_ARGS__))
#define log_error(event, ...) log_write(LOG_ERROR, event, LOG_FIELDS(__VA_ARGS__))
#define log_warn_error(event, err, ...)                                                            \
    log_write_error(LOG_WARN, event, err, LOG_FIELDS(__VA_ARGS__))
#define log_error_error(event, err, ...)                                                           \
    log_write_error(LOG_ERROR, event, err, LOG_FIELDS(__VA_ARGS__))

#endif
