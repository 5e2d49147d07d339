/* SPDX-License-Identifier: Apache-2.0 */
/* answer: what somebody said to the questions of a category.
 *
 * Whichever way it came, as JSON or as a form, it is texts by code here; what they must be like is
 * the question's type. Pure but for the arena. */
#ifndef INTAKE_ANSWER_H
#define INTAKE_ANSWER_H

#include "common/arena.h"
#include "common/error.h"
#include "question.h"

enum {
    ANSWER_STRING_MAX = 200, /* code points, as all of these */
    ANSWER_TEXT_MAX = 1000,
    ANSWER_NUMBER_MAX = 32 /* bytes */
};
#define ANSWER_NUMBER_LIMIT 1e12 /* either way */

/* Texts to one code. */
struct said {
    const char *code;
    const char *const *values;
    size_t count;
};

struct answer {
    const struct question *question; /* borrowed */
    const char *const *values;       /* of a list the keys, each once */
    size_t count;
};

struct answers {
    const struct answer *items; /* in the order of the questions */
    size_t count;
};

/* What was said, and how its faults are named: prefix "answers." makes "answers.issue". */
struct said_list {
    const struct said *items;
    size_t count;
    const char *prefix;
    bool skip_unknown; /* what is no question of the category: others ask it of their residents */
};

/* Answers out of what was said, texts borrowed from it. False with a field error for each that is
 * required and missing, of a wrong form, too long, none of the choices, or unknown. Empty texts say
 * nothing. */
bool answers_take(struct answers *answers, const struct questions *questions,
                  const struct said_list *said, struct arena *arena, struct error *err);

#endif
