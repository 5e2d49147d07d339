/* SPDX-License-Identifier: Apache-2.0 */
#include "common/words.h"

#include <stddef.h>
#include <string.h>

int word_index(const char *const *words, const char *word)
{
    int index = 0;
    while (words[index] != NULL && strcmp(words[index], word) != 0) {
        index++;
    }
    return index;
}
