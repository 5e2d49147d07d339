/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/outbox.h"
#include "common/verb.h"

enum { SILENCE_US = 60 * 1000 * 1000 };

PGconn *verb_connect(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);
    if (PQstatus(conn) != CONNECTION_OK) {
        fprintf(stderr, "database: %s", PQerrorMessage(conn));
        PQfinish(conn);
        return NULL;
    }
    return conn;
}

PGresult *verb_query(PGconn *conn, bool binary, const char *sql, int count,
                     const char *const *values)
{
    PGresult *result = PQexecParams(conn, sql, count, NULL, values, NULL, NULL, binary);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        fprintf(stderr, "database: %s", PQresultErrorMessage(result));
        PQclear(result);
        return NULL;
    }
    return result;
}

bool verb_command(PGconn *conn, const char *sql, int count, const char *const *values)
{
    PGresult *result = verb_query(conn, false, sql, count, values);
    bool done = result != NULL;
    PQclear(result);
    return done;
}

const char *verb_operator(void)
{
    const char *name = getenv("SUDO_USER");
    if (name == NULL) {
        name = getenv("USER");
    }
    return name == NULL ? "operator" : name;
}

const char *verb_option(int argc, char **argv, const char *name)
{
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], name) == 0) {
            return argv[i + 1];
        }
    }
    return NULL;
}

bool verb_flag(int argc, char **argv, const char *name)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Size of the UTF-8 sequence that may be shown as it is; 0: none. */
static size_t printable(const unsigned char *at, size_t left)
{
    if (at[0] >= 0x20 && at[0] < 0x7f) {
        return at[0] == '\\' ? 0 : 1;
    }
    size_t size = at[0] >= 0xc2 && at[0] <= 0xdf   ? 2
                  : at[0] >= 0xe0 && at[0] <= 0xef ? 3
                  : at[0] >= 0xf0 && at[0] <= 0xf4 ? 4
                                                   : 0;
    if (size == 0 || size > left || (at[0] == 0xc2 && at[1] < 0xa0)) { /* C1 controls */
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return size;
}

void verb_print_escaped(FILE *out, const char *bytes, size_t size)
{
    const unsigned char *at = (const unsigned char *)bytes;
    while (size > 0) {
        size_t step = printable(at, size);
        if (step == 0) {
            fprintf(out, "\\x%02x", at[0]);
            step = 1;
        } else {
            fwrite(at, 1, step, out);
        }
        at += step;
        size -= step;
    }
}

void verb_show_bytes(const char *name, const PGresult *rows, int row, int column)
{
    printf("%s: ", name);
    if (PQgetisnull(rows, row, column)) {
        printf("(null)");
    } else {
        verb_print_escaped(stdout, PQgetvalue(rows, row, column),
                           (size_t)PQgetlength(rows, row, column));
    }
    putchar('\n');
}

void verb_show_headers(const PGresult *rows, int row, int column)
{
    struct arena arena;
    struct kafka_header *headers;
    size_t count;

    arena_init(&arena);
    if (!outbox_unpack_headers(PQgetvalue(rows, row, column),
                               (size_t)PQgetlength(rows, row, column), &arena, &headers, &count)) {
        printf("header: (not a packed list)\n");
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        printf("header ");
        verb_print_escaped(stdout, headers[i].name, strlen(headers[i].name));
        printf(": ");
        if (headers[i].value == NULL) {
            printf("(null)");
        } else {
            verb_print_escaped(stdout, headers[i].value, headers[i].size);
        }
        putchar('\n');
    }
    arena_finish(&arena);
}

int verb_show_error(const struct error *err)
{
    fprintf(stderr, "%s\n", err->text);
    for (size_t i = 0; i < err->field_count; i++) {
        fprintf(stderr, "  %s: %s\n", err->fields[i].field, err->fields[i].text);
    }
    return 1;
}

/* ---- sending ---- */

static void on_delivered(void *opaque, bool delivered, const char *reason, void *arg)
{
    struct verb_sender *sender = arg;
    bool *place = opaque;

    *place = delivered;
    sender->waiting--;
    sender->progress_us = clock_monotonic_us();
    if (!delivered) {
        sender->refused++;
        fprintf(stderr, "kafka: refused: %s\n", reason);
    }
}

bool verb_sender_open(struct verb_sender *sender, const struct kafka_config *kafka)
{
    struct error err = {0};

    *sender = (struct verb_sender){.metrics = metrics_new()};
    uv_loop_init(&sender->loop);
    if (!kafka_producer_open(&sender->producer, &sender->loop, kafka, sender->metrics, on_delivered,
                             sender, &err)) {
        fprintf(stderr, "kafka: %s\n", err.text);
        verb_sender_close(sender);
        return false;
    }
    return true;
}

void verb_sender_close(struct verb_sender *sender)
{
    kafka_producer_close(sender->producer);
    uv_run(&sender->loop, UV_RUN_DEFAULT);
    uv_loop_close(&sender->loop);
    metrics_free(sender->metrics);
}

/* One turn of the loop; the producer's tick bounds it. */
static bool wait_for_kafka(struct verb_sender *sender)
{
    uv_run(&sender->loop, UV_RUN_ONCE);
    if (clock_monotonic_us() - sender->progress_us > SILENCE_US) {
        fprintf(stderr, "kafka: no answer for a minute\n");
        return false;
    }
    return true;
}

static const char *binary_value(const PGresult *rows, int row, int column, size_t *size)
{
    *size = (size_t)PQgetlength(rows, row, column);
    return PQgetisnull(rows, row, column) ? NULL : PQgetvalue(rows, row, column);
}

static bool send_row(struct verb_sender *sender, const PGresult *rows, int row,
                     const struct verb_columns *columns, struct arena *arena, bool *delivered)
{
    struct kafka_message_out message = {.topic = PQgetvalue(rows, row, columns->topic),
                                        .opaque = delivered};
    struct kafka_header *headers;
    size_t headers_size;
    struct error err = {0};

    const char *packed = binary_value(rows, row, columns->headers, &headers_size);
    if (!outbox_unpack_headers(packed, headers_size, arena, &headers, &message.header_count)) {
        fprintf(stderr, "row %d: headers are not a packed list\n", row);
        return true;
    }
    message.headers = headers;
    message.key = binary_value(rows, row, columns->key, &message.key_size);
    message.value = binary_value(rows, row, columns->value, &message.value_size);
    sender->waiting++;
    while (!kafka_produce(sender->producer, &message, &err)) {
        if (err.kind != ERR_BUSY || !wait_for_kafka(sender)) {
            fprintf(stderr, "kafka: %s\n", err.text);
            return false;
        }
        error_clear(&err);
    }
    return true;
}

bool verb_send_rows(struct verb_sender *sender, const PGresult *rows,
                    const struct verb_columns *columns, bool *delivered)
{
    struct arena arena;
    bool going = true;

    arena_init(&arena);
    sender->progress_us = clock_monotonic_us();
    for (int row = 0; going && row < PQntuples(rows); row++) {
        delivered[row] = false;
        arena_reset(&arena);
        going = send_row(sender, rows, row, columns, &arena, &delivered[row]);
    }
    while (going && sender->waiting > 0) {
        going = wait_for_kafka(sender);
    }
    arena_finish(&arena);
    return going;
}
