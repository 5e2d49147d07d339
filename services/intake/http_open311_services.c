/* SPDX-License-Identifier: Apache-2.0 */
/* The service list: our categories. None asks questions of its own yet, so metadata is false and
 * a definition has no attributes. */
#include "http_open311.h"
#include "intake.h"

static void put_service(struct open311_writer *writer, const struct category *category)
{
    open311_open_item(writer, "service");
    open311_text(writer, "service_code", category->code);
    open311_text(writer, "service_name", category->name_vi);
    open311_text(writer, "description", category->name_en);
    open311_bool(writer, "metadata", false);
    open311_text(writer, "type", "realtime");
    open311_text(writer, "keywords", category->keywords);
    open311_text(writer, "group", category->group_vi);
    open311_close_item(writer);
}

void http_open311_services(struct http_request *request, void *state)
{
    const struct reference *reference = reference_current(((struct intake *)state)->reference);
    struct open311_writer writer;
    struct buffer body;
    struct error err = {0};

    if (!open311_check_jurisdiction(open311_query(request, "jurisdiction_id"), &err)) {
        http_answer_error(request, &err);
        return;
    }
    buffer_init(&body);
    open311_start(&writer, open311_format_of(request), &body);
    open311_open_list(&writer, "services");
    for (size_t i = 0; i < reference->category_count; i++) {
        put_service(&writer, &reference->categories[i]);
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

    open311_check_jurisdiction(open311_query(request, "jurisdiction_id"), &err);
    if (category == NULL) {
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
    open311_close_list(&writer);
    open311_close_item(&writer);
    open311_answer(request, 200, &body);
    buffer_finish(&body);
}
