/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/indicators and GET /api/analytics/definitions. */
#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"

enum { RETRY_S = 5 };

struct get {
    struct http_request *request;
    const struct discloser *discloser;
    const char *code; /* NULL: any */
    struct slice slice;
    struct slice_cells cells;
    struct cell_key key;
};

static void get_read(struct get *get, struct pg *pg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment);

bool http_take_moment(const struct pg_tx *tx, size_t statement, struct moment *moment,
                      struct error *err)
{
    if (!store_take_moment(tx, statement, moment)) {
        error_set(err, ERR_RETRY, "rebuilding",
                  "the figures are being counted again from the beginning");
        err->retry_after_s = RETRY_S;
        return false;
    }
    return true;
}

void http_put_name(struct json_writer *writer, const struct bilingual *name)
{
    if (name->vi != NULL) {
        figure_put_bilingual(writer, "name", name);
    }
}

/* What officials see must not be shown to others by a cache between. */
void http_cache_figures(struct http_request *request)
{
    http_answer_header(request, "Cache-Control",
                       http_sees_all(request) ? "private, max-age=1" : "public, max-age=1");
    http_answer_header(request, "Vary", "Authorization, X-API-Key");
}

void http_read_cells(struct pg_tx *tx, const struct slice_cells *cells)
{
    store_read_range(tx, cells->subject, cells->grouping, cells->kind, cells->from, cells->to,
                     cells->members[0], cells->members[1]);
}

void http_take_tally(const struct pg_tx *tx, size_t statement, struct arena *arena,
                     struct tally *sum)
{
    *sum = (struct tally){.times = {.count = 0}};
    for (size_t row = 0; row < pg_rows(tx, statement); row++) {
        struct cell_row cell;
        if (store_take_cell(tx, statement, row, arena, &cell)) {
            tally_add(sum, &cell.tally, arena);
        }
    }
}

/* ---- figures ---- */

void http_get_indicators(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct get *get = arena_alloc(http_arena(request), sizeof *get);
    struct error err = {0};

    *get = (struct get){
        .request = request, .discloser = analytics->discloser, .code = http_query(request, "code")};
    if (get->code != NULL && indicator_find(get->code) == NULL) {
        error_add_field(&err, "code", "not_allowed",
                        "is no indicator; GET /api/analytics/definitions names them");
    } else if (get->code != NULL && http_query(request, "subject") != NULL) {
        error_add_field(&err, "subject", "not_allowed", "is that of the indicator");
    }
    if (http_read_slice(&get->slice, &get->cells, request, 0, &err)) {
        get->key = slice_cell(&get->cells, &get->slice.period);
        http_check_public(request, &get->key, &err);
    }
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    get_read(get, analytics->parts->pg);
}

enum { MOMENT, CELLS, UNIT, AREA, CATEGORY };

static void get_read(struct get *get, struct pg *pg)
{
    struct pg_tx *tx = pg_tx_new(pg);
    pg_tx_set_read_only(tx);
    store_read_moment(tx);
    http_read_cells(tx, &get->cells);
    store_read_name(tx, NAME_UNIT, get->cells.subject, get->slice.members[DIMENSION_UNIT]);
    store_read_name(tx, NAME_AREA, get->cells.subject, get->slice.members[DIMENSION_AREA]);
    store_read_name(tx, NAME_CATEGORY, get->cells.subject, get->slice.members[DIMENSION_CATEGORY]);
    pg_tx_send(tx, on_read, get);
}

static bool is_unknown(const struct get *get, const struct pg_tx *tx, enum dimension dimension,
                       size_t statement)
{
    return get->slice.members[dimension] != NULL && pg_rows(tx, statement) == 0;
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct get *get = arg;
    struct error err = {0};
    struct moment moment;

    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
    } else if (is_unknown(get, tx, DIMENSION_UNIT, UNIT)) {
        error_set(&err, ERR_NOT_FOUND, "unknown_unit", "there is no such unit");
    } else if (is_unknown(get, tx, DIMENSION_AREA, AREA)) {
        error_set(&err, ERR_NOT_FOUND, "unknown_area", "there is no such ward or commune");
    } else if (is_unknown(get, tx, DIMENSION_CATEGORY, CATEGORY)) {
        error_set(&err, ERR_NOT_FOUND, "unknown_category", "there is no such category");
    } else {
        http_take_moment(tx, MOMENT, &moment, &err);
    }
    if (error_is_set(&err)) {
        http_answer_error(get->request, &err);
        return;
    }
    get_answer(get, tx, &moment);
}

void http_put_figures(struct json_writer *writer, const struct http_request *request,
                      const struct discloser *discloser, const struct cell_key *key,
                      const char *code, const struct tally *tally, const struct moment *moment)
{
    const struct subject_layout *subject = subjects[key->subject];
    struct slice slice = slice_of(key);
    for (size_t i = 0; i < subject->indicator_count; i++) {
        struct figure figure;
        if (code == NULL || strcmp(code, subject->indicators[i].code) == 0) {
            http_figure_of(&figure, request, discloser, key, &subject->indicators[i], tally);
            figure_put(writer, &figure, &slice, moment);
        }
    }
}

static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment)
{
    struct json_writer writer;
    struct buffer body;
    struct tally tally;

    http_take_tally(tx, CELLS, http_arena(get->request), &tally);
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_open_array(&writer, "items");
    http_put_figures(&writer, get->request, get->discloser, &get->key, get->code, &tally, moment);
    json_close_array(&writer);
    json_close_object(&writer);
    http_cache_figures(get->request);
    http_answer(get->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* ---- definitions ---- */

void http_get_definitions(struct http_request *request, void *state)
{
    struct json_writer writer;
    struct buffer body;
    (void)state;

    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_open_array(&writer, "items");
    const struct indicator *indicator;
    for (size_t i = 0; (indicator = indicator_at(i)) != NULL; i++) {
        json_open_object(&writer, NULL);
        figure_put_definition(&writer, indicator);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    http_answer_header(request, "Cache-Control", "public, max-age=3600");
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}
