/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/word_counts.h"

#include <stdlib.h>
#include <string.h>

void word_counts_init(struct word_counts *counts)
{
    *counts = (struct word_counts){0};
    arena_init(&counts->arena);
}

void word_counts_finish(struct word_counts *counts)
{
    arena_finish(&counts->arena);
}

static int by_word(const void *a, const void *b)
{
    return strcmp(((const struct word_share *)a)->word, ((const struct word_share *)b)->word);
}

/* 0: not among the common ones. */
static double share_of(const struct word_counts *counts, const char *word)
{
    struct word_share wanted = {.word = word};
    const struct word_share *found =
        counts->count == 0
            ? NULL
            : bsearch(&wanted, counts->shares, counts->count, sizeof *counts->shares, by_word);
    return found != NULL ? found->share : 0;
}

/* Words that have nothing to do with each other are the least that is expected: those that go
 * together are found more often, which the bound of the look-up takes care of. */
bool word_counts_are_rare(const struct word_counts *counts, const struct word_list *words)
{
    double rarest = 1, all = 1;
    for (size_t i = 0; i < words->count; i++) {
        double share = share_of(counts, words->items[i]);
        rarest = share < rarest ? share : rarest;
        all *= share;
    }
    return rarest * counts->cases <= WORDS_ENTRIES_MAX && all * counts->cases <= WORDS_FOUND_MAX;
}
