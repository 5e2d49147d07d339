/* SPDX-License-Identifier: Apache-2.0 */
#include "common/dead_letter_verbs.h"

#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/buffer.h"
#include "common/outbox.h"
#include "common/verb.h"

enum { PAGE = 500, USAGE = 2 };

struct verb_context {
    PGconn *conn;
    const struct kafka_config *kafka;
    int argc;
    char **argv; /* from the second word on: "list", "show" … */
};

static int usage(void)
{
    fprintf(stderr, "usage: dlq list [--json]\n"
                    "       dlq show ID\n"
                    "       dlq replay ID...|--all\n"
                    "       dlq discard ID... --reason TEXT\n");
    return USAGE;
}

/* ---- list, show ---- */

static int list(const struct verb_context *context)
{
    bool json = verb_flag(context->argc, context->argv, "--json");
    PGresult *rows = verb_query(
        context->conn, false,
        json ? "SELECT json_build_object('id', id, 'topic', topic, 'partition', partition, "
               "'offset', message_offset, 'error_class', error_class, 'error_detail', "
               "error_detail, 'failed_at', failed_at) FROM dead_letter WHERE state = 'open' "
               "ORDER BY id"
             : "SELECT id, topic || '/' || partition || '@' || message_offset, failed_at, "
               "error_class, error_detail FROM dead_letter WHERE state = 'open' ORDER BY id",
        0, NULL);
    if (rows == NULL) {
        return 1;
    }
    for (int row = 0; row < PQntuples(rows); row++) {
        for (int column = 0; column < PQnfields(rows); column++) {
            printf("%s%s", column > 0 ? "\t" : "", PQgetvalue(rows, row, column));
        }
        putchar('\n');
    }
    if (!json) {
        printf("%d open\n", PQntuples(rows));
    }
    PQclear(rows);
    return 0;
}

static int show(const struct verb_context *context)
{
    static const char *const names[] = {"id",     "message", "failed at", "class",
                                        "detail", "state",   "settled"};
    const char *const values[] = {context->argc == 2 ? context->argv[1] : ""};
    PGresult *rows = verb_query(
        context->conn, true,
        "SELECT id::text, topic || '/' || partition || '@' || message_offset, failed_at::text, "
        "error_class, error_detail, state, coalesce(settled_at || ' by ' || settled_by, '-'), "
        "key, headers, value FROM dead_letter WHERE id::text = $1::text",
        1, values);
    if (rows == NULL) {
        return 1;
    }
    if (PQntuples(rows) == 0) {
        fprintf(stderr, "no dead letter has this id\n");
        PQclear(rows);
        return 1;
    }
    for (int column = 0; column < 7; column++) {
        verb_show_bytes(names[column], rows, 0, column);
    }
    verb_show_bytes("key", rows, 0, 7);
    verb_show_headers(rows, 0, 8);
    verb_show_bytes("value", rows, 0, 9);
    PQclear(rows);
    return 0;
}

/* ---- replay, discard ---- */

/* The ids among the arguments as PostgreSQL writes arrays: {1,2}. False for anything else. */
static bool read_ids(const struct verb_context *context, struct buffer *ids, size_t *count)
{
    *count = 0;
    buffer_put_char(ids, '{');
    for (int i = 1; i < context->argc; i++) {
        const char *text = context->argv[i];
        if (strcmp(text, "--reason") == 0) {
            i++;
            continue;
        }
        if (text[0] == '\0' || strlen(text) > 18 || text[strspn(text, "0123456789")] != '\0') {
            fprintf(stderr, "not an id: %s\n", text);
            return false;
        }
        buffer_put_format(ids, "%s%s", *count > 0 ? "," : "", text);
        ++*count;
    }
    buffer_put_char(ids, '}');
    return true;
}

/* Settles one by one: what Kafka did not take stays open. */
static bool settle_replayed(const struct verb_context *context, const PGresult *rows,
                            const bool *delivered, size_t *replayed)
{
    for (int row = 0; row < PQntuples(rows); row++) {
        const char *const values[] = {PQgetvalue(rows, row, 4), verb_operator()};
        if (!delivered[row]) {
            continue;
        }
        if (!verb_command(context->conn,
                          "UPDATE dead_letter SET state = 'replayed', settled_at = now(), "
                          "settled_by = $2::text WHERE id = $1::bigint AND state = 'open'",
                          2, values)) {
            return false;
        }
        ++*replayed;
    }
    return true;
}

/* One page after another, upwards by id, so that one that stays open is not met again. */
static bool replay_pages(const struct verb_context *context, struct verb_sender *sender,
                         const char *ids, size_t *replayed)
{
    static const struct verb_columns columns = {.topic = 0, .key = 1, .headers = 2, .value = 3};
    char last[24] = "0";
    bool delivered[PAGE];

    for (;;) {
        const char *const values[] = {ids, last};
        PGresult *rows =
            verb_query(context->conn, true,
                       "SELECT topic, key, headers, value, id::text FROM dead_letter "
                       "WHERE state = 'open' AND ($1::bigint[] IS NULL OR id = ANY ($1::bigint[])) "
                       "AND id > $2::bigint ORDER BY id LIMIT 500",
                       2, values);
        int count = rows == NULL ? 0 : PQntuples(rows);
        bool going = rows != NULL;
        if (count > 0) {
            snprintf(last, sizeof last, "%s", PQgetvalue(rows, count - 1, 4));
            going = verb_send_rows(sender, rows, &columns, delivered) &&
                    settle_replayed(context, rows, delivered, replayed);
        }
        PQclear(rows);
        if (!going || count == 0) {
            return going;
        }
    }
}

static int replay(const struct verb_context *context)
{
    struct verb_sender sender;
    struct buffer ids;
    size_t count = 0, replayed = 0;
    bool all = context->argc == 2 && strcmp(context->argv[1], "--all") == 0;
    int status = USAGE;

    buffer_init(&ids);
    if (!all && (!read_ids(context, &ids, &count) || count == 0)) {
        usage();
    } else if (!verb_sender_open(&sender, context->kafka)) {
        status = 1;
    } else {
        bool whole = replay_pages(context, &sender, all ? NULL : ids.data, &replayed);
        whole = whole && sender.refused == 0 && (all || replayed == count);
        verb_sender_close(&sender);
        printf("%zu replayed\n", replayed);
        status = whole ? 0 : 1;
    }
    buffer_finish(&ids);
    return status;
}

static int discard(const struct verb_context *context)
{
    const char *reason = verb_option(context->argc, context->argv, "--reason");
    struct buffer ids, by;
    size_t count = 0;
    int status = USAGE;

    buffer_init(&ids);
    buffer_init(&by);
    if (reason == NULL || !read_ids(context, &ids, &count) || count == 0) {
        usage();
    } else {
        buffer_put_format(&by, "%s: %s", verb_operator(), reason);
        const char *const values[] = {ids.data, by.data};
        PGresult *done = verb_query(context->conn, false,
                                    "UPDATE dead_letter SET state = 'discarded', "
                                    "settled_at = now(), settled_by = $2::text "
                                    "WHERE id = ANY ($1::bigint[]) AND state = 'open'",
                                    2, values);
        size_t discarded = done == NULL ? 0 : (size_t)strtoul(PQcmdTuples(done), NULL, 10);
        PQclear(done);
        printf("%zu discarded\n", discarded);
        status = discarded == count ? 0 : 1;
    }
    buffer_finish(&ids);
    buffer_finish(&by);
    return status;
}

int dead_letter_verb(const char *conninfo, const struct kafka_config *kafka, int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(const struct verb_context *context);
    } verbs[] = {{"list", list}, {"show", show}, {"replay", replay}, {"discard", discard}};
    struct verb_context context = {.kafka = kafka, .argc = argc - 1, .argv = argv + 1};

    for (size_t i = 0; argc > 1 && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(argv[1], verbs[i].name) != 0) {
            continue;
        }
        context.conn = verb_connect(conninfo);
        if (context.conn == NULL) {
            return 1;
        }
        int status = verbs[i].run(&context);
        PQfinish(context.conn);
        return status;
    }
    return usage();
}
