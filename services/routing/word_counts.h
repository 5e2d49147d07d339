/* SPDX-License-Identifier: Apache-2.0 */
/* word_counts: how common are the words by which cases are found?
 *
 * Rare words are looked up in the index of words; common ones are met soon enough on a walk through
 * the queue, and their entries in the index are long. The shares are PostgreSQL's own statistics.
 * Pure. */
#ifndef ROUTING_WORD_COUNTS_H
#define ROUTING_WORD_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "services/routing/case_words.h"

struct word_share {
    const char *word;
    double share; /* of all cases */
};

struct word_counts {
    struct arena arena;
    struct word_share *shares; /* of common words, ascending by word */
    size_t count;
    double cases;
};

enum {
    WORDS_FOUND_MAX = 2000,    /* cases that the index may give: more are walked through */
    WORDS_ENTRIES_MAX = 30000, /* of the rarest word: reading more takes too long */
};

void word_counts_init(struct word_counts *counts);
void word_counts_finish(struct word_counts *counts);

/* Whether all of the plain words together are rare, as far as can be told. */
bool word_counts_are_rare(const struct word_counts *counts, const struct word_list *words);

#endif
