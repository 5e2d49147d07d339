/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/json.h"
#include "services/routing/http_reading.h"
#include "services/routing/store_desk.h"

enum { WAIT_DEFAULT_MS = 2000, WAIT_MAX_MS = 10000 };

/* ---- one case, perhaps after a wait for a version ---- */

struct case_get {
    struct http_request *request;
    struct routing *routing;
    struct case_read read;
    int64_t min_version;
    unsigned wait_ms;
    bool waited;
};

/* Steps, in running order. */
static void get_wait(struct case_get *get);
static void on_wait_over(void *arg);
static void get_read(struct case_get *get);
static void on_get_read(struct case_read *read, const struct error *err); /* may wait, once */
static void get_answer(struct case_get *get);

void http_get_case(struct http_request *request, void *state)
{
    struct case_get *get = arena_alloc(http_arena(request), sizeof *get);
    struct error err = {0};
    get->request = request;
    get->routing = state;
    if (!http_has_reference(request, state) || !http_read_id(request, &get->read.id)) {
        return;
    }
    get->min_version = http_query_int(request, "min_version", 0, INT32_MAX, 0, &err);
    get->wait_ms =
        (unsigned)http_query_int(request, "wait_ms", 0, WAIT_MAX_MS, WAIT_DEFAULT_MS, &err);
    if (error_is_set(&err)) {
        http_answer_error(request, &err);
        return;
    }
    get->read.arena = http_arena(request);
    get->read.on_read = on_get_read;
    get->read.arg = get;
    if (wait_is_due(get->routing->wait, &get->read.id, get->min_version)) {
        get_wait(get);
    } else {
        get_read(get);
    }
}

static void get_wait(struct case_get *get)
{
    struct error err = {0};
    get->waited = true;
    if (!wait_for(get->routing->wait, &get->read.id, get->min_version, get->wait_ms, on_wait_over,
                  get, &err)) {
        http_answer_error(get->request, &err);
    }
}

static void on_wait_over(void *arg)
{
    get_read(arg);
}

static void get_read(struct case_get *get)
{
    struct error err = {0};
    if (!case_reader_submit(get->routing->reader, &get->read, &err)) {
        http_answer_error(get->request, &err);
    }
}

static void on_get_read(struct case_read *read, const struct error *err)
{
    struct case_get *get = read->arg;
    int64_t version = read->found ? read->snapshot.version : 0;

    if (err != NULL) {
        http_answer_error(get->request, err);
    } else if (version < get->min_version && !get->waited) {
        get_wait(get);
    } else {
        get_answer(get);
    }
}

static void get_answer(struct case_get *get)
{
    const struct case_read *read = &get->read;
    if (!read->found ||
        http_view_of(http_principal(get->request), get->routing, &read->snapshot) == VIEW_NONE) {
        http_answer_no_case(get->request);
        return;
    }
    http_answer_case(get->request, get->routing, &read->snapshot, read->json, strlen(read->json));
}

/* ---- a case's history ---- */

static void on_history_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct reading *reading = arg;
    struct buffer body;
    struct json_writer writer;

    if (!http_is_committed(reading->request, tx, outcome)) {
        return;
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_open_array(&writer, "items");
    for (size_t row = 0; row < pg_rows(tx, 0); row++) {
        const char *snapshot = pg_value_text(tx, 0, row, 0);
        json_put_raw(&writer, NULL, snapshot, strlen(snapshot));
    }
    json_close_array(&writer);
    json_close_object(&writer);
    http_answer(reading->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

static void history_read(struct reading *reading)
{
    struct pg_tx *tx = pg_tx_new(reading->routing->parts->pg);
    store_history_read(tx, &reading->read.id);
    reading_send(reading, tx, on_history_read);
}

void http_get_case_history(struct http_request *request, void *state)
{
    reading_start(request, state, NULL, NULL, history_read, NULL);
}
