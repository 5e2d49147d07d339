/* SPDX-License-Identifier: Apache-2.0 */
#include "common/republish.h"

#include <string.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/verb.h"

enum { PAGE = 1000, USAGE = 2 };

/* In the order of the transactions, then of each publisher. Dead letters have no id by which a
 * reader could drop them, and stay in their table: they are not said again unless asked for. */
static const char since_cursor[] =
    "DECLARE said NO SCROLL CURSOR FOR SELECT topic, key, headers, value FROM outbox "
    "WHERE created_at >= $1::timestamptz AND topic <> '' "
    "AND CASE WHEN $2::text IS NULL THEN event_id IS NOT NULL ELSE topic = $2::text END "
    "ORDER BY created_at, slot, seq";

static const char parked_cursor[] =
    "DECLARE said NO SCROLL CURSOR FOR SELECT o.topic, o.key, o.headers, o.value, "
    "p.slot::text, p.seq::text, p.reason FROM outbox_parked p JOIN outbox o USING (slot, seq) "
    "WHERE $1::text IS NULL OR o.topic = $1::text ORDER BY p.parked_at, p.slot, p.seq";

static const struct verb_columns columns = {.topic = 0, .key = 1, .headers = 2, .value = 3};

struct republish {
    PGconn *conn;
    struct verb_sender *sender; /* NULL: dry run */
    bool parked;
    size_t count, taken;
};

/* A parked event that Kafka has taken is not parked any more. */
static bool unpark(struct republish *job, const PGresult *rows, int row)
{
    const char *const values[] = {PQgetvalue(rows, row, 4), PQgetvalue(rows, row, 5)};
    return verb_command(job->conn,
                        "DELETE FROM outbox_parked WHERE slot = $1::integer AND seq = $2::bigint",
                        2, values);
}

static bool send_page(struct republish *job, const PGresult *rows)
{
    bool delivered[PAGE];
    bool sent = verb_send_rows(job->sender, rows, &columns, delivered);

    for (int row = 0; sent && row < PQntuples(rows); row++) {
        job->taken += delivered[row];
        if (job->parked && delivered[row] && !unpark(job, rows, row)) {
            return false;
        }
    }
    return sent;
}

static void show_page(const struct republish *job, const PGresult *rows)
{
    for (int row = 0; job->parked && row < PQntuples(rows); row++) {
        printf("%s/%s\t%s\t%s\n", PQgetvalue(rows, row, 4), PQgetvalue(rows, row, 5),
               PQgetvalue(rows, row, 0), PQgetvalue(rows, row, 6));
    }
}

static bool run_pages(struct republish *job)
{
    for (;;) {
        PGresult *rows = verb_query(job->conn, true, "FETCH 1000 FROM said", 0, NULL);
        if (rows == NULL || PQntuples(rows) == 0) {
            bool whole = rows != NULL;
            PQclear(rows);
            return whole;
        }
        job->count += (size_t)PQntuples(rows);
        bool going = true;
        if (job->sender == NULL) {
            show_page(job, rows);
        } else {
            going = send_page(job, rows);
        }
        PQclear(rows);
        if (!going) {
            return false;
        }
    }
}

static bool run_job(struct republish *job, const char *since, const char *topic)
{
    const char *const since_values[] = {since, topic};
    const char *const parked_values[] = {topic};

    bool whole = verb_command(job->conn, "BEGIN", 0, NULL) &&
                 (job->parked ? verb_command(job->conn, parked_cursor, 1, parked_values)
                              : verb_command(job->conn, since_cursor, 2, since_values)) &&
                 run_pages(job);
    return verb_command(job->conn, "COMMIT", 0, NULL) && whole;
}

static int run(const char *conninfo, const struct kafka_config *kafka, bool dry,
               struct republish *job, const char *since, const char *topic)
{
    struct verb_sender sender;

    job->conn = verb_connect(conninfo);
    if (job->conn == NULL) {
        return 1;
    }
    if (!dry && !verb_sender_open(&sender, kafka)) {
        PQfinish(job->conn);
        return 1;
    }
    job->sender = dry ? NULL : &sender;
    bool whole = run_job(job, since, topic);
    if (dry) {
        printf("%zu events would be said again\n", job->count);
    } else {
        verb_sender_close(&sender);
        printf("%zu events read, %zu taken by Kafka\n", job->count, job->taken);
    }
    PQfinish(job->conn);
    return whole && (dry || job->taken == job->count) ? 0 : 1;
}

int republish_verb(const char *conninfo, const struct kafka_config *kafka, int argc, char **argv)
{
    const char *since = verb_option(argc, argv, "--since");
    struct republish job = {.parked = verb_flag(argc, argv, "--parked")};
    int64_t instant_us;

    if (!job.parked && (since == NULL || !clock_parse(since, strlen(since), &instant_us))) {
        fprintf(stderr, "usage: republish --since RFC3339 [--topic T] [--dry-run]\n"
                        "       republish --parked [--topic T] [--dry-run]\n"
                        "RFC3339: a time with a zone, e.g. 2026-01-31T00:00:00+07:00\n");
        return USAGE;
    }
    return run(conninfo, kafka, verb_flag(argc, argv, "--dry-run"), &job, since,
               verb_option(argc, argv, "--topic"));
}
