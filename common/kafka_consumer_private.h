/* SPDX-License-Identifier: Apache-2.0 */
/* The consumer as its two files see it: kafka_consumer.c keeps the membership and the positions,
 * kafka_delivery.c hands over messages.
 *
 * Each topic has a queue of its own, to which its partitions are forwarded: a paused topic is
 * simply not read, while the group's queue is served all the time. (librdkafka's own pause throws
 * the prefetched messages away and fetches them anew at each resume.) */
#ifndef COMMON_KAFKA_CONSUMER_PRIVATE_H
#define COMMON_KAFKA_CONSUMER_PRIVATE_H

#include "common/kafka_private.h"

enum { KAFKA_FETCH_MAX = 500 }; /* messages taken from a queue at once */

/* What must come next of a partition. Messages before it, or from a fetch during which it was
 * moved, are dropped. */
struct position {
    bool granted;        /* the group gave it to us */
    bool assigned;       /* and we know where to start */
    bool stopped;        /* its position is not in the log: librdkafka has given up */
    int64_t next_offset; /* -1: from the beginning */
    uint64_t moved_in;   /* the fetch during which it was moved */
    bool reached_end;    /* all that its log held has been handed over */
};

struct subscription {
    const char *name; /* as registered */
    rd_kafka_queue_t *queue;
    bool paused;
    struct position *positions; /* by partition */
    size_t position_count;
    uint64_t fetch; /* number of the fetch below */
    rd_kafka_message_t *fetched[KAFKA_FETCH_MAX];
    size_t fetched_next, fetched_count;
};

/* What on_message hands over. */
struct slot {
    struct kafka_message message;
    struct kafka_consumer *consumer;
    struct slot *next; /* among the spare */
};

struct kafka_consumer {
    rd_kafka_t *client;
    rd_kafka_queue_t *group_queue, *close_queue;
    struct kafka_wake wake;
    uv_work_t work;
    uv_loop_t *loop;
    struct kafka_consumer_events events;
    void *arg;
    struct subscription *subscriptions;
    size_t subscription_count;
    char cluster_id[64];
    struct slot *spare;
    size_t handed_over; /* messages not freed yet */
    bool closing, dead;
    uint64_t forward_at_ms;     /* of uv_now; see forward_again */
    uint64_t close_deadline_ms; /* of uv_now */
    unsigned parts_open;
    bool left_behind; /* never freed: its threads live on */
    kafka_on_closed *on_closed;
    void *closed_arg;
    struct metrics_counter *messages_counter;
};

struct subscription *subscription_find(struct kafka_consumer *consumer, const char *topic);
/* NULL for partitions that we never had. */
struct position *position_find(struct subscription *subscription, int32_t partition);

/* Hands over what the topic's queue holds, in bounded rounds. */
void subscription_serve(struct kafka_consumer *consumer, struct subscription *subscription);
void subscription_drop_fetched(struct subscription *subscription);
/* An error of one partition; alarms when its position is not in the log. */
void kafka_partition_failed(struct kafka_consumer *consumer, struct subscription *subscription,
                            int32_t partition, rd_kafka_resp_err_t code, const char *text);
void kafka_raise_alarm(struct kafka_consumer *consumer, rd_kafka_resp_err_t code, const char *text,
                       const char *topic, int32_t partition);

#endif
