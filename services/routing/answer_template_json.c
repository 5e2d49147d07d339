/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/answer_template_json.h"

#include "common/json.h"

enum { NAME_MAX_LENGTH = 100, CODE_MAX = 64, UNIT_MIN = 2, UNIT_MAX = 32, TEXT_MAX = 4000 };

static void read_scope(struct json_reader *reader, const struct process_book *book,
                       struct answer_template *template)
{
    struct error fault = {0};
    template->unit = json_read_text(reader, "unit", JSON_OPTIONAL, UNIT_MIN, UNIT_MAX);
    template->process = json_read_text(reader, "process", JSON_OPTIONAL, 1, CODE_MAX);
    template->state = json_read_text(reader, "state", JSON_OPTIONAL, 1, CODE_MAX);
    template->action = json_read_text(reader, "action", JSON_OPTIONAL, 1, CODE_MAX);
    if (!answer_template_check_scope(book, template->process, template->state, template->action,
                                     &fault)) {
        for (size_t i = 0; i < fault.field_count; i++) {
            json_read_fault(reader, fault.fields[i].field, fault.fields[i].code,
                            fault.fields[i].text);
        }
    }
}

static const char *read_words(struct json_reader *texts, const char *name,
                              enum json_presence presence)
{
    struct error fault = {0};
    const char *text = json_read_text(texts, name, presence, 1, TEXT_MAX);
    if (text != NULL && !answer_template_check(name, text, &fault)) {
        json_read_fault(texts, name, fault.fields[0].code, fault.fields[0].text);
    }
    return text;
}

bool answer_template_json_read(struct answer_template *template, const struct process_book *book,
                               const char *text, size_t size, struct arena *arena,
                               struct error *err)
{
    struct json_document document;
    struct json_reader reader, texts;

    *template = (struct answer_template){0};
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    template->name = json_read_text(&reader, "name", JSON_REQUIRED, 1, NAME_MAX_LENGTH);
    read_scope(&reader, book, template);
    if (json_read_object(&reader, "text", JSON_REQUIRED, &texts)) {
        template->text_vi = read_words(&texts, "vi", JSON_REQUIRED);
        template->text_en = read_words(&texts, "en", JSON_OPTIONAL);
        json_read_end(&texts);
    }
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}
