/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/http_record.h"

#include "services/routing/http_routing.h"

struct record *record_new(struct http_request *request, const char *place, record_put *put)
{
    struct record *record = arena_alloc(http_arena(request), sizeof *record);
    size_t size;
    const char *body = http_body(request, &size);
    record->request = request;
    record->put = put;
    creation_init(&record->creation, http_principal(request)->id, place,
                  http_idempotency_key(request), body, size);
    return record;
}

void record_open_item(struct json_writer *writer, const struct pg_tx *tx, size_t statement,
                      size_t row)
{
    struct uuid id = pg_value_uuid(tx, statement, row, RECORD_ID);
    json_open_object(writer, NULL);
    json_put_uuid(writer, "id", &id);
    json_put_int(writer, "version", pg_value_int4(tx, statement, row, RECORD_VERSION));
    json_put_bool(writer, "mine", pg_value_bool(tx, statement, row, RECORD_IS_MINE));
}

static void answer_record(const struct record *record, const struct pg_tx *tx, size_t statement,
                          int status)
{
    struct buffer body;
    struct json_writer writer;
    buffer_init(&body);
    json_write_start(&writer, &body);
    record_open_item(&writer, tx, statement, 0);
    record->put(&writer, tx, statement, 0);
    json_close_object(&writer);
    http_answer_version(record->request, pg_value_int4(tx, statement, 0, RECORD_VERSION));
    http_answer(record->request, status, NULL, body.data, body.size);
    buffer_finish(&body);
}

static void refuse(const struct record *record, enum error_kind kind, const char *code,
                   const char *text)
{
    struct error err = {0};
    error_set(&err, kind, code, "%s", text);
    http_answer_error(record->request, &err);
}

static bool is_same(const struct record *record, const struct pg_tx *tx, size_t statement)
{
    size_t size;
    const void *fingerprint = pg_value_bytes(tx, statement, 0, RECORD_FINGERPRINT, &size);
    return creation_is_same(&record->creation, fingerprint, size);
}

/* ---- made ---- */

static void on_made(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct record *record = arg;
    if (!http_is_committed(record->request, tx, outcome)) {
        return;
    }
    if (pg_rows(tx, 0) == 0) { /* another replica commits the same one just now */
        refuse(record, ERR_CONFLICT, "in_flight",
               "a request with this Idempotency-Key is under way");
        return;
    }
    if (!is_same(record, tx, 0)) {
        refuse(record, ERR_UNPROCESSABLE, "idempotency_key_reused",
               "the Idempotency-Key was used for another request");
        return;
    }
    if (record->path != NULL) {
        char id[UUID_TEXT_SIZE];
        http_answer_header(record->request, "Location",
                           arena_format(http_arena(record->request), "%s/%s", record->path,
                                        uuid_format(&record->creation.id, id)));
    }
    answer_record(record, tx, 0, 201);
}

void record_send_made(struct record *record, struct pg_tx *tx)
{
    pg_tx_send(tx, on_made, record);
}

/* ---- read ---- */

static bool is_there(const struct record *record, const struct pg_tx *tx)
{
    if (pg_rows(tx, 0) > 0) {
        return true;
    }
    refuse(record, ERR_NOT_FOUND, "not_found", "there is no such record in your scope");
    return false;
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct record *record = arg;
    if (http_is_committed(record->request, tx, outcome) && is_there(record, tx)) {
        answer_record(record, tx, 0, 200);
    }
}

void record_send_read(struct record *record, struct pg_tx *tx)
{
    pg_tx_set_read_only(tx);
    pg_tx_send(tx, on_read, record);
}

/* ---- changed ---- */

/* Why statement 1 has changed nothing. */
static void refuse_change(const struct record *record, const struct pg_tx *tx)
{
    if (!pg_value_bool(tx, 0, 0, RECORD_IS_MINE)) {
        refuse(record, ERR_FORBIDDEN, "forbidden", "it is not yours to change");
    } else {
        refuse(record, ERR_CONFLICT, "stale_version", "it has another version by now");
    }
}

/* The answer to this change was lost. */
static bool is_repeated(const struct record *record, const struct pg_tx *tx)
{
    return pg_value_int4(tx, 0, 0, RECORD_VERSION) == http_if_match(record->request) + 1 &&
           is_same(record, tx, 0);
}

static void on_changed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct record *record = arg;
    if (!http_is_committed(record->request, tx, outcome) || !is_there(record, tx)) {
        return;
    }
    if (pg_rows(tx, 1) > 0) {
        answer_record(record, tx, 1, 200);
    } else if (is_repeated(record, tx)) {
        answer_record(record, tx, 0, 200);
    } else {
        refuse_change(record, tx);
    }
}

void record_send_changed(struct record *record, struct pg_tx *tx)
{
    pg_tx_send(tx, on_changed, record);
}

/* ---- removed ---- */

static void on_removed(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct record *record = arg;
    if (!http_is_committed(record->request, tx, outcome) || !is_there(record, tx)) {
        return;
    }
    if (pg_rows(tx, 1) > 0) {
        http_answer(record->request, 204, NULL, "", 0);
    } else {
        refuse_change(record, tx);
    }
}

void record_send_removed(struct record *record, struct pg_tx *tx)
{
    pg_tx_send(tx, on_removed, record);
}
