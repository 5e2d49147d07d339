/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/analytics/indicators and GET /api/analytics/definitions. */
#include <string.h>

#include "services/analytics/analytics.h"
#include "services/analytics/figure_json.h"
#include "services/analytics/http_analytics.h"

enum { RETRY_S = 5, UNIT_MAX = 32, CATEGORY_MAX = 64 };

struct get {
    struct http_request *request;
    const char *code, *unit, *category; /* NULL: any, all */
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

bool http_check_unit(const char *name, const char *code, struct error *err)
{
    static const char allowed[] = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t size = code != NULL ? strlen(code) : 0;
    return code == NULL ||
           (size >= 2 && size <= UNIT_MAX && code[0] != '-' && strspn(code, allowed) == size) ||
           error_add_field(err, name, "bad_code",
                           "must be 2 to %d of A-Z, 0-9 and -, not beginning with -", UNIT_MAX);
}

bool http_check_category(const char *name, const char *code, struct error *err)
{
    static const char allowed[] = "-0123456789abcdefghijklmnopqrstuvwxyz";
    size_t size = code != NULL ? strlen(code) : 0;
    return code == NULL ||
           (size >= 1 && size <= CATEGORY_MAX && strspn(code, allowed) == size && code[0] != '-' &&
            code[size - 1] != '-' && strstr(code, "--") == NULL) ||
           error_add_field(err, name, "bad_code", "must be 1 to %d of a-z and 0-9 in words with -",
                           CATEGORY_MAX);
}

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

    *get = (struct get){.request = request,
                        .code = http_query(request, "code"),
                        .unit = http_query(request, "unit"),
                        .category = http_query(request, "category")};
    if (get->code != NULL && indicator_find(get->code) == INDICATOR_COUNT) {
        error_add_field(&err, "code", "not_allowed",
                        "is no indicator; GET /api/analytics/definitions names them");
    }
    http_check_unit("unit", get->unit, &err);
    http_check_category("category", get->category, &err);
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    get_read(get, analytics->parts->pg);
}

enum { MOMENT, FIGURES, UNIT, CATEGORY };

static void get_read(struct get *get, struct pg *pg)
{
    struct pg_tx *tx = pg_tx_new(pg);
    pg_tx_set_read_only(tx);
    store_read_moment(tx);
    store_read_figures(tx, get->code, get->unit, get->category);
    store_read_name(tx, NAME_UNIT, get->unit);
    store_read_name(tx, NAME_CATEGORY, get->category);
    pg_tx_send(tx, on_read, get);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct get *get = arg;
    struct error err = {0};
    struct moment moment;

    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
    } else if (get->unit != NULL && pg_rows(tx, UNIT) == 0) {
        error_set(&err, ERR_NOT_FOUND, "unknown_unit", "there is no such unit");
    } else if (get->category != NULL && pg_rows(tx, CATEGORY) == 0) {
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

static void get_answer(struct get *get, const struct pg_tx *tx, const struct moment *moment)
{
    struct figure figures[INDICATOR_COUNT];
    struct json_writer writer;
    struct buffer body;
    size_t count = store_take_figures(tx, FIGURES, get->code, get->unit, get->category, figures);

    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_open_array(&writer, "items");
    for (size_t i = 0; i < count; i++) {
        figure_put(&writer, &figures[i], moment);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    http_answer_header(get->request, "Cache-Control", FIGURES_CACHE);
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
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        json_open_object(&writer, NULL);
        figure_put_definition(&writer, &indicators[i]);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    http_answer_header(request, "Cache-Control", "public, max-age=3600");
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}
