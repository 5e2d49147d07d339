/* SPDX-License-Identifier: Apache-2.0 */
/* From a topic's queue to on_message. */
#include <string.h>

#include "common/arena.h"
#include "common/kafka_consumer_private.h"
#include "common/log.h"

enum { ROUNDS_MAX = 8 }; /* fetches of a topic before the loop may do other things */

struct subscription *subscription_find(struct kafka_consumer *consumer, const char *topic)
{
    for (size_t i = 0; i < consumer->subscription_count; i++) {
        struct subscription *subscription = &consumer->subscriptions[i];
        if (subscription->name == topic || strcmp(subscription->name, topic) == 0) {
            return subscription;
        }
    }
    return NULL;
}

struct position *position_find(struct subscription *subscription, int32_t partition)
{
    if (subscription == NULL || partition < 0 ||
        (size_t)partition >= subscription->position_count) {
        return NULL;
    }
    return &subscription->positions[partition];
}

static struct kafka_message *slot_fill(struct kafka_consumer *consumer, const char *topic,
                                       rd_kafka_message_t *from)
{
    struct slot *slot = consumer->spare;
    if (slot == NULL) {
        slot = memory_alloc(sizeof *slot);
        slot->consumer = consumer;
    } else {
        consumer->spare = slot->next;
    }
    slot->message = (struct kafka_message){
        .topic = topic,
        .partition = from->partition,
        .offset = from->offset,
        .key = from->key,
        .key_size = from->key_len,
        .value = from->payload,
        .value_size = from->len,
        .timestamp_ms = rd_kafka_message_timestamp(from, NULL),
        .handle = from,
    };
    consumer->handed_over++;
    return &slot->message;
}

void kafka_message_free(struct kafka_message *message)
{
    if (message == NULL) {
        return;
    }
    struct slot *slot = (struct slot *)message; /* its first member */
    struct kafka_consumer *consumer = slot->consumer;
    rd_kafka_message_destroy(message->handle);
    message->handle = NULL;
    slot->next = consumer->spare;
    consumer->spare = slot;
    consumer->handed_over--;
}

size_t kafka_message_headers(const struct kafka_message *message, struct arena *arena,
                             struct kafka_header **headers)
{
    rd_kafka_headers_t *list;
    *headers = NULL;
    if (rd_kafka_message_headers(message->handle, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return 0; /* none */
    }
    size_t count = rd_kafka_header_cnt(list);
    *headers = arena_array(arena, count, sizeof **headers);
    for (size_t i = 0; i < count; i++) {
        struct kafka_header *header = &(*headers)[i];
        const void *value;
        rd_kafka_header_get_all(list, i, &header->name, &value, &header->size);
        header->value = value;
    }
    return count;
}

void kafka_raise_alarm(struct kafka_consumer *consumer, rd_kafka_resp_err_t code, const char *text,
                       const char *topic, int32_t partition)
{
    struct error err = {0};
    bool lost = code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
                code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
    error_set(&err, ERR_FATAL, lost ? "offset_out_of_range" : "kafka_consumer_dead", "%s: %s",
              rd_kafka_err2name(code), text);
    consumer->events.on_alarm(&err, topic, partition, consumer->arg);
}

void kafka_partition_failed(struct kafka_consumer *consumer, struct subscription *subscription,
                            int32_t partition, rd_kafka_resp_err_t code, const char *text)
{
    if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF) { /* no error, but it comes as one */
        subscription->positions[partition].reached_end = true;
        return;
    }
    if (code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
        code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
        subscription->positions[partition].stopped = true;
        kafka_raise_alarm(consumer, code, text, subscription->name, partition);
        return;
    }
    log_warn("kafka_partition_error", log_text("topic", subscription->name),
             log_int("partition", partition), log_text("error", rd_kafka_err2name(code)),
             log_text("detail", text));
}

/* Hands over one message, or drops it. */
static void deliver(struct kafka_consumer *consumer, struct subscription *subscription,
                    rd_kafka_message_t *from)
{
    struct position *position = position_find(subscription, from->partition);
    bool current =
        position != NULL && position->assigned && position->moved_in != subscription->fetch;
    if (from->err == RD_KAFKA_RESP_ERR_NO_ERROR && current &&
        from->offset >= position->next_offset) {
        position->next_offset = from->offset + 1;
        metrics_add(consumer->messages_counter, 1);
        consumer->events.on_message(slot_fill(consumer, subscription->name, from), consumer->arg);
        return;
    }
    if (from->err != RD_KAFKA_RESP_ERR_NO_ERROR && current) {
        kafka_partition_failed(consumer, subscription, from->partition, from->err,
                               rd_kafka_message_errstr(from));
    }
    rd_kafka_message_destroy(from);
}

static bool fetch(struct subscription *subscription)
{
    ssize_t count = rd_kafka_consume_batch_queue(subscription->queue, 0, subscription->fetched,
                                                 KAFKA_FETCH_MAX);
    subscription->fetched_next = 0;
    subscription->fetched_count = count > 0 ? (size_t)count : 0;
    subscription->fetch++;
    return subscription->fetched_count > 0;
}

static bool may_deliver(const struct kafka_consumer *consumer,
                        const struct subscription *subscription)
{
    return !subscription->paused && !consumer->closing;
}

void subscription_serve(struct kafka_consumer *consumer, struct subscription *subscription)
{
    for (unsigned round = 0; round < ROUNDS_MAX; round++) {
        while (subscription->fetched_next < subscription->fetched_count &&
               may_deliver(consumer, subscription)) {
            deliver(consumer, subscription, subscription->fetched[subscription->fetched_next++]);
        }
        if (!may_deliver(consumer, subscription) || !fetch(subscription)) {
            return;
        }
    }
    kafka_wake_now(&consumer->wake);
}

void subscription_drop_fetched(struct subscription *subscription)
{
    while (subscription->fetched_next < subscription->fetched_count) {
        rd_kafka_message_destroy(subscription->fetched[subscription->fetched_next++]);
    }
}
