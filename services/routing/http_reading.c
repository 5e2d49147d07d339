/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/http_reading.h"

#include <string.h>

#include "common/clock.h"
#include "common/utf8.h"
#include "services/routing/store_desk.h"

static bool check_reason(const char *name, const char *reason, struct error *err)
{
    size_t size = strlen(reason);
    if (!utf8_is_valid(reason, size)) {
        return error_add_field(err, name, "encoding", "must be UTF-8");
    }
    if (utf8_has_control(reason, size, "")) {
        return error_add_field(err, name, "control_character", "holds a control character");
    }
    size_t length = utf8_length(reason, size);
    return (length >= REASON_MIN && length <= REASON_MAX) ||
           error_add_field(err, name, length < REASON_MIN ? "too_short" : "too_long",
                           "must have %d to %d characters", REASON_MIN, REASON_MAX);
}

/* Of two the header is kept, but what is malformed is named wherever it stands. */
static void read_reason(struct reading *reading, struct error *err)
{
    static const char header_name[] = "X-Access-Reason", query_name[] = "reason";
    const char *header = http_header(reading->request, header_name);
    const char *query = http_query(reading->request, query_name);
    if (header == NULL && query == NULL) {
        error_add_field(err, query_name, "required",
                        "say why you read this: X-Access-Reason or reason");
    }
    if (header != NULL) {
        check_reason(header_name, header, err);
    }
    if (query != NULL) {
        check_reason(query_name, query, err);
    }
    reading->reason = header != NULL ? header : query;
}

static void on_read(struct case_read *read, const struct error *err)
{
    struct reading *reading = read->arg;
    if (err != NULL) {
        http_answer_error(reading->request, err);
    } else if (!read->found || http_view_of(http_principal(reading->request), reading->routing,
                                            &read->snapshot) != VIEW_OFFICIAL) {
        http_answer_no_case(reading->request);
    } else {
        reading->on_allowed(reading);
    }
}

void reading_start(struct http_request *request, struct routing *routing, const char *what,
                   const struct error *faults, void (*on_allowed)(struct reading *reading),
                   void *arg)
{
    struct reading *reading = arena_alloc(http_arena(request), sizeof *reading);
    struct error err = faults != NULL ? *faults : (struct error){0};
    *reading = (struct reading){
        .request = request, .routing = routing, .what = what, .on_allowed = on_allowed, .arg = arg};
    if (!http_has_reference(request, routing)) {
        return;
    }
    reading->read.arena = http_arena(request);
    reading->read.on_read = on_read;
    reading->read.arg = reading;
    http_param_uuid(request, "id", &reading->read.id, &err);
    if (what != NULL) {
        read_reason(reading, &err);
    }
    if (error_is_set(&err) || !case_reader_submit(routing->reader, &reading->read, &err)) {
        http_answer_error(request, &err);
    }
}

static const char *roles_of(const struct principal *principal, struct arena *arena)
{
    const char *roles = "";
    for (size_t i = 0; i < principal->grant_count; i++) {
        roles = arena_format(arena, "%s%s%s", roles, i > 0 ? " " : "", principal->grants[i]);
    }
    return roles;
}

void reading_send(struct reading *reading, struct pg_tx *tx, pg_on_done *on_done)
{
    const struct principal *principal = http_principal(reading->request);
    if (reading->what == NULL) {
        pg_tx_set_read_only(tx);
    } else {
        struct access_row row = {
            .at_us = clock_now_us(),
            .id = uuid_new(),
            .account = principal->id,
            .roles = roles_of(principal, http_arena(reading->request)),
            .unit = principal->unit,
            .case_id = &reading->read.id,
            .what = reading->what,
            .reason = reading->reason,
            .trace = arena_copy(http_arena(reading->request),
                                trace_id(http_trace(reading->request)), 32),
        };
        store_access_add(tx, &row);
    }
    pg_tx_send(tx, on_done, reading);
}
