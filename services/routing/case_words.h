/* SPDX-License-Identifier: Apache-2.0 */
/* case_words: by which words a case is found.
 *
 * Those of what was filed, each once, plain (common/fold.h) and, if it has accents, marked too. Who
 * looks for a word with accents means just that word; who types none means
 * all its forms; who types a ticket means that case. Pure. */
#ifndef ROUTING_CASE_WORDS_H
#define ROUTING_CASE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"

enum {
    CASE_WORDS_MAX = 256, /* of a form, per case; by further ones it is not found */
    CASE_WORDS_SLOTS = 2 * CASE_WORDS_MAX
};

/* Distinct words in the order in which they came. */
struct word_list {
    const char *items[CASE_WORDS_MAX];
    size_t count;
    uint16_t slots[CASE_WORDS_SLOTS]; /* by hash: index + 1; 0: free */
};

struct case_words {
    struct arena *arena;
    struct word_list plain, marked;
    const char *ticket; /* the last one in the text, in capitals; NULL: none */
};

void case_words_init(struct case_words *words, struct arena *arena);

/* Adds what is not there yet, copied into the arena; NULL adds nothing. A ticket between blanks is
 * no word but the ticket. */
void case_words_add(struct case_words *words, const char *text);

/* The words joined by blanks. */
char *word_list_join(const struct word_list *list, struct arena *arena);

#endif
