/* SPDX-License-Identifier: Apache-2.0 */
/* Routing rules are tried out on past cases: POST /api/routing/rules/dry-run. Nothing is written.
 *
 * Cases come page by page, newest first; a page is judged within 2 ms, and between two pages the
 * loop is free for others. */
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/date.h"
#include "common/json.h"
#include "services/routing/dry_run_json.h"
#include "services/routing/http_routing.h"
#include "services/routing/route_change.h"
#include "services/routing/store_dry_run.h"

enum { CASES_MAX = 100000, PAGE = 500, PATH_TEXT = 32 };

#define PERIOD_US  (30 * DATE_DAY_US)
#define LONGEST_US (366 * DATE_DAY_US)

struct try_out {
    struct http_request *request;
    struct routing *routing;
    struct arena arena; /* of the run: it outlives many pages */
    struct dry_run_request asked;
    struct dry_run *run;
    struct uuid first, end; /* ids still to be looked at */
    bool is_whole;          /* false: there are more cases than CASES_MAX */
};

/* Steps, in running order; page and on_page take turns. */
static void try_decode(struct try_out *try);
static void try_start(struct try_out *try);
static void try_page(struct try_out *try);
static void on_page(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void try_answer(struct try_out *try);
static void try_refuse(struct try_out *try, const struct error *err);

void http_try_route_rules(struct http_request *request, void *state)
{
    struct try_out *try = arena_alloc(http_arena(request), sizeof *try);
    struct error err = {0};
    try->request = request;
    try->routing = state;
    if (!http_has_reference(request, try->routing) || !http_needs_city(request)) {
        return;
    }
    if (try->routing->is_trying) {
        error_set(&err, ERR_BUSY, "dry_run_under_way", "other rules are being tried out");
        http_answer_error(request, &err);
        return;
    }
    try->routing->is_trying = true;
    arena_init(&try->arena);
    try_decode(try);
}

static void check_period(struct dry_run_request *asked, struct error *err)
{
    int64_t now_us = clock_now_us();
    asked->to_us = asked->to_us >= 0 ? asked->to_us : now_us;
    if (asked->from_us < 0) {
        asked->from_us = asked->to_us > PERIOD_US ? asked->to_us - PERIOD_US : 0;
    }
    if (asked->from_us >= asked->to_us) {
        error_add_field(err, "from", "out_of_range", "must be before the end of the period");
    } else if (asked->to_us - asked->from_us > LONGEST_US) {
        error_add_field(err, "from", "out_of_range", "the period may have 366 days");
    }
}

static bool is_rule(const struct reference *reference, const char *code)
{
    for (size_t i = 0; i < reference->routes.count; i++) {
        if (strcmp(reference->routes.rules[i].rule.code, code) == 0) {
            return true;
        }
    }
    return false;
}

static void check_proposal(const struct rule_proposal *proposal, const struct reference *reference,
                           struct error *err)
{
    char path[PATH_TEXT];
    for (size_t i = 0; i < proposal->count; i++) {
        snprintf(path, sizeof path, "rules[%zu].", i);
        route_rule_check(&proposal->rules[i], reference, path, err);
    }
    for (size_t i = 0; i < proposal->ended_count; i++) {
        snprintf(path, sizeof path, "ended[%zu]", i);
        if (!is_rule(reference, proposal->ended[i])) {
            error_add_field(err, path, "unknown_rule", "no rule in force has this code");
        }
    }
}

static void try_decode(struct try_out *try)
{
    struct error err = {0};
    size_t size;
    const char *body = http_body(try->request, &size);
    if (dry_run_json_read(&try->asked, body, size, &try->arena, &err)) {
        check_period(&try->asked, &err);
        check_proposal(&try->asked.proposal, try->routing->reference, &err);
    }
    if (error_is_set(&err)) {
        try_refuse(try, &err);
        return;
    }
    try_start(try);
}

static void try_start(struct try_out *try)
{
    const struct reference *reference = try->routing->reference;
    try->run = dry_run_new(&reference->units, &reference->routes, &try->asked.proposal,
                           clock_now_us(), &try->arena);
    try->first = store_first_id(try->asked.from_us);
    try->end = store_first_id(try->asked.to_us);
    try_page(try);
}

static void try_page(struct try_out *try)
{
    struct pg_tx *tx = pg_tx_new(try->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_tried_cases(tx, &try->first, &try->end, PAGE);
    pg_tx_send(tx, on_page, try);
}

static void on_page(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct try_out *try = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        try_refuse(try, &err);
        return;
    }
    size_t rows = pg_rows(tx, 0);
    for (size_t row = 0; row < rows && try->run->cases < CASES_MAX; row++) {
        struct tried_case tried = store_tried_row(tx, 0, row);
        dry_run_judge(try->run, &tried);
        try->end = tried.id;
    }
    try->is_whole = rows < PAGE;
    if (try->is_whole || try->run->cases == CASES_MAX) {
        try_answer(try);
    } else {
        try_page(try);
    }
}

static void try_end(struct try_out *try)
{
    try->routing->is_trying = false;
    arena_finish(&try->arena);
}

static void try_answer(struct try_out *try)
{
    struct http_request *request = try->request;
    struct buffer body;
    struct json_writer writer;
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_instant(&writer, "from", try->asked.from_us);
    json_put_instant(&writer, "to", try->asked.to_us);
    json_put_instant(&writer, "judged_at", try->run->at_us);
    json_put_bool(&writer, "whole", try->is_whole);
    dry_run_json_put(&writer, try->run);
    json_close_object(&writer);
    try_end(try);
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

static void try_refuse(struct try_out *try, const struct error *err)
{
    struct http_request *request = try->request;
    try_end(try);
    http_answer_error(request, err);
}
