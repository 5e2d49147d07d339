/* SPDX-License-Identifier: Apache-2.0 */
/* fold: the words of a text, as people look for them.
 *
 * A word is a run of letters and digits. It has two forms, both in lower case: marked, with its
 * accents, and plain, without ("đường" is plain "duong"). The marked form is the same for whatever
 * means the same to a reader: letters in one piece or with combining marks, in any order of the
 * marks
 * ("ậ"), the tone on either vowel ("hòa", "hoà"). It is for comparing, not for showing: a mark is a
 * capital letter behind its letter, a tone stands at the end of the word. Letters outside of the
 * Latin script stay as they are. Pure. */
#ifndef COMMON_FOLD_H
#define COMMON_FOLD_H

#include <stdbool.h>

enum { FOLD_WORD_SIZE = 64 };

/* What does not fit is cut off, of equal words at the same place. */
struct fold_word {
    char plain[FOLD_WORD_SIZE];
    char marked[FOLD_WORD_SIZE]; /* equal to plain when the word has no marks */
};

/* Reads the next word of valid UTF-8 and moves *at behind it; false: there is none before end. */
bool fold_next(const char **at, const char *end, struct fold_word *word);

bool fold_has_marks(const struct fold_word *word);

#endif
