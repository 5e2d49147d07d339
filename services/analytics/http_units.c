/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/units/{code}: a unit's counts and figures on one page. */
#include "services/analytics/analytics.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"

struct get {
    struct http_request *request;
    const char *code;
};

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment,
                       const struct bilingual *name);

enum { MOMENT, FIGURES, COUNTS, NAME };

void http_get_unit(struct http_request *request, void *state)
{
    const struct analytics *analytics = state;
    struct get *get = arena_alloc(http_arena(request), sizeof *get);
    struct error err = {0};

    *get = (struct get){.request = request, .code = http_param(request, "code")};
    if (!http_check_unit("code", get->code, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(analytics->parts->pg);
    pg_tx_set_read_only(tx);
    store_read_moment(tx);
    store_read_figures(tx, NULL, get->code, NULL);
    store_read_unit(tx, get->code);
    store_read_name(tx, NAME_UNIT, get->code);
    pg_tx_send(tx, on_read, get);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct get *get = arg;
    struct error err = {0};
    struct moment moment;
    struct bilingual name = {0};

    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
    } else if (!store_take_name(tx, NAME, http_arena(get->request), &name)) {
        error_set(&err, ERR_NOT_FOUND, "unknown_unit", "there is no such unit");
    } else {
        http_take_moment(tx, MOMENT, &moment, &err);
    }
    if (error_is_set(&err)) {
        http_answer_error(get->request, &err);
        return;
    }
    get_answer(get, tx, &moment, &name);
}

static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment,
                       const struct bilingual *name)
{
    struct figure figures[INDICATOR_COUNT];
    struct unit_counts none = {.unit = get->code}, *units = &none;
    struct json_writer writer;
    struct buffer body;
    size_t count = store_take_figures(tx, FIGURES, NULL, get->code, NULL, figures);

    if (pg_rows(tx, COUNTS) > 0) {
        store_take_units(tx, COUNTS, http_arena(get->request), &units);
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_text(&writer, "code", get->code);
    http_put_name(&writer, name);
    figure_put_counts(&writer, units);
    json_open_array(&writer, "indicators");
    for (size_t i = 0; i < count; i++) {
        figure_put(&writer, &figures[i], moment);
    }
    json_close_array(&writer);
    figure_put_window(&writer, moment);
    json_close_object(&writer);
    http_answer_header(get->request, "Cache-Control", FIGURES_CACHE);
    http_answer(get->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}
