/* SPDX-License-Identifier: Apache-2.0 */
/* question: what a category asks beside the description.
 *
 * Its types are those of Open311 GeoReport v2. A remark (not variable) is only told. Pure; texts
 * are borrowed from whoever read the questions. */
#ifndef INTAKE_QUESTION_H
#define INTAKE_QUESTION_H

#include <stdbool.h>
#include <stddef.h>

enum {
    QUESTIONS_MAX = 20,
    QUESTION_CODE_MAX = 32,
    QUESTION_CHOICES_MAX = 30,
    QUESTION_ORDER_MAX = 1000,
    QUESTION_NAME_MAX = 200 /* code points */
};

enum question_type {
    QUESTION_STRING,
    QUESTION_NUMBER,
    QUESTION_DATETIME,
    QUESTION_TEXT, /* of several lines */
    QUESTION_SINGLE,
    QUESTION_MULTI
};
extern const char *const question_type_words[]; /* "singlevaluelist" …; NULL ends the list */

/* What may be chosen of a list. */
struct choice {
    const char *key;
    const char *name_vi, *name_en;
};

struct question {
    const char *code;
    bool variable, required;
    enum question_type type;
    int order;
    const char *prompt_vi, *prompt_en;
    const char *hint_vi, *hint_en; /* may be NULL */
    const struct choice *choices;  /* of the two lists */
    size_t choice_count;
};

/* In their order. */
struct questions {
    const struct question *items;
    size_t count;
};

bool question_is_list(const struct question *question);
/* NULL when there is none. */
const struct question *question_find(const struct questions *questions, const char *code);
const struct choice *question_choice(const struct question *question, const char *key);

#endif
