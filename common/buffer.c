/* SPDX-License-Identifier: Apache-2.0 */
#include "common/buffer.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"

void buffer_init(struct buffer *buffer)
{
    *buffer = (struct buffer){0};
}

void buffer_finish(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer);
}

void buffer_reset(struct buffer *buffer)
{
    buffer->size = 0;
    if (buffer->data != NULL) {
        buffer->data[0] = '\0';
    }
}

void buffer_reserve(struct buffer *buffer, size_t more)
{
    size_t wanted = buffer->size + more + 1; /* a final NUL */
    if (wanted <= buffer->capacity) {
        return;
    }
    size_t capacity = buffer->capacity < 128 ? 256 : buffer->capacity * 2;
    buffer->capacity = capacity < wanted ? wanted : capacity;
    buffer->data = memory_grow(buffer->data, buffer->capacity, 1);
}

void buffer_put(struct buffer *buffer, const void *bytes, size_t size)
{
    buffer_reserve(buffer, size);
    if (size > 0) {
        memcpy(buffer->data + buffer->size, bytes, size);
    }
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
}

void buffer_put_text(struct buffer *buffer, const char *text)
{
    buffer_put(buffer, text, strlen(text));
}

void buffer_put_char(struct buffer *buffer, char c)
{
    buffer_put(buffer, &c, 1);
}

void buffer_put_format(struct buffer *buffer, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    buffer_reserve(buffer, (size_t)size);
    vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, again);
    va_end(again);
    buffer->size += (size_t)size;
}

void buffer_put_u16(struct buffer *buffer, uint16_t value)
{
    uint16_t big = htobe16(value);
    buffer_put(buffer, &big, sizeof big);
}

void buffer_put_u32(struct buffer *buffer, uint32_t value)
{
    uint32_t big = htobe32(value);
    buffer_put(buffer, &big, sizeof big);
}

void buffer_put_u64(struct buffer *buffer, uint64_t value)
{
    uint64_t big = htobe64(value);
    buffer_put(buffer, &big, sizeof big);
}
