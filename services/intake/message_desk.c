/* SPDX-License-Identifier: Apache-2.0 */
#include "message_desk.h"

#include <stdlib.h>
#include <string.h>

#include "common/batch.h"
#include "common/clock.h"
#include "idempotency.h"
#include "media_reference.h"
#include "message_json.h"
#include "store_media.h"
#include "store_message.h"

enum { ITEMS_MAX = 200, DEPTH = 2, QUEUE_MAX = 5000, DEADLINE_MS = 4000, TRIES_MAX = 20 };

struct message_desk {
    struct message_desk_config config;
    struct batch *reads, *writes;
};

/* What the batches know of a request is its desk. */
static void desk_read(struct message_desk *desk, struct message_request *request);
static void desk_decide(struct message_desk *desk, struct message_request *request);
static void desk_store(struct message_desk *desk, struct message_request *request);
static void desk_again(struct message_desk *desk, struct message_request *request);

void message_request_key(struct message_request *request, const char *scope, const char *key,
                         const void *input, size_t input_size)
{
    uint8_t digest[DIGEST_SIZE];
    request->message.id = uuid_new();
    if (key == NULL) {
        request->idempotency = request->message.id;
        return;
    }
    request->idempotency = idempotency_id(scope, key);
    digest_sha256(input, input_size, digest);
    memcpy(request->fingerprint, digest, FINGERPRINT_SIZE);
}

void message_desk_submit(struct message_desk *desk, struct message_request *request)
{
    desk_read(desk, request);
}

/* ---- reading ---- */

static void desk_read(struct message_desk *desk, struct message_request *request)
{
    struct error err = {0};
    if (!batch_submit(desk->reads, request, &err)) {
        request->on_done(request, NULL, &err);
    }
}

static void build_reads(struct pg_tx *tx, void **items, size_t count, void *arg)
{
    (void)arg;
    for (size_t i = 0; i < count; i++) {
        struct message_request *request = items[i];
        request->found = false;
    }
    pg_tx_set_read_only(tx);
    store_read_states(tx, (struct message_request *const *)items, count);
}

static void take_row(const struct pg_tx *tx, size_t row, struct message_request *request)
{
    const void *fingerprint;
    request->found = true;
    store_take_state(tx, 0, row, &request->state);
    request->is_earlier = store_take_earlier(tx, row, &request->earlier, &fingerprint);
    request->is_same =
        request->is_earlier && memcmp(fingerprint, request->fingerprint, FINGERPRINT_SIZE) == 0;
}

static void on_reads_done(const struct pg_tx *tx, void **items, size_t count,
                          const struct error *err, bool in_doubt, void *arg)
{
    (void)in_doubt;
    for (size_t row = 0; err == NULL && row < pg_rows(tx, 0); row++) {
        take_row(tx, row, items[store_state_position(tx, row)]);
    }
    for (size_t i = 0; i < count; i++) {
        struct message_request *request = items[i];
        if (err != NULL) {
            request->on_done(request, NULL, err);
        } else {
            desk_decide(arg, request);
        }
    }
}

/* ---- deciding ---- */

/* What the key stands for was sent before: the same answer, or it was for something else. */
static void answer_earlier(struct message_request *request)
{
    struct error err = {0};
    if (!request->is_same) {
        error_set(&err, ERR_UNPROCESSABLE, "idempotency_key_reused",
                  "the Idempotency-Key was used with another body");
        request->on_done(request, &request->state, &err);
        return;
    }
    request->message.id = request->earlier.id;
    request->message.version = request->earlier.version;
    request->message.at = request->earlier.at;
    request->on_done(request, &request->state, NULL);
}

static void desk_decide(struct message_desk *desk, struct message_request *request)
{
    struct error err = {0};
    int64_t now_us = clock_now_us();
    if (!request->found) {
        error_set(&err, ERR_NOT_FOUND, "unknown_submission", "there is no such submission");
        request->on_done(request, NULL, &err);
    } else if (request->is_earlier) {
        answer_earlier(request);
    } else if (!thread_may_send(&request->state, &request->message, &desk->config.limits, now_us,
                                &err)) {
        request->on_done(request, &request->state, &err);
    } else {
        request->message.version = request->state.version + 1;
        request->message.at = now_us - now_us % 1000; /* events carry milliseconds */
        desk_store(desk, request);
    }
}

/* ---- storing ---- */

static void stage(struct message_desk *desk, struct message_request *request)
{
    struct buffer data;
    char id[UUID_TEXT_SIZE];
    buffer_init(&data);
    message_write_event(&request->message, &data);
    uuid_format(&request->message.submission_id, id);
    struct event event = {
        .id = uuid_new(),
        .type = message_event_type(request->message.kind),
        .subject = id,
        .topic = SUBMISSIONS_TOPIC,
        .key = id,
        .time_us = request->message.at,
        .traceparent = request->traceparent,
        .data = data.data,
        .data_size = data.size,
    };
    request->said = outbox_stage(desk->config.outbox, &event, &request->message.id);
    buffer_finish(&data);
}

static void desk_store(struct message_desk *desk, struct message_request *request)
{
    struct error err = {0};
    stage(desk, request);
    if (!batch_submit(desk->writes, request, &err)) {
        outbox_drop(desk->config.outbox, request->said);
        request->on_done(request, NULL, &err);
    }
}

enum { SEND_STATEMENT = 1 }; /* after the guard */

/* Of messages that lost their version there are no rows, so nothing is bound. */
static void use_media(void **items, size_t count, struct pg_tx *tx)
{
    size_t named = 0, used = 0;
    for (size_t i = 0; i < count; i++) {
        const struct message_request *request = items[i];
        named += request->message.media_count;
    }
    struct media_use *uses = arena_array(pg_tx_arena(tx), named, sizeof *uses);
    for (size_t i = 0; i < count; i++) {
        const struct message *message = &((const struct message_request *)items[i])->message;
        for (size_t m = 0; m < message->media_count; m++) {
            uses[used] =
                (struct media_use){.submission = message->submission_id, .message = message->id};
            used += media_reference_parse(message->media[m], &uses[used].media);
        }
    }
    store_use_media(tx, uses, used);
}

static void build_writes(struct pg_tx *tx, void **items, size_t count, void *arg)
{
    struct message_desk *desk = arg;
    struct outbox_columns said;
    outbox_guard(desk->config.outbox, tx);
    store_send_messages(tx, (struct message_request *const *)items, count);
    outbox_columns_init(&said, desk->config.outbox);
    for (size_t i = 0; i < count; i++) {
        const struct message_request *request = items[i];
        outbox_columns_add(&said, request->said);
    }
    outbox_columns_put(&said, tx);
    outbox_columns_finish(&said);
    use_media(items, count, tx);
}

static bool is_stored(const struct pg_tx *tx, const struct uuid *message)
{
    for (size_t row = 0; row < pg_rows(tx, SEND_STATEMENT); row++) {
        struct uuid stored = pg_value_uuid(tx, SEND_STATEMENT, row, 0);
        if (uuid_equal(&stored, message)) {
            return true;
        }
    }
    return false;
}

static void on_writes_done(const struct pg_tx *tx, void **items, size_t count,
                           const struct error *err, bool in_doubt, void *arg)
{
    struct message_desk *desk = arg;
    for (size_t i = 0; i < count; i++) {
        struct message_request *request = items[i];
        if (err != NULL && in_doubt) {
            outbox_doubt(desk->config.outbox, request->said);
            request->on_done(request, NULL, err);
        } else if (err != NULL) {
            outbox_drop(desk->config.outbox, request->said);
            request->on_done(request, NULL, err);
        } else if (is_stored(tx, &request->message.id)) {
            outbox_publish(desk->config.outbox, request->said);
            request->on_done(request, &request->state, NULL);
        } else {
            outbox_drop(desk->config.outbox, request->said);
            desk_again(desk, request);
        }
    }
}

/* Another message came first: it has the version, or it is this one, sent twice at once. */
static void desk_again(struct message_desk *desk, struct message_request *request)
{
    struct error err = {0};
    if (++request->tries < TRIES_MAX) {
        desk_read(desk, request);
        return;
    }
    error_set(&err, ERR_RETRY, "thread_busy", "many messages come at once: send again");
    request->on_done(request, NULL, &err);
}

/* ---- opening and closing ---- */

struct message_desk *message_desk_new(const struct message_desk_config *config)
{
    struct message_desk *desk = memory_zero(1, sizeof *desk);
    struct batch_config batch = {.name = "message_read",
                                 .items_max = ITEMS_MAX,
                                 .depth = DEPTH,
                                 .queue_max = QUEUE_MAX,
                                 .deadline_ms = DEADLINE_MS,
                                 .build = build_reads,
                                 .done = on_reads_done,
                                 .arg = desk};
    desk->config = *config;
    desk->reads = batch_new(config->pg, &batch, config->metrics);
    batch.name = "message_write";
    batch.build = build_writes;
    batch.done = on_writes_done;
    desk->writes = batch_new(config->pg, &batch, config->metrics);
    return desk;
}

void message_desk_free(struct message_desk *desk)
{
    batch_free(desk->reads);
    batch_free(desk->writes);
    free(desk);
}

const struct thread_limits *message_desk_limits(const struct message_desk *desk)
{
    return &desk->config.limits;
}
