/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/filter_json.h"

#include <assert.h>
#include <string.h>

#include "common/json.h"
#include "services/routing/case_filter.h"

enum { NAME_MAX_LENGTH = 100, TEXT_MAX = 200 };

static void read_parameters(struct json_reader *query, struct saved_filter *filter)
{
    filter->parameter_count = 0;
    for (size_t i = 0; case_filter_names[i] != NULL; i++) {
        const char *text = json_read_text(query, case_filter_names[i], JSON_OPTIONAL, 1, TEXT_MAX);
        if (text != NULL) {
            assert(filter->parameter_count < FILTER_PARAMETERS_MAX);
            filter->parameters[filter->parameter_count++] =
                (struct filter_parameter){case_filter_names[i], text};
        }
    }
}

bool filter_json_read(struct saved_filter *filter, const char *text, size_t size,
                      struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader, query;

    *filter = (struct saved_filter){0};
    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_STRICT_FIELDS, err);
    filter->name = json_read_text(&reader, "name", JSON_REQUIRED, 1, NAME_MAX_LENGTH);
    filter->shared = json_read_bool(&reader, "shared", JSON_OPTIONAL, false);
    if (json_read_object(&reader, "query", JSON_REQUIRED, &query)) {
        read_parameters(&query, filter);
        json_read_end(&query);
    }
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}

bool filter_json_read_query(struct saved_filter *filter, const char *text, size_t size,
                            struct arena *arena, struct error *err)
{
    struct json_document document;
    struct json_reader reader;

    if (!json_document_parse(&document, text, size, err)) {
        return false;
    }
    json_read_root(&reader, &document, arena, JSON_SKIP_UNKNOWN, err);
    read_parameters(&reader, filter);
    bool whole = json_read_end(&reader);
    json_document_free(&document);
    return whole;
}

void filter_json_write_query(struct buffer *out, const struct saved_filter *filter)
{
    struct json_writer writer;
    json_write_start(&writer, out);
    json_open_object(&writer, NULL);
    for (size_t i = 0; i < filter->parameter_count; i++) {
        json_put_text(&writer, filter->parameters[i].name, filter->parameters[i].text);
    }
    json_close_object(&writer);
}

const char *saved_filter_find(const struct saved_filter *filter, const char *name)
{
    for (size_t i = 0; i < filter->parameter_count; i++) {
        if (strcmp(filter->parameters[i].name, name) == 0) {
            return filter->parameters[i].text;
        }
    }
    return NULL;
}
