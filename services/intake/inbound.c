/* SPDX-License-Identifier: Apache-2.0 */
#include "inbound.h"

#include <string.h>

#define INCIDENT_TYPE "vn.hanoi.incident.reported.v1"

static bool fault(struct error *err, const char *code, const char *field, const char *text)
{
    error_set(err, ERR_INPUT, code, "%s %s", field, text);
    return error_add_field(err, field, code, "%s", text);
}

bool inbound_prepare(struct filing *filing, const struct event_in *event,
                     const struct inbound_sender *sender, const struct filer *filer,
                     const struct reference *reference, int64_t now_us, struct arena *arena,
                     struct error *err)
{
    struct report report;
    const char *incident_id;

    if (event->type == NULL || strcmp(event->type, INCIDENT_TYPE) != 0) {
        return fault(err, "unknown_type", "type", "is not one that intake takes");
    }
    if (event->data == NULL) {
        return fault(err, "no_data", "data", "is missing");
    }
    const struct filing_origin origin = {
        .channel = CHANNEL_INBOUND,
        .client = sender->client,
        .idempotency_scope = "inbound",
        .idempotency_key = arena_format(arena, "%s\n%s", event->source, event->id),
        .traceparent = event->traceparent != NULL ? event->traceparent : sender->traceparent,
    };
    return report_read_incident(&report, &incident_id, event->data, event->data_size, arena, err) &&
           filing_prepare(filing, filer, &report, &origin, reference, now_us, arena, err);
}
