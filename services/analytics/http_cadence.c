/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/cadence: how units keep telling the city something, the worst first. */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "services/analytics/analytics.h"
#include "services/analytics/cadence_csv.h"
#include "services/analytics/cadence_json.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"
#include "services/analytics/store_cadence.h"

struct get {
    struct http_request *request;
    const char *unit; /* NULL: all */
    struct period period;
    int64_t now;
    bool is_table;
};

/* A unit in the answer. */
struct row {
    const struct cadence_unit *unit;
    struct cadence cadence;
};

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void get_answer(struct get *get, const struct pg_tx *tx);

enum { NAMES = FIGURES_MOMENT + 1, CADENCE };

void http_get_cadence(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct get *get = arena_alloc(http_arena(request), sizeof *get);
    struct error err = {0};

    *get = (struct get){
        .request = request, .unit = http_query(request, "unit"), .now = clock_now_us()};
    http_check_unit("unit", get->unit, &err);
    get->period = http_read_period(request, &err);
    get->is_table = http_wants_table(request, &err);
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = http_read_figures(analytics->parts->pg);
    store_read_names(tx, NAME_UNIT);
    store_read_cadence(tx, get->unit);
    pg_tx_send(tx, on_read, get);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct get *get = arg;
    struct error err = {0};
    struct moment moment;

    http_is_read(tx, outcome, &err);
    if (!http_take_moment(get->request, tx, &moment, &err)) {
        return;
    }
    if (get->unit != NULL && pg_rows(tx, CADENCE) == 0) {
        error_set(&err, ERR_NOT_FOUND, "no_duty", "this unit has no such duty");
        http_answer_error(get->request, &err);
        return;
    }
    get_answer(get, tx);
}

static int worst_first(const void *a, const void *b)
{
    const struct row *left = a, *right = b;
    int order = cadence_order(&left->cadence, &right->cadence);
    return order != 0 ? order : strcmp(left->unit->unit, right->unit->unit);
}

/* Those whose duty has a day in the period: of the whole time, all. */
static size_t judge(const struct get *get, const struct cadence_unit *units, size_t count,
                    struct row *rows)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct row *row = &rows[kept];
        row->unit = &units[i];
        cadence_of(&row->cadence, &units[i].duty, units[i].days, units[i].day_count,
                   period_day(get->now), &get->period);
        kept += get->period.kind == PERIOD_ALL || row->cadence.longest_gap > 0;
    }
    qsort(rows, kept, sizeof *rows, worst_first);
    return kept;
}

static void put_row(struct json_writer *writer, const struct get *get, const struct pg_tx *tx,
                    const struct row *row)
{
    struct bilingual name = {0};
    json_open_object(writer, NULL);
    json_put_text(writer, "unit", row->unit->unit);
    store_find_name(tx, NAMES, row->unit->unit, &name);
    http_put_name(writer, &name);
    cadence_put(writer, &row->cadence, period_day(get->now));
    json_close_object(writer);
}

static void answer_table(const struct get *get, const struct pg_tx *tx, const struct row *rows,
                         size_t count, const struct moment *moment)
{
    struct figures_body body;
    struct csv *csv = http_open_table(&body);

    cadence_csv_header(csv);
    for (size_t i = 0; i < count; i++) {
        struct cadence_line line = {
            .unit = rows[i].unit->unit, .period = &get->period, .cadence = &rows[i].cadence};
        store_find_name(tx, NAMES, line.unit, &line.name);
        cadence_csv_line(csv, &line, moment);
    }
    http_send_table(get->request, &body, moment, "cadence");
}

static void get_answer(struct get *get, const struct pg_tx *tx)
{
    struct arena *arena = http_arena(get->request);
    struct moment moment = {.as_of = get->now};
    struct cadence_unit *units;
    char period[PERIOD_TEXT_SIZE];

    size_t count = store_take_cadence(tx, CADENCE, arena, &units, &moment.cutoff);
    struct row *rows = arena_array(arena, count, sizeof *rows);
    count = judge(get, units, count, rows);
    if (get->is_table) {
        answer_table(get, tx, rows, count, &moment);
        return;
    }
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);
    cadence_put_rule(writer);
    json_put_text(writer, "period", period_format(&get->period, period));
    json_open_array(writer, "items");
    for (size_t i = 0; i < count; i++) {
        put_row(writer, get, tx, &rows[i]);
    }
    json_close_array(writer);
    json_put_instant(writer, "as_of", moment.as_of);
    json_put_instant_if(writer, "cutoff", moment.cutoff);
    http_send_body(get->request, &body, &moment);
}
