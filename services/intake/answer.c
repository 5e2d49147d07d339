/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/utf8.h"

struct taking {
    const struct questions *questions;
    const struct said_list *said;
    struct arena *arena;
    struct error *err;
};

static bool fault(const struct taking *taking, const char *asked, const char *code,
                  const char *text)
{
    const char *field =
        arena_format(taking->arena, "%s%.*s", taking->said->prefix, QUESTION_CODE_MAX, asked);
    return error_add_field(taking->err, field, code, "%s", text);
}

/* ---- what one text must be like ---- */

/* A decimal number with a point, nothing else: no comma, no exponent, no NaN. */
static bool is_number(const char *text)
{
    char *end;
    if (strlen(text) > ANSWER_NUMBER_MAX || strspn(text, "+-.0123456789") != strlen(text)) {
        return false;
    }
    double value = strtod(text, &end);
    return end != text && *end == '\0' && value >= -ANSWER_NUMBER_LIMIT &&
           value <= ANSWER_NUMBER_LIMIT;
}

static bool check_words(const struct taking *taking, const struct question *question,
                        const char *text)
{
    bool is_text = question->type == QUESTION_TEXT;
    size_t size = strlen(text);
    size_t max = is_text ? ANSWER_TEXT_MAX : ANSWER_STRING_MAX;
    if (utf8_length(text, size) > max) {
        return fault(taking, question->code, "too_long",
                     is_text ? "must have at most 1000 characters"
                             : "must have at most 200 characters");
    }
    return !utf8_has_control(text, size, is_text ? "\t\n\r" : "") ||
           fault(taking, question->code, "control_character", "holds a control character");
}

static bool check_value(const struct taking *taking, const struct question *question,
                        const char *text)
{
    int64_t instant;
    switch (question->type) {
    case QUESTION_NUMBER:
        return is_number(text) || fault(taking, question->code, "not_a_number",
                                        "must be a decimal number within 1000000000000");
    case QUESTION_DATETIME:
        return clock_parse(text, strlen(text), &instant) ||
               fault(taking, question->code, "bad_instant", "must be RFC 3339 with a zone");
    case QUESTION_SINGLE:
    case QUESTION_MULTI:
        return question_choice(question, text) != NULL ||
               fault(taking, question->code, "not_allowed", "is none of the keys to choose from");
    case QUESTION_STRING:
    case QUESTION_TEXT:
        break;
    }
    return check_words(taking, question, text);
}

/* ---- one answer ---- */

static bool holds(const char *const *values, size_t count, const char *value)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(values[i], value) == 0) {
            return true;
        }
    }
    return false;
}

/* The texts that say something, each once; more than a list can hold are as bad as one too many. */
static size_t gather(const struct taking *taking, const struct question *question,
                     const char **values)
{
    enum { ENOUGH = QUESTION_CHOICES_MAX + 1 };
    size_t count = 0;
    for (size_t i = 0; i < taking->said->count; i++) {
        const struct said *said = &taking->said->items[i];
        for (size_t v = 0; strcmp(said->code, question->code) == 0 && v < said->count; v++) {
            if (count < ENOUGH && said->values[v][0] != '\0' &&
                !holds(values, count, said->values[v])) {
                values[count++] = said->values[v];
            }
        }
    }
    return count;
}

static void take_answer(const struct taking *taking, const struct question *question,
                        struct answer *answer)
{
    const char **values = arena_array(taking->arena, QUESTION_CHOICES_MAX + 1, sizeof *values);
    size_t count = gather(taking, question, values);
    bool good = true;
    if (!question->variable) {
        good = count == 0 ||
               fault(taking, question->code, "not_allowed", "is a remark, not a question");
    } else if (count == 0 && question->required) {
        good = fault(taking, question->code, "required", "required");
    } else if (count > 1 && question->type != QUESTION_MULTI) {
        good = fault(taking, question->code, "too_many", "takes one answer");
    }
    for (size_t i = 0; good && i < count; i++) {
        good = check_value(taking, question, values[i]);
    }
    *answer = (struct answer){question, values, good && question->variable ? count : 0};
}

static void refuse_unknown(const struct taking *taking)
{
    for (size_t i = 0; i < taking->said->count; i++) {
        if (question_find(taking->questions, taking->said->items[i].code) == NULL) {
            fault(taking, taking->said->items[i].code, "unknown_field",
                  "is no question of the category");
        }
    }
}

bool answers_take(struct answers *answers, const struct questions *questions,
                  const struct said_list *said, struct arena *arena, struct error *err)
{
    const struct taking taking = {questions, said, arena, err};
    struct answer *items = arena_array(arena, questions->count, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < questions->count; i++) {
        take_answer(&taking, &questions->items[i], &items[count]);
        count += items[count].count > 0;
    }
    if (!said->skip_unknown) {
        refuse_unknown(&taking);
    }
    *answers = (struct answers){items, count};
    return !error_is_set(err);
}
