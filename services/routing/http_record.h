/* SPDX-License-Identifier: Apache-2.0 */
/* http_record: the edge of small records that people keep here: filters, templates, notes.
 *
 * A record is made once per Idempotency-Key (creation.h), and changed or removed by those who may,
 * at the version that they saw (If-Match). Every row of a result begins with enum record_column. */
#ifndef ROUTING_HTTP_RECORD_H
#define ROUTING_HTTP_RECORD_H

#include "common/http.h"
#include "common/json.h"
#include "common/pg.h"
#include "services/routing/store_desk.h"

/* The members of a record's object. */
typedef void record_put(struct json_writer *writer, const struct pg_tx *tx, size_t statement,
                        size_t row);

struct record {
    struct http_request *request;
    const char *path; /* where it will be found, by its id; NULL: not alone */
    record_put *put;
    struct creation creation; /* of what is made; of a change its fingerprint alone */
};

/* In the request's arena; reads body and Idempotency-Key. place: what is made where (creation.h).
 */
struct record *record_new(struct http_request *request, const char *place, record_put *put);

/* These send the transaction and answer. Its statement 0 gives the record as it is, or as it was
 * made; of changes statement 1 gives it as it has become, and nothing when the version was another
 * one or the caller may not. */
void record_send_made(struct record *record, struct pg_tx *tx);    /* 201 */
void record_send_read(struct record *record, struct pg_tx *tx);    /* 200 */
void record_send_changed(struct record *record, struct pg_tx *tx); /* 200 */
void record_send_removed(struct record *record, struct pg_tx *tx); /* 204 */

/* An item of a list: opens its object; the members and the end are the caller's. */
void record_open_item(struct json_writer *writer, const struct pg_tx *tx, size_t statement,
                      size_t row);

#endif
