/* SPDX-License-Identifier: Apache-2.0 */
/* pg: PostgreSQL without waiting, on libpq's pipeline mode.
 *
 * A pool keeps a few connections. A transaction (pg_tx) is a list of prepared statements that is
 * sent in one go and closed by one Sync: PostgreSQL runs it as one implicit transaction, all or
 * nothing, in one round trip (libpq manual, "Pipeline Mode"). There is no BEGIN, and no decision
 * between two statements of one transaction: what must be decided from what was read is decided
 * between two transactions and guarded by versions in the SQL. Two transactions have no order
 * between them, even when both were sent: wait for the end of the first.
 *
 * The end of a transaction is one of four, and each has its rule:
 *   PG_COMMITTED    durable; results can be read
 *   PG_REFUSED      PostgreSQL said no and rolled back (pg_tx_sqlstate): do not repeat unchanged
 *   PG_UNAVAILABLE  surely not committed (never sent, or rolled back by a shutdown, a
 *                   serialization failure or a deadlock): may be repeated
 *   PG_UNKNOWN      sent, then the connection broke: it may or may not be committed. Repeat it
 *                   with the same ids; statements are written so that they recognise their own
 *                   earlier effect. Read-only transactions never end so: they end unavailable.
 *
 * Lost connections come back by themselves, with backoff from 50 ms to 2 s. A transaction that is
 * not finished by its deadline ends PG_UNAVAILABLE if it was never sent; if it was, its connection
 * is closed and it ends PG_UNKNOWN. SQL must be safe behind PgBouncer in transaction mode but for
 * prepared statements (1.21+ keeps them). Loop thread only. */
#ifndef COMMON_PG_H
#define COMMON_PG_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "common/arena.h"
#include "common/buffer.h"
#include "common/error.h"
#include "common/metrics.h"
#include "common/uuid.h"

/* Type ids of the parameters; PostgreSQL's fixed catalogue (pg_type.dat). */
enum pg_type {
    PG_BOOL = 16,
    PG_BYTEA = 17,
    PG_INT8 = 20,
    PG_INT2 = 21,
    PG_INT4 = 23,
    PG_TEXT = 25,
    PG_FLOAT8 = 701,
    PG_TIMESTAMPTZ = 1184,
    PG_UUID = 2950,
    PG_JSONB = 3802
};

/* A statement is a constant; it is prepared on a connection at first use there, under its name,
 * parameter types inferred from the SQL ($1::bigint[]). All statements of a transaction are
 * prepared before its first one runs: none may need a table that another one makes. */
struct pg_statement {
    const char *name; /* unique in the program */
    const char *sql;
};

/* One column of values for unnest($n::type[]), kept in PostgreSQL's binary array form. */
struct pg_array {
    enum pg_type type;
    size_t count;
    bool has_null;
    struct buffer bytes;
};

void pg_array_init(struct pg_array *array, enum pg_type type);
void pg_array_finish(struct pg_array *array);
void pg_array_reset(struct pg_array *array);
void pg_array_null(struct pg_array *array);
void pg_array_bool(struct pg_array *array, bool value);
void pg_array_int2(struct pg_array *array, int16_t value);
void pg_array_int4(struct pg_array *array, int32_t value);
void pg_array_int8(struct pg_array *array, int64_t value);
void pg_array_float8(struct pg_array *array, double value);
void pg_array_text(struct pg_array *array, const char *text); /* NULL gives NULL; also PG_JSONB */
void pg_array_bytes(struct pg_array *array, const void *bytes,
                    size_t size);                                    /* TEXT, BYTEA, JSONB */
void pg_array_uuid(struct pg_array *array, const struct uuid *uuid); /* NULL gives NULL */
void pg_array_instant(struct pg_array *array, int64_t instant_us);   /* 0 gives NULL */

struct pg; /* the pool */
struct pg_tx;

enum pg_outcome { PG_COMMITTED, PG_REFUSED, PG_UNAVAILABLE, PG_UNKNOWN };

struct pg_config {
    const char *conninfo; /* borrowed for the pool's life */
    size_t connections;   /* 2–16 */
    size_t waiting_max;   /* transactions waiting for a connection before pg_tx_send says busy */
    unsigned deadline_ms; /* default for each transaction */
    const char *settings; /* more options of sessions, "-csearch_path=…"; NULL: none */
};

bool pg_open(struct pg **pg, uv_loop_t *loop, const struct pg_config *config,
             struct metrics *metrics, struct error *err); /* connects in the background */
/* Refuses new transactions, waits for those under way up to their deadlines, then closes and
 * calls on_closed from the loop; pg is freed after it. */
typedef void pg_on_closed(void *arg);
void pg_close(struct pg *pg, pg_on_closed *on_closed, void *arg);
bool pg_is_ready(const struct pg *pg); /* at least one live connection */
/* The program stops: from now on a transaction waits for a second at the most while no connection
 * is live. Else a stop without the database takes the deadlines of all its steps together, and is
 * cut off. */
void pg_hurry(struct pg *pg);

/* Called once per transaction, from the loop, never from inside pg_tx_send. The tx and its
 * results are valid until it returns. */
typedef void pg_on_done(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

struct pg_tx *pg_tx_new(struct pg *pg);
void pg_tx_free(struct pg_tx *tx);          /* one that was never sent; NULL is fine */
void pg_tx_set_read_only(struct pg_tx *tx); /* safe to repeat; the pool does so once */
void pg_tx_set_deadline(struct pg_tx *tx, unsigned deadline_ms); /* from pg_tx_send, loop time */
struct arena *pg_tx_arena(struct pg_tx *tx);

/* Starts the next statement; its parameters follow in order, in the type that PostgreSQL infers
 * (int4 for a bigint is refused); text suits every type. A NULL pointer and instant 0 give NULL. */
void pg_tx_add(struct pg_tx *tx, const struct pg_statement *statement);
void pg_tx_null(struct pg_tx *tx);
void pg_tx_bool(struct pg_tx *tx, bool value);
void pg_tx_int4(struct pg_tx *tx, int32_t value);
void pg_tx_int8(struct pg_tx *tx, int64_t value);
void pg_tx_float8(struct pg_tx *tx, double value);
void pg_tx_text(struct pg_tx *tx, const char *text);                /* copied */
void pg_tx_bytes(struct pg_tx *tx, const void *bytes, size_t size); /* bytea; copied */
void pg_tx_jsonb(struct pg_tx *tx, const char *json, size_t size);
void pg_tx_uuid(struct pg_tx *tx, const struct uuid *uuid);
void pg_tx_instant(struct pg_tx *tx, int64_t instant_us);
void pg_tx_array(struct pg_tx *tx, const struct pg_array *array);           /* copied */
void pg_tx_texts(struct pg_tx *tx, const char *const *texts, size_t count); /* text[]; copied */

/* Hands the transaction over; on_done will be called and the tx freed after it. When the waiting
 * line is full the tx ends PG_UNAVAILABLE at once (next loop turn). */
void pg_tx_send(struct pg_tx *tx, pg_on_done *on_done, void *arg);

/* Results, by statement in order of pg_tx_add (0, 1 …). Only after PG_COMMITTED. SQL NULL reads as
 * 0, false, the nil uuid or a NULL pointer. pg_rows counts rows that came back (SELECT,
 * RETURNING). */
size_t pg_tx_statements(const struct pg_tx *tx);
size_t pg_rows(const struct pg_tx *tx, size_t statement);
bool pg_value_is_null(const struct pg_tx *tx, size_t statement, size_t row, int column);
bool pg_value_bool(const struct pg_tx *tx, size_t statement, size_t row, int column);
int32_t pg_value_int4(const struct pg_tx *tx, size_t statement, size_t row, int column);
int64_t pg_value_int8(const struct pg_tx *tx, size_t statement, size_t row, int column);
double pg_value_float8(const struct pg_tx *tx, size_t statement, size_t row, int column);
/* Text, jsonb and bytea: borrowed from the result, NUL-terminated. */
const char *pg_value_text(const struct pg_tx *tx, size_t statement, size_t row, int column);
const void *pg_value_bytes(const struct pg_tx *tx, size_t statement, size_t row, int column,
                           size_t *size);
struct uuid pg_value_uuid(const struct pg_tx *tx, size_t statement, size_t row, int column);
int64_t pg_value_instant(const struct pg_tx *tx, size_t statement, size_t row, int column);

/* Why it was refused: "23505", "" when not refused. Text without parameter values. */
const char *pg_tx_sqlstate(const struct pg_tx *tx);
/* Fills err by outcome: refused → ERR_FATAL, the others → ERR_RETRY "database_unavailable". */
bool pg_tx_error(const struct pg_tx *tx, enum pg_outcome outcome, struct error *err);
/* For work that nobody waits for and that is done again later: true unless committed, with a
 * warning in the log named event. */
bool pg_tx_failed(const struct pg_tx *tx, enum pg_outcome outcome, const char *event);

#endif
