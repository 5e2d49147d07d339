/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <openssl/ssl.h>
#include <string.h>

#include "common/arena.h"
#include "common/pg_private.h"

enum { BINARY_RESULTS = 1 };

/* ---- out ---- */

static bool is_prepared(const struct pg_connection *connection,
                        const struct pg_statement *statement)
{
    for (size_t i = 0; i < connection->prepared_count; i++) {
        if (connection->prepared[i] == statement) {
            return true;
        }
    }
    return false;
}

static bool prepare(struct pg_connection *connection, struct pg_tx *tx,
                    const struct pg_statement *statement)
{
    if (connection->prepared_count == connection->prepared_capacity) {
        connection->prepared_capacity =
            connection->prepared_capacity == 0 ? 32 : connection->prepared_capacity * 2;
        connection->prepared = memory_grow(connection->prepared, connection->prepared_capacity,
                                           sizeof(const struct pg_statement *));
    }
    if (!PQsendPrepare(connection->conn, statement->name, statement->sql, 0, NULL) ||
        !PQpipelineSync(connection->conn)) {
        return false;
    }
    connection->prepared[connection->prepared_count++] = statement;
    tx->preparations_left++;
    return true;
}

static bool execute(struct pg_connection *connection, const struct pg_tx *tx,
                    const struct tx_statement *statement)
{
    struct pg *pg = connection->pg;
    const struct tx_param *params = &tx->params[statement->param_first];

    pool_arguments_reserve(pg, statement->param_count);
    for (size_t i = 0; i < statement->param_count; i++) {
        bool is_null = params[i].size < 0;
        pg->values[i] = is_null ? NULL : tx->bytes.data + params[i].offset;
        pg->sizes[i] = is_null ? 0 : params[i].size;
        pg->formats[i] = params[i].format;
    }
    return PQsendQueryPrepared(connection->conn, statement->statement->name,
                               (int)statement->param_count, pg->values, pg->sizes, pg->formats,
                               BINARY_RESULTS) == 1;
}

static bool send_all(struct pg_connection *connection, struct pg_tx *tx)
{
    for (size_t i = 0; i < tx->statement_count; i++) {
        const struct pg_statement *statement = tx->statements[i].statement;
        if (!is_prepared(connection, statement) && !prepare(connection, tx, statement)) {
            return false;
        }
    }
    for (size_t i = 0; i < tx->statement_count; i++) {
        if (!execute(connection, tx, &tx->statements[i])) {
            return false;
        }
    }
    return PQpipelineSync(connection->conn) == 1;
}

void pipeline_send(struct pg_connection *connection, struct pg_tx *tx)
{
    if (connection->sent.head == NULL) {
        connection->progress_ms = uv_now(connection->pg->loop);
    }
    tx_line_push(&connection->sent, tx);
    if (!send_all(connection, tx)) {
        connection->broken = true;
        pool_next_turn(connection->pg);
        return;
    }
    connection_flush(connection);
}

/* ---- in ---- */

static void end_head(struct pg_connection *connection)
{
    struct pg_tx *tx = tx_line_pop(&connection->sent);
    enum pg_outcome outcome = PG_COMMITTED;

    connection->progress_ms = uv_now(connection->pg->loop);
    if (tx->refusal != NULL) {
        outcome = pg_outcome_of_sqlstate(pg_tx_sqlstate(tx));
    } else {
        assert(tx->results_read == tx->statement_count);
    }
    pool_settle(connection->pg, tx, outcome);
}

/* The oldest unconfirmed preparation failed: the next transaction that needs it tries again. */
static const struct pg_statement *forget_preparation(struct pg_connection *connection)
{
    size_t at = connection->prepared_confirmed;
    const struct pg_statement *statement = connection->prepared[at];

    assert(at < connection->prepared_count);
    connection->prepared_count--;
    memmove(&connection->prepared[at], &connection->prepared[at + 1],
            (connection->prepared_count - at) * sizeof(const struct pg_statement *));
    return statement;
}

static void take_error(struct pg_connection *connection, struct pg_tx *tx, PGresult *result)
{
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const struct pg_statement *of = NULL;

    if (PQresultErrorField(result, PG_DIAG_SQLSTATE) == NULL) {
        connection->broken = true; /* libpq's own error: PostgreSQL did not say this */
        PQclear(result);
        return;
    }
    if (severity != NULL && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0)) {
        connection->fatal = true;
    }
    if (tx->preparations_left > 0) {
        of = forget_preparation(connection);
    } else if (tx->results_read < tx->statement_count) {
        of = tx->statements[tx->results_read++].statement;
    }
    if (tx->refusal != NULL) {
        PQclear(result);
        return;
    }
    tx->refusal = result;
    tx->refused = of;
}

static void take_result(struct pg_connection *connection, PGresult *result)
{
    struct pg_tx *tx = connection->sent.head;
    ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_PIPELINE_SYNC) {
        PQclear(result);
        if (tx->preparations_left > 0) {
            tx->preparations_left--;
        } else {
            end_head(connection);
        }
    } else if (status == PGRES_FATAL_ERROR) {
        take_error(connection, tx, result);
    } else if (tx->preparations_left > 0) {
        PQclear(result);
        connection->prepared_confirmed++;
    } else {
        assert(tx->results_read < tx->statement_count);
        tx->statements[tx->results_read++].result = result; /* or PGRES_PIPELINE_ABORTED */
    }
}

/* TLS comes in records of up to 16 KiB (PostgreSQL 17 fills them): what libpq leaves of one inside
 * OpenSSL makes no socket readable, so it is asked for until nothing is left there. */
static bool consume(PGconn *conn)
{
    const SSL *tls = PQsslStruct(conn, "OpenSSL"); /* NULL without TLS */

    do {
        if (!PQconsumeInput(conn)) {
            return false;
        }
    } while (tls != NULL && SSL_pending(tls) > 0);
    return true;
}

bool pipeline_read(struct pg_connection *connection)
{
    int nulls = 0;

    if (!consume(connection->conn)) {
        connection->broken = true; /* what came before the end still counts */
    }
    /* One NULL ends the results of a statement, two in a row all there is. */
    while (connection->sent.head != NULL && nulls < 2 && !PQisBusy(connection->conn)) {
        PGresult *result = PQgetResult(connection->conn);
        if (result == NULL) {
            nulls++;
            continue;
        }
        nulls = 0;
        take_result(connection, result);
    }
    return !connection->broken;
}

/* PostgreSQL runs nothing after it has said FATAL, so what follows in the pipeline is surely not
 * committed; a transaction with an error of its own is rolled back. All else is unknown. */
static enum pg_outcome fate_of(const struct pg_tx *tx, bool fatal)
{
    if (tx->refusal != NULL) {
        return pg_outcome_of_sqlstate(pg_tx_sqlstate(tx));
    }
    return fatal ? PG_UNAVAILABLE : PG_UNKNOWN;
}

void pipeline_abandon(struct pg_connection *connection)
{
    struct tx_line sent = connection->sent;
    bool fatal = connection->fatal;
    struct pg_tx *tx;

    connection->sent = (struct tx_line){0};
    while ((tx = tx_line_pop(&sent)) != NULL) {
        pool_settle(connection->pg, tx, fate_of(tx, fatal));
    }
}
