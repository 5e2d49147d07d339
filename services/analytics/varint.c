/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/varint.h"

#include <string.h>

void varint_put(struct buffer *out, uint64_t value)
{
    uint8_t bytes[VARINT_SIZE_MAX];
    size_t size = 0;
    do {
        bytes[size++] = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>= 7;
    } while (value != 0);
    buffer_put(out, bytes, size);
}

void varint_put_signed(struct buffer *out, int64_t value)
{
    varint_put(out, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

void varint_put_text(struct buffer *out, const char *text)
{
    size_t size = text != NULL ? strlen(text) : 0;
    varint_put(out, text != NULL ? size + 1 : 0);
    buffer_put(out, text, size);
}

void varint_read(struct varint_reader *reader, const void *bytes, size_t size)
{
    const uint8_t *first = bytes;
    *reader = (struct varint_reader){.at = first, .end = size > 0 ? first + size : first};
}

uint64_t varint_get(struct varint_reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && reader->at < reader->end && !reader->failed;
         shift += 7) {
        uint8_t byte = *reader->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return value;
        }
    }
    reader->failed = true;
    return 0;
}

int64_t varint_get_signed(struct varint_reader *reader)
{
    uint64_t value = varint_get(reader);
    return (int64_t)((value >> 1) ^ (0 - (value & 1)));
}

const void *varint_get_bytes(struct varint_reader *reader, size_t size)
{
    const void *bytes = reader->at;
    if (reader->failed || size > (size_t)(reader->end - reader->at)) {
        reader->failed = true;
        return NULL;
    }
    reader->at += size;
    return bytes;
}

const char *varint_get_text(struct varint_reader *reader, struct arena *arena)
{
    uint64_t size = varint_get(reader);
    if (size == 0) {
        return NULL;
    }
    const void *bytes = varint_get_bytes(reader, (size_t)size - 1);
    return bytes != NULL ? arena_copy(arena, bytes, (size_t)size - 1) : NULL;
}
