/* SPDX-License-Identifier: Apache-2.0 */
#include "common/cursor.h"

#include <endian.h>
#include <string.h>

#include "common/base64.h"
#include "common/clock.h"

enum { PACKED_SIZE = sizeof(int64_t) + sizeof(struct uuid) };

char *cursor_format(const struct cursor *cursor, char text[CURSOR_TEXT_SIZE])
{
    uint8_t packed[PACKED_SIZE];
    uint64_t at = htobe64((uint64_t)cursor->at_us);
    memcpy(packed, &at, sizeof at);
    memcpy(packed + sizeof at, cursor->id.bytes, sizeof cursor->id.bytes);
    return base64_format(packed, sizeof packed, text);
}

bool cursor_parse(const char *text, struct cursor *cursor, bool *given, struct error *err)
{
    struct arena arena;
    void *packed;
    size_t size;
    uint64_t at;

    *given = text != NULL && text[0] != '\0';
    if (!*given) {
        return true;
    }
    arena_init(&arena);
    bool good = strlen(text) == CURSOR_TEXT_SIZE - 1 &&
                base64_parse(text, strlen(text), &arena, &packed, &size) && size == PACKED_SIZE;
    if (good) {
        memcpy(&at, packed, sizeof at);
        cursor->at_us = (int64_t)be64toh(at);
        good =
            cursor->at_us >= 0 && cursor->at_us <= CLOCK_LAST_US; /* PostgreSQL takes little more */
        memcpy(cursor->id.bytes, (const uint8_t *)packed + sizeof at, sizeof cursor->id.bytes);
    }
    if (!good) {
        error_add_field(err, "cursor", "bad_cursor", "is not a cursor of this list");
    }
    arena_finish(&arena);
    return good;
}
