/* SPDX-License-Identifier: Apache-2.0 */
/* The service list: our categories, as far as a system may file them and they ask for nothing that
 * Open311 has no place for; the questions of a category are the attributes of its definition. */
#include "http_open311.h"
#include "intake.h"

static void put_service(struct open311_writer *writer, const struct category *category)
{
    open311_open_item(writer, "service");
    open311_text(writer, "service_code", category->code);
    open311_text(writer, "service_name", category->name_vi);
    open311_text(writer, "description", category->name_en);
    open311_bool(writer, "metadata", category->questions.count > 0);
    open311_text(writer, "type", "realtime");
    open311_text(writer, "keywords", category->keywords);
    open311_text(writer, "group", category->group_vi);
    open311_close_item(writer);
}

bool open311_has_service(const struct reference *reference, const struct category *category)
{
    const struct kind *kind = category != NULL ? reference_kind(reference, category->kind) : NULL;
    return kind != NULL && kind_may_be_filed(kind, NULL) && !kind_needs_details(kind);
}

/* The standard knows no language: people read Vietnamese. */
static void put_values(struct open311_writer *writer, const struct question *question)
{
    open311_open_list(writer, "values");
    for (size_t i = 0; i < question->choice_count; i++) {
        open311_open_item(writer, "value");
        open311_text(writer, "key", question->choices[i].key);
        open311_text(writer, "name", question->choices[i].name_vi);
        open311_close_item(writer);
    }
    open311_close_list(writer);
}

static void put_attribute(struct open311_writer *writer, const struct question *question)
{
    open311_open_item(writer, "attribute");
    open311_bool(writer, "variable", question->variable);
    open311_text(writer, "code", question->code);
    open311_text(writer, "datatype", question_type_words[question->type]);
    open311_bool(writer, "required", question->required);
    open311_text(writer, "datatype_description", question->hint_vi);
    open311_int(writer, "order", question->order);
    open311_text(writer, "description", question->prompt_vi);
    put_values(writer, question);
    open311_close_item(writer);
}

void http_open311_services(struct http_request *request, void *state)
{
    const struct reference *reference = reference_current(((struct intake *)state)->reference);
    struct open311_writer writer;
    struct buffer body;
    struct error err = {0};

    if (!open311_is_admitted(request, state)) {
        return;
    }
    if (!open311_check_jurisdiction(open311_query(request, "jurisdiction_id"), &err)) {
        http_answer_error(request, &err);
        return;
    }
    buffer_init(&body);
    open311_start(&writer, open311_format_of(request), &body);
    open311_open_list(&writer, "services");
    for (size_t i = 0; i < reference->category_count; i++) {
        if (open311_has_service(reference, &reference->categories[i])) {
            put_service(&writer, &reference->categories[i]);
        }
    }
    open311_close_list(&writer);
    open311_answer(request, 200, &body);
    buffer_finish(&body);
}

void http_open311_service(struct http_request *request, void *state)
{
    const struct reference *reference = reference_current(((struct intake *)state)->reference);
    const struct category *category = reference_category(reference, http_param(request, "code"));
    struct open311_writer writer;
    struct buffer body;
    struct error err = {0};

    if (!open311_is_admitted(request, state)) {
        return;
    }
    open311_check_jurisdiction(open311_query(request, "jurisdiction_id"), &err);
    if (!open311_has_service(reference, category)) {
        error_set(&err, ERR_NOT_FOUND, "unknown_service", "service_code was not found");
    }
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    buffer_init(&body);
    open311_start(&writer, open311_format_of(request), &body);
    open311_open_item(&writer, "service_definition");
    open311_text(&writer, "service_code", category->code);
    open311_open_list(&writer, "attributes");
    for (size_t i = 0; i < category->questions.count; i++) {
        put_attribute(&writer, &category->questions.items[i]);
    }
    open311_close_list(&writer);
    open311_close_item(&writer);
    open311_answer(request, 200, &body);
    buffer_finish(&body);
}
