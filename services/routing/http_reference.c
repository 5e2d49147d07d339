/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "services/routing/http_routing.h"
#include "services/routing/reference_json.h"

typedef void write_reference(struct buffer *out, const struct reference *reference);

static void answer(struct http_request *request, const struct routing *routing,
                   write_reference *write)
{
    struct buffer body;
    if (!http_has_reference(request, routing)) {
        return;
    }
    buffer_init(&body);
    write(&body, routing->reference);
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

void http_get_units(struct http_request *request, void *state)
{
    answer(request, state, units_json_write);
}

void http_get_rules(struct http_request *request, void *state)
{
    answer(request, state, rules_json_write);
}

void http_get_processes(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct buffer body;
    struct json_writer writer;
    if (!http_has_reference(request, routing)) {
        return;
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_open_array(&writer, "items");
    for (size_t i = 0; i < routing->processes.count; i++) {
        const char *process = routing->processes.items[i]->body;
        json_put_raw(&writer, NULL, process, strlen(process));
    }
    json_close_array(&writer);
    json_close_object(&writer);
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}
