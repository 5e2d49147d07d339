/* SPDX-License-Identifier: Apache-2.0 */
/* utf8: is this text, and how long is it?
 *
 * RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. Sizes are bytes, lengths
 * are code points. Pure. */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes the first code point of size > 0 bytes; its size in bytes, or 0 when it is malformed. */
size_t utf8_decode(const char *text, size_t size, uint32_t *point);

bool utf8_is_valid(const char *text, size_t size);

/* Code points of valid text. */
size_t utf8_length(const char *text, size_t size);

/* Whether valid text holds a control character, C0, DEL or C1, that is none of `but`. */
bool utf8_has_control(const char *text, size_t size, const char *but);

/* The longest prefix of valid text that fits into size_max bytes without cutting a code point. */
size_t utf8_fit(const char *text, size_t size, size_t size_max);

#endif
