/* SPDX-License-Identifier: Apache-2.0 */
/* message_write: the way of reporters' messages through a consumed batch.
 *
 *   read (cases, messages taken before) ──▶ decide ──▶ write, in the batch's transaction
 *     ▲                                                  │
 *     └───── a case has moved on: the batch comes again ─┘
 *
 * An officer's step between reading and writing costs the batch, not the step: the transaction ends
 * as a serialization failure, and everything is read and decided anew. */
#ifndef ROUTING_MESSAGE_WRITE_H
#define ROUTING_MESSAGE_WRITE_H

#include "common/consume.h"
#include "common/wait.h"
#include "services/routing/message_batch.h"

struct message_heard {
    struct consume_message *from;
    struct message_step *step;
};

/* Adds the statements that read what the messages are about: that alone the batch will know. */
void messages_read(struct message_batch *batch, const struct message_heard *heard, size_t count,
                   struct pg_tx *tx);
/* Their results. False: ERR_RETRY, or a case of ours that cannot be read. */
bool messages_take_read(struct message_batch *messages, const struct pg_tx *tx,
                        const struct process_book *book, struct error *err);

/* Decides on each; what is about no case is a dead letter. False: ERR_RETRY. */
bool messages_decide(struct message_batch *messages, struct consume_batch *batch,
                     const struct message_heard *heard, size_t count,
                     const struct case_rules *rules, int64_t now_us, struct error *err);

/* Which statements of the batch have events. */
struct message_statements {
    const size_t *moves; /* by round */
    size_t taken;        /* meaningless without steps */
};
void messages_write(const struct message_batch *messages, struct consume_batch *batch,
                    int64_t now_us, struct message_statements *statements);
/* After the commit: publishes, and wakes those who wait for the versions. */
void messages_written(const struct message_batch *messages, struct consume_batch *batch,
                      const struct pg_tx *tx, const struct message_statements *statements,
                      struct wait *wait);

#endif
