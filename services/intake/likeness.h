/* SPDX-License-Identifier: Apache-2.0 */
/* likeness: how much of two texts is the same, whatever its accents, case and punctuation.
 *
 * The share of pairs of neighbouring words that both have, of all that either has (Jaccard). Of
 * texts of one word the word itself. Pure. */
#ifndef INTAKE_LIKENESS_H
#define INTAKE_LIKENESS_H

/* 0 nothing to 1 all of it; two texts without a word are alike. */
double text_likeness(const char *a, const char *b);

#endif
