/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/units/{code}: a unit's counts and figures on one page. */
#include "services/analytics/analytics.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"

struct get {
    struct http_request *request;
    const struct discloser *discloser;
    struct slice slice;
    struct cell_key key;
};

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment,
                       const struct bilingual *name);

enum { CELLS = FIGURES_MOMENT + 1, CATEGORIES, NAME };

void http_get_unit(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct get *get = arena_alloc(http_arena(request), sizeof *get);
    const char *code = http_param(request, "code");
    struct slice_cells cells;
    struct error err = {0};

    *get = (struct get){.request = request,
                        .discloser = analytics->discloser,
                        .slice = {.members = {[DIMENSION_UNIT] = code}, .period = {PERIOD_ALL, 0}}};
    if (!http_check_unit("code", code, &err)) {
        http_answer_error(request, &err);
        return;
    }
    slice_find(&cells, SUBJECT_CASES, &get->slice, 0); /* always kept */
    get->key = slice_cell(&cells, &get->slice.period);
    struct pg_tx *tx = http_read_figures(analytics->parts->pg);
    store_read_slice(tx, &cells, CELL_WHOLE);
    store_read_unit_categories(tx, &get->slice.members[DIMENSION_UNIT], 1);
    store_read_name(tx, NAME_UNIT, SUBJECT_CASES, code);
    pg_tx_send(tx, on_read, get);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct get *get = arg;
    struct error err = {0};
    struct moment moment;
    struct bilingual name = {0};

    if (http_is_read(tx, outcome, &err) &&
        !store_take_name(tx, NAME, http_arena(get->request), &name)) {
        error_set(&err, ERR_NOT_FOUND, "unknown_unit", "there is no such unit");
    }
    if (http_take_moment(get->request, tx, &moment, &err)) {
        get_answer(get, tx, &moment, &name);
    }
}

static bool may_see(const struct get *get, const struct cell_key *key, const struct tally *tally)
{
    return http_sees_all(get->request) || !discloser_hides(get->discloser, key, tally);
}

static void take_categories(const struct get *get, struct unit_counts *counts,
                            const struct pg_tx *tx)
{
    struct arena *arena = http_arena(get->request);
    size_t rows = pg_rows(tx, CATEGORIES);
    struct category_counts *categories = arena_array(arena, rows, sizeof *categories);
    for (size_t row = 0; row < rows; row++) {
        struct cell_row *cell = arena_alloc(arena, sizeof *cell);
        if (store_take_cell(tx, CATEGORIES, row, CELL_COUNTS, arena, cell) &&
            may_see(get, &cell->key, &cell->tally)) {
            categories[counts->category_count++] =
                (struct category_counts){cell->key.members[1], &cell->tally};
        }
    }
    counts->categories = categories;
}

static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment,
                       const struct bilingual *name)
{
    struct arena *arena = http_arena(get->request);
    struct tally total;
    struct unit_counts counts = {.unit = get->slice.members[DIMENSION_UNIT], .total = &total};
    struct figures_body body;
    struct json_writer *writer = http_open_body(&body);

    http_take_tally(tx, CELLS, CELL_WHOLE, arena, &total);
    counts.hidden = !may_see(get, &get->key, &total);
    take_categories(get, &counts, tx);
    json_put_text(writer, "code", counts.unit);
    http_put_name(writer, name);
    figure_put_counts(writer, &counts);
    json_open_array(writer, "indicators");
    http_put_figures(writer, get->request, get->discloser, &get->key, NULL, &total, moment);
    json_close_array(writer);
    figure_put_window(writer, &get->slice, moment);
    http_send_body(get->request, &body, moment);
}
