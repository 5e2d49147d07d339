/* SPDX-License-Identifier: Apache-2.0 */
/* store_message: the thread of a submission: sending a message, reading all of it, and what cases
 * say. */
#ifndef INTAKE_STORE_MESSAGE_H
#define INTAKE_STORE_MESSAGE_H

#include "common/outbox.h"
#include "message_desk.h"
#include "store_submission.h"
#include "thread.h"

/* ---- sending ---- */

/* Where the threads of these requests stand. Rows come in their order, and only of submissions that
 * the sender may speak about. */
void store_read_states(struct pg_tx *tx, struct message_request *const *items, size_t count);
size_t store_state_position(const struct pg_tx *tx, size_t row);
void store_take_state(const struct pg_tx *tx, size_t statement, size_t row,
                      struct thread_state *state);
/* Whether the key of the request was used before; then the message that was stored with it, as far
 * as a receipt needs it. */
bool store_take_earlier(const struct pg_tx *tx, size_t row, struct message *earlier,
                        const void **fingerprint);

/* Stores those whose version, and key, are new. Rows of the result: ids of messages that are there,
 * now or from an earlier try. The caller goes on with the eight parameters of their events. */
void store_send_messages(struct pg_tx *tx, struct message_request *const *items, size_t count);

/* ---- reading ---- */

/* Three statements: the state (store_take_state), the messages, the words, each in order of their
 * versions. The caller has seen to it that the submission may be read. */
void store_read_thread(struct pg_tx *tx, const struct uuid *submission);
size_t store_take_messages(const struct pg_tx *tx, size_t statement,
                           const struct message **messages, struct arena *arena);
size_t store_take_words(const struct pg_tx *tx, size_t statement, const struct case_word **words,
                        struct arena *arena);

/* ---- applying city.cases.v1 ---- */

struct message_refusal {
    struct uuid message;
    const char *code;
    int32_t version; /* of the case */
    int64_t at;
};

/* Keeps what the events say, each version once, and ends the messages that they do. */
void store_apply_words(struct pg_tx *tx, const struct case_event *events, size_t count,
                       struct arena *arena);
void store_refuse_messages(struct pg_tx *tx, const struct message_refusal *refusals, size_t count);

#endif
