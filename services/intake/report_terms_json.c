/* SPDX-License-Identifier: Apache-2.0 */
/* What the JSON route reads as the category and its kind ask for it. */
#include <string.h>

#include "reference.h"
#include "report.h"
#include "tax_code.h"

enum { BUSINESS_NAME_MAX = 300, REPRESENTATIVE_MAX = 120 };

const struct kind *report_kind(const struct report *report, const struct reference *reference)
{
    const struct category *category =
        report->category != NULL ? reference_category(reference, report->category) : NULL;
    return category != NULL ? reference_kind(reference, category->kind) : NULL;
}

/* ---- answers: {code: text | number | [key …]} ---- */

/* The number as a form would have it: no exponent, no zeros at the end. */
static const char *number_text(double value, struct arena *arena)
{
    char *text = arena_format(arena, "%.9f", value);
    char *end = text + strlen(text);
    while (end[-1] == '0') {
        *--end = '\0';
    }
    if (end[-1] == '.') {
        end[-1] = '\0';
    }
    return text;
}

/* NULL where there is none, or a faulty one. */
static const char *read_one(struct json_reader *answers, const struct question *question)
{
    if (question->type != QUESTION_NUMBER) {
        return json_read_text(answers, question->code, JSON_OPTIONAL, 1, ANSWER_TEXT_MAX);
    }
    double value = json_read_real(answers, question->code, JSON_OPTIONAL, -ANSWER_NUMBER_LIMIT,
                                  ANSWER_NUMBER_LIMIT, 2 * ANSWER_NUMBER_LIMIT);
    bool absent = value > ANSWER_NUMBER_LIMIT;
    return absent ? NULL : number_text(value, answers->arena);
}

static void read_answer(struct json_reader *answers, const struct question *question,
                        struct said *said)
{
    said->code = question->code;
    if (question->type == QUESTION_MULTI) {
        said->count = json_read_texts(answers, question->code, JSON_OPTIONAL, QUESTION_CHOICES_MAX,
                                      QUESTION_CODE_MAX, &said->values);
        return;
    }
    const char **value = arena_array(answers->arena, 1, sizeof *value);
    value[0] = read_one(answers, question);
    said->values = value;
    said->count = value[0] != NULL;
}

static void read_answers(struct report *report, const struct questions *questions,
                         struct json_reader *reader)
{
    struct json_reader answers;
    report->said.prefix = "answers.";
    if (!json_read_object(reader, "answers", JSON_OPTIONAL, &answers)) {
        return;
    }
    struct said *said = arena_array(reader->arena, questions->count, sizeof *said);
    for (size_t i = 0; i < questions->count; i++) {
        read_answer(&answers, &questions->items[i], &said[i]);
    }
    report->said.items = said;
    report->said.count = questions->count;
    json_read_end(&answers);
}

/* ---- details: {code: text} ---- */

static void read_details(struct report *report, const struct kind *kind, struct json_reader *reader)
{
    struct json_reader details;
    if (!json_read_object(reader, "details", JSON_OPTIONAL, &details)) {
        return;
    }
    for (size_t i = 0; i < kind->detail_count; i++) {
        const char *code = kind->details[i].code;
        const char *text = json_read_text(&details, code, JSON_OPTIONAL, 1, kind->details[i].max);
        if (text != NULL) {
            report->details[report->detail_count++] = (struct detail){code, text};
        }
    }
    json_read_end(&details);
}

/* ---- who files ---- */

static void read_business(struct report *report, struct json_reader *parent)
{
    struct business *business = &report->business;
    struct json_reader reader;
    if (!json_read_object(parent, "business", JSON_OPTIONAL, &reader)) {
        return;
    }
    business->name = json_read_text(&reader, "name", JSON_REQUIRED, 1, BUSINESS_NAME_MAX);
    business->tax_code = json_read_text(&reader, "tax_code", JSON_REQUIRED, 10, TAX_CODE_MAX);
    if (business->tax_code != NULL && !tax_code_is_valid(business->tax_code)) {
        json_read_fault(&reader, "tax_code", "bad_tax_code",
                        "must be ten digits, the last of which checks the others, or a branch's");
    }
    business->representative =
        json_read_text(&reader, "representative", JSON_REQUIRED, 1, REPRESENTATIVE_MAX);
    json_read_end(&reader);
}

void report_read_terms(struct report *report, const struct reference *reference,
                       struct json_reader *reader)
{
    const struct category *category =
        report->category != NULL ? reference_category(reference, report->category) : NULL;
    const struct kind *kind = report_kind(report, reference);
    struct json_reader unread;
    if (kind != NULL) {
        report->asked = true;
        read_answers(report, &category->questions, reader);
        read_details(report, kind, reader);
    } else { /* nobody knows what may be in them */
        json_read_object(reader, "answers", JSON_OPTIONAL, &unread);
        json_read_object(reader, "details", JSON_OPTIONAL, &unread);
    }
    read_business(report, reader);
}
