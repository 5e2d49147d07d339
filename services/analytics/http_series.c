/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/series: one indicator, period after period. Periods without a case are there,
 * too. Where the set of units changed, the series is marked: what is before and after it is not the
 * same thing. */
#include <string.h>

#include "common/clock.h"
#include "common/date.h"
#include "services/analytics/analytics.h"
#include "services/analytics/bilingual_json.h"
#include "services/analytics/figure_csv.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"

enum { POINTS_MAX = 400, POINTS_USUAL = 12 };

struct series {
    struct asked asked;
    enum period_kind step;
    struct period from, to; /* of the step's kind, both included */
};

static bool series_decode(struct series *series, struct error *err);
static void series_read(struct series *series, struct pg *pg);
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void series_answer(struct series *series, const struct pg_tx *tx,
                          const struct moment *moment);

void http_get_series(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct series *series = arena_alloc(http_arena(request), sizeof *series);
    struct error err = {0};

    *series = (struct series){.asked = http_asked_of(request, state)};
    if (!series_decode(series, &err)) {
        http_answer_error(request, &err);
        return;
    }
    series_read(series, analytics->parts->pg);
}

/* ---- what is asked for ---- */

static void read_step(struct series *series, struct error *err)
{
    const char *step = http_query(series->asked.request, "step");
    series->step = PERIOD_MONTH;
    for (int kind = PERIOD_YEAR; step != NULL; kind++) {
        if (kind == PERIOD_KINDS) {
            error_add_field(err, "step", "not_allowed",
                            "must be one of year, quarter, month, week, day");
            return;
        }
        if (strcmp(step, period_words[kind]) == 0) {
            series->step = (enum period_kind)kind;
            return;
        }
    }
}

/* Any period names the one of the step's kind that it begins in. */
static bool read_end(struct series *series, const char *name, struct period *end, struct error *err)
{
    const char *text = http_query(series->asked.request, name);
    struct period period;
    if (text == NULL) {
        return false;
    }
    if (!period_parse(text, &period) || period.kind == PERIOD_ALL) {
        error_add_field(err, name, "bad_period",
                        "must be like 2026, 2026-Q4, 2026-11, 2026-W48, 2026-11-24");
        return false;
    }
    *end = period_of(series->step, period.first);
    return true;
}

static size_t count_points(const struct series *series)
{
    size_t count = 0;
    for (struct period at = series->from; at.first <= series->to.first && count <= POINTS_MAX;
         at = period_next(&at)) {
        count++;
    }
    return count;
}

static void read_ends(struct series *series, struct error *err)
{
    if (!read_end(series, "to", &series->to, err)) {
        series->to = period_of(series->step, period_day(clock_now_us()));
    }
    if (!read_end(series, "from", &series->from, err)) {
        series->from = series->to;
        for (size_t i = 1; i < POINTS_USUAL; i++) {
            series->from = period_previous(&series->from);
        }
    }
    if (error_is_set(err)) {
        return;
    }
    size_t points = count_points(series);
    if (points == 0) {
        error_add_field(err, "to", "out_of_range", "must not be before from");
    } else if (points > POINTS_MAX) {
        error_add_field(err, "from", "out_of_range", "at most %d periods at once", POINTS_MAX);
    }
}

static bool series_decode(struct series *series, struct error *err)
{
    struct asked *asked = &series->asked;
    http_asked_indicator(asked, err);
    read_step(series, err);
    read_ends(series, err);
    if (!http_asked_slice(asked, 0, err)) {
        return false;
    }
    asked->slice.period = series->from;
    if (slice_find(&asked->cells, asked->indicator->subject, &asked->slice, 0) != SLICE_KEPT) {
        return error_add_field(err, "step", "not_kept",
                               "by these dimensions figures are kept by month and longer");
    }
    asked->cells.to = period_end(&series->to);
    struct cell_key key = slice_cell(&asked->cells, &series->from);
    return http_check_public(asked->request, &key, err);
}

/* ---- what is answered ---- */

static void series_read(struct series *series, struct pg *pg)
{
    pg_tx_send(http_read_asked(pg, &series->asked), on_read, series);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct series *series = arg;
    struct error err = {0};
    struct moment moment;

    http_is_read(tx, outcome, &err);
    if (http_take_moment(series->asked.request, tx, &moment, &err)) {
        series_answer(series, tx, &moment);
    }
}

struct point {
    struct period period;
    struct figure figure;
};

static void take_point(struct point *point, const struct series *series, const struct pg_tx *tx,
                       size_t *row)
{
    struct arena *arena = http_arena(series->asked.request);
    int32_t end = period_end(&point->period);
    struct tally tally = {.counts = {0}};
    struct cell_row cell;
    for (; *row < pg_rows(tx, ASKED_CELLS) && store_cell_first(tx, ASKED_CELLS, *row) < end;
         ++*row) {
        if (http_asked_cell(&cell, &series->asked, tx, *row)) {
            tally_add(&tally, &cell.tally, arena);
        }
    }
    struct cell_key key = slice_cell(&series->asked.cells, &point->period);
    http_asked_figure(&point->figure, &series->asked, &key, &tally);
}

/* Cells come in the order of their periods. */
static struct point *take_points(const struct series *series, const struct pg_tx *tx, size_t *count)
{
    struct point *points =
        arena_array(http_arena(series->asked.request), count_points(series), sizeof *points);
    size_t row = 0;
    *count = 0;
    for (struct period at = series->from; at.first <= series->to.first; at = period_next(&at)) {
        struct point *point = &points[(*count)++];
        point->period = at;
        take_point(point, series, tx, &row);
    }
    return points;
}

static void put_point(struct json_writer *writer, const struct series *series,
                      const struct point *point, const struct moment *moment)
{
    char text[PERIOD_TEXT_SIZE];
    struct slice slice = series->asked.slice;
    slice.period = point->period;
    json_open_object(writer, NULL);
    json_put_text(writer, "period", period_format(&point->period, text));
    figure_put_value(writer, &point->figure);
    json_put_bool(writer, "over", period_instant(period_end(&point->period)) <= moment->as_of);
    figure_put_unit_sets(writer, &slice, moment);
    json_close_object(writer);
}

static void answer_table(const struct series *series, const struct point *points, size_t count,
                         const struct moment *moment)
{
    struct figures_body body;
    struct csv *csv = http_open_table(&body);

    figure_csv_header(csv);
    for (size_t i = 0; i < count; i++) {
        struct slice slice = series->asked.slice;
        slice.period = points[i].period;
        struct figure_line line = {.figure = &points[i].figure, .slice = &slice};
        figure_csv_line(csv, &line, moment);
    }
    http_send_table(series->asked.request, &body, moment, "series");
}

/* Decision 19/2025/QĐ-TTg: 126 communes and wards instead of 30 districts, from 2025-07-01. */
static void put_breaks(struct json_writer *writer, const struct series *series)
{
    static const struct bilingual other_units = {
        "Từ 01/7/2025 Thành phố có 126 xã, phường thay cho 30 quận, huyện, thị xã; số liệu "
        "trước và sau ngày này không cùng đơn vị.",
        "Since 2025-07-01 the city has 126 wards and communes instead of 30 districts; figures "
        "from before and after that day are not of the same units."};
    static const struct bilingual other_areas = {
        "Từ 01/7/2025 Thành phố có 126 xã, phường; số liệu trước ngày này được tính theo xã, "
        "phường mới nhận phần lớn địa bàn của đơn vị cũ, nên không hoàn toàn cùng địa bàn.",
        "Since 2025-07-01 the city has 126 wards and communes; figures from before that day are "
        "counted in the one that most of the former area went over into, which is not quite the "
        "same area."};
    bool by_area = series->asked.slice.members[DIMENSION_AREA] != NULL;
    int32_t change = (int32_t)date_day(2025, 7, 1);
    json_open_array(writer, "breaks");
    if (series->from.first < change && period_end(&series->to) > change) {
        json_open_object(writer, NULL);
        json_put_text(writer, "at", "2025-07-01");
        bilingual_put(writer, "why", by_area ? &other_areas : &other_units);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void series_answer(struct series *series, const struct pg_tx *tx,
                          const struct moment *moment)
{
    size_t count;
    const struct point *points = take_points(series, tx, &count);
    if (series->asked.is_table) {
        answer_table(series, points, count, moment);
        return;
    }
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);

    figure_put_definition(writer, series->asked.indicator);
    figure_put_dimensions(writer, &series->asked.slice);
    json_put_text(writer, "step", period_words[series->step]);
    json_put_instant(writer, "as_of", moment->as_of);
    json_put_instant_if(writer, "cutoff", moment->cutoff);
    put_breaks(writer, series);
    json_open_array(writer, "items");
    for (size_t i = 0; i < count; i++) {
        put_point(writer, series, &points[i], moment);
    }
    json_close_array(writer);
    http_send_body(series->asked.request, &body, moment);
}
