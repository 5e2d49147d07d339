/* SPDX-License-Identifier: Apache-2.0 */
/* Who has how much to do: GET /api/routing/workload. */
#include <string.h>

#include "common/clock.h"
#include "common/json.h"
#include "services/routing/deadline.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_desk.h"

/* Due within so many working minutes is soon. People are told apart for a few desks at once. */
enum { SOON_MIN = 8 * 60, DESKS_BY_ACCOUNT_MAX = 16 };

struct workload {
    struct http_request *request;
    int64_t now_us, soon_us;
    bool by_account;
};

struct counts {
    int64_t open, overdue, soon, paused, unassigned;
};

static struct counts read_counts(const struct pg_tx *tx, size_t row)
{
    return (struct counts){.open = pg_value_int8(tx, 0, row, WORKLOAD_OPEN),
                           .overdue = pg_value_int8(tx, 0, row, WORKLOAD_OVERDUE),
                           .soon = pg_value_int8(tx, 0, row, WORKLOAD_SOON),
                           .paused = pg_value_int8(tx, 0, row, WORKLOAD_PAUSED),
                           .unassigned = pg_value_int8(tx, 0, row, WORKLOAD_UNASSIGNED)};
}

static void add_counts(struct counts *sum, const struct counts *more)
{
    sum->open += more->open;
    sum->overdue += more->overdue;
    sum->soon += more->soon;
    sum->paused += more->paused;
    sum->unassigned += more->unassigned;
}

static void put_counts(struct json_writer *writer, const struct counts *counts)
{
    json_put_int(writer, "open", counts->open);
    json_put_int(writer, "overdue", counts->overdue);
    json_put_int(writer, "due_soon", counts->soon);
    json_put_int(writer, "paused", counts->paused);
}

static void put_people(struct json_writer *writer, const struct pg_tx *tx, size_t first, size_t end)
{
    json_open_array(writer, "people");
    for (size_t row = first; row < end; row++) {
        if (!pg_value_is_null(tx, 0, row, WORKLOAD_ACCOUNT)) {
            struct counts counts = read_counts(tx, row);
            json_open_object(writer, NULL);
            json_put_text(writer, "account", pg_value_text(tx, 0, row, WORKLOAD_ACCOUNT));
            put_counts(writer, &counts);
            json_close_object(writer);
        }
    }
    json_close_array(writer);
}

/* The rows of one desk follow one another. Returns the first of the next one. */
static size_t put_desk(struct json_writer *writer, const struct workload *workload,
                       const struct pg_tx *tx, size_t first)
{
    const char *desk = pg_value_text(tx, 0, first, WORKLOAD_DESK);
    struct counts sum = {0};
    size_t end = first;
    while (end < pg_rows(tx, 0) && strcmp(pg_value_text(tx, 0, end, WORKLOAD_DESK), desk) == 0) {
        struct counts counts = read_counts(tx, end++);
        add_counts(&sum, &counts);
    }
    json_open_object(writer, NULL);
    json_put_text(writer, "unit", desk);
    put_counts(writer, &sum);
    json_put_int(writer, "unassigned", sum.unassigned);
    if (workload->by_account) {
        put_people(writer, tx, first, end);
    }
    json_close_object(writer);
    return end;
}

static void on_counted(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    const struct workload *workload = arg;
    struct buffer body;
    struct json_writer writer;
    if (!http_is_committed(workload->request, tx, outcome)) {
        return;
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_instant(&writer, "at", workload->now_us);
    json_put_instant(&writer, "soon", workload->soon_us);
    json_open_array(&writer, "units");
    for (size_t row = 0; row < pg_rows(tx, 0);) {
        row = put_desk(&writer, workload, tx, row);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    http_answer(workload->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

void http_get_workload(struct http_request *request, void *state)
{
    const struct routing *routing = state;
    struct workload *workload = arena_alloc(http_arena(request), sizeof *workload);
    const char *const *desks;
    struct error err = {0};
    if (!http_has_reference(request, routing)) {
        return;
    }
    size_t desk_count = http_scope_desks(request, routing, http_query(request, "unit"), &desks);
    workload->request = request;
    workload->now_us = clock_now_us();
    workload->by_account = desk_count <= DESKS_BY_ACCOUNT_MAX;
    if (desk_count == 0) {
        error_set(&err, ERR_NOT_FOUND, "unit_not_found", "there is no such unit in your scope");
    } else if (!deadline_after(routing->reference->cases.calendar, workload->now_us, SOON_MIN,
                               &workload->soon_us)) {
        error_set(&err, ERR_RETRY, "no_rule", "the calendar does not reach so far");
    }
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_workload(tx, desks, desk_count, workload->by_account, workload->now_us,
                   workload->soon_us);
    pg_tx_send(tx, on_counted, workload);
}
