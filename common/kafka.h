/* SPDX-License-Identifier: Apache-2.0 */
/* kafka: librdkafka in the libuv loop. Nothing outside common/ includes rdkafka.h.
 *
 * Both clients wake the loop through uv_async when their queue fills, drain it in bounded rounds,
 * and are polled each second besides (a quiet consumer would else be thrown out of its group:
 * librdkafka issue 3344). Properties come from KAFKA_BROKERS and KAFKA_CONFIG (name=value lines
 * for TLS and SASL). Settings that matter and why: enable.idempotence (no duplicates by retry),
 * message.timeout.ms=0 (the outbox decides, not a timer), linger.ms=0…1, lz4;
 * auto.offset.reset=error (a lost log is an alarm, not a silent skip), range assignor with static
 * membership (cooperative-sticky stalls in 2.0.2), reconnect.backoff.max.ms=1000. Settings on which
 * the design depends cannot be replaced by properties. Loop thread only; nothing blocks.
 *
 * Closing goes on in the loop after the close function has returned, without further events: the
 * loop has to run until then, and its memory to live as long. */
#ifndef COMMON_KAFKA_H
#define COMMON_KAFKA_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "common/error.h"
#include "common/event.h"
#include "common/metrics.h"

struct kafka_config {
    const char *brokers;
    const char *properties; /* lines name=value; may be "" */
    const char *client_id;  /* instance */
    unsigned session_timeout_ms;
    unsigned fetch_wait_ms; /* a broker's answer waits so long for more messages; 0: each at once */
};

/* ---- producer ---- */
struct kafka_producer;

struct kafka_message_out {
    const char *topic;
    const void *key;
    size_t key_size;
    const void *value; /* NULL: null value */
    size_t value_size;
    const struct kafka_header *headers;
    size_t header_count;
    void *opaque; /* given back in on_delivered */
};

/* delivered=false only for messages that the broker will never take (too large, not authorised,
 * unknown topic after metadata is known); everything else is retried inside. */
typedef void kafka_on_delivered(void *opaque, bool delivered, const char *reason, void *arg);

bool kafka_producer_open(struct kafka_producer **producer, uv_loop_t *loop,
                         const struct kafka_config *config, struct metrics *metrics,
                         kafka_on_delivered *on_delivered, void *arg, struct error *err);
/* False (ERR_BUSY) when librdkafka's queue is full: stop and go on at the next delivery. Bytes are
 * copied. */
bool kafka_produce(struct kafka_producer *producer, const struct kafka_message_out *message,
                   struct error *err);
/* Messages without an answer so far. */
size_t kafka_producer_waiting(const struct kafka_producer *producer);
bool kafka_producer_is_connected(const struct kafka_producer *producer);
/* Drops what is not yet acknowledged (the outbox has it) and closes. */
void kafka_producer_close(struct kafka_producer *producer);

/* ---- consumer ---- */
struct kafka_consumer;

struct kafka_message {
    const char *topic; /* the registered name: compare by pointer */
    int32_t partition;
    int64_t offset;
    const void *key;
    size_t key_size;
    const void *value; /* NULL: null value */
    size_t value_size;
    int64_t timestamp_ms;
    void *handle; /* librdkafka's message */
};

/* Copies the header list to the arena (values borrowed from the message). */
size_t kafka_message_headers(const struct kafka_message *message, struct arena *arena,
                             struct kafka_header **headers);
/* Frees the very struct that on_message handed over (not a copy); all of them before or soon
 * after kafka_consumer_close. */
void kafka_message_free(struct kafka_message *message);

struct kafka_partition {
    const char *topic;
    int32_t partition;
    int64_t next_offset; /* -1: from the beginning */
};

struct kafka_consumer_events {
    /* Partitions were assigned (perhaps none): read their positions and answer, at leisure, with
     * kafka_consumer_assign. The list is borrowed for the call. */
    void (*on_assigned)(const struct kafka_partition *partitions, size_t count, void *arg);
    /* Partitions are gone: drop what is buffered of them; no transaction of theirs may commit
     * (their compare-and-set will fail anyway). */
    void (*on_revoked)(const struct kafka_partition *partitions, size_t count, void *arg);
    /* A message; the callee owns it. */
    void (*on_message)(struct kafka_message *message, void *arg);
    /* The position asked for is not in the log (retention overrun, replaced broker; code
     * offset_out_of_range), or the client is dead (fenced by another with our name; code
     * kafka_consumer_dead, topic NULL): an operator must act. */
    void (*on_alarm)(const struct error *err, const char *topic, int32_t partition, void *arg);
};

/* topics and group are borrowed until the consumer is closed; config is not. */
bool kafka_consumer_open(struct kafka_consumer **consumer, uv_loop_t *loop,
                         const struct kafka_config *config, const char *group,
                         const char *const *topics, size_t topic_count, struct metrics *metrics,
                         const struct kafka_consumer_events *events, void *arg, struct error *err);
/* Begins to fetch. Replaces what was assigned before; partitions that are no longer ours are left
 * out, so a late answer does no harm. */
void kafka_consumer_assign(struct kafka_consumer *consumer,
                           const struct kafka_partition *partitions, size_t count);
/* Stops delivery from a topic, at once and for partitions assigned later too; prefetched messages
 * are kept (bounded) and polling goes on. */
void kafka_consumer_pause(struct kafka_consumer *consumer, const char *topic);
void kafka_consumer_resume(struct kafka_consumer *consumer, const char *topic);
/* Goes to a position (a batch was fenced or must be read anew): the next message is the first one
 * from there on. Also the way on after offset_out_of_range. Ignored if the partition is gone. */
void kafka_consumer_seek(struct kafka_consumer *consumer, const struct kafka_partition *to);
/* For lag tools only; never read back. */
void kafka_consumer_commit(struct kafka_consumer *consumer, const struct kafka_partition *positions,
                           size_t count);
/* "" until the broker answered once. */
const char *kafka_consumer_cluster_id(const struct kafka_consumer *consumer);
/* True once everything that the partition's log held since it was assigned has been handed over. */
bool kafka_consumer_reached_end(struct kafka_consumer *consumer, const char *topic,
                                int32_t partition);
/* Leaves the group and ends the client; then on_closed, which may be NULL. A client that cannot
 * leave in three seconds (a dead one) is left behind with its threads, which touch nothing of the
 * loop. */
typedef void kafka_on_closed(void *arg);
void kafka_consumer_close(struct kafka_consumer *consumer, kafka_on_closed *on_closed, void *arg);

#endif
