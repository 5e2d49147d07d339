/* SPDX-License-Identifier: Apache-2.0 */
/* ceiling_pg: how many rows a second would PostgreSQL take if nobody but a bare libpq client sent
 * them? In batches by unnest of binary arrays, each batch one durable transaction, `depth` of them
 * under way.
 *
 *   ceiling_pg CONNINFO --rows filings|facts --batch ROWS --depth TRANSACTIONS --seconds S
 *
 * filings: the rows that a filing writes (submission with its indexes, outbox); the database holds
 * intake's tables. facts: rows as large as what analytics keeps of a case, upserted by id, each id
 * six times with many others in between, into a table with no index but that of the id.
 * Prints one JSON line. */
#include <endian.h>
#include <getopt.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/pg.h"
#include "filing_sample.h"
#include "histogram.h"

enum { DEPTH_MAX = 8, EVENT_SIZE = 1024 };

enum { COLUMNS_MAX = 16, STATEMENTS_MAX = 2 };

struct run;

/* A kind of rows. */
struct rows {
    const char *word;
    const char *setup; /* SQL, before the statements are prepared */
    const char *last;  /* SQL: the number of the last row of an earlier run */
    const enum pg_type *types;
    size_t column_count;
    struct statement {
        const char *name, *sql;
        size_t columns; /* that it takes, those after the last statement's */
    } statements[STATEMENTS_MAX];
    size_t statement_count;
    void (*add)(struct run *run, int64_t now_us);
};

struct lane {
    PGconn *connection;
    uint64_t sent_us; /* 0: nothing under way */
};

struct run {
    const struct rows *rows;
    struct lane lanes[DEPTH_MAX];
    size_t batch, depth;
    unsigned seconds;
    int64_t seq;
    uint64_t written;
    struct pg_array columns[COLUMNS_MAX];
    struct buffer parameters[COLUMNS_MAX];
    struct histogram latency;
};

static void give_up(const char *what, PGconn *connection)
{
    fprintf(stderr, "%s: %s\n", what, PQerrorMessage(connection));
    exit(1);
}

/* ---- filings ---- */

enum column {
    ID,
    TICKET,
    DESCRIPTION,
    LAT,
    LON,
    ADDRESS,
    AT,
    IDEMPOTENCY,
    FINGERPRINT,
    SEQ,
    KEY,
    EVENT_ID,
    HEADERS,
    VALUE,
    COLUMNS
};

static const enum pg_type filing_types[COLUMNS] = {
    [ID] = PG_UUID,           [TICKET] = PG_TEXT,  [DESCRIPTION] = PG_TEXT, [LAT] = PG_FLOAT8,
    [LON] = PG_FLOAT8,        [ADDRESS] = PG_TEXT, [AT] = PG_TIMESTAMPTZ,   [IDEMPOTENCY] = PG_UUID,
    [FINGERPRINT] = PG_BYTEA, [SEQ] = PG_INT8,     [KEY] = PG_BYTEA,        [EVENT_ID] = PG_UUID,
    [HEADERS] = PG_BYTEA,     [VALUE] = PG_BYTEA,
};

enum { SUBMISSION_COLUMNS = FINGERPRINT + 1, OUTBOX_COLUMNS = COLUMNS - SUBMISSION_COLUMNS };
_Static_assert((int)COLUMNS <= (int)COLUMNS_MAX, "room for each");

static const char submission_sql[] =
    "INSERT INTO submission (id, ticket, kind, channel, category, level, description, lat, lon, "
    "address, media, reporter_ref, anonymous, client, language, submitted_at, receive_by, "
    "rule_code, rule_version, rule_source, idempotency, fingerprint) "
    "SELECT id, ticket, 'onsite_report', 'api', 'giao-thong', 'normal', description, lat, lon, "
    "address, '[]', 'k-bench', false, 'bench', 'vi', at, at + interval '8 hours', 'receive', 1, "
    "'assumption', idempotency, fingerprint FROM unnest($1::uuid[], $2::text[], $3::text[], "
    "$4::float8[], $5::float8[], $6::text[], $7::timestamptz[], $8::uuid[], $9::bytea[]) AS s (id, "
    "ticket, description, lat, lon, address, at, idempotency, fingerprint) "
    "ON CONFLICT (idempotency) DO NOTHING";
static const char outbox_sql[] =
    "INSERT INTO outbox (slot, seq, topic, key, event_id, headers, value) "
    "SELECT 0, seq, 'city.submissions.v1', key, event_id, headers, value FROM unnest($1::bigint[], "
    "$2::bytea[], $3::uuid[], $4::bytea[], $5::bytea[]) AS o (seq, key, event_id, headers, value)";

static void add_filing(struct run *run, int64_t now_us)
{
    struct filing_sample sample;
    struct uuid event_id = uuid_new();
    char event[EVENT_SIZE];
    filing_sample_make(&sample, ++run->seq);
    pg_array_uuid(&run->columns[ID], &sample.id);
    pg_array_text(&run->columns[TICKET], sample.ticket);
    pg_array_text(&run->columns[DESCRIPTION], sample.description);
    pg_array_float8(&run->columns[LAT], sample.lat);
    pg_array_float8(&run->columns[LON], sample.lon);
    pg_array_text(&run->columns[ADDRESS], sample.address);
    pg_array_instant(&run->columns[AT], now_us);
    pg_array_uuid(&run->columns[IDEMPOTENCY], &sample.idempotency);
    pg_array_bytes(&run->columns[FINGERPRINT], sample.idempotency.bytes, 16);
    pg_array_int8(&run->columns[SEQ], run->seq);
    pg_array_bytes(&run->columns[KEY], sample.id_text, strlen(sample.id_text));
    pg_array_uuid(&run->columns[EVENT_ID], &event_id);
    pg_array_bytes(&run->columns[HEADERS], filing_sample_headers(), FILING_SAMPLE_HEADERS);
    filing_sample_event(&sample, event, sizeof event);
    pg_array_bytes(&run->columns[VALUE], event, strlen(event));
}

/* ---- facts ---- */

enum { OPEN_CASES = 20000, VERSIONS = 6, FACT_BODY = 180 };

static const enum pg_type fact_types[] = {PG_UUID, PG_INT2, PG_INT4, PG_BYTEA};

static const char fact_sql[] =
    "INSERT INTO bench_fact AS f (id, subject, version, body) "
    "SELECT * FROM unnest($1::uuid[], $2::int2[], $3::int4[], $4::bytea[]) "
    "ON CONFLICT (id) DO UPDATE SET version = excluded.version, body = excluded.body, dirty = true "
    "WHERE f.version < excluded.version";

/* Many cases are open at once, and each is told of again when all others have been. */
static void add_fact(struct run *run, int64_t now_us)
{
    int64_t number = run->seq++;
    int64_t age = number / OPEN_CASES, place = number % OPEN_CASES;
    struct uuid id = {0};
    uint8_t body[FACT_BODY];
    (void)now_us;
    uint64_t key = htobe64((uint64_t)(age / VERSIONS * OPEN_CASES + place));
    memcpy(id.bytes, &key, sizeof key);
    memset(body, (int)(place & 0xff), sizeof body);
    memcpy(body, &number, sizeof number);
    pg_array_uuid(&run->columns[0], &id);
    pg_array_int2(&run->columns[1], 0);
    pg_array_int4(&run->columns[2], (int32_t)(age % VERSIONS) + 1);
    pg_array_bytes(&run->columns[3], body, sizeof body);
}

static const struct rows all_rows[] = {
    {.word = "filings",
     .setup = "SELECT 1",
     .last = "SELECT coalesce(max(seq), 0) FROM outbox",
     .types = filing_types,
     .column_count = COLUMNS,
     .statements = {{"submission", submission_sql, SUBMISSION_COLUMNS},
                    {"outbox", outbox_sql, OUTBOX_COLUMNS}},
     .statement_count = 2,
     .add = add_filing},
    {.word = "facts",
     .setup = "DROP TABLE IF EXISTS bench_fact; CREATE TABLE bench_fact (id uuid PRIMARY KEY, "
              "subject smallint NOT NULL, version integer NOT NULL, "
              "dirty boolean NOT NULL DEFAULT true, body bytea NOT NULL) WITH (fillfactor = 80)",
     .last = "SELECT 0",
     .types = fact_types,
     .column_count = sizeof fact_types / sizeof fact_types[0],
     .statements = {{"fact", fact_sql, sizeof fact_types / sizeof fact_types[0]}},
     .statement_count = 1,
     .add = add_fact},
};

/* ---- batches ---- */

/* The array as PostgreSQL's array_recv reads it. */
static void write_parameter(struct buffer *out, const struct pg_array *array)
{
    buffer_reset(out);
    buffer_put_u32(out, 1);
    buffer_put_u32(out, array->has_null);
    buffer_put_u32(out, array->type);
    buffer_put_u32(out, (uint32_t)array->count);
    buffer_put_u32(out, 1);
    buffer_put(out, array->bytes.data, array->bytes.size);
}

static void send_statement(PGconn *connection, const char *name, const struct buffer *parameters,
                           size_t count)
{
    const char *values[COLUMNS_MAX];
    int sizes[COLUMNS_MAX], formats[COLUMNS_MAX];
    for (size_t i = 0; i < count; i++) {
        values[i] = parameters[i].data;
        sizes[i] = (int)parameters[i].size;
        formats[i] = 1;
    }
    if (!PQsendQueryPrepared(connection, name, (int)count, values, sizes, formats, 1)) {
        give_up("send", connection);
    }
}

static void send_batch(struct run *run, struct lane *lane)
{
    const struct rows *rows = run->rows;
    int64_t now_us = clock_now_us();
    for (size_t i = 0; i < rows->column_count; i++) {
        pg_array_reset(&run->columns[i]);
    }
    for (size_t i = 0; i < run->batch; i++) {
        rows->add(run, now_us);
    }
    for (size_t i = 0; i < rows->column_count; i++) {
        write_parameter(&run->parameters[i], &run->columns[i]);
    }
    lane->sent_us = clock_monotonic_us();
    const struct buffer *next = run->parameters;
    for (size_t i = 0; i < rows->statement_count; i++) {
        const struct statement *statement = &rows->statements[i];
        send_statement(lane->connection, statement->name, next, statement->columns);
        next += statement->columns;
    }
    if (!PQpipelineSync(lane->connection) || PQflush(lane->connection) < 0) {
        give_up("sync", lane->connection);
    }
}

/* Waits for the end of what is under way on the lane. */
static void await_batch(struct run *run, struct lane *lane)
{
    bool synced = false;
    while (!synced) {
        PGresult *result = PQgetResult(lane->connection);
        ExecStatusType status = result == NULL ? PGRES_EMPTY_QUERY : PQresultStatus(result);
        if (result != NULL && status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_SYNC) {
            give_up("batch", lane->connection);
        }
        synced = status == PGRES_PIPELINE_SYNC;
        PQclear(result);
    }
    histogram_record(&run->latency, clock_monotonic_us() - lane->sent_us);
    lane->sent_us = 0;
    run->written += run->batch;
}

static void prepare(PGconn *connection, const char *name, const char *sql)
{
    PGresult *result = PQprepare(connection, name, sql, 0, NULL);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        give_up("prepare", connection);
    }
    PQclear(result);
}

static void open_lane(struct lane *lane, const struct rows *rows, const char *conninfo)
{
    lane->connection = PQconnectdb(conninfo);
    if (PQstatus(lane->connection) != CONNECTION_OK) {
        give_up("connect", lane->connection);
    }
    for (size_t i = 0; i < rows->statement_count; i++) {
        prepare(lane->connection, rows->statements[i].name, rows->statements[i].sql);
    }
    if (!PQenterPipelineMode(lane->connection)) {
        give_up("pipeline", lane->connection);
    }
}

/* An earlier run's rows stay where they are not dropped: go on after them. */
static int64_t set_up(const struct rows *rows, const char *conninfo)
{
    PGconn *connection = PQconnectdb(conninfo);
    PGresult *result = PQexec(connection, rows->setup);
    if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK) {
        give_up("setup", connection);
    }
    PQclear(result);
    result = PQexec(connection, rows->last);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        give_up("last row", connection);
    }
    int64_t seq = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    PQfinish(connection);
    return seq;
}

static const struct rows *rows_named(const char *word)
{
    for (size_t i = 0; i < sizeof all_rows / sizeof all_rows[0]; i++) {
        if (strcmp(all_rows[i].word, word) == 0) {
            return &all_rows[i];
        }
    }
    fprintf(stderr, "no such rows: %s\n", word);
    exit(2);
}

static void read_options(struct run *run, int argc, char **argv)
{
    static const struct option options[] = {{"rows", required_argument, NULL, 'r'},
                                            {"batch", required_argument, NULL, 'b'},
                                            {"depth", required_argument, NULL, 'd'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        unsigned long value = optarg == NULL ? 0 : strtoul(optarg, NULL, 10);
        switch (option) {
        case 'r':
            run->rows = rows_named(optarg);
            break;
        case 'b':
            run->batch = value;
            break;
        case 'd':
            run->depth = value < DEPTH_MAX ? value : DEPTH_MAX;
            break;
        case 's':
            run->seconds = (unsigned)value;
            break;
        default:
            exit(2);
        }
    }
}

int main(int argc, char **argv)
{
    static struct run run = {.rows = &all_rows[0], .batch = 500, .depth = 2, .seconds = 3};
    if (argc < 2) {
        fprintf(stderr, "usage: ceiling_pg CONNINFO [--rows filings|facts] [--batch N] [--depth N] "
                        "[--seconds S]\n");
        return 2;
    }
    read_options(&run, argc - 1, argv + 1);
    run.seq = set_up(run.rows, argv[1]);
    for (size_t i = 0; i < run.rows->column_count; i++) {
        pg_array_init(&run.columns[i], run.rows->types[i]);
        buffer_init(&run.parameters[i]);
    }
    for (size_t i = 0; i < run.depth; i++) {
        open_lane(&run.lanes[i], run.rows, argv[1]);
    }
    uint64_t start_us = clock_monotonic_us(), now_us = start_us;
    for (size_t i = 0; now_us - start_us < run.seconds * 1000000ULL; i = (i + 1) % run.depth) {
        if (run.lanes[i].sent_us != 0) {
            await_batch(&run, &run.lanes[i]);
        }
        send_batch(&run, &run.lanes[i]);
        now_us = clock_monotonic_us();
    }
    for (size_t i = 0; i < run.depth; i++) {
        if (run.lanes[i].sent_us != 0) {
            await_batch(&run, &run.lanes[i]);
        }
        PQfinish(run.lanes[i].connection);
    }
    double seconds = (double)(clock_monotonic_us() - start_us) / 1e6;
    printf("{\"per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n", (double)run.written / seconds,
           (double)histogram_quantile(&run.latency, 0.5) / 1e3,
           (double)histogram_quantile(&run.latency, 0.99) / 1e3);
    return 0;
}
