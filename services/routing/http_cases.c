/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/clock.h"
#include "common/cursor.h"
#include "common/json.h"
#include "common/words.h"
#include "services/routing/http_routing.h"
#include "services/routing/store.h"

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 200, WAIT_DEFAULT_MS = 2000, WAIT_MAX_MS = 10000 };
enum { ACCOUNT_MAX = 128 };

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
    if (!http_has_reference(request, state) || !http_read_case_id(request, &get->read.id)) {
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

/* ---- a desk's queue ---- */

struct case_list {
    struct http_request *request;
    struct case_filter filter;
    int limit;
};

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

static const char *query_word(struct http_request *request, const char *name,
                              const char *const *words, struct error *err)
{
    const char *text = http_query(request, name);
    if (text != NULL && words[word_index(words, text)] == NULL) {
        error_add_field(err, name, "unknown_word", "not one of the known words");
        return NULL;
    }
    return text;
}

static bool is_closed_phase(const char *phase)
{
    return phase != NULL &&
           !process_phase_is_open((enum process_phase)word_index(process_phase_words, phase));
}

/* The phase of the state of this name in the first process that has one; -1: none has. */
static int phase_of_state(const struct routing *routing, const char *code)
{
    for (size_t i = 0; i < routing->processes.count; i++) {
        const struct process *process = routing->processes.items[i];
        int state = process_state_find(process, code);
        if (state >= 0) {
            return (int)process->states[state].phase;
        }
    }
    return -1;
}

/* The state asked for; of one in which nobody must act any more the closed cases are listed. */
static void read_state(struct case_list *list, const struct routing *routing, struct error *err)
{
    struct case_filter *filter = &list->filter;
    filter->state = http_query(list->request, "state");
    if (filter->state == NULL) {
        return;
    }
    int phase = phase_of_state(routing, filter->state);
    if (phase < 0) {
        error_add_field(err, "state", "unknown_word", "no process has such a state");
        return;
    }
    filter->is_closed |= !process_phase_is_open((enum process_phase)phase);
}

/* As the pattern of opaque_ref in proto/events/common.schema.json says. */
static const char *query_account(struct http_request *request, const char *name, struct error *err)
{
    const char *text = http_query(request, name);
    size_t size = text != NULL ? strlen(text) : 1;
    bool good = size > 0 && size <= ACCOUNT_MAX;
    for (const char *c = text; good && c != NULL && *c != '\0'; c++) {
        good = *c >= '!' && *c <= '~' && *c != '@';
    }
    if (!good) {
        error_add_field(err, name, "bad_reference", "must be 1 to %d visible ASCII without @",
                        ACCOUNT_MAX);
    }
    return text;
}

static bool list_decode(struct case_list *list, const struct routing *routing, struct error *err)
{
    struct http_request *request = list->request;
    struct case_filter *filter = &list->filter;
    const char *unit = http_query(request, "unit"), *due = http_query(request, "due_before");

    filter->phase = query_word(request, "phase", process_phase_words, err);
    filter->is_closed = is_closed_phase(filter->phase);
    read_state(list, routing, err);
    filter->queue = query_word(request, "queue", case_queue_words, err);
    filter->assignee = query_account(request, "assignee", err);
    if (due != NULL && !clock_parse(due, strlen(due), &filter->due_before)) {
        error_add_field(err, "due_before", "bad_instant", "must be RFC 3339 with a zone");
    }
    cursor_parse(http_query(request, "cursor"), &filter->cursor, &filter->has_cursor, err);
    list->limit = (int)http_query_int(request, "limit", 1, LIMIT_MAX, LIMIT_DEFAULT, err);
    filter->limit = list->limit + 1; /* one more tells whether there is a next page */
    if (error_is_set(err)) {
        return false;
    }
    filter->desk_count = http_scope_desks(request, routing, unit, &filter->desks);
    return filter->desk_count > 0 ||
           error_set(err, ERR_NOT_FOUND, "unit_not_found", "there is no such unit in your scope");
}

void http_list_cases(struct http_request *request, void *state)
{
    struct routing *routing = state;
    struct case_list *list = arena_alloc(http_arena(request), sizeof *list);
    struct error err = {0};
    list->request = request;
    if (!http_has_reference(request, routing)) {
        return;
    }
    if (!list_decode(list, routing, &err)) {
        http_answer_error(request, &err);
        return;
    }
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_case_list(tx, &list->filter);
    pg_tx_send(tx, on_listed, list);
}

static void put_snapshots(struct json_writer *writer, const struct pg_tx *tx, size_t count)
{
    json_open_array(writer, "items");
    for (size_t row = 0; row < count; row++) {
        const char *snapshot = pg_value_text(tx, 0, row, 0);
        json_put_raw(writer, NULL, snapshot, strlen(snapshot));
    }
    json_close_array(writer);
}

static void on_listed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct case_list *list = arg;
    struct error err = {0};
    struct buffer body;
    struct json_writer writer;

    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        http_answer_error(list->request, &err);
        return;
    }
    size_t limit = (size_t)list->limit;
    size_t shown = pg_rows(tx, 0) < limit ? pg_rows(tx, 0) : limit;
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    put_snapshots(&writer, tx, shown);
    if (pg_rows(tx, 0) > limit) {
        char text[CURSOR_TEXT_SIZE];
        struct cursor next = {.at_us = pg_value_instant(tx, 0, shown - 1, 1),
                              .id = pg_value_uuid(tx, 0, shown - 1, 2)};
        json_put_text(&writer, "next", cursor_format(&next, text));
    }
    json_close_object(&writer);
    http_answer(list->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* ---- a case's history ---- */

static void on_history_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_request *request = arg;
    struct error err = {0};
    struct buffer body;
    struct json_writer writer;

    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        http_answer_error(request, &err);
        return;
    }
    if (pg_rows(tx, 0) == 0) {
        http_answer_no_case(request);
        return;
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    put_snapshots(&writer, tx, pg_rows(tx, 0));
    json_close_object(&writer);
    http_answer(request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}

/* ---- what was filed ---- */

static void on_report_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct http_request *request = arg;
    struct error err = {0};

    if (outcome != PG_COMMITTED) {
        pg_tx_error(tx, outcome, &err);
        http_answer_error(request, &err);
        return;
    }
    const char *report = pg_rows(tx, 0) == 0 ? NULL : pg_value_text(tx, 0, 0, 0);
    if (report == NULL) {
        http_answer_no_case(request);
        return;
    }
    http_answer(request, 200, NULL, report, strlen(report));
}

/* ---- both, of a case in the caller's scope ---- */

typedef void case_statement(struct pg_tx *tx, const struct uuid *case_id, const char *const *desks,
                            size_t desk_count);

static void read_of_case(struct http_request *request, struct routing *routing,
                         case_statement *statement, pg_on_done *on_read)
{
    const char *const *desks;
    struct uuid id;
    if (!http_has_reference(request, routing) || !http_read_case_id(request, &id)) {
        return;
    }
    size_t desk_count = http_scope_desks(request, routing, NULL, &desks);
    struct pg_tx *tx = pg_tx_new(routing->parts->pg);
    pg_tx_set_read_only(tx);
    statement(tx, &id, desks, desk_count);
    pg_tx_send(tx, on_read, request);
}

void http_get_case_history(struct http_request *request, void *state)
{
    read_of_case(request, state, store_case_history, on_history_read);
}

void http_get_case_report(struct http_request *request, void *state)
{
    read_of_case(request, state, store_case_report, on_report_read);
}
