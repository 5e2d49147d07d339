/* SPDX-License-Identifier: Apache-2.0 */

#include "common/clock.h"
#include "services/routing/coverage_json.h"
#include "services/routing/http_routing.h"
#include "services/routing/reference_json.h"
#include "services/routing/store_registry.h"
#include "services/routing/unit_record_json.h"

#define OFFICIALS                                                                                  \
    "officer focal_point supervisor editor approver hotline_operator auditor administrator"

static void answer(struct http_request *request, struct buffer *body)
{
    http_answer(request, 200, NULL, body->data, body->size);
    buffer_finish(body);
}

/* ---- the units of today, or of another day ---- */

struct unit_list {
    struct http_request *request;
    int64_t day;
};

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct unit_list *list = arg;
    struct unit_set units;
    struct buffer body;
    if (!http_is_committed(list->request, tx, outcome)) {
        return;
    }
    store_units_of_day_make(tx, http_arena(list->request), &units);
    buffer_init(&body);
    units_of_day_json_write(&body, &units, list->day);
    answer(list->request, &body);
}

static void list_of_day(struct http_request *request, struct routing *routing, int64_t day)
{
    struct unit_list *list = arena_alloc(http_arena(request), sizeof *list);
    list->request = request;
    list->day = day;
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_units_of_day(tx, list->day);
    pg_tx_send(tx, on_listed, list);
}

void http_get_units(struct http_request *request, void *state)
{
    struct routing *routing = state;
    struct error err = {0};
    struct buffer body;
    int64_t day;
    if (!http_has_reference(request, routing)) {
        return;
    }
    if (http_query_day(request, "at", &day, &err)) {
        list_of_day(request, routing, day);
    } else if (error_is_set(&err)) {
        http_answer_error(request, &err);
    } else {
        buffer_init(&body);
        units_json_write(&body, routing->reference);
        answer(request, &body);
    }
}

/* ---- one unit ---- */

static void on_unit_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_request *request = arg;
    struct unit_record record;
    struct unit_world units;
    struct error err = {0};
    struct buffer body;
    if (!http_is_committed(request, tx, outcome)) {
        return;
    }
    store_unit_make(tx, 0, http_param(request, "code"), http_arena(request), &record, &units);
    if (record.period_count == 0) {
        error_set(&err, ERR_NOT_FOUND, "unit_not_found", "there is no such unit");
        http_answer_error(request, &err);
        return;
    }
    buffer_init(&body);
    unit_record_json_write(&body, &record, &units,
                           principal_may(http_principal(request), OFFICIALS));
    http_answer_version(request, record.version);
    answer(request, &body);
}

void http_get_unit(struct http_request *request, void *state)
{
    struct routing *routing = state;
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_unit_read(tx, http_param(request, "code"));
    pg_tx_send(tx, on_unit_read, request);
}

/* ---- where nobody gets the cases ---- */

void http_get_coverage(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    const char *const *desks;
    struct error err = {0};
    struct buffer body;
    if (!http_has_reference(request, routing)) {
        return;
    }
    size_t count = http_scope_desks(request, routing, http_query(request, "unit"), &desks);
    if (count == 0) {
        error_set(&err, ERR_NOT_FOUND, "unit_not_found", "there is no such unit in your scope");
        http_answer_error(request, &err);
        return;
    }
    buffer_init(&body);
    coverage_json_write(&body, routing->reference, desks, count, clock_now_us());
    answer(request, &body);
}
