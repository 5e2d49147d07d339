/* SPDX-License-Identifier: Apache-2.0 */
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/rounds.h"
#include "delivery_json.h"
#include "store_message.h"

enum { POLL_MS = 500, BUCKETS = 1024, READ_MAX = 1000 };

/* One open stream. */
struct listener {
    struct streams *streams;
    struct http_stream *stream;
    char *account;
    int64_t seq;
    bool stale;       /* there may be more than seq */
    uint64_t read_no; /* the last read that asked for it */
    struct listener *next;
};

struct streams {
    uv_loop_t *loop;
    struct pg *pg;
    const struct snapshot_source *reference;
    const char *site;
    struct listener *buckets[BUCKETS]; /* by account */
    struct rounds *rounds;
    uint64_t read_no;
    bool is_cut;        /* the read under way left stale ones */
    uint64_t polled_ms; /* when all were last asked for */
};

static void streams_read(void *state); /* for the stale ones */
static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg);

static struct listener **bucket_of(struct streams *streams, const char *account)
{
    uint32_t hash = 2166136261; /* FNV-1a */
    for (const char *c = account; *c != '\0'; c++) {
        hash = (hash ^ (unsigned char)*c) * 16777619;
    }
    return &streams->buckets[hash % BUCKETS];
}

/* ---- a stream's life ---- */

static void on_gone(struct http_stream *stream, void *arg)
{
    struct listener *listener = arg;
    struct streams *streams = listener->streams;
    struct listener **link = bucket_of(streams, listener->account);
    (void)stream;
    while (*link != listener) {
        link = &(*link)->next;
    }
    *link = listener->next;
    free(listener->account);
    free(listener);
}

void streams_open(struct streams *streams, struct http_request *request, const char *account,
                  int64_t seq)
{
    struct listener *listener = memory_zero(1, sizeof *listener);
    struct listener **bucket = bucket_of(streams, account);
    listener->streams = streams;
    listener->account = memory_text(account);
    listener->seq = seq;
    listener->stale = true;
    listener->next = *bucket;
    *bucket = listener;
    listener->stream = http_answer_stream(request, on_gone, listener);
    rounds_begin_now(streams->rounds);
}

void streams_nudge(struct streams *streams, const char *account)
{
    bool found = false;
    for (struct listener *l = *bucket_of(streams, account); l != NULL; l = l->next) {
        if (strcmp(l->account, account) == 0) {
            l->stale = found = true;
        }
    }
    if (found) {
        rounds_begin_now(streams->rounds);
    }
}

/* ---- reading ---- */

/* The stale listeners, oldest first within an account's bucket; at most READ_MAX in one go. */
static size_t add_stale(struct streams *streams, struct pg_array *accounts, struct pg_array *seqs)
{
    size_t count = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct listener *l = streams->buckets[i]; l != NULL && count < READ_MAX; l = l->next) {
            if (l->stale) {
                l->stale = false;
                l->read_no = streams->read_no;
                pg_array_text(accounts, l->account);
                pg_array_int8(seqs, l->seq);
                count++;
            }
        }
    }
    return count;
}

/* Of what other replicas commit nobody tells. A round of the timer that comes soon after others
 * asks for all, too; they may be some milliseconds closer than its period. */
static void poll_all(struct streams *streams)
{
    uint64_t now_ms = uv_now(streams->loop);
    if (now_ms - streams->polled_ms < POLL_MS / 2) {
        return;
    }
    streams->polled_ms = now_ms;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct listener *l = streams->buckets[i]; l != NULL; l = l->next) {
            l->stale = true;
        }
    }
}

static void streams_read(void *state)
{
    struct streams *streams = state;
    struct pg_array accounts, seqs;
    poll_all(streams);
    pg_array_init(&accounts, PG_TEXT);
    pg_array_init(&seqs, PG_INT8);
    streams->read_no++;
    size_t count = add_stale(streams, &accounts, &seqs);
    streams->is_cut = count == READ_MAX;
    if (count > 0) {
        struct pg_tx *tx = pg_tx_new(streams->pg);
        pg_tx_set_read_only(tx);
        store_messages_after(tx, &accounts, &seqs);
        pg_tx_send(tx, on_read, streams);
    } else {
        rounds_end(streams->rounds);
    }
    pg_array_finish(&accounts);
    pg_array_finish(&seqs);
}

/* Rows come in order of account and seq. A stream that was opened meanwhile, from an earlier place,
 * was not asked for: it must not skip what lies between. */
static void send_message(struct streams *streams, const char *account,
                         const struct message *message, const char *data, size_t size)
{
    char id[24];
    snprintf(id, sizeof id, "%lld", (long long)message->seq);
    for (struct listener *l = *bucket_of(streams, account); l != NULL; l = l->next) {
        if (l->read_no == streams->read_no && l->seq < message->seq &&
            strcmp(l->account, account) == 0 &&
            http_stream_send(l->stream, "message", id, data, size)) {
            l->seq = message->seq;
            l->stale = true; /* the query gives some at a time */
        }
    }
}

static void send_messages(struct streams *streams, const struct pg_tx *tx)
{
    const struct reference *reference = reference_current(streams->reference);
    struct arena arena;
    struct buffer data;
    arena_init(&arena);
    buffer_init(&data);
    for (size_t row = 0; row < pg_rows(tx, 0); row++) {
        struct message message = store_message(tx, 0, row);
        struct json_writer writer;
        arena_reset(&arena);
        buffer_reset(&data);
        json_write_start(&writer, &data);
        if (message_write(&message, reference, streams->site, &arena, &writer)) {
            send_message(streams, store_message_account(tx, 0, row), &message, data.data,
                         data.size);
        }
    }
    buffer_finish(&data);
    arena_finish(&arena);
}

static void on_read(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct streams *streams = arg;
    if (!rounds_are_closing(streams->rounds) && !pg_tx_failed(tx, outcome, "messages_not_read")) {
        send_messages(streams, tx);
        if (pg_rows(tx, 0) > 0 || streams->is_cut) {
            rounds_begin_now(streams->rounds);
        }
    }
    rounds_end(streams->rounds);
}

/* ---- opening and closing ---- */

struct streams *streams_new(uv_loop_t *loop, struct pg *pg, const struct snapshot_source *reference,
                            const char *site)
{
    struct streams *streams = memory_zero(1, sizeof *streams);
    const struct rounds_work work = {.begin = streams_read, .free = free, .state = streams};
    streams->loop = loop;
    streams->pg = pg;
    streams->reference = reference;
    streams->site = site;
    streams->rounds = rounds_new(loop, &work, POLL_MS, POLL_MS);
    return streams;
}

void streams_close(struct streams *streams, streams_on_closed *on_closed, void *arg)
{
    rounds_close(streams->rounds, on_closed, arg);
}
