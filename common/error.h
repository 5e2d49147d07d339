/* SPDX-License-Identifier: Apache-2.0 */
/* error: what went wrong, and what the caller should do about it.
 *
 * The kind is the instruction: tell the sender, reload and decide again, wait, stop. The error is
 * filled once, at its origin; the first one wins and later ones are dropped, except that field
 * errors gather so that a sender hears of several bad fields at once. Passing NULL is allowed
 * everywhere. A struct error owns nothing: copy and drop it freely. Texts are in English, end
 * without a full stop, and never hold personal data: name the field, not its value. What is too
 * long is cut between two UTF-8 characters. */
#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

#include <stdbool.h>
#include <stddef.h>

enum error_kind {
    ERR_NONE,            /* nothing went wrong */
    ERR_INPUT,           /* malformed: tell the sender which field (400) */
    ERR_UNPROCESSABLE,   /* well-formed but not possible: tell the sender what is (422) */
    ERR_UNAUTHENTICATED, /* who are you? (401) */
    ERR_FORBIDDEN,       /* you may not (403) */
    ERR_NOT_FOUND,       /* 404; also for what the caller may not know to exist */
    ERR_CONFLICT,        /* stale or in flight: reload and decide again (409) */
    ERR_TOO_LARGE,       /* over a size limit (413) */
    ERR_BUSY,            /* a queue or quota is full: come back later (429) */
    ERR_RETRY,           /* a dependency is away: wait and try again (503) */
    ERR_FATAL            /* our bug or a broken installation: stop (500) */
};

enum { ERROR_FIELDS_MAX = 8 };

struct error_field {
    char field[96]; /* JSON path or parameter: "location.lat", "media[2]" */
    char code[32];  /* stable for machines: "required", "too_long", "unknown_field" … */
    char text[144];
};

struct error {
    enum error_kind kind;
    char code[48];          /* stable for machines: "stale_version", "database_unavailable" … */
    char text[256];         /* for people */
    unsigned retry_after_s; /* ERR_BUSY, ERR_RETRY: 0 = let the edge choose */
    size_t field_count;
    struct error_field fields[ERROR_FIELDS_MAX];
};

void error_clear(struct error *err);
bool error_is_set(const struct error *err);

/* Sets kind, code and text unless err already holds an error. Always returns false, so that
 * `return error_set(err, …)` reads as what it does. */
bool error_set(struct error *err, enum error_kind kind, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds a bad field and makes err an ERR_INPUT "invalid_input" if it held nothing; an
 * ERR_UNPROCESSABLE may have fields too. Fields past ERROR_FIELDS_MAX are counted in the text only.
 * Always returns false. */
bool error_add_field(struct error *err, const char *field, const char *code, const char *format,
                     ...) __attribute__((format(printf, 4, 5)));

const char *error_kind_name(enum error_kind kind);

#endif
