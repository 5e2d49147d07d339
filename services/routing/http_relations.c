/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/http_routing.h"
#include "services/routing/store_opening.h"

struct relations {
    struct http_request *request;
    struct routing *routing;
    struct case_read read;
};

/* Steps, in running order. */
static void on_read(struct case_read *read, const struct error *err);
static void on_related(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

void http_get_related_cases(struct http_request *request, void *state)
{
    struct relations *r = arena_alloc(http_arena(request), sizeof *r);
    struct error err = {0};
    r->request = request;
    r->routing = state;
    if (!http_has_reference(request, state) || !http_read_id(request, &r->read.id)) {
        return;
    }
    r->read.arena = http_arena(request);
    r->read.on_read = on_read;
    r->read.arg = r;
    if (!case_reader_submit(r->routing->reader, &r->read, &err)) {
        http_answer_error(request, &err);
    }
}

static void on_read(struct case_read *read, const struct error *err)
{
    struct relations *r = read->arg;
    if (err != NULL) {
        http_answer_error(r->request, err);
        return;
    }
    if (!read->found ||
        http_view_of(http_principal(r->request), r->routing, &read->snapshot) != VIEW_OFFICIAL) {
        http_answer_no_case(r->request);
        return;
    }
    struct pg_tx *tx = pg_tx_new(r->routing->parts->pg);
    pg_tx_set_read_only(tx);
    store_children_read(tx, &read->id);
    store_followers_read(tx, &read->id);
    pg_tx_send(tx, on_related, r);
}

enum { CHILDREN_STATEMENT, FOLLOWERS_STATEMENT };

static void put_case_id(struct json_writer *writer, const struct pg_tx *tx, size_t statement,
                        size_t row, int column, const char *name)
{
    struct uuid id = pg_value_uuid(tx, statement, row, column);
    json_put_uuid(writer, name, &id);
}

static void put_children(struct json_writer *writer, const struct pg_tx *tx)
{
    json_open_array(writer, "children");
    for (size_t row = 0; row < pg_rows(tx, CHILDREN_STATEMENT); row++) {
        json_open_object(writer, NULL);
        put_case_id(writer, tx, CHILDREN_STATEMENT, row, 0, "case_id");
        json_put_int(writer, "version", pg_value_int4(tx, CHILDREN_STATEMENT, row, 1));
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_followers(struct json_writer *writer, const struct pg_tx *tx)
{
    size_t rows = pg_rows(tx, FOLLOWERS_STATEMENT);
    json_put_int(writer, "follower_count",
                 rows > 0 ? pg_value_int8(tx, FOLLOWERS_STATEMENT, 0, 3) : 0);
    json_open_array(writer, "followers");
    for (size_t row = 0; row < rows; row++) {
        json_open_object(writer, NULL);
        put_case_id(writer, tx, FOLLOWERS_STATEMENT, row, 0, "case_id");
        put_case_id(writer, tx, FOLLOWERS_STATEMENT, row, 1, "merged_into");
        json_put_text(writer, "phase", pg_value_text(tx, FOLLOWERS_STATEMENT, row, 2));
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void put_uuid_if(struct json_writer *writer, const char *name, const struct uuid *id)
{
    if (!uuid_is_nil(id)) {
        json_put_uuid(writer, name, id);
    }
}

static void on_related(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct relations *r = arg;
    struct error err = {0};
    struct buffer body;
    struct json_writer writer;
    if (!pg_tx_error(tx, outcome, &err)) {
        http_answer_error(r->request, &err);
        return;
    }
    buffer_init(&body);
    json_write_start(&writer, &body);
    json_open_object(&writer, NULL);
    json_put_uuid(&writer, "case_id", &r->read.id);
    put_uuid_if(&writer, "split_from", &r->read.snapshot.split_from);
    put_uuid_if(&writer, "merged_into", &r->read.snapshot.merged_into);
    put_children(&writer, tx);
    put_followers(&writer, tx);
    json_close_object(&writer);
    http_answer(r->request, 200, NULL, body.data, body.size);
    buffer_finish(&body);
}
