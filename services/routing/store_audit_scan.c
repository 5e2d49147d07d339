/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_audit_scan.h"

#include <endian.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An instant is a bigint, µs since 1970. */
#define INSTANT(n) "(timestamptz 'epoch' + $" #n "::bigint * interval '1 microsecond')"
/* Of PostgreSQL's own count, from 2000. */
#define EPOCH_US INT64_C(946684800000000)

enum { MESSAGE_MAX = 200, NUMBER_SIZE = 24, TEXT_FORMAT = 0, BINARY_FORMAT = 1 };

struct audit_scan {
    PGconn *conn;
};

/* ---- asking ---- */

static bool fail(struct audit_scan *scan, struct error *err)
{
    const char *message = PQerrorMessage(scan->conn);
    int size = (int)strcspn(message, "\n"); /* the first line says what */
    return error_set(err, ERR_RETRY, "database", "database: %.*s",
                     size < MESSAGE_MAX ? size : MESSAGE_MAX, message);
}

static bool run(struct audit_scan *scan, const char *sql, struct error *err)
{
    PGresult *result = PQexec(scan->conn, sql);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return good || fail(scan, err);
}

typedef void on_row(const PGresult *row, void *arg);

/* Calls take for every row, as they come; all parameters are numbers. */
static bool each_row(struct audit_scan *scan, const char *sql, const int64_t *numbers, int count,
                     on_row *take, void *arg, struct error *err)
{
    char texts[2][NUMBER_SIZE];
    const char *values[2];
    for (int i = 0; i < count; i++) {
        snprintf(texts[i], sizeof texts[i], "%" PRId64, numbers[i]);
        values[i] = texts[i];
    }
    bool good =
        PQsendQueryParams(scan->conn, sql, count, NULL, values, NULL, NULL, BINARY_FORMAT) == 1 &&
        PQsetSingleRowMode(scan->conn) == 1;
    good = good || fail(scan, err);
    for (PGresult *row = NULL; (row = PQgetResult(scan->conn)) != NULL; PQclear(row)) {
        ExecStatusType status = PQresultStatus(row);
        if (status == PGRES_SINGLE_TUPLE) {
            take(row, arg);
        } else if (status != PGRES_TUPLES_OK) { /* which ends the rows */
            good = fail(scan, err);
        }
    }
    return good;
}

static int64_t read_int8(const PGresult *row, int column)
{
    uint64_t value = 0;
    if (!PQgetisnull(row, 0, column)) {
        memcpy(&value, PQgetvalue(row, 0, column), sizeof value);
    }
    return (int64_t)be64toh(value);
}

static int32_t read_int4(const PGresult *row, int column)
{
    uint32_t value = 0;
    if (!PQgetisnull(row, 0, column)) {
        memcpy(&value, PQgetvalue(row, 0, column), sizeof value);
    }
    return (int32_t)be32toh(value);
}

static int64_t read_instant(const PGresult *row, int column)
{
    return read_int8(row, column) + EPOCH_US;
}

/* A value of another size, which the tables' checks refuse, is no hash: zeros, which fit nothing.
 */
static void read_bytes(const PGresult *row, int column, void *bytes, size_t size)
{
    memset(bytes, 0, size);
    if ((size_t)PQgetlength(row, 0, column) == size) {
        memcpy(bytes, PQgetvalue(row, 0, column), size);
    }
}

static struct uuid read_uuid(const PGresult *row, int column)
{
    struct uuid uuid;
    read_bytes(row, column, uuid.bytes, sizeof uuid.bytes);
    return uuid;
}

/* ---- the scan ---- */

struct audit_scan *audit_scan_open(const char *conninfo, struct error *err)
{
    struct audit_scan *scan = memory_zero(1, sizeof *scan);
    scan->conn = PQconnectdb(conninfo);
    if (PQstatus(scan->conn) != CONNECTION_OK) {
        fail(scan, err);
        audit_scan_close(scan);
        return NULL;
    }
    return scan;
}

void audit_scan_close(struct audit_scan *scan)
{
    if (scan != NULL) {
        PQfinish(scan->conn);
        free(scan);
    }
}

bool audit_scan_begin(struct audit_scan *scan, struct error *err)
{
    /* The primary key has the order that is asked for; a sort would write all of it anew. */
    return run(scan, "BEGIN ISOLATION LEVEL REPEATABLE READ", err) &&
           run(scan, "SET LOCAL enable_seqscan = off", err);
}

static void take_quiet(const PGresult *row, void *arg)
{
    bool *quiet = arg;
    *quiet = PQgetvalue(row, 0, 0)[0] != 0;
}

bool audit_scan_is_quiet(struct audit_scan *scan, int64_t since_us, bool *quiet, struct error *err)
{
    return each_row(scan, "SELECT audit_is_quiet(" INSTANT(1) ")", &since_us, 1, take_quiet, quiet,
                    err);
}

/* ---- checkpoints ---- */

struct first_day {
    bool any;
    int64_t day;
};

static void take_first(const PGresult *row, void *arg)
{
    struct first_day *first = arg;
    first->any = !PQgetisnull(row, 0, 0);
    first->day = first->any ? audit_day(read_instant(row, 0)) : 0;
}

bool audit_scan_first_day(struct audit_scan *scan, bool *any, int64_t *day, struct error *err)
{
    struct first_day first = {0};
    bool read =
        each_row(scan, "SELECT min(at) FROM case_history", NULL, 0, take_first, &first, err);
    *any = first.any;
    *day = first.day;
    return read;
}

static void take_checkpoint(const PGresult *row, void *arg)
{
    struct audit_list *list = arg;
    struct audit_checkpoint checkpoint = {.day = read_int4(row, 0),
                                          .rows = read_int8(row, 1),
                                          .total = read_int8(row, 2),
                                          .made_at = read_instant(row, 7)};
    snprintf(checkpoint.key_id, sizeof checkpoint.key_id, "%s", PQgetvalue(row, 0, 5));
    read_bytes(row, 3, checkpoint.root, DIGEST_SIZE);
    read_bytes(row, 4, checkpoint.previous, DIGEST_SIZE);
    read_bytes(row, 6, checkpoint.signature, SIGN_SIZE);
    audit_list_add(list, &checkpoint);
}

bool audit_scan_checkpoints(struct audit_scan *scan, int64_t from_day, struct audit_list *list,
                            struct error *err)
{
    return each_row(scan,
                    "SELECT day - date '1970-01-01', rows, total, root, previous, key_id, "
                    "signature, made_at FROM audit_checkpoint "
                    "WHERE day - date '1970-01-01' >= $1::integer ORDER BY day",
                    &from_day, 1, take_checkpoint, list, err);
}

static bool insert(struct audit_scan *scan, const struct audit_checkpoint *checkpoint, bool *added,
                   struct error *err)
{
    static const char sql[] =
        "INSERT INTO audit_checkpoint (day, rows, total, root, previous, key_id, signature, "
        "made_at) VALUES ($1::text::date, $2::text::bigint, $3::text::bigint, $4, $5, $6, $7, "
        "now()) ON CONFLICT (day) DO NOTHING RETURNING 1";
    char day[DAY_TEXT_SIZE], rows[NUMBER_SIZE], total[NUMBER_SIZE];
    day_format(checkpoint->day, day);
    snprintf(rows, sizeof rows, "%" PRId64, checkpoint->rows);
    snprintf(total, sizeof total, "%" PRId64, checkpoint->total);
    const char *values[] = {day,
                            rows,
                            total,
                            (const char *)checkpoint->root,
                            (const char *)checkpoint->previous,
                            checkpoint->key_id,
                            (const char *)checkpoint->signature};
    static const int sizes[] = {0, 0, 0, DIGEST_SIZE, DIGEST_SIZE, 0, SIGN_SIZE};
    static const int formats[] = {TEXT_FORMAT,   TEXT_FORMAT, TEXT_FORMAT,  BINARY_FORMAT,
                                  BINARY_FORMAT, TEXT_FORMAT, BINARY_FORMAT};
    PGresult *result = PQexecParams(scan->conn, sql, 7, NULL, values, sizes, formats, TEXT_FORMAT);
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK;
    *added = good && PQntuples(result) > 0;
    PQclear(result);
    return good || fail(scan, err);
}

bool audit_scan_add(struct audit_scan *scan, const struct audit_checkpoint *checkpoint, bool *added,
                    struct error *err)
{
    return insert(scan, checkpoint, added, err) && run(scan, "COMMIT", err);
}

/* ---- cases ---- */

struct case_scan {
    struct arena arena; /* of the rows of one case */
    struct audit_row *rows;
    size_t count, capacity;
    audit_on_case *on_case;
    void *arg;
};

static void end_case(struct case_scan *cases)
{
    if (cases->count > 0) {
        cases->on_case(cases->rows, cases->count, cases->arg);
    }
    cases->count = 0;
    arena_reset(&cases->arena);
}

static const char *copy_text(struct case_scan *cases, const PGresult *row, int column, size_t *size)
{
    *size = (size_t)PQgetlength(row, 0, column);
    return PQgetisnull(row, 0, column)
               ? NULL
               : arena_copy(&cases->arena, PQgetvalue(row, 0, column), *size);
}

static void take_case_row(const PGresult *result, void *arg)
{
    struct case_scan *cases = arg;
    struct audit_row row = {.case_id = read_uuid(result, 0),
                            .version = read_int4(result, 1),
                            .event_id = read_uuid(result, 2),
                            .at_us = read_instant(result, 3)};
    size_t size;
    read_bytes(result, 8, row.hash, DIGEST_SIZE);
    if (cases->count > 0 && !uuid_equal(&cases->rows[0].case_id, &row.case_id)) {
        end_case(cases);
    }
    row.action = copy_text(cases, result, 4, &size);
    row.actor = copy_text(cases, result, 5, &size);
    row.snapshot = copy_text(cases, result, 6, &row.snapshot_size);
    row.report = copy_text(cases, result, 7, &row.report_size);
    if (cases->count == cases->capacity) {
        cases->capacity = cases->capacity == 0 ? 16 : 2 * cases->capacity;
        cases->rows = memory_grow(cases->rows, cases->capacity, sizeof *cases->rows);
    }
    cases->rows[cases->count++] = row;
}

#define CASE_ROWS                                                                                  \
    "SELECT case_id, version, event_id, at, action, actor, snapshot, report, hash "                \
    "FROM case_history "

bool audit_scan_cases(struct audit_scan *scan, int64_t since_us, audit_on_case *on_case, void *arg,
                      struct error *err)
{
    struct case_scan cases = {.on_case = on_case, .arg = arg};
    arena_init(&cases.arena);
    bool read = each_row(scan,
                         CASE_ROWS
                         "WHERE case_id IN (SELECT case_id FROM case_history WHERE at >= " INSTANT(
                             1) ") ORDER BY case_id, version",
                         &since_us, 1, take_case_row, &cases, err);
    if (read) {
        end_case(&cases);
    }
    free(cases.rows);
    arena_finish(&cases.arena);
    return read;
}

struct head_scan {
    audit_on_head *on_head;
    void *arg;
};

static void take_head(const PGresult *row, void *arg)
{
    const struct head_scan *heads = arg;
    struct uuid case_id = read_uuid(row, 0);
    heads->on_head(&case_id, read_int4(row, 1), read_int4(row, 2), heads->arg);
}

bool audit_scan_heads(struct audit_scan *scan, audit_on_head *on_head, void *arg, struct error *err)
{
    struct head_scan heads = {on_head, arg};
    return each_row(scan,
                    "SELECT case_id, c.version, h.newest FROM case_current c FULL JOIN "
                    "(SELECT case_id, max(version) AS newest FROM case_history GROUP BY case_id) h "
                    "USING (case_id) WHERE c.version IS DISTINCT FROM h.newest ORDER BY case_id",
                    NULL, 0, take_head, &heads, err);
}

/* ---- days ---- */

struct day_scan {
    struct arena *arena;
    struct audit_day *days;
    size_t count, capacity;
};

static struct audit_day *find_day(struct day_scan *days, int64_t day)
{
    if (days->count > 0 && days->days[days->count - 1].day == day) {
        return &days->days[days->count - 1];
    }
    if (days->count == days->capacity) {
        size_t capacity = days->capacity == 0 ? 64 : 2 * days->capacity;
        struct audit_day *more = arena_array(days->arena, capacity, sizeof *more);
        if (days->count > 0) {
            memcpy(more, days->days, days->count * sizeof *more);
        }
        days->days = more;
        days->capacity = capacity;
    }
    days->days[days->count].day = day;
    return &days->days[days->count++];
}

static void take_day_row(const PGresult *row, void *arg)
{
    struct audit_day *day = find_day(arg, audit_day(read_instant(row, 0)));
    struct uuid case_id = read_uuid(row, 1);
    uint8_t hash[DIGEST_SIZE];
    read_bytes(row, 3, hash, DIGEST_SIZE);
    audit_root_add(day->root, &case_id, read_int4(row, 2), hash);
    day->rows++;
}

bool audit_scan_days(struct audit_scan *scan, int64_t first_day, int64_t last_day,
                     struct arena *arena, struct audit_day **days, size_t *count, struct error *err)
{
    struct day_scan found = {.arena = arena};
    const int64_t span[] = {audit_day_start_us(first_day), audit_day_start_us(last_day + 1)};
    bool read =
        each_row(scan,
                 "SELECT at, case_id, version, hash FROM case_history "
                 "WHERE at >= " INSTANT(1) " AND at < " INSTANT(2) " ORDER BY at, case_id, version",
                 span, 2, take_day_row, &found, err);
    *days = found.days;
    *count = found.count;
    return read;
}
