/* SPDX-License-Identifier: Apache-2.0 */
#include "likeness.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/fold.h"

enum { PAIRS_MAX = 1024 };

static uint64_t mix(uint64_t hash, const char *word)
{
    for (; *word != '\0'; word++) {
        hash = (hash ^ (uint8_t)*word) * UINT64_C(1099511628211); /* FNV-1a */
    }
    return (hash ^ ' ') * UINT64_C(1099511628211);
}

static int by_value(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

/* The text's pairs of words, hashed, ascending, each once. */
static size_t read_pairs(const char *text, uint64_t pairs[PAIRS_MAX])
{
    struct fold_word words[2];
    const char *at = text, *end = text + strlen(text);
    size_t count = 0, read = 0, kept = 0;
    while (count < PAIRS_MAX && fold_next(&at, end, &words[read % 2])) {
        uint64_t hash = UINT64_C(14695981039346656037);
        if (read++ > 0) {
            hash = mix(hash, words[read % 2].plain); /* the one before */
            pairs[count++] = mix(hash, words[(read + 1) % 2].plain);
        }
    }
    if (read == 1) {
        pairs[count++] = mix(0, words[0].plain);
    }
    qsort(pairs, count, sizeof *pairs, by_value);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || pairs[kept - 1] != pairs[i]) {
            pairs[kept++] = pairs[i];
        }
    }
    return kept;
}

double text_likeness(const char *a, const char *b)
{
    uint64_t left[PAIRS_MAX], right[PAIRS_MAX];
    size_t left_count = read_pairs(a, left), right_count = read_pairs(b, right), both = 0;
    for (size_t i = 0, j = 0; i < left_count && j < right_count;) {
        both += left[i] == right[j];
        bool first = left[i] <= right[j], second = right[j] <= left[i];
        i += first;
        j += second;
    }
    size_t either = left_count + right_count - both;
    return either == 0 ? 1 : (double)both / (double)either;
}
