/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/indicators and GET /api/analytics/definitions. */
#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/figure_csv.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"

struct get {
    struct http_request *request;
    const struct discloser *discloser;
    const char *code; /* NULL: any */
    bool is_table;
    struct slice slice;
    struct slice_cells cells;
    struct cell_key key;
};

static void get_read(struct get *get, struct pg *pg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment);

void http_put_name(struct json_writer *writer, const struct bilingual *name)
{
    if (name->vi != NULL) {
        figure_put_bilingual(writer, "name", name);
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
    get->is_table = http_wants_table(request, &err);
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

enum { CELLS = FIGURES_MOMENT + 1, UNIT, AREA, CATEGORY };

static void get_read(struct get *get, struct pg *pg)
{
    struct pg_tx *tx = http_read_figures(pg);
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

static void check_known(const struct get *get, const struct pg_tx *tx, struct error *err)
{
    if (is_unknown(get, tx, DIMENSION_UNIT, UNIT)) {
        error_set(err, ERR_NOT_FOUND, "unknown_unit", "there is no such unit");
    } else if (is_unknown(get, tx, DIMENSION_AREA, AREA)) {
        error_set(err, ERR_NOT_FOUND, "unknown_area", "there is no such ward or commune");
    } else if (is_unknown(get, tx, DIMENSION_CATEGORY, CATEGORY)) {
        error_set(err, ERR_NOT_FOUND, "unknown_category", "there is no such category");
    }
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct get *get = arg;
    struct error err = {0};
    struct moment moment;

    if (http_is_read(tx, outcome, &err)) {
        check_known(get, tx, &err);
    }
    if (http_take_moment(get->request, tx, &moment, &err)) {
        get_answer(get, tx, &moment);
    }
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

static void answer_table(struct get *get, const struct tally *tally, const struct moment *moment)
{
    const struct subject_layout *subject = subjects[get->key.subject];
    struct figures_body body;
    struct csv *csv = http_open_table(&body);
    struct figure figure;

    figure_csv_header(csv);
    for (size_t i = 0; i < subject->indicator_count; i++) {
        const struct indicator *indicator = &subject->indicators[i];
        if (get->code == NULL || strcmp(get->code, indicator->code) == 0) {
            http_figure_of(&figure, get->request, get->discloser, &get->key, indicator, tally);
            struct figure_line line = {.figure = &figure, .slice = &get->slice};
            figure_csv_line(csv, &line, moment);
        }
    }
    http_send_table(get->request, &body, moment, "indicators");
}

static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment)
{
    struct tally tally;
    http_take_tally(tx, CELLS, http_arena(get->request), &tally);
    if (get->is_table) {
        answer_table(get, &tally, moment);
        return;
    }
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);
    json_open_array(writer, "items");
    http_put_figures(writer, get->request, get->discloser, &get->key, get->code, &tally, moment);
    json_close_array(writer);
    http_send_body(get->request, &body, moment);
}

/* ---- definitions ---- */

void http_get_definitions(struct http_request *request, void *state)
{
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);
    const struct indicator *indicator;
    (void)state;

    json_open_array(writer, "items");
    for (size_t i = 0; (indicator = indicator_at(i)) != NULL; i++) {
        json_open_object(writer, NULL);
        figure_put_definition(writer, indicator);
        json_close_object(writer);
    }
    json_close_array(writer);
    http_send_definitions(request, &body);
}
