/* SPDX-License-Identifier: Apache-2.0 */
/* varint: small numbers in few bytes: seven bits a byte, the lowest first; signed ones zigzag (as
 * Protocol Buffers do). Pure. */
#ifndef ANALYTICS_VARINT_H
#define ANALYTICS_VARINT_H

#include <stdbool.h>

#include "common/arena.h"
#include "common/buffer.h"

enum { VARINT_SIZE_MAX = 10 };

struct varint_reader {
    const uint8_t *at, *end;
    bool failed; /* there was less, or a number of more than 64 bits; all reads give 0 from then on
                  */
};

void varint_put(struct buffer *out, uint64_t value);
void varint_put_signed(struct buffer *out, int64_t value);
void varint_put_text(struct buffer *out, const char *text); /* its size + 1 first; NULL: 0 */

void varint_read(struct varint_reader *reader, const void *bytes, size_t size);
uint64_t varint_get(struct varint_reader *reader);
int64_t varint_get_signed(struct varint_reader *reader);
const void *varint_get_bytes(struct varint_reader *reader, size_t size); /* where they lie */
const char *varint_get_text(struct varint_reader *reader, struct arena *arena);

#endif
