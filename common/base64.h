/* SPDX-License-Identifier: Apache-2.0 */
/* base64: bytes as text, in the two alphabets of RFC 4648.
 *
 * Writing is base64url without padding (section 5). Reading takes both alphabets, with or without
 * padding, and nothing else: no line breaks, no stray bits in the last character. */
#ifndef COMMON_BASE64_H
#define COMMON_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"

/* Characters, without a final NUL, for that many bytes. */
#define BASE64_SIZE(bytes) (((bytes)*4 + 2) / 3)

/* text has room for BASE64_SIZE(size) + 1. Returns text. */
char *base64_format(const void *bytes, size_t size, char *text);

/* Bytes in the arena; false when text is not base64. */
bool base64_parse(const char *text, size_t size, struct arena *arena, void **bytes,
                  size_t *byte_count);

#endif
