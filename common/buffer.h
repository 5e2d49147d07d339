/* SPDX-License-Identifier: Apache-2.0 */
/* buffer: growing bytes for output (JSON, HTTP bodies, binary parameters).
 *
 * Owns its memory; init/finish, reset keeps the memory. Always NUL-terminated after a put, so
 * `data` can be passed as text. Grows by doubling; running out of memory stops the process. */
#ifndef COMMON_BUFFER_H
#define COMMON_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
    char *data;
    size_t size;     /* bytes used */
    size_t capacity; /* bytes allocated */
};

void buffer_init(struct buffer *buffer);
void buffer_finish(struct buffer *buffer);
void buffer_reset(struct buffer *buffer);
void buffer_reserve(struct buffer *buffer, size_t more);

void buffer_put(struct buffer *buffer, const void *bytes, size_t size);
void buffer_put_text(struct buffer *buffer, const char *text);
void buffer_put_char(struct buffer *buffer, char c);
void buffer_put_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Big-endian, as PostgreSQL's binary formats want them. */
void buffer_put_u16(struct buffer *buffer, uint16_t value);
void buffer_put_u32(struct buffer *buffer, uint32_t value);
void buffer_put_u64(struct buffer *buffer, uint64_t value);

#endif
