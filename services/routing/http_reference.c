/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/http_routing.h"
#include "services/routing/reference_json.h"

void http_get_rules(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct buffer body;
    if (!http_has_reference(request, routing)) {
        return;
    }
    buffer_init(&body);
    rules_json_write(&body, routing->reference);
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}
