/* SPDX-License-Identifier: Apache-2.0 */
/* verb: what the blocking operator verbs have in common: one connection, and a producer that is
 * waited for. Failures are told on standard error. */
#ifndef COMMON_VERB_H
#define COMMON_VERB_H

#include <libpq-fe.h>
#include <stdio.h>
#include <uv.h>

#include "common/kafka.h"
#include "common/metrics.h"

/* NULL when it cannot be had. */
PGconn *verb_connect(const char *conninfo);
/* Text parameters; results in binary when asked for. NULL when refused. */
PGresult *verb_query(PGconn *conn, bool binary, const char *sql, int count,
                     const char *const *values);
bool verb_command(PGconn *conn, const char *sql, int count, const char *const *values);
/* Who acts, for the record. */
const char *verb_operator(void);
/* The value after --name; NULL when it is not there. */
const char *verb_option(int argc, char **argv, const char *name);
bool verb_flag(int argc, char **argv, const char *name);
/* With control characters and broken UTF-8 as \xNN, so that a terminal obeys nobody. */
void verb_print_escaped(FILE *out, const char *bytes, size_t size);
/* A line for a column of a binary result's row, and for each header of a packed list. */
void verb_show_bytes(const char *name, const PGresult *rows, int row, int column);
void verb_show_headers(const PGresult *rows, int row, int column);
/* The fields of an error, one a line; returns 1. */
int verb_show_error(const struct error *err);

/* Columns of a binary result from which a message is sent. */
struct verb_columns {
    int topic, key, headers, value;
};

struct verb_sender {
    uv_loop_t loop;
    struct metrics *metrics;
    struct kafka_producer *producer;
    size_t waiting;
    uint64_t progress_us; /* when Kafka answered last */
    size_t refused;
};

bool verb_sender_open(struct verb_sender *sender, const struct kafka_config *kafka);
void verb_sender_close(struct verb_sender *sender);
/* Sends all rows and waits for the answers; delivered[row] tells which were taken. False when Kafka
 * does not answer for a minute. */
bool verb_send_rows(struct verb_sender *sender, const PGresult *rows,
                    const struct verb_columns *columns, bool *delivered);

#endif
