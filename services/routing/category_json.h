/* SPDX-License-Identifier: Apache-2.0 */
/* category_json: can what reference/categories.json says be told, and what it asks be asked?
 *
 * Radius, kind and questions only: what else a category has the tables check. Pure. */
#ifndef ROUTING_CATEGORY_JSON_H
#define ROUTING_CATEGORY_JSON_H

#include "common/arena.h"
#include "common/error.h"

enum {
    QUESTIONS_MAX = 20,
    QUESTION_CHOICES_MAX = 30,
    QUESTIONS_SIZE_MAX = 40 * 1024 /* bytes of all texts of a category: an event holds 64 KiB */
};

/* What may be filed: the codes of the processes that are known to the contracts. */
extern const char *const submission_kind_words[];

/* False with ERR_INPUT: a radius beyond a kilometre, a kind that nobody knows, questions with one
 * code or place twice, a list with nothing to choose from, choices where there is no list, a remark
 * that wants an answer. */
bool category_check(const char *text, size_t size, struct arena *arena, struct error *err);

#endif
