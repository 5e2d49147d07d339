/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "services/routing/coverage_json.h"
#include "services/routing/day.h"
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
    struct error err = {0};
    struct buffer body;
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        http_answer_error(list->request, &err);
        return;
    }
    store_units_of_day_make(tx, http_arena(list->request), &units);
    buffer_init(&body);
    units_of_day_json_write(&body, &units, list->day);
    answer(list->request, &body);
}

static void list_of_day(struct http_request *request, struct routing *routing, const char *at)
{
    struct unit_list *list = arena_alloc(http_arena(request), sizeof *list);
    struct error err = {0};
    list->request = request;
    if (!day_parse(at, &list->day)) {
        error_add_field(&err, "at", "bad_date", "must be a date like 2026-02-17");
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_units_of_day(tx, list->day);
    pg_tx_send(tx, on_listed, list);
}

void http_get_units(struct http_request *request, void *state)
{
    struct routing *routing = state;
    const char *at = http_query(request, "at");
    struct buffer body;
    if (!http_has_reference(request, routing)) {
        return;
    }
    if (at != NULL) {
        list_of_day(request, routing, at);
        return;
    }
    buffer_init(&body);
    units_json_write(&body, routing->reference);
    answer(request, &body);
}

/* ---- one unit ---- */

static void on_unit_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_request *request = arg;
    struct unit_record record;
    struct unit_world units;
    struct error err = {0};
    struct buffer body;
    char etag[16];
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        http_answer_error(request, &err);
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
    snprintf(etag, sizeof etag, "\"%d\"", record.version);
    http_answer_header(request, "ETag", etag);
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
