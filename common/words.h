/* SPDX-License-Identifier: Apache-2.0 */
/* words: enumerations by name. A list of words, one per value and NULL after the last, serves JSON,
 * the database and queries alike. */
#ifndef COMMON_WORDS_H
#define COMMON_WORDS_H

/* The word's place in the list; the place of the NULL when it is none of them. */
int word_index(const char *const *words, const char *word);

#endif
