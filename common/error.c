/* SPDX-License-Identifier: Apache-2.0 */
#include "common/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void error_clear(struct error *err)
{
    if (err != NULL) {
        memset(err, 0, sizeof *err);
    }
}

bool error_is_set(const struct error *err)
{
    return err != NULL && err->kind != ERR_NONE;
}

/* A text that filled its field may end within a UTF-8 character: takes that rest off, since an
 * answer must be JSON. */
static void end_at_character(char *text, size_t size)
{
    size_t length = strlen(text), start = length;
    if (length + 1 < size) {
        return;
    }
    while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80) {
        start--;
    }
    unsigned char first = start > 0 ? (unsigned char)text[start - 1] : 0;
    size_t whole = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    if (whole > 1 && length - start + 1 < whole) {
        text[start - 1] = '\0';
    }
}

bool error_set(struct error *err, enum error_kind kind, const char *code, const char *format, ...)
{
    va_list args;

    if (err == NULL || err->kind != ERR_NONE) {
        return false; /* the first error wins */
    }
    err->kind = kind;
    snprintf(err->code, sizeof err->code, "%s", code);
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    end_at_character(err->text, sizeof err->text);
    return false;
}

bool error_add_field(struct error *err, const char *field, const char *code, const char *format,
                     ...)
{
    va_list args;

    if (err == NULL) {
        return false;
    }
    error_set(err, ERR_INPUT, "invalid_input", "the input has faults");
    if (err->kind != ERR_INPUT && err->kind != ERR_UNPROCESSABLE) {
        return false;
    }
    if (err->field_count == ERROR_FIELDS_MAX) {
        snprintf(err->text, sizeof err->text, "the input has more than %d faults",
                 ERROR_FIELDS_MAX);
        return false;
    }
    struct error_field *bad = &err->fields[err->field_count++];
    snprintf(bad->field, sizeof bad->field, "%s", field);
    end_at_character(bad->field, sizeof bad->field);
    snprintf(bad->code, sizeof bad->code, "%s", code);
    va_start(args, format);
    vsnprintf(bad->text, sizeof bad->text, format, args);
    va_end(args);
    end_at_character(bad->text, sizeof bad->text);
    return false;
}

const char *error_kind_name(enum error_kind kind)
{
    static const char *const names[] = {
        [ERR_NONE] = "none",
        [ERR_INPUT] = "input",
        [ERR_UNPROCESSABLE] = "unprocessable",
        [ERR_UNAUTHENTICATED] = "unauthenticated",
        [ERR_FORBIDDEN] = "forbidden",
        [ERR_NOT_FOUND] = "not_found",
        [ERR_CONFLICT] = "conflict",
        [ERR_TOO_LARGE] = "too_large",
        [ERR_BUSY] = "busy",
        [ERR_RETRY] = "retry",
        [ERR_FATAL] = "fatal",
    };
    return names[kind];
}
