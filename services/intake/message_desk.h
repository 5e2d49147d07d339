/* SPDX-License-Identifier: Apache-2.0 */
/* message_desk: from a message to a version of its submission, once per idempotency key.
 *
 *   read the thread ──▶ decide (thread.h) ──▶ store with its event ──▶ sent
 *     ▲                     └▶ refused           │
 *     └──── another message has the version ─────┘
 *
 * Messages that wait go together (common/batch.h). Loop thread only. */
#ifndef INTAKE_MESSAGE_DESK_H
#define INTAKE_MESSAGE_DESK_H

#include "common/metrics.h"
#include "common/outbox.h"
#include "filing.h"
#include "message.h"
#include "thread.h"

struct message_desk;
struct message_request;

/* Called once. err NULL: sent, now or by an earlier request with the same key and input; the
 * message is as a receipt needs it. Else as thread_may_send says, or ERR_NOT_FOUND
 * "unknown_submission", ERR_UNPROCESSABLE "idempotency_key_reused", or why the database could not
 * be asked. `now` is where the thread stands; NULL when that is not known, or not to be told. */
typedef void message_on_done(struct message_request *request, const struct thread_state *now,
                             const struct error *err);

/* Owned by the edge, e.g. in the request's arena, until on_done. Filled by the edge: */
struct message_request {
    struct message message; /* without id, version, at */
    const char *reporter;   /* the account that sends; NULL: none */
    const char *client;     /* the id of the API key that sends; NULL: none */
    struct uuid idempotency;
    uint8_t fingerprint[FINGERPRINT_SIZE];
    const char *traceparent;
    message_on_done *on_done;
    void *arg;

    bool found, is_earlier, is_same;
    struct message earlier; /* that was sent with the key */
    struct thread_state state;
    struct outbox_item *said;
    unsigned tries;
};

/* The key of whoever sends, and what a repeat must match; without a key, none other. */
void message_request_key(struct message_request *request, const char *scope, const char *key,
                         const void *input, size_t input_size);

struct message_desk_config {
    struct pg *pg;
    struct outbox *outbox;
    struct metrics *metrics;
    struct thread_limits limits;
};

struct message_desk *message_desk_new(const struct message_desk_config *config);
void message_desk_free(struct message_desk *desk); /* no request may be under way */
const struct thread_limits *message_desk_limits(const struct message_desk *desk);
/* on_done is called once, later or at once (ERR_BUSY). */
void message_desk_submit(struct message_desk *desk, struct message_request *request);

#endif
