/* SPDX-License-Identifier: Apache-2.0 */
/* cursor: where the next page of a list begins.
 *
 * Lists are paged by key, never by OFFSET: a row is placed by an instant and an id, and the next
 * page holds what comes after that place. To a client the cursor is an opaque text. */
#ifndef COMMON_CURSOR_H
#define COMMON_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/uuid.h"

enum { CURSOR_TEXT_SIZE = 33 }; /* 32 characters of base64url and NUL */

struct cursor {
    int64_t at_us;
    struct uuid id;
};

char *cursor_format(const struct cursor *cursor, char text[CURSOR_TEXT_SIZE]);

/* NULL or "" gives *given false. Anything but a text of ours adds the field error "cursor". */
bool cursor_parse(const char *text, struct cursor *cursor, bool *given, struct error *err);

#endif
