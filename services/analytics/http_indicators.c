/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/indicators and GET /api/analytics/definitions. */
#include "services/analytics/analytics.h"
#include "services/analytics/bilingual_json.h"
#include "services/analytics/figure_csv.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"

struct get {
    struct asked asked; /* its indicator NULL: all of the subject */
    struct cell_key key;
};

static bool get_decode(struct get *get, struct error *err);
static void get_read(struct get *get, struct pg *pg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment);

void http_put_name(struct json_writer *writer, const struct bilingual *name)
{
    if (name->vi != NULL) {
        bilingual_put(writer, "name", name);
    }
}

/* ---- figures ---- */

void http_get_indicators(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct get *get = arena_alloc(http_arena(request), sizeof *get);
    struct error err = {0};

    *get = (struct get){.asked = http_asked_of(request, state)};
    if (!get_decode(get, &err)) {
        http_answer_error(request, &err);
        return;
    }
    get_read(get, analytics->parts->pg);
}

static bool get_decode(struct get *get, struct error *err)
{
    struct asked *asked = &get->asked;
    bool has_code = http_query(asked->request, "code") != NULL;
    if (has_code) {
        http_read_indicator(&asked->indicator, asked->request, err);
    }
    if (has_code && http_query(asked->request, "subject") != NULL) {
        error_add_field(err, "subject", "not_allowed", "is that of the indicator");
    }
    asked->is_table = http_wants_table(asked->request, err);
    if (!http_read_slice(&asked->slice, &asked->cells, asked->request, 0, err)) {
        return false;
    }
    get->key = slice_cell(&asked->cells, &asked->slice.period);
    return http_check_public(asked->request, &get->key, err);
}

enum { CELLS = KNOWN_NEXT };

static void get_read(struct get *get, struct pg *pg)
{
    struct pg_tx *tx = http_read_known(pg, &get->asked);
    store_read_slice(tx, &get->asked.cells, CELL_WHOLE);
    pg_tx_send(tx, on_read, get);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct get *get = arg;
    struct moment moment;
    if (http_take_known(&get->asked, tx, outcome, &moment)) {
        get_answer(get, tx, &moment);
    }
}

void http_put_figures(struct json_writer *writer, const struct http_request *request,
                      const struct discloser *discloser, const struct cell_key *key,
                      const struct indicator *only, const struct tally *tally,
                      const struct moment *moment)
{
    const struct subject_layout *subject = subjects[key->subject];
    struct slice slice = slice_of(key);
    for (size_t i = 0; i < subject->indicator_count; i++) {
        struct figure figure;
        if (only == NULL || only == &subject->indicators[i]) {
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
        if (get->asked.indicator == NULL || get->asked.indicator == indicator) {
            http_figure_of(&figure, get->asked.request, get->asked.discloser, &get->key, indicator,
                           tally);
            struct figure_line line = {.figure = &figure, .slice = &get->asked.slice};
            figure_csv_line(csv, &line, moment);
        }
    }
    http_send_table(get->asked.request, &body, moment, "indicators");
}

static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment)
{
    struct tally tally;
    http_take_tally(tx, CELLS, CELL_WHOLE, http_arena(get->asked.request), &tally);
    if (get->asked.is_table) {
        answer_table(get, &tally, moment);
        return;
    }
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);
    json_open_array(writer, "items");
    http_put_figures(writer, get->asked.request, get->asked.discloser, &get->key,
                     get->asked.indicator, &tally, moment);
    json_close_array(writer);
    http_send_body(get->asked.request, &body, moment);
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
    http_send_definitions(request, &body, NULL);
}
