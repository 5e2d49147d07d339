/* SPDX-License-Identifier: Apache-2.0 */
#include "question_json.h"

#include <stdlib.h>
#include <string.h>

#define LETTERS    "abcdefghijklmnopqrstuvwxyz"
#define CODE_BYTES LETTERS "0123456789_"

static const char *read_code(struct json_reader *reader, const char *name, const char *first)
{
    const char *code = json_read_text(reader, name, JSON_REQUIRED, 1, QUESTION_CODE_MAX);
    if (code != NULL &&
        (strspn(code, CODE_BYTES) != strlen(code) || strchr(first, code[0]) == NULL)) {
        json_read_fault(reader, name, "bad_code", "must be lower-case letters, digits and _");
    }
    return code;
}

static void read_names(struct json_reader *parent, const char *name, enum json_presence presence,
                       const char **vi, const char **en)
{
    struct json_reader names;
    if (json_read_object(parent, name, presence, &names)) {
        *vi = json_read_text(&names, "vi", JSON_REQUIRED, 1, QUESTION_NAME_MAX);
        *en = json_read_text(&names, "en", JSON_REQUIRED, 1, QUESTION_NAME_MAX);
        json_read_end(&names);
    }
}

static void read_choices(struct json_reader *reader, struct question *question)
{
    size_t count = json_read_array(reader, "choices", JSON_OPTIONAL, QUESTION_CHOICES_MAX);
    struct choice *choices = arena_array(reader->arena, count, sizeof *choices);
    for (size_t i = 0; i < count; i++) {
        struct json_reader item;
        if (json_read_item(reader, "choices", i, &item)) {
            choices[i].key = read_code(&item, "key", CODE_BYTES);
            read_names(&item, "name", JSON_REQUIRED, &choices[i].name_vi, &choices[i].name_en);
            json_read_end(&item);
        }
    }
    if (count == 0 && question->variable && question_is_list(question) && !reader->faulty) {
        json_read_fault(reader, "choices", "required", "a list has something to choose from");
    }
    question->choices = choices;
    question->choice_count = count;
}

static void read_question(struct json_reader *reader, struct question *question)
{
    question->code = read_code(reader, "code", LETTERS);
    question->variable = json_read_bool(reader, "variable", JSON_REQUIRED, true);
    int type = json_read_word(reader, "datatype", JSON_REQUIRED, question_type_words);
    question->type = type < 0 ? QUESTION_STRING : (enum question_type)type;
    question->required = json_read_bool(reader, "required", JSON_REQUIRED, false);
    question->order = (int)json_read_int(reader, "order", JSON_REQUIRED, 1, QUESTION_ORDER_MAX, 1);
    read_names(reader, "prompt", JSON_REQUIRED, &question->prompt_vi, &question->prompt_en);
    read_names(reader, "hint", JSON_OPTIONAL, &question->hint_vi, &question->hint_en);
    read_choices(reader, question);
}

static int by_order(const void *left, const void *right)
{
    const struct question *a = left, *b = right;
    return (a->order > b->order) - (a->order < b->order);
}

struct questions questions_read(struct json_reader *category)
{
    size_t count = json_read_array(category, "questions", JSON_OPTIONAL, QUESTIONS_MAX);
    struct question *items = arena_array(category->arena, count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        struct json_reader item;
        if (json_read_item(category, "questions", i, &item)) {
            read_question(&item, &items[i]);
            json_read_end(&item);
        }
    }
    if (count > 1) {
        qsort(items, count, sizeof *items, by_order);
    }
    return (struct questions){items, count};
}

static void put_names(struct json_writer *writer, const char *name, const char *vi, const char *en)
{
    json_open_object(writer, name);
    json_put_text(writer, "vi", vi);
    json_put_text(writer, "en", en);
    json_close_object(writer);
}

static void put_choices(struct json_writer *writer, const struct question *question)
{
    json_open_array(writer, "choices");
    for (size_t i = 0; i < question->choice_count; i++) {
        json_open_object(writer, NULL);
        json_put_text(writer, "key", question->choices[i].key);
        put_names(writer, "name", question->choices[i].name_vi, question->choices[i].name_en);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_question(struct json_writer *writer, const struct question *question)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "code", question->code);
    json_put_bool(writer, "variable", question->variable);
    json_put_text(writer, "datatype", question_type_words[question->type]);
    json_put_bool(writer, "required", question->required);
    json_put_int(writer, "order", question->order);
    put_names(writer, "prompt", question->prompt_vi, question->prompt_en);
    if (question->hint_vi != NULL) {
        put_names(writer, "hint", question->hint_vi, question->hint_en);
    }
    if (question->choice_count > 0) {
        put_choices(writer, question);
    }
    json_close_object(writer);
}

void questions_put(struct json_writer *writer, const char *name, const struct questions *questions)
{
    json_open_array(writer, name);
    for (size_t i = 0; i < questions->count; i++) {
        put_question(writer, &questions->items[i]);
    }
    json_close_array(writer);
}
