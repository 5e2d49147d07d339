/* SPDX-License-Identifier: Apache-2.0 */
/* message_batch: what the messages of one batch do to their cases.
 *
 * Each is decided on what the one before it made of its case, so that a case may move on by several
 * versions at once: its first move is in round 0, the next in round 1. Pure but for the ids of
 * events; all memory is the arena's, and the texts of moves are freed by message_batch_finish. */
#ifndef ROUTING_MESSAGE_BATCH_H
#define ROUTING_MESSAGE_BATCH_H

#include "common/trace.h"
#include "services/routing/case_batch.h"
#include "services/routing/id_index.h"
#include "services/routing/reporter_message.h"

/* One message; `message` and traceparent are given. */
struct message_step {
    struct reporter_message message;
    const char *traceparent; /* of its event; NULL: none */

    struct trace trace;
    int round;               /* of its move; -1: refused */
    struct case_write write; /* of its move: event_id, hash, json, after */
    struct case_event event; /* of its move */
    struct error refused;
    int32_t version; /* of the case: that it made, or at which it was refused */
    const char *phase, *state;
};

struct message_batch {
    struct arena *arena; /* borrowed */
    struct message_step **steps;
    size_t step_count;
    struct id_index taken;  /* messages */
    struct id_index wanted; /* cases that messages are about */
    struct id_index cases;  /* positions in `known` */
    struct known_case *known;
    size_t known_count;
    int round_count;
};

/* For at most count_max messages. */
void message_batch_init(struct message_batch *batch, size_t count_max, struct arena *arena);
void message_batch_finish(struct message_batch *batch);

/* A message that was taken before: it does nothing more. */
void message_batch_skip(struct message_batch *batch, const struct uuid *message);

/* A message is about this case. False when one before it is. */
bool message_batch_want(struct message_batch *batch, const struct uuid *case_id);

/* A case as it is now; left out when no message is about it. The first word about a case counts. */
void message_batch_know(struct message_batch *batch, const struct case_snapshot *now);

enum message_end {
    MESSAGE_MOVES,
    MESSAGE_REFUSED,
    MESSAGE_TAKEN_BEFORE,
    MESSAGE_NO_CASE, /* that is known */
    MESSAGE_LATER    /* err: ERR_RETRY, no rule holds now */
};
/* Decides. The step must outlive the batch; it is kept among `steps` when it moves or is refused.
 */
enum message_end message_batch_decide(struct message_batch *batch, struct message_step *step,
                                      const struct case_rules *rules, int64_t now_us,
                                      struct error *err);

/* The moves of a round in the order of case_writes_sort; `writes` has room for step_count. */
size_t message_batch_round(const struct message_batch *batch, int round,
                           struct case_write **writes);
/* The step that a write belongs to. */
struct message_step *message_step_of(struct case_write *write);

#endif
