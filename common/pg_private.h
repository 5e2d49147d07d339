/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of pg, in reading order:
 *   pg_array.c     columns in binary form
 *   pg_tx.c        building a transaction
 *   pg_result.c    reading its results, and what an SQLSTATE means
 *   pg_pool.c      the waiting line, deadlines, closing
 *   pg_connect.c   one connection: made, lost, made again
 *   pg_pipeline.c  one connection: statements out, results in */
#ifndef COMMON_PG_PRIVATE_H
#define COMMON_PG_PRIVATE_H

#include "common/pg.h"

enum {
    /* Transactions sent on one connection and not finished: the next one is there when PostgreSQL
     * is through with the last. Few, since all of them share the connection's fate. */
    PG_PIPELINE_MAX = 8,
    PG_STALLED_MS = 10, /* a connection whose transaction runs longer gets no followers */
    PG_SPARE_MAX = 16,  /* finished transactions kept for reuse, with their memory */
    PG_SPARE_BYTES_MAX = 64 * 1024,
};

/* Times are counted from 2000-01-01 on the wire, and a jsonb value begins with a version. */
#define PG_EPOCH_US INT64_C(946684800000000)
enum { PG_JSONB_VERSION = 1 };

/* ---- a transaction ---- */

struct tx_param {
    size_t offset; /* into bytes */
    int size;      /* -1: NULL */
    int format;    /* 1: binary */
};

struct tx_statement {
    const struct pg_statement *statement;
    size_t param_first, param_count;
    PGresult *result; /* once it has come */
};

struct pg_tx {
    struct pg *pg;
    struct pg_tx *next; /* in whatever line it stands */
    struct arena arena;

    struct buffer bytes; /* all parameters */
    struct tx_param *params;
    size_t param_count, param_capacity;
    struct tx_statement *statements;
    size_t statement_count, statement_capacity;

    unsigned deadline_ms;
    uint64_t due_ms; /* loop time */
    uint64_t handed_over_us;
    bool read_only, repeated;
    pg_on_done *on_done;
    void *arg;

    size_t preparations_left; /* Syncs of preparations still to come before its own results */
    size_t results_read;
    PGresult *refusal;                  /* the first error */
    const struct pg_statement *refused; /* whose it is; NULL: the end of the transaction's */
};

struct tx_line {
    struct pg_tx *head, *tail;
    size_t count;
};

void tx_line_push(struct tx_line *line, struct pg_tx *tx);
struct pg_tx *tx_line_pop(struct tx_line *line); /* NULL when empty */

/* Ready to be filled anew; the memory stays. */
void tx_clear(struct pg_tx *tx);
void tx_drop_results(struct pg_tx *tx);
void tx_destroy(struct pg_tx *tx);

/* What an error with this SQLSTATE, reported before the transaction's end, means for it. */
enum pg_outcome pg_outcome_of_sqlstate(const char *sqlstate);

/* ---- a connection ---- */

enum connection_state {
    CONNECTION_DOWN,       /* waits for its timer */
    CONNECTION_CONNECTING, /* the timer limits the attempt */
    CONNECTION_READY,
    CONNECTION_CLOSED /* for good */
};

struct watch; /* a uv_poll on the heap: it outlives the socket by one loop turn */

struct pg_connection {
    struct pg *pg;
    size_t number; /* in log lines */
    enum connection_state state;
    PGconn *conn;
    struct watch *watch;
    uv_timer_t timer;
    unsigned backoff_ms;

    struct tx_line sent;
    uint64_t progress_ms; /* loop time at which the head became the head */
    bool broken;          /* a send failed: fail it in the next loop turn */
    bool fatal;           /* PostgreSQL said that it ends this session: it runs nothing more */

    /* Statements whose Parse was sent, in that order; the first `prepared_confirmed` are known to
     * have succeeded. Each Parse is followed by a Sync of its own, so that no transaction's
     * failure undoes it. */
    const struct pg_statement **prepared;
    size_t prepared_count, prepared_confirmed, prepared_capacity;
};

void connection_init(struct pg_connection *connection, struct pg *pg, size_t number);
void connection_start(struct pg_connection *connection);
/* Closes it, decides the fate of what was sent, and connects again after a while. */
void connection_fail(struct pg_connection *connection, const char *reason);
void connection_close(struct pg_connection *connection);
void connection_finish(struct pg_connection *connection);
/* Writes what libpq holds back and watches for room when it could not. */
void connection_flush(struct pg_connection *connection);

void pipeline_send(struct pg_connection *connection, struct pg_tx *tx);
/* Reads what has arrived. False when the connection is of no more use. */
bool pipeline_read(struct pg_connection *connection);
/* Ends or repeats everything that was sent, after the connection was lost. */
void pipeline_abandon(struct pg_connection *connection);

/* ---- the pool; batch uses its loop ---- */

struct pg {
    uv_loop_t *loop;
    struct pg_config config;
    char *options; /* for each session */
    struct pg_connection *connections;
    size_t live;

    struct tx_line waiting;
    struct tx_line turned_away; /* end in the next loop turn */
    size_t under_way;           /* handed over and not ended */
    uv_timer_t turn;            /* fires in the next loop turn, for what may not happen in this */
    uv_timer_t deadlines;
    uint64_t deadlines_due_ms; /* 0: not set */

    bool hurried, closing, finishing;
    size_t open_handles;
    pg_on_closed *on_closed;
    void *on_closed_arg;

    struct tx_line spare;
    /* Arguments of the statement that is being sent. */
    const char **values;
    int *sizes, *formats;
    size_t argument_capacity;

    struct metrics_counter *ended[PG_UNKNOWN + 1];
    struct metrics_counter *lost;
    struct metrics_histogram *seconds;
    struct metrics_gauge *live_gauge, *waiting_gauge;
};

void pool_arguments_reserve(struct pg *pg, size_t count);
void pool_dispatch(struct pg *pg);
void pool_next_turn(struct pg *pg);
void pool_set_live(struct pg *pg, size_t live);
/* Calls on_done and takes the transaction back; one that may be repeated waits again instead. */
void pool_settle(struct pg *pg, struct pg_tx *tx, enum pg_outcome outcome);
void pool_keep_spare(struct pg *pg, struct pg_tx *tx);
void pool_handle_closed(struct pg *pg);

#endif
