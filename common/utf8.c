/* SPDX-License-Identifier: Apache-2.0 */
#include "common/utf8.h"

#include <string.h>

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

size_t utf8_decode(const char *text, size_t size, uint32_t *point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = (unsigned char)text[0];
    if (lead < 0x80) {
        *point = lead;
        return 1;
    }
    size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC0 || lead > 0xF4 || wanted > size) {
        return 0;
    }
    *point = lead & (0x7Fu >> wanted);
    for (size_t i = 1; i < wanted; i++) {
        if (!is_continuation(text[i])) {
            return 0;
        }
        *point = *point << 6 | ((unsigned char)text[i] & 0x3F);
    }
    bool surrogate = *point >= 0xD800 && *point <= 0xDFFF;
    return *point < smallest[wanted] || *point > 0x10FFFF || surrogate ? 0 : wanted;
}

bool utf8_is_valid(const char *text, size_t size)
{
    const char *end = text + size;
    while (text < end) {
        uint64_t eight;
        uint32_t point;
        if (end - text >= 8) { /* most of our bytes are ASCII: eight at a time */
            memcpy(&eight, text, sizeof eight);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                text += 8;
                continue;
            }
        }
        size_t step = utf8_decode(text, (size_t)(end - text), &point);
        if (step == 0) {
            return false;
        }
        text += step;
    }
    return true;
}

size_t utf8_length(const char *text, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        length += ((unsigned char)text[i] & 0xC0) != 0x80; /* continuation bytes add nothing */
    }
    return length;
}

bool utf8_has_control(const char *text, size_t size, const char *but)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        bool c0 = c < 0x20 && (c == '\0' || strchr(but, c) == NULL);
        bool c1 = c == 0xC2 && (unsigned char)text[i + 1] < 0xA0;
        if (c0 || c1 || c == 0x7F) {
            return true;
        }
    }
    return false;
}

size_t utf8_fit(const char *text, size_t size, size_t size_max)
{
    if (size <= size_max) {
        return size;
    }
    while (size_max > 0 && is_continuation(text[size_max])) {
        size_max--;
    }
    return size_max;
}
