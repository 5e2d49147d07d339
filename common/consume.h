/* SPDX-License-Identifier: Apache-2.0 */
/* consume: takes messages in batches and applies each batch in one transaction with its position.
 *
 * One group per service, one handler per topic, at most one batch of a topic's lane in flight:
 * messages that arrive meanwhile go together into the next one. A batch is handed to the topic's
 * handler with its transaction open: the move of the positions is already in it. The handler
 * decodes, decides, adds its statements and ends with exactly one of
 *
 *   consume_commit(batch, on_committed)   apply; on_committed sees the results and publishes
 *   consume_retry(batch, err)             a dependency is away: pause, back off, same batch again
 *
 * It may reject single messages as poison before that: they go to the dead letters (table and
 * topic) in the same transaction. The handler may take its time (reads of its own) but holds the
 * topic's lane meanwhile.
 *
 *   end of the transaction     what happens
 *   committed                  on_committed, positions move, next batch
 *   unavailable, unknown       the position row is read again: if it moved, our commit had
 *                              happened (on_committed is called with tx NULL: staged events are
 *                              in doubt), else the same batch again, with backoff
 *   refused IH002 (fenced)     positions are read anew, buffered messages of the partition dropped
 *   refused for its content    (SQLSTATE classes 21, 22, 23, 54, P0 and our own IH) halved until
 *                              one message stands alone, which goes to the dead letters as
 *                              "refused_by_database"
 *   refused otherwise          no message is to blame: the same batch again, with backoff
 *
 * Duplicates: messages before the position are dropped here; an event that was published twice has
 * a new offset and the same id, so handlers drop it by aggregate version or by a UNIQUE key. */
#ifndef COMMON_CONSUME_H
#define COMMON_CONSUME_H

#include "common/event.h"
#include "common/kafka.h"
#include "common/outbox.h"
#include "common/pg.h"

struct consume;
struct consume_batch;

/* One message of a batch, envelope already read. Poison envelopes never reach the handler. */
struct consume_message {
    struct event_in event;
    const char *key; /* NUL-terminated copy */
    int32_t partition;
    int64_t offset;
    bool rejected; /* set by consume_reject */
};

typedef void consume_handler(struct consume_batch *batch, void *state);
typedef void consume_on_committed(struct consume_batch *batch, const struct pg_tx *tx, void *state);

struct consume_topic {
    const char *topic;
    consume_handler *handler;
    size_t batch_max; /* messages */
    unsigned hold_ms; /* a busy topic's next batch starts no sooner after the last, unless it is
                         full; an idle topic's message is taken at once. Fewer, larger
                         transactions where nobody waits for each message */
    size_t lanes;     /* batches side by side, partition p in lane p % lanes; 0 is 1. One batch is
                         then encoded while another commits: for handlers whose partitions touch
                         rows of their own */
};

struct consume_config {
    const char *group;
    const struct consume_topic *topics;
    size_t topic_count;
    void *state;  /* given to handlers */
    bool rereads; /* what another group has taken before: rejected messages are left out, since that
                     group has told of them. Handlers stage no events; outbox may be NULL */
};

struct consume *consume_new(uv_loop_t *loop, struct pg *pg, struct outbox *outbox,
                            const struct kafka_config *kafka, const struct consume_config *config,
                            struct metrics *metrics, struct error *err);
/* Finishes the batches in flight, then leaves the group. */
typedef void consume_on_closed(void *arg);
void consume_close(struct consume *consume, consume_on_closed *on_closed, void *arg);
bool consume_is_ready(const struct consume *consume); /* assigned once, no alarm standing */
/* True when everything that was in the topics when the process started has been applied. */
bool consume_has_caught_up(const struct consume *consume);

/* For reading what was, up to a point: messages at or past an end are left until the ends are moved
 * on. Partitions that are not named have none. The list is copied. */
struct consume_end {
    const char *topic;
    int32_t partition;
    int64_t offset;
};
void consume_read_until(struct consume *consume, const struct consume_end *ends, size_t count);
bool consume_has_reached_ends(const struct consume *consume); /* all before them is applied */

/* Operator verb, blocking: `position accept --topic T --partition P --at beginning|end|OFFSET`: the
 * way out of an alarm about a lost log or a replaced broker. Returns the exit code. */
int consume_position_verb(const char *conninfo, const struct kafka_config *kafka, const char *group,
                          int argc, char **argv);

/* ---- inside a handler ---- */
struct consume_message *consume_messages(struct consume_batch *batch, size_t *count);
/* One of them as it came; dies with the batch. */
const struct kafka_message *consume_raw(const struct consume_batch *batch,
                                        const struct consume_message *message);
struct pg_tx *consume_tx(struct consume_batch *batch);
/* Index that the handler's next statement will have among the results. */
size_t consume_next_statement(const struct consume_batch *batch);
struct arena *consume_arena(struct consume_batch *batch);             /* dies with the batch */
void consume_set_context(struct consume_batch *batch, void *context); /* the handler's own */
void *consume_context(const struct consume_batch *batch);
/* class is stable for machines ("invalid_data", "unknown_type"); detail names the field, never
 * its value. */
void consume_reject(struct consume_batch *batch, struct consume_message *message, const char *class,
                    const char *detail);
/* Events of the batch. Stage them here rather than in the outbox: the batch owns them, drops them
 * when it is retried and settles them when it ends. Staging the first adds the outbox's guard to
 * the transaction, so ask for consume_next_statement after it. A statement of the handler inserts
 * their rows (OUTBOX_INSERT); consume_put_staged gives its eight parameters: those that were staged
 * since it was called last. In on_committed, consume_took publishes of what was put into that
 * statement those whose command (uuid) is in that column of its result, and drops the others. What
 * on_committed does not settle, the table does, at the price of a round trip. */
void consume_stage(struct consume_batch *batch, const struct event *event,
                   const struct uuid *command);
void consume_put_staged(struct consume_batch *batch);
void consume_took(struct consume_batch *batch, const struct pg_tx *tx, size_t statement,
                  int column);
void consume_commit(struct consume_batch *batch, consume_on_committed *on_committed);
void consume_retry(struct consume_batch *batch, const struct error *err);

#endif
