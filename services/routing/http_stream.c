/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of cases as they come: GET /api/routing/cases/stream. */
#include <string.h>

#include "services/routing/case_feed.h"
#include "services/routing/http_routing.h"

void http_stream_cases(struct http_request *request, void *state)
{
    struct routing *routing = state;
    const char *unit = http_query(request, "unit"), *from = http_last_event_id(request);
    const char *const *desks;
    struct error err = {0};
    if (!http_has_reference(request, routing)) {
        return;
    }
    size_t digits = from != NULL ? strspn(from, "0123456789") : 0;
    if (from != NULL && (digits == 0 || from[digits] != '\0' || digits > FEED_POSITION_MAX)) {
        error_add_field(&err, "Last-Event-ID", "not_allowed", "must be an id of this stream");
    } else if (http_scope_desks(request, routing, unit, &desks) == 0) {
        error_set(&err, ERR_NOT_FOUND, "unit_not_found", "there is no such unit in your scope");
    }
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    case_feed_listen(routing->feed, request, unit, from);
}
