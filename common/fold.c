/* SPDX-License-Identifier: Apache-2.0 */
#include "common/fold.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/utf8.h"

enum { TONES_MAX = 4, SHORT_STROKE = 0x335 };

/* A letter that holds marks, taken apart; 0: none. Tones are the marks that a Vietnamese syllable
 * has one of; the others make another letter. */
struct composed {
    uint16_t point;
    char base;
    uint16_t shape, tone;
};

/* Lower-case letters of Latin-1, Latin Extended-A and Vietnamese, ascending: Unicode's canonical
 * decompositions, and the letters with a stroke, which have none. */
static const struct composed letters[] = {
    {0x0E0, 'a', 0x000, 0x300},  {0x0E1, 'a', 0x000, 0x301},  {0x0E2, 'a', 0x302, 0x000},
    {0x0E3, 'a', 0x000, 0x303},  {0x0E4, 'a', 0x308, 0x000},  {0x0E5, 'a', 0x30A, 0x000},
    {0x0E7, 'c', 0x327, 0x000},  {0x0E8, 'e', 0x000, 0x300},  {0x0E9, 'e', 0x000, 0x301},
    {0x0EA, 'e', 0x302, 0x000},  {0x0EB, 'e', 0x308, 0x000},  {0x0EC, 'i', 0x000, 0x300},
    {0x0ED, 'i', 0x000, 0x301},  {0x0EE, 'i', 0x302, 0x000},  {0x0EF, 'i', 0x308, 0x000},
    {0x0F1, 'n', 0x000, 0x303},  {0x0F2, 'o', 0x000, 0x300},  {0x0F3, 'o', 0x000, 0x301},
    {0x0F4, 'o', 0x302, 0x000},  {0x0F5, 'o', 0x000, 0x303},  {0x0F6, 'o', 0x308, 0x000},
    {0x0F8, 'o', 0x335, 0x000},  {0x0F9, 'u', 0x000, 0x300},  {0x0FA, 'u', 0x000, 0x301},
    {0x0FB, 'u', 0x302, 0x000},  {0x0FC, 'u', 0x308, 0x000},  {0x0FD, 'y', 0x000, 0x301},
    {0x0FF, 'y', 0x308, 0x000},  {0x101, 'a', 0x304, 0x000},  {0x103, 'a', 0x306, 0x000},
    {0x105, 'a', 0x328, 0x000},  {0x107, 'c', 0x000, 0x301},  {0x109, 'c', 0x302, 0x000},
    {0x10B, 'c', 0x307, 0x000},  {0x10D, 'c', 0x30C, 0x000},  {0x10F, 'd', 0x30C, 0x000},
    {0x111, 'd', 0x335, 0x000},  {0x113, 'e', 0x304, 0x000},  {0x115, 'e', 0x306, 0x000},
    {0x117, 'e', 0x307, 0x000},  {0x119, 'e', 0x328, 0x000},  {0x11B, 'e', 0x30C, 0x000},
    {0x11D, 'g', 0x302, 0x000},  {0x11F, 'g', 0x306, 0x000},  {0x121, 'g', 0x307, 0x000},
    {0x123, 'g', 0x327, 0x000},  {0x125, 'h', 0x302, 0x000},  {0x127, 'h', 0x335, 0x000},
    {0x129, 'i', 0x000, 0x303},  {0x12B, 'i', 0x304, 0x000},  {0x12D, 'i', 0x306, 0x000},
    {0x12F, 'i', 0x328, 0x000},  {0x135, 'j', 0x302, 0x000},  {0x137, 'k', 0x327, 0x000},
    {0x13A, 'l', 0x000, 0x301},  {0x13C, 'l', 0x327, 0x000},  {0x13E, 'l', 0x30C, 0x000},
    {0x142, 'l', 0x335, 0x000},  {0x144, 'n', 0x000, 0x301},  {0x146, 'n', 0x327, 0x000},
    {0x148, 'n', 0x30C, 0x000},  {0x14D, 'o', 0x304, 0x000},  {0x14F, 'o', 0x306, 0x000},
    {0x151, 'o', 0x30B, 0x000},  {0x155, 'r', 0x000, 0x301},  {0x157, 'r', 0x327, 0x000},
    {0x159, 'r', 0x30C, 0x000},  {0x15B, 's', 0x000, 0x301},  {0x15D, 's', 0x302, 0x000},
    {0x15F, 's', 0x327, 0x000},  {0x161, 's', 0x30C, 0x000},  {0x163, 't', 0x327, 0x000},
    {0x165, 't', 0x30C, 0x000},  {0x167, 't', 0x335, 0x000},  {0x169, 'u', 0x000, 0x303},
    {0x16B, 'u', 0x304, 0x000},  {0x16D, 'u', 0x306, 0x000},  {0x16F, 'u', 0x30A, 0x000},
    {0x171, 'u', 0x30B, 0x000},  {0x173, 'u', 0x328, 0x000},  {0x175, 'w', 0x302, 0x000},
    {0x177, 'y', 0x302, 0x000},  {0x17A, 'z', 0x000, 0x301},  {0x17C, 'z', 0x307, 0x000},
    {0x17E, 'z', 0x30C, 0x000},  {0x1A1, 'o', 0x31B, 0x000},  {0x1B0, 'u', 0x31B, 0x000},
    {0x1EA1, 'a', 0x000, 0x323}, {0x1EA3, 'a', 0x000, 0x309}, {0x1EA5, 'a', 0x302, 0x301},
    {0x1EA7, 'a', 0x302, 0x300}, {0x1EA9, 'a', 0x302, 0x309}, {0x1EAB, 'a', 0x302, 0x303},
    {0x1EAD, 'a', 0x302, 0x323}, {0x1EAF, 'a', 0x306, 0x301}, {0x1EB1, 'a', 0x306, 0x300},
    {0x1EB3, 'a', 0x306, 0x309}, {0x1EB5, 'a', 0x306, 0x303}, {0x1EB7, 'a', 0x306, 0x323},
    {0x1EB9, 'e', 0x000, 0x323}, {0x1EBB, 'e', 0x000, 0x309}, {0x1EBD, 'e', 0x000, 0x303},
    {0x1EBF, 'e', 0x302, 0x301}, {0x1EC1, 'e', 0x302, 0x300}, {0x1EC3, 'e', 0x302, 0x309},
    {0x1EC5, 'e', 0x302, 0x303}, {0x1EC7, 'e', 0x302, 0x323}, {0x1EC9, 'i', 0x000, 0x309},
    {0x1ECB, 'i', 0x000, 0x323}, {0x1ECD, 'o', 0x000, 0x323}, {0x1ECF, 'o', 0x000, 0x309},
    {0x1ED1, 'o', 0x302, 0x301}, {0x1ED3, 'o', 0x302, 0x300}, {0x1ED5, 'o', 0x302, 0x309},
    {0x1ED7, 'o', 0x302, 0x303}, {0x1ED9, 'o', 0x302, 0x323}, {0x1EDB, 'o', 0x31B, 0x301},
    {0x1EDD, 'o', 0x31B, 0x300}, {0x1EDF, 'o', 0x31B, 0x309}, {0x1EE1, 'o', 0x31B, 0x303},
    {0x1EE3, 'o', 0x31B, 0x323}, {0x1EE5, 'u', 0x000, 0x323}, {0x1EE7, 'u', 0x000, 0x309},
    {0x1EE9, 'u', 0x31B, 0x301}, {0x1EEB, 'u', 0x31B, 0x300}, {0x1EED, 'u', 0x31B, 0x309},
    {0x1EEF, 'u', 0x31B, 0x303}, {0x1EF1, 'u', 0x31B, 0x323}, {0x1EF3, 'y', 0x000, 0x300},
    {0x1EF5, 'y', 0x000, 0x323}, {0x1EF7, 'y', 0x000, 0x309}, {0x1EF9, 'y', 0x000, 0x303},
};

/* Marks by the capital letter that stands for them. */
static const struct {
    uint16_t point;
    char sign;
    bool is_tone;
} marks[] = {
    {0x300, 'F', true},  {0x301, 'S', true},  {0x303, 'X', true},         {0x309, 'R', true},
    {0x323, 'J', true},  {0x340, 'F', true},  {0x341, 'S', true},         {0x302, 'C', false},
    {0x306, 'B', false}, {0x31B, 'H', false}, {SHORT_STROKE, 'D', false},
};

/* ---- one code point ---- */

static const struct composed *find_letter(uint32_t point)
{
    size_t low = 0, high = sizeof letters / sizeof letters[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (letters[middle].point == point) {
            return &letters[middle];
        }
        if (letters[middle].point < point) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* Blocks in which a capital and its small letter are neighbours begin with either of them. */
static uint32_t lower(uint32_t point)
{
    bool even_first = (point >= 0x100 && point <= 0x137) || (point >= 0x14A && point <= 0x177) ||
                      (point >= 0x1A0 && point <= 0x1A5) || (point >= 0x1E00 && point <= 0x1EFF);
    bool odd_first = (point >= 0x139 && point <= 0x148) || (point >= 0x179 && point <= 0x17E) ||
                     point == 0x1AF || point == 0x1B0;
    if ((point >= 'A' && point <= 'Z') || (point >= 0xC0 && point <= 0xDE)) {
        return point + 0x20;
    }
    if (point == 0x178) {
        return 0xFF;
    }
    if (even_first) {
        return point | 1;
    }
    return odd_first ? point + (point & 1) : point;
}

static bool is_mark(uint32_t point)
{
    return point >= 0x300 && point <= 0x36F;
}

/* Letters and digits of any script; signs, punctuation and pictures are none. */
static bool is_letter(uint32_t point)
{
    if (point < 0x80) {
        return (point >= '0' && point <= '9') || (point >= 'A' && point <= 'Z') ||
               (point >= 'a' && point <= 'z');
    }
    return point >= 0xC0 && point != 0xD7 && point != 0xF7 && !is_mark(point) &&
           !(point >= 0x2000 && point <= 0x2BFF) && !(point >= 0x2E00 && point <= 0x2E7F) &&
           !(point >= 0x3000 && point <= 0x303F) && !(point >= 0xE000 && point <= 0xF8FF) &&
           !(point >= 0xFE00 && point <= 0xFE6F) && !(point >= 0xFF00 && point <= 0xFF0F) &&
           point < 0x1F000;
}

/* ---- a word as it grows ---- */

struct growing {
    struct fold_word *word;
    size_t plain_size, marked_size;
    char tones[TONES_MAX];
    size_t tone_count;
};

static void put(char *text, size_t *size, const char *bytes, size_t count)
{
    if (*size + count + TONES_MAX < FOLD_WORD_SIZE) {
        memcpy(text + *size, bytes, count);
        *size += count;
    }
}

static void put_mark(struct growing *growing, uint32_t point, const char *bytes, size_t size)
{
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (marks[i].point != point) {
            continue;
        }
        if (!marks[i].is_tone) {
            put(growing->word->marked, &growing->marked_size, &marks[i].sign, 1);
        } else if (growing->tone_count < TONES_MAX) {
            growing->tones[growing->tone_count++] = marks[i].sign;
        }
        return;
    }
    put(growing->word->marked, &growing->marked_size, bytes, size);
}

/* A mark of two bytes of UTF-8, as all of them are. */
static void put_mark_point(struct growing *growing, uint32_t point)
{
    const char bytes[] = {(char)(0xC0 | point >> 6), (char)(0x80 | (point & 0x3F))};
    if (point != 0) {
        put_mark(growing, point, bytes, sizeof bytes);
    }
}

static void put_letter(struct growing *growing, uint32_t point, const char *bytes, size_t size)
{
    uint32_t small = lower(point);
    const struct composed *letter = small < 0x80 ? NULL : find_letter(small);
    char base = letter != NULL ? letter->base : (char)small;
    const char two[] = {(char)(0xC0 | small >> 6), (char)(0x80 | (small & 0x3F))};
    if (letter != NULL || small < 0x80) {
        bytes = &base;
        size = 1;
    } else if (small < 0x800) {
        bytes = two;
        size = sizeof two;
    }
    put(growing->word->plain, &growing->plain_size, bytes, size);
    put(growing->word->marked, &growing->marked_size, bytes, size);
    if (letter != NULL) {
        put_mark_point(growing, letter->shape);
        put_mark_point(growing, letter->tone);
    }
}

static void end_word(struct growing *growing)
{
    struct fold_word *word = growing->word;
    memcpy(word->marked + growing->marked_size, growing->tones, growing->tone_count);
    word->marked[growing->marked_size + growing->tone_count] = '\0';
    word->plain[growing->plain_size] = '\0';
}

bool fold_next(const char **at, const char *end, struct fold_word *word)
{
    struct growing growing = {.word = word};
    while (*at < end) {
        uint32_t point;
        size_t size = utf8_decode(*at, (size_t)(end - *at), &point);
        size = size > 0 ? size : 1;
        if (is_letter(point)) {
            put_letter(&growing, point, *at, size);
        } else if (is_mark(point) && growing.plain_size > 0) {
            put_mark(&growing, point, *at, size);
        } else if (growing.plain_size > 0) {
            break;
        }
        *at += size;
    }
    end_word(&growing);
    return growing.plain_size > 0;
}

bool fold_has_marks(const struct fold_word *word)
{
    return strcmp(word->plain, word->marked) != 0;
}
