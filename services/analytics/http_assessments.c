/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/assessments/{code}: figures that are inputs to an assessment of others, with
 * the way to their evidence. */
#include "services/analytics/analytics.h"
#include "services/analytics/assessment.h"
#include "services/analytics/bilingual_json.h"
#include "services/analytics/figure_csv.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"

struct get {
    struct asked asked; /* without an indicator */
    const struct assessment *assessment;
    struct cell_key key;
};

/* A criterion with one of its inputs, or without any. */
struct row {
    const struct criterion *criterion;
    const struct figure *figure;                   /* NULL: nothing is known */
    const char *explain, *numerator, *denominator; /* addresses of the evidence */
};

static bool get_decode(struct get *get, struct error *err);
static void get_read(struct get *get, struct pg *pg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment);

void http_get_assessment(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct get *get = arena_alloc(http_arena(request), sizeof *get);
    struct error err = {0};

    *get = (struct get){.asked = http_asked_of(request, state),
                        .assessment = assessment_find(http_param(request, "code"))};
    if (!get_decode(get, &err)) {
        http_answer_error(request, &err);
        return;
    }
    get_read(get, analytics->parts->pg);
}

static bool get_decode(struct get *get, struct error *err)
{
    struct asked *asked = &get->asked;
    if (get->assessment == NULL) {
        return error_set(err, ERR_NOT_FOUND, "unknown_assessment", "there is no such assessment");
    }
    asked->is_table = http_wants_table(asked->request, err);
    if (!http_asked_slice(asked, 0, err)) {
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

/* ---- rows ---- */

/* Of this figure, in this slice. Codes need no escapes. */
static const char *address_of(const struct get *get, const char *path, const char *code)
{
    const struct slice *slice = &get->asked.slice;
    struct arena *arena = http_arena(get->asked.request);
    char period[PERIOD_TEXT_SIZE];
    const char *address = arena_format(arena, "/api/analytics/%scode=%s&period=%s", path, code,
                                       period_format(&slice->period, period));
    for (size_t i = 0; i < DIMENSIONS; i++) {
        enum dimension dimension = slice_order[i];
        if (slice->members[dimension] != NULL) {
            address = arena_format(arena, "%s&%s=%s", address, dimension_words[dimension],
                                   slice->members[dimension]);
        }
    }
    return address;
}

static struct row row_of(const struct get *get, const struct criterion *criterion,
                         const char *input, const struct tally *tally)
{
    struct figure *figure = arena_alloc(http_arena(get->asked.request), sizeof *figure);
    http_figure_of(figure, get->asked.request, get->asked.discloser, &get->key,
                   indicator_find(input), tally);
    return (struct row){criterion, figure, address_of(get, "explain?", input),
                        address_of(get, "cases?part=numerator&", input),
                        address_of(get, "cases?part=denominator&", input)};
}

static struct row *take_rows(const struct get *get, const struct tally *tally, size_t *count)
{
    const struct assessment *assessment = get->assessment;
    struct row *rows = arena_array(http_arena(get->asked.request),
                                   assessment->count * ASSESSMENT_INPUTS, sizeof *rows);
    *count = 0;
    for (size_t i = 0; i < assessment->count; i++) {
        const struct criterion *criterion = &assessment->criteria[i];
        if (criterion->inputs[0] == NULL) {
            rows[(*count)++] = (struct row){.criterion = criterion};
        }
        for (size_t j = 0; j < ASSESSMENT_INPUTS && criterion->inputs[j] != NULL; j++) {
            rows[(*count)++] = row_of(get, criterion, criterion->inputs[j], tally);
        }
    }
    return rows;
}

/* ---- JSON ---- */

static void put_input(struct json_writer *writer, const struct row *row,
                      const struct moment *moment)
{
    json_open_object(writer, "figure");
    figure_put_definition(writer, row->figure->indicator);
    figure_put_value(writer, row->figure);
    json_close_object(writer);
    json_open_object(writer, "evidence");
    json_put_text(writer, "explain", row->explain);
    json_put_text(writer, "numerator", row->numerator);
    json_put_text(writer, "denominator", row->denominator);
    json_put_int(writer, "definition_version", row->figure->indicator->version);
    json_put_instant_if(writer, "cutoff", moment->cutoff);
    json_close_object(writer);
}

static void put_row(struct json_writer *writer, const struct row *row, const struct moment *moment)
{
    json_open_object(writer, NULL);
    json_put_text(writer, "criterion", row->criterion->code);
    bilingual_put(writer, "name", &row->criterion->name);
    json_put_bool(writer, "known", row->figure != NULL);
    bilingual_put(writer, "how", &row->criterion->how);
    if (row->figure != NULL) {
        put_input(writer, row, moment);
    }
    json_close_object(writer);
}

/* ---- a table ---- */

static void put_names(struct csv *csv)
{
    static const char *const before[] = {"inputs_to",    "notice_vi",    "notice_en", "criterion",
                                         "criterion_vi", "criterion_en", "known"};
    static const char *const behind[] = {"explain", "numerator_cases", "denominator_cases"};
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        csv_put_text(csv, before[i]);
    }
    figure_csv_names(csv);
    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
        csv_put_text(csv, behind[i]);
    }
    csv_end_line(csv);
}

static void put_line(struct csv *csv, const struct get *get, const struct row *row,
                     const struct moment *moment)
{
    csv_put_text(csv, get->assessment->code);
    csv_put_text(csv, get->assessment->notice.vi);
    csv_put_text(csv, get->assessment->notice.en);
    csv_put_text(csv, row->criterion->code);
    csv_put_text(csv, row->criterion->name.vi);
    csv_put_text(csv, row->criterion->name.en);
    csv_put_bool(csv, row->figure != NULL);
    if (row->figure != NULL) {
        struct figure_line line = {.figure = row->figure, .slice = &get->asked.slice};
        figure_csv_fields(csv, &line, moment);
    } else {
        csv_put_empty(csv, figure_csv_count());
    }
    csv_put_text(csv, row->explain);
    csv_put_text(csv, row->numerator);
    csv_put_text(csv, row->denominator);
    csv_end_line(csv);
}

static void answer_table(const struct get *get, const struct row *rows, size_t count,
                         const struct moment *moment)
{
    struct figures_body body;
    struct csv *csv = http_open_table(&body);
    put_names(csv);
    for (size_t i = 0; i < count; i++) {
        put_line(csv, get, &rows[i], moment);
    }
    http_send_table(get->asked.request, &body, moment, "inputs");
}

/* ---- the answer ---- */

static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment)
{
    const struct assessment *assessment = get->assessment;
    struct tally tally;
    size_t count;
    http_take_tally(tx, CELLS, CELL_WHOLE, http_arena(get->asked.request), &tally);
    const struct row *rows = take_rows(get, &tally, &count);
    if (get->asked.is_table) {
        answer_table(get, rows, count, moment);
        return;
    }
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);
    json_put_text(writer, "inputs_to", assessment->code);
    bilingual_put(writer, "notice", &assessment->notice);
    bilingual_put(writer, "method", &assessment->method);
    json_put_text(writer, "source", assessment->source);
    bilingual_put(writer, "not_known", &assessment->not_known);
    figure_put_slice(writer, &get->asked.slice);
    figure_put_window(writer, &get->asked.slice, moment);
    json_open_array(writer, "items");
    for (size_t i = 0; i < count; i++) {
        put_row(writer, &rows[i], moment);
    }
    json_close_array(writer);
    http_send_body(get->asked.request, &body, moment);
}
