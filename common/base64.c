/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base64.h"

#include <stdint.h>

char *base64_format(const void *bytes, size_t size, char *text)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const uint8_t *from = bytes;
    char *to = text;
    uint32_t bits = 0;
    unsigned held = 0;

    for (size_t i = 0; i < size; i++) {
        bits = bits << 8 | from[i];
        for (held += 8; held >= 6; held -= 6) {
            *to++ = alphabet[bits >> (held - 6) & 63];
        }
    }
    if (held > 0) {
        *to++ = alphabet[bits << (6 - held) & 63];
    }
    *to = '\0';
    return text;
}

/* The six bits of a character, or -1. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    if (c == '-' || c == '+') {
        return 62;
    }
    return c == '_' || c == '/' ? 63 : -1;
}

bool base64_parse(const char *text, size_t size, struct arena *arena, void **bytes,
                  size_t *byte_count)
{
    if (size % 4 == 0) {
        for (int padding = 0; padding < 2 && size > 0 && text[size - 1] == '='; padding++) {
            size--;
        }
    }
    if (size % 4 == 1) {
        return false;
    }
    uint8_t *to = arena_alloc(arena, size / 4 * 3 + 3);
    size_t count = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < size; i++) {
        int value = value_of(text[i]);
        if (value < 0) {
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            to[count++] = (uint8_t)(bits >> held);
        }
    }
    *bytes = to;
    *byte_count = count;
    return (bits & ((1U << held) - 1)) == 0;
}
