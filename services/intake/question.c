/* SPDX-License-Identifier: Apache-2.0 */
#include "question.h"

#include <string.h>

const char *const question_type_words[] = {"string",          "number",         "datetime", "text",
                                           "singlevaluelist", "multivaluelist", NULL};

bool question_is_list(const struct question *question)
{
    return question->type == QUESTION_SINGLE || question->type == QUESTION_MULTI;
}

const struct question *question_find(const struct questions *questions, const char *code)
{
    for (size_t i = 0; i < questions->count; i++) {
        if (strcmp(questions->items[i].code, code) == 0) {
            return &questions->items[i];
        }
    }
    return NULL;
}

const struct choice *question_choice(const struct question *question, const char *key)
{
    for (size_t i = 0; i < question->choice_count; i++) {
        if (strcmp(question->choices[i].key, key) == 0) {
            return &question->choices[i];
        }
    }
    return NULL;
}
