/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/category_json.h"

#include <string.h>

#include "common/json.h"

enum { CATEGORIES_MAX = 500, CODE_MAX = 32, NAME_MAX = 200, ORDER_MAX = 1000 };
enum { DUPLICATE_RADIUS_MAX_M = 1000 }; /* as category.defined has it */

const char *const submission_kind_words[] = {
    "onsite_report",  "procedure_report",  "waste_report",   "initiative",
    "voter_petition", "reception_booking", "hotline_ticket", NULL};

static const char *const datatypes[] = {"string",          "number",         "datetime", "text",
                                        "singlevaluelist", "multivaluelist", NULL};
enum { FIRST_LIST = 4 };

/* What the questions before had, to find the same again. */
struct asked {
    const char *codes[QUESTIONS_MAX];
    int64_t orders[QUESTIONS_MAX];
    size_t count;
    size_t text_size; /* of all texts, names in both languages included */
};

static size_t size_of(const char *text)
{
    return text != NULL ? strlen(text) : 0;
}

static const char *read_code(struct json_reader *reader, const char *name, const char *first)
{
    const char *code = json_read_text(reader, name, JSON_REQUIRED, 1, CODE_MAX);
    if (code != NULL && (strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(code) ||
                         strchr(first, code[0]) == NULL)) {
        json_read_fault(reader, name, "bad_code", "must be lower-case letters, digits and _");
    }
    return code;
}

static size_t read_names(struct json_reader *parent, const char *name, enum json_presence presence)
{
    struct json_reader names;
    size_t size = 0;
    if (json_read_object(parent, name, presence, &names)) {
        size = size_of(json_read_text(&names, "vi", JSON_REQUIRED, 1, NAME_MAX)) +
               size_of(json_read_text(&names, "en", JSON_REQUIRED, 1, NAME_MAX));
        json_read_end(&names);
    }
    return size;
}

static bool holds(const char *const *codes, size_t count, const char *code)
{
    for (size_t i = 0; code != NULL && i < count; i++) {
        if (codes[i] != NULL && strcmp(codes[i], code) == 0) {
            return true;
        }
    }
    return false;
}

static void read_choices(struct json_reader *question, bool is_list, struct asked *asked)
{
    const char *keys[QUESTION_CHOICES_MAX];
    size_t count = json_read_array(question, "choices", JSON_OPTIONAL, QUESTION_CHOICES_MAX);
    for (size_t i = 0; i < count; i++) {
        struct json_reader choice;
        if (!json_read_item(question, "choices", i, &choice)) {
            return;
        }
        keys[i] = read_code(&choice, "key", "abcdefghijklmnopqrstuvwxyz0123456789");
        if (holds(keys, i, keys[i])) {
            json_read_fault(&choice, "key", "duplicate", "two choices have this key");
        }
        asked->text_size += size_of(keys[i]) + read_names(&choice, "name", JSON_REQUIRED);
        json_read_end(&choice);
    }
    if (is_list != (count > 0) && !question->faulty) {
        json_read_fault(question, "choices", is_list ? "required" : "not_allowed",
                        is_list ? "a list has something to choose from" : "only lists have them");
    }
}

static void read_question(struct json_reader *question, struct asked *asked)
{
    const char *code = read_code(question, "code", "abcdefghijklmnopqrstuvwxyz");
    bool variable = json_read_bool(question, "variable", JSON_REQUIRED, true);
    int datatype = json_read_word(question, "datatype", JSON_REQUIRED, datatypes);
    bool required = json_read_bool(question, "required", JSON_REQUIRED, false);
    int64_t order = json_read_int(question, "order", JSON_REQUIRED, 1, ORDER_MAX, 0);
    if (holds(asked->codes, asked->count, code)) {
        json_read_fault(question, "code", "duplicate", "two questions have this code");
    }
    for (size_t i = 0; i < asked->count; i++) {
        if (order > 0 && asked->orders[i] == order) {
            json_read_fault(question, "order", "duplicate", "two questions have this place");
        }
    }
    if (!variable && required) {
        json_read_fault(question, "required", "not_allowed", "nobody can answer a remark");
    }
    asked->text_size +=
        read_names(question, "prompt", JSON_REQUIRED) + read_names(question, "hint", JSON_OPTIONAL);
    read_choices(question, variable && datatype >= FIRST_LIST, asked);
    asked->codes[asked->count] = code;
    asked->orders[asked->count++] = order;
}

static void read_category(struct json_reader *category)
{
    struct asked asked = {.count = 0};
    json_read_int(category, "duplicate_radius_m", JSON_OPTIONAL, 1, DUPLICATE_RADIUS_MAX_M, 0);
    json_read_word(category, "kind", JSON_OPTIONAL, submission_kind_words);
    size_t count = json_read_array(category, "questions", JSON_OPTIONAL, QUESTIONS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct json_reader question;
        if (json_read_item(category, "questions", i, &question)) {
            read_question(&question, &asked);
            json_read_end(&question);
        }
    }
    if (asked.text_size > QUESTIONS_SIZE_MAX) {
        json_read_fault(category, "questions", "too_long", "have more text than an event holds");
    }
}

bool category_check(const char *text, size_t size, struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader, category;
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    size_t count = json_read_array(&reader, "categories", JSON_REQUIRED, CATEGORIES_MAX);
    for (size_t i = 0; i < count; i++) {
        if (json_read_item(&reader, "categories", i, &category)) {
            read_category(&category);
            json_read_end(&category);
        }
    }
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}
