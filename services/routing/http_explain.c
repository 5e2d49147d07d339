/* SPDX-License-Identifier: Apache-2.0 */
/* Why a report goes where it goes: GET /api/routing/cases/{id}/explain for a case,
 * GET /api/routing/explain for a report that somebody might file.
 *
 * A case is explained by what was known when it was opened: the boundaries that placed it, the
 * rules of that instant. A report that might be filed, by what is known now. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/words.h"
#include "services/routing/case_json.h"
#include "services/routing/explanation_json.h"
#include "services/routing/http_routing.h"
#include "services/routing/store_world.h"
#include "services/routing/submission_json.h"

struct explain {
    struct http_request *request;
    struct routing *routing;
    bool is_case;
    struct case_read read;       /* the case as it is */
    struct case_snapshot opened; /* as it was opened */
    struct world_query query;
    struct world world;
    struct explanation explanation;
};

/* Steps for a case, in running order; a report that might be filed goes from decoding to the
 * world. */
static void explain_read_case(struct explain *e);
static void on_case_read(struct case_read *read, const struct error *err);
static void explain_read_opening(struct explain *e);
static void on_opening_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void explain_decode(struct explain *e);
static void explain_read_world(struct explain *e);
static void on_world_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void explain_read_people(struct explain *e);
static void on_people_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void explain_answer(struct explain *e);
static void explain_refuse(struct explain *e, const struct error *err);

static struct explain *start(struct http_request *request, struct routing *routing)
{
    struct explain *e = arena_alloc(http_arena(request), sizeof *e);
    e->request = request;
    e->routing = routing;
    return e;
}

static void refuse_outcome(struct explain *e, const struct pg_tx *tx, enum pg_outcome outcome)
{
    struct error err = {0};
    pg_tx_error(tx, outcome, &err);
    explain_refuse(e, &err);
}

/* ---- a case ---- */

void http_explain_case(struct http_request *request, void *state)
{
    struct explain *e = start(request, state);
    e->is_case = true;
    if (http_has_reference(request, e->routing) && http_read_id(request, &e->read.id)) {
        explain_read_case(e);
    }
}

static void explain_read_case(struct explain *e)
{
    struct error err = {0};
    e->read.arena = http_arena(e->request);
    e->read.on_read = on_case_read;
    e->read.arg = e;
    if (!case_reader_submit(e->routing->reader, &e->read, &err)) {
        explain_refuse(e, &err);
    }
}

static void on_case_read(struct case_read *read, const struct error *err)
{
    struct explain *e = read->arg;
    if (err != NULL) {
        explain_refuse(e, err);
    } else if (!read->found || http_view_of(http_principal(e->request), e->routing,
                                            &read->snapshot) != VIEW_OFFICIAL) {
        http_answer_no_case(e->request);
    } else {
        explain_read_opening(e);
    }
}

static void explain_read_opening(struct explain *e)
{
    struct pg_tx *tx = pg_tx_new(e->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_case_opening(tx, &e->read.id);
    pg_tx_send(tx, on_opening_read, e);
}

/* What was filed; a case that was not filed has no place. */
static bool take_report(struct explain *e, const char *report, struct error *err)
{
    struct submission submission = {0};
    if (report != NULL &&
        !submission_json_read(&submission, report, strlen(report), http_arena(e->request), err)) {
        return false;
    }
    e->query.has_place = submission.has_place;
    e->query.lat = submission.lat;
    e->query.lon = submission.lon;
    return true;
}

static bool take_opening(struct explain *e, const struct pg_tx *tx, struct error *err)
{
    struct case_snapshot *opened = &e->opened;
    if (pg_rows(tx, 0) == 0) {
        return error_set(err, ERR_FATAL, "no_opening", "a case without its first version");
    }
    const char *snapshot = pg_value_text(tx, 0, 0, 0);
    return case_json_read(opened, &e->routing->processes, snapshot, strlen(snapshot),
                          http_arena(e->request), err) &&
           take_report(e, pg_value_text(tx, 0, 0, 1), err);
}

static void on_opening_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct explain *e = arg;
    const struct case_snapshot *opened = &e->opened;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        refuse_outcome(e, tx, outcome);
        return;
    }
    if (!take_opening(e, tx, &err)) {
        err.kind = err.kind != ERR_RETRY ? ERR_FATAL : ERR_RETRY; /* they are texts of ours */
        explain_refuse(e, &err);
        return;
    }
    e->query.at_us = e->query.known_us = opened->opened_at;
    e->query.boundary_set = opened->area_set;
    e->query.applied = &opened->routing_rule;
    e->explanation.question = (struct route_question){
        .of = {[ROUTE_BY_PROCESS] = opened->process->rule.code,
               [ROUTE_BY_AREA] = opened->area,
               [ROUTE_BY_CATEGORY] = opened->category,
               [ROUTE_BY_LEVEL] = case_level_words[opened->level]},
        .at_us = opened->opened_at,
    };
    explain_read_world(e);
}

/* ---- a report that might be filed ---- */

void http_explain_report(struct http_request *request, void *state)
{
    struct explain *e = start(request, state);
    if (http_has_reference(request, e->routing)) {
        explain_decode(e);
    }
}

/* Degrees within ±limit; NAN when absent or bad. */
static double query_degrees(struct http_request *request, const char *name, double limit,
                            struct error *err)
{
    const char *text = http_query(request, name);
    char *end = NULL;
    if (text == NULL) {
        return NAN;
    }
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || strspn(text, "+-.0123456789eE") != strlen(text)) {
        error_add_field(err, name, "not_a_number", "must be a number, like 21.0287");
        return NAN;
    }
    if (!(fabs(value) <= limit)) {
        error_add_field(err, name, "out_of_range", "must be degrees between -%g and %g", limit,
                        limit);
        return NAN;
    }
    return value;
}

static void decode_place(struct explain *e, struct error *err)
{
    bool has_lat = http_query(e->request, "lat") != NULL;
    bool has_lon = http_query(e->request, "lon") != NULL;
    double lat = query_degrees(e->request, "lat", 90, err);
    double lon = query_degrees(e->request, "lon", 180, err);
    if (has_lat != has_lon) {
        error_add_field(err, has_lat ? "lon" : "lat", "required", "a place has both");
    }
    if (has_lat && has_lon && !error_is_set(err)) {
        e->query.has_place = true;
        e->query.lat = lat;
        e->query.lon = lon;
    }
}

static const char *known_process(const struct explain *e, struct error *err)
{
    const char *code = http_query(e->request, "process");
    const struct process_book *book = &e->routing->processes;
    for (size_t i = 0; code != NULL && i < book->count; i++) {
        if (strcmp(book->items[i]->rule.code, code) == 0) {
            return code;
        }
    }
    if (code != NULL) {
        error_add_field(err, "process", "unknown_process", "no process of this name");
    }
    return "onsite_report";
}

/* With its usual level. */
static const char *known_category(const struct explain *e, const char **level, struct error *err)
{
    const char *code = http_query(e->request, "category");
    const struct category *category =
        code != NULL ? reference_category(e->routing->reference, code) : NULL;
    if (code == NULL) {
        error_add_field(err, "category", "required", "what would it be about?");
    } else if (category == NULL) {
        error_add_field(err, "category", "unknown_category", "not the code of a category");
    } else {
        *level = arena_text(http_arena(e->request), category->level);
    }
    return code;
}

static const char *known_level(const struct explain *e, const char *usual, struct error *err)
{
    const char *level = http_query(e->request, "level");
    if (level != NULL && case_level_words[word_index(case_level_words, level)] == NULL) {
        error_add_field(err, "level", "unknown_word", "not one of the levels");
    }
    return level != NULL ? level : usual;
}

static void explain_decode(struct explain *e)
{
    struct route_question *question = &e->explanation.question;
    const char *usual = NULL;
    struct error err = {0};

    e->query.known_us = clock_now_us();
    e->query.at_us = http_query_instant(e->request, "at", e->query.known_us, &err);
    question->of[ROUTE_BY_PROCESS] = known_process(e, &err);
    question->of[ROUTE_BY_CATEGORY] = known_category(e, &usual, &err);
    question->of[ROUTE_BY_LEVEL] = known_level(e, usual, &err);
    question->at_us = e->query.at_us;
    decode_place(e, &err);
    if (error_is_set(&err)) {
        explain_refuse(e, &err);
        return;
    }
    explain_read_world(e);
}

/* ---- both ---- */

static void explain_read_world(struct explain *e)
{
    struct pg_tx *tx = pg_tx_new(e->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_world_read(tx, &e->query);
    pg_tx_send(tx, on_world_read, e);
}

static void on_world_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct explain *e = arg;
    struct error err = {0};
    if (outcome != PG_COMMITTED) {
        refuse_outcome(e, tx, outcome);
        return;
    }
    if (!store_world_make(tx, &e->query, http_arena(e->request), &e->world, &err)) {
        err.kind = ERR_FATAL; /* boundaries were checked before they were stored */
        explain_refuse(e, &err);
        return;
    }
    if (e->query.has_place) {
        explain_place(&e->explanation, e->world.area, e->query.lat, e->query.lon);
    }
    explain_route(&e->explanation, &e->world.rules, &e->world.units);
    if (e->explanation.route.by != NULL) {
        explain_read_people(e);
    } else {
        explain_answer(e);
    }
}

static void explain_read_people(struct explain *e)
{
    const struct route *route = &e->explanation.route;
    struct pg_tx *tx = pg_tx_new(e->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_people_read(tx, route->lead, e->explanation.question.of[ROUTE_BY_CATEGORY],
                      route->focal_point);
    pg_tx_send(tx, on_people_read, e);
}

static void on_people_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct explain *e = arg;
    struct focal_points *points = arena_alloc(http_arena(e->request), sizeof *points);
    if (outcome != PG_COMMITTED) {
        refuse_outcome(e, tx, outcome);
        return;
    }
    store_people_make(tx, http_arena(e->request), points);
    explain_people(&e->explanation, points);
    explain_answer(e);
}

static void explain_answer(struct explain *e)
{
    struct buffer body;
    struct json_writer writer;
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    if (e->is_case) {
        explanation_json_put_case(&writer, &e->explanation, &e->opened, &e->read.snapshot);
    }
    explanation_json_put(&writer, &e->explanation, &e->world.boundaries, &e->world.units);
    json_close_object(&writer);
    world_finish(&e->world);
    http_answer(e->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

static void explain_refuse(struct explain *e, const struct error *err)
{
    world_finish(&e->world);
    http_answer_error(e->request, err);
}
