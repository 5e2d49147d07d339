/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/intake/submissions/nearby: what is reported there already, for who is about to. */
#include "common/clock.h"
#include "common/date.h"
#include "common/http_pg.h"
#include "http_public.h"
#include "intake.h"
#include "place_query.h"
#include "public_json.h"
#include "report.h"
#include "store_public.h"
#include "store_submission.h"

enum { NEARBY_MAX = 10, OPEN_DAYS = 365, CLOSED_DAYS = 30 /* assumptions */ };

struct nearby {
    struct http_request *request;
    const struct intake *intake;
    struct nearby_search wanted;
    bool told; /* the radius is the category's own */
};

static bool nearby_read(struct nearby *nearby, struct error *err); /* from the query */
static void on_found(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void nearby_answer(struct nearby *nearby, const struct submission_view *views, size_t count);

void http_search_nearby(struct http_request *request, void *state)
{
    struct nearby *nearby = arena_alloc(http_arena(request), sizeof *nearby);
    const struct intake *intake = state;
    struct error err = {0};
    nearby->request = request;
    nearby->intake = intake;
    if (!gate_admit_reader(intake->gate, request, &err) || !nearby_read(nearby, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(intake->parts->pg);
    pg_tx_set_read_only(tx);
    store_search_nearby(tx, &nearby->wanted);
    pg_tx_send(tx, on_found, nearby);
}

/* The category's own radius, or the setting. False: there is no such category for everybody. */
static bool set_radius(struct nearby *nearby, const char *code)
{
    const struct category *category =
        reference_category(reference_current(nearby->intake->reference), code);
    if (category == NULL) {
        return false;
    }
    nearby->told = category->duplicate_radius_m > 0;
    nearby->wanted.radius_m =
        nearby->told ? category->duplicate_radius_m
                     : (int32_t)config_int(nearby->intake->parts->config, "DUPLICATE_RADIUS_M");
    return true;
}

static bool nearby_read(struct nearby *nearby, struct error *err)
{
    struct nearby_search *wanted = &nearby->wanted;
    const char *category = http_query(nearby->request, "category");
    int64_t now_us = clock_now_us();
    wanted->lat = place_query_degrees(nearby->request, "lat", LAT_MIN, LAT_MAX, err);
    wanted->lon = place_query_degrees(nearby->request, "lon", LON_MIN, LON_MAX, err);
    if (category == NULL) {
        error_add_field(err, "category", "required", "must be given");
    } else if (!error_is_set(err) && !set_radius(nearby, category)) {
        error_set(err, ERR_UNPROCESSABLE, "unknown_category",
                  "category is not among those of GET /api/intake/categories");
    }
    wanted->category = category;
    wanted->since = now_us - OPEN_DAYS * DATE_DAY_US;
    wanted->closed_since = now_us - CLOSED_DAYS * DATE_DAY_US;
    wanted->limit = NEARBY_MAX;
    return !error_is_set(err);
}

static void on_found(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct nearby *nearby = arg;
    struct submission_view *views;
    if (!http_is_committed(nearby->request, tx, outcome)) {
        return;
    }
    size_t count = store_take_list(tx, &views, http_arena(nearby->request));
    nearby_answer(nearby, views, count);
}

static void nearby_answer(struct nearby *nearby, const struct submission_view *views, size_t count)
{
    const struct reference *reference = reference_current(nearby->intake->reference);
    struct media_linker linker = intake_media_linker(nearby->intake, http_arena(nearby->request));
    struct json_writer writer;
    struct buffer body;
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_int(&writer, "radius_m", nearby->wanted.radius_m);
    json_put_text(&writer, "radius_source", nearby->told ? "category" : "assumption");
    json_open_array(&writer, "items");
    for (size_t i = 0; i < count; i++) {
        public_write_neighbour(&views[i], nearby->wanted.lat, nearby->wanted.lon, reference,
                               &linker, &writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    http_answer(nearby->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}
