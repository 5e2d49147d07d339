/* SPDX-License-Identifier: Apache-2.0 */
/* What all Open311 routes share, and service discovery. */
#include "http_open311.h"

#include <string.h>

#include "intake.h"

enum open311_format open311_format_of(const struct http_request *request)
{
    const char *path = http_path(request);
    const char *dot = strrchr(path, '.');
    return dot != NULL && strcmp(dot, ".json") == 0 ? OPEN311_JSON : OPEN311_XML;
}

bool open311_is_admitted(struct http_request *request, const struct intake *intake)
{
    struct error err = {0};
    if (gate_admit_open311_reader(intake->gate, request, &err)) {
        return true;
    }
    http_answer_error(request, &err);
    return false;
}

static const char *present(const char *value)
{
    return value != NULL && value[0] != '\0' ? value : NULL;
}

const char *open311_query(const struct http_request *request, const char *name)
{
    return present(http_query(request, name));
}

const char *open311_form(const struct http_request *request, const char *name)
{
    return present(http_form(request, name));
}

bool open311_check_jurisdiction(const char *jurisdiction, struct error *err)
{
    if (jurisdiction != NULL && strcmp(jurisdiction, OPEN311_JURISDICTION) != 0) {
        return error_set(err, ERR_NOT_FOUND, "unknown_jurisdiction",
                         "jurisdiction_id must be " OPEN311_JURISDICTION);
    }
    return true;
}

const char *open311_step_words(const struct case_step *step, bool words)
{
    const char *said = step->note != NULL ? step->note : step->reason;
    return words && said != NULL ? said : case_phase_name(step->phase)->vi;
}

void open311_answer(struct http_request *request, int status, struct buffer *body)
{
    http_answer(request, status, open311_content_type(open311_format_of(request)), body->data,
                body->size);
}

static void put_error(struct open311_writer *writer, int status, const char *description)
{
    open311_open_item(writer, "error");
    open311_int(writer, "code", status);
    open311_text(writer, "description", description);
    open311_close_item(writer);
}

/* One error for each bad parameter, so that a client hears of all. A missing or wrong key is 403 in
 * the standard. */
int http_open311_problem(struct http_request *request, int status, const struct error *err,
                         struct buffer *body, const char **content_type)
{
    struct open311_writer writer;
    enum open311_format format = open311_format_of(request);
    struct arena *arena = http_arena(request);

    if (err->kind == ERR_UNAUTHENTICATED) {
        status = http_status(ERR_FORBIDDEN);
    }
    *content_type = open311_content_type(format);
    open311_start(&writer, format, body);
    open311_open_list(&writer, "errors");
    for (size_t i = 0; i < err->field_count; i++) {
        put_error(&writer, status,
                  arena_format(arena, "%s %s", err->fields[i].field, err->fields[i].text));
    }
    if (err->field_count == 0) {
        put_error(&writer, status, err->text);
    }
    open311_close_list(&writer);
    return status;
}

void http_open311_elsewhere(struct http_request *request, void *state)
{
    struct error err = {0};
    const char *path = http_path(request);
    const char *dot = strrchr(path, '.');
    (void)state;
    if (dot != NULL && (strcmp(dot, ".xml") == 0 || strcmp(dot, ".json") == 0)) {
        error_set(&err, ERR_NOT_FOUND, "not_found", "there is nothing at this address");
    } else {
        error_set(&err, ERR_INPUT, "unknown_format", "the address must end in .xml or .json");
    }
    http_answer_error(request, &err);
}

/* ---- service discovery ---- */

#define SPECIFICATION "http://wiki.open311.org/GeoReport_v2"
#define CHANGESET     "2026-11-24T00:00:00Z" /* of this description */

static void put_endpoint(struct open311_writer *writer, const char *url, bool production)
{
    open311_open_item(writer, "endpoint");
    open311_text(writer, "specification", SPECIFICATION);
    open311_text(writer, "url", url);
    open311_text(writer, "changeset", CHANGESET);
    open311_text(writer, "type", production ? "production" : "test");
    open311_open_list(writer, "formats");
    open311_text_item(writer, "format", "text/xml");
    open311_text_item(writer, "format", "application/json");
    open311_close_list(writer);
    open311_close_item(writer);
}

void http_open311_discovery(struct http_request *request, void *state)
{
    const struct config *config = ((const struct intake *)state)->parts->config;
    struct open311_writer writer;
    struct buffer body;

    if (!open311_is_admitted(request, state)) {
        return;
    }
    buffer_init(&body);
    open311_start(&writer, open311_format_of(request), &body);
    open311_open_item(&writer, "discovery");
    open311_text(&writer, "changeset", CHANGESET);
    open311_text(&writer, "contact", config_text(config, "CONTACT_EMAIL"));
    open311_text(&writer, "key_service", config_text(config, "CONTACT_EMAIL"));
    open311_open_list(&writer, "endpoints");
    put_endpoint(
        &writer,
        arena_format(http_arena(request), "%s/open311/v2", config_text(config, "PUBLIC_URL")),
        config_is_production(config));
    open311_close_list(&writer);
    open311_close_item(&writer);
    open311_answer(request, 200, &body);
    buffer_finish(&body);
}
