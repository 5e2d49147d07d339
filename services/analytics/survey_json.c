/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/survey_json.h"

#include <string.h>

#include "common/json.h"
#include "services/analytics/bilingual_json.h"
#include "services/analytics/code_json.h"
#include "services/analytics/facts.h"

enum { CODE_MAX = 32, QUESTIONS_MAX = 30, CHOICES_MIN = 2, CHOICES_MAX = 30, STRATA_MAX = 200 };

#define DIGITS "0123456789"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* ---- codes, with the patterns of proto/events/common.schema.json ---- */

/* ^[a-z][a-z0-9_]{0,31}$ */
static bool is_question_code(const char *code)
{
    return strlen(code) <= CODE_MAX && strspn(code, LOWER) > 0 &&
           code[strspn(code, LOWER DIGITS "_")] == '\0';
}

/* ^[a-z0-9][a-z0-9_]{0,31}$ */
static bool is_choice_key(const char *key)
{
    return strlen(key) <= CODE_MAX && strspn(key, LOWER DIGITS) > 0 &&
           key[strspn(key, LOWER DIGITS "_")] == '\0';
}

/* ^[0-9A-Za-z][0-9A-Za-z_.-]{0,31}$ */
static bool is_stratum_code(const char *code)
{
    return strspn(code, LOWER UPPER DIGITS) > 0 &&
           code[strspn(code, LOWER UPPER DIGITS "_.-")] == '\0';
}

static const char *read_code(struct json_reader *reader, const char *name,
                             enum json_presence presence, bool (*is_code)(const char *))
{
    const char *code = json_read_text(reader, name, presence, 1, CODE_MAX);
    if (code != NULL && !is_code(code)) {
        json_read_fault(reader, name, "not_allowed", "is no code");
        return NULL;
    }
    return code;
}

/* ---- what is asked ---- */

static void read_choices(struct survey_question *question, struct json_reader *reader)
{
    size_t count = json_read_array(reader, "choices", JSON_REQUIRED, CHOICES_MAX);
    struct survey_choice *choices = arena_array(reader->arena, count, sizeof *choices);
    code_check_few(reader, "choices", count, CHOICES_MIN);
    for (size_t i = 0; i < count; i++) {
        struct json_reader item;
        if (json_read_item(reader, "choices", i, &item)) {
            choices[i].key = read_code(&item, "key", JSON_REQUIRED, is_choice_key);
            choices[i].name = bilingual_read(&item, "name");
            json_read_end(&item);
        }
    }
    question->choices = choices;
    question->choice_count = count;
}

static void read_question(struct survey_question *question, struct json_reader *reader)
{
    question->code = read_code(reader, "code", JSON_REQUIRED, is_question_code);
    int kind = json_read_word(reader, "kind", JSON_REQUIRED, survey_kind_words);
    question->kind = kind >= 0 ? (enum survey_kind)kind : SURVEY_SINGLE;
    question->prompt = bilingual_read(reader, "prompt");
    read_choices(question, reader);
}

static void read_questions(struct survey *survey, struct json_reader *reader)
{
    size_t count = json_read_array(reader, "questions", JSON_REQUIRED, QUESTIONS_MAX);
    struct survey_question *questions = arena_array(reader->arena, count, sizeof *questions);
    code_check_few(reader, "questions", count, 1);
    for (size_t i = 0; i < count; i++) {
        struct json_reader item;
        if (json_read_item(reader, "questions", i, &item)) {
            read_question(&questions[i], &item);
            json_read_end(&item);
        }
    }
    survey->questions = questions;
    survey->question_count = count;
}

static void read_strata(struct survey *survey, struct json_reader *reader)
{
    size_t count = json_read_array(reader, "strata", JSON_OPTIONAL, STRATA_MAX);
    struct survey_stratum *strata = arena_array(reader->arena, count, sizeof *strata);
    code_check_few(reader, "strata", count, 1);
    for (size_t i = 0; i < count; i++) {
        struct json_reader item;
        if (json_read_item(reader, "strata", i, &item)) {
            strata[i].code = read_code(&item, "code", JSON_REQUIRED, is_stratum_code);
            strata[i].population =
                json_read_int(&item, "population", JSON_REQUIRED, 0, CODE_NUMBER_MAX, 0);
            json_read_end(&item);
        }
    }
    survey->strata = strata;
    survey->stratum_count = count;
}

static void read_survey(struct survey *survey, struct json_reader *reader)
{
    json_read_uuid(reader, "survey_id", JSON_REQUIRED, &survey->survey_id);
    survey->version = (int32_t)json_read_int(reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    survey->title = bilingual_read(reader, "title");
    read_questions(survey, reader);
    code_read_areas(reader, "areas");
    survey->invited =
        json_read_int(reader, "invited", JSON_OPTIONAL, 0, CODE_NUMBER_MAX, SURVEY_ANYBODY);
    read_strata(survey, reader);
    survey->opens_at = json_read_instant(reader, "opens_at", JSON_REQUIRED);
    survey->closes_at = json_read_instant(reader, "closes_at", JSON_REQUIRED);
    survey->at = json_read_instant(reader, "at", JSON_REQUIRED);
}

/* ---- what is answered ---- */

static struct uuid read_respondent(struct json_reader *reader)
{
    const char *hash = code_read_hash(reader, "respondent");
    return fact_id("respondent", hash != NULL ? hash : "");
}

struct items {
    const char **list;
    size_t count;
};

static void add_item(struct items *items, const char *item)
{
    for (size_t i = 0; i < items->count; i++) {
        if (strcmp(items->list[i], item) == 0) {
            return;
        }
    }
    items->list[items->count++] = item;
}

static void read_chosen(struct items *items, struct json_reader *reader, const char *question)
{
    const char *const *keys;
    size_t count = json_read_texts(reader, question, JSON_REQUIRED, CHOICES_MAX, CODE_MAX, &keys);
    if (!is_question_code(question)) {
        json_read_fault(reader, question, "not_allowed", "is no code");
    }
    code_check_few(reader, question, count, 1);
    add_item(items, question);
    for (size_t i = 0; i < count; i++) {
        if (!is_choice_key(keys[i])) {
            json_read_fault(reader, arena_format(reader->arena, "%s[%zu]", question, i),
                            "not_allowed", "is no code");
        }
        add_item(items, arena_format(reader->arena, "%s=%s", question, keys[i]));
    }
}

static void read_items(struct survey_answer *answer, struct json_reader *reader)
{
    struct json_reader answers;
    const char *const *questions;
    struct items items = {.count = 0};
    if (!json_read_object(reader, "answers", JSON_REQUIRED, &answers)) {
        return;
    }
    size_t count = json_read_names(&answers, &questions);
    if (count > QUESTIONS_MAX) {
        json_read_fault(reader, "answers", "too_many", "has too many members");
        count = 0;
    }
    items.list = arena_array(reader->arena, count * (1 + CHOICES_MAX), sizeof *items.list);
    for (size_t i = 0; i < count; i++) {
        read_chosen(&items, &answers, questions[i]);
    }
    json_read_end(&answers);
    answer->items = items.list;
    answer->item_count = items.count;
}

static void read_answer(struct survey_answer *answer, struct json_reader *reader)
{
    json_read_uuid(reader, "survey_id", JSON_REQUIRED, &answer->survey_id);
    json_read_uuid(reader, "answer_id", JSON_REQUIRED, &answer->answer_id);
    answer->version = (int32_t)json_read_int(reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    answer->respondent = read_respondent(reader);
    answer->stratum = read_code(reader, "stratum", JSON_OPTIONAL, is_stratum_code);
    read_items(answer, reader);
    answer->at = json_read_instant(reader, "at", JSON_REQUIRED);
}

/* ---- whole events ---- */

bool survey_read(struct survey *survey, const char *json, size_t size, struct arena *arena,
                 struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *survey = (struct survey){.invited = SURVEY_ANYBODY};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_survey(survey, &reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}

bool survey_answer_read(struct survey_answer *answer, const char *json, size_t size,
                        struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    *answer = (struct survey_answer){.item_count = 0};
    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_answer(answer, &reader);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}

bool survey_end_read(struct survey_end *end, const char *json, size_t size, struct arena *arena,
                     struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    if (!json_document_parse(&document, json, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    json_read_uuid(&reader, "survey_id", JSON_REQUIRED, &end->survey_id);
    end->version = (int32_t)json_read_int(&reader, "version", JSON_REQUIRED, 1, INT32_MAX, 0);
    end->at = json_read_instant(&reader, "at", JSON_REQUIRED);
    bool good = json_read_end(&reader);
    json_document_free(&document);
    return good;
}
