/* SPDX-License-Identifier: Apache-2.0 */
/* A loop, a topic of its own for each test, a producer that counts and a consumer that notes what
 * it got. The broker is the one that TEST_KAFKA_BROKERS names. */
#ifndef TESTS_SERVICE_COMMON_KAFKA_CLIENTS_H
#define TESTS_SERVICE_COMMON_KAFKA_CLIENTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <librdkafka/rdkafka.h>
#include <uv.h>
#include "common/arena.h"
#include "common/clock.h"
#include "common/kafka.h"

enum { PARTITIONS = 4, MESSAGES_MAX = 60000, KEYS = 200 };

static uv_loop_t *loop;
static struct metrics *metrics;
static char topic[64]; /* of the running test */

/* ---- the loop ---- */

static inline void on_nothing(uv_timer_t *timer)
{
    (void)timer;
}

typedef bool condition(const void *arg);

/* Turns the loop until the condition holds; false when it does not within the time. */
static inline bool wait_for(condition *holds, const void *arg, unsigned timeout_ms)
{
    uint64_t deadline = clock_monotonic_us() + timeout_ms * 1000ULL;
    uv_timer_t tick;
    uv_timer_init(loop, &tick);
    uv_timer_start(&tick, on_nothing, 10, 10);
    while (!holds(arg) && clock_monotonic_us() < deadline) {
        uv_run(loop, UV_RUN_ONCE);
    }
    uv_close((uv_handle_t *)&tick, NULL);
    uv_run(loop, UV_RUN_NOWAIT);
    return holds(arg);
}

static inline bool never(const void *arg)
{
    (void)arg;
    return false;
}

/* After everything was closed: the loop must run out of handles. */
static inline void run_out(void)
{
    uint64_t start = clock_monotonic_us();
    assert_int_equal(uv_run(loop, UV_RUN_DEFAULT), 0);
    assert_true(clock_monotonic_us() - start < 5000000);
}

/* ---- fixtures ---- */

static inline const char *brokers(void)
{
    return getenv("TEST_KAFKA_BROKERS");
}

/* The session outlasts the broker's restart: librdkafka 2.0.2 may else be fenced by its own late
 * heartbeat when it joins again. */
static inline struct kafka_config config_of(const char *client_id)
{
    return (struct kafka_config){.brokers = brokers(),
                                 .properties = "",
                                 .client_id = client_id,
                                 .session_timeout_ms = 30000};
}

static inline rd_kafka_t *admin_new(void)
{
    char text[200];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers(), text, sizeof text);
    return rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
}

static inline void topic_create(void)
{
    char text[200];
    snprintf(topic, sizeof topic, "test.%d.%llu", (int)getpid(),
             (unsigned long long)clock_monotonic_us());
    rd_kafka_t *admin = admin_new();
    rd_kafka_queue_t *queue = rd_kafka_queue_new(admin);
    rd_kafka_NewTopic_t *wanted = rd_kafka_NewTopic_new(topic, PARTITIONS, 1, text, sizeof text);
    rd_kafka_NewTopic_set_config(wanted, "max.message.bytes", "262144");
    rd_kafka_CreateTopics(admin, &wanted, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 20000);
    assert_non_null(event);
    assert_int_equal(rd_kafka_event_error(event), 0);
    rd_kafka_event_destroy(event);
    rd_kafka_NewTopic_destroy(wanted);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(admin);
}

/* Deletes the beginning of a partition's log, as retention would. */
static inline void log_truncate(int32_t partition, int64_t before)
{
    rd_kafka_t *admin = admin_new();
    rd_kafka_queue_t *queue = rd_kafka_queue_new(admin);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = before;
    rd_kafka_DeleteRecords_t *records = rd_kafka_DeleteRecords_new(list);
    rd_kafka_DeleteRecords(admin, &records, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 20000);
    assert_non_null(event);
    assert_int_equal(rd_kafka_event_error(event), 0);
    rd_kafka_event_destroy(event);
    rd_kafka_DeleteRecords_destroy(records);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(admin);
}

static inline int setup(void **state)
{
    (void)state;
    loop = calloc(1, sizeof *loop);
    uv_loop_init(loop);
    metrics = metrics_new();
    topic_create();
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    uv_run(loop, UV_RUN_NOWAIT);
    if (uv_loop_close(loop) != 0) {
        return 0; /* a failed test has left its clients open: they keep the loop */
    }
    free(loop);
    metrics_free(metrics);
    return 0;
}

/* ---- a producer that counts ---- */

struct sender {
    struct kafka_producer *producer;
    size_t sent, delivered, refused;
    char reason[128];
};

static inline void on_delivered(void *opaque, bool delivered, const char *reason, void *arg)
{
    struct sender *sender = arg;
    (void)opaque;
    sender->delivered += delivered;
    sender->refused += !delivered;
    if (reason != NULL) {
        snprintf(sender->reason, sizeof sender->reason, "%s", reason);
    }
}

static inline bool sender_is_idle(const void *arg)
{
    const struct sender *sender = arg;
    return sender->delivered + sender->refused == sender->sent;
}

static inline void sender_open(struct sender *sender)
{
    struct kafka_config config = config_of("sender");
    struct error err = {0};
    *sender = (struct sender){0};
    assert_true(
        kafka_producer_open(&sender->producer, loop, &config, metrics, on_delivered, sender, &err));
}

/* Message n has key n % KEYS and the value "n"; false when the queue is full. */
static inline bool sender_send(struct sender *sender)
{
    char key[16], value[32];
    struct error err = {0};
    const struct kafka_header headers[] = {{"ce_id", "abc", 3}, {"none", NULL, 0}};
    snprintf(key, sizeof key, "key-%zu", sender->sent % KEYS);
    snprintf(value, sizeof value, "%zu", sender->sent);
    struct kafka_message_out message = {.topic = topic,
                                        .key = key,
                                        .key_size = strlen(key),
                                        .value = value,
                                        .value_size = strlen(value),
                                        .headers = headers,
                                        .header_count = 2,
                                        .opaque = NULL};
    if (!kafka_produce(sender->producer, &message, &err)) {
        assert_int_equal(err.kind, ERR_BUSY);
        return false;
    }
    sender->sent++;
    return true;
}

static inline void produce(size_t count)
{
    struct sender sender;
    sender_open(&sender);
    for (size_t i = 0; i < count; i++) {
        assert_true(sender_send(&sender));
    }
    assert_true(wait_for(sender_is_idle, &sender, 30000));
    assert_int_equal(sender.delivered, count);
    kafka_producer_close(sender.producer);
}

/* ---- a consumer that notes what it got ---- */

struct reader {
    struct kafka_consumer *consumer;
    struct kafka_partition start[PARTITIONS]; /* its stored positions */
    size_t assigned, revoked;                 /* partitions, over all events */
    size_t held;                              /* now */
    size_t received, want;
    size_t pause_at; /* pauses itself at that many */
    bool answers_late, out_of_order, bad, closed;
    struct error alarm;
    const char *alarm_topic;
    unsigned alarm_partitions; /* a bit each */
    int64_t last_of_key[KEYS];
    uint8_t seen[MESSAGES_MAX];
};

static inline void reader_answer(struct reader *reader, const struct kafka_partition *partitions,
                                 size_t count)
{
    struct kafka_partition answer[PARTITIONS];
    for (size_t i = 0; i < count; i++) {
        answer[i] = reader->start[partitions[i].partition];
    }
    kafka_consumer_assign(reader->consumer, answer, count);
}

static inline void on_assigned(const struct kafka_partition *partitions, size_t count, void *arg)
{
    struct reader *reader = arg;
    reader->assigned += count;
    reader->held = count;
    reader->bad |= count > 0 && partitions[0].topic != topic;
    if (!reader->answers_late) {
        reader_answer(reader, partitions, count);
    }
}

static inline void on_revoked(const struct kafka_partition *partitions, size_t count, void *arg)
{
    struct reader *reader = arg;
    (void)partitions;
    reader->revoked += count;
    reader->held = 0;
}

static inline void check_headers(struct reader *reader, const struct kafka_message *message)
{
    struct arena arena;
    struct kafka_header *headers;
    arena_init(&arena);
    size_t count = kafka_message_headers(message, &arena, &headers);
    reader->bad |= count != 2 || strcmp(headers[0].name, "ce_id") != 0 || headers[0].size != 3 ||
                   memcmp(headers[0].value, "abc", 3) != 0 || headers[1].value != NULL;
    arena_finish(&arena);
}

static inline void on_message(struct kafka_message *message, void *arg)
{
    struct reader *reader = arg;
    char value[32] = "";
    memcpy(value, message->value, message->value_size);
    int64_t number = strtoll(value, NULL, 10);
    struct kafka_partition *start = &reader->start[message->partition];
    reader->bad |= message->topic != topic || message->timestamp_ms <= 0;
    reader->out_of_order |= number < reader->last_of_key[number % KEYS];
    reader->last_of_key[number % KEYS] = number;
    reader->seen[number]++;
    reader->received++;
    start->next_offset = message->offset + 1;
    if (number % 1000 == 0) {
        check_headers(reader, message);
    }
    if (reader->received == reader->pause_at) {
        kafka_consumer_pause(reader->consumer, topic);
    }
    kafka_message_free(message);
}

static inline void on_alarm(const struct error *err, const char *of_topic, int32_t partition,
                            void *arg)
{
    struct reader *reader = arg;
    reader->alarm = *err;
    reader->alarm_topic = of_topic;
    reader->alarm_partitions |= partition < 0 ? 0 : 1U << partition;
}

static inline struct reader *reader_new(void)
{
    struct reader *reader = calloc(1, sizeof *reader);
    for (int32_t i = 0; i < PARTITIONS; i++) {
        reader->start[i] = (struct kafka_partition){topic, i, -1};
    }
    for (size_t i = 0; i < KEYS; i++) {
        reader->last_of_key[i] = -1;
    }
    return reader;
}

static inline void reader_open(struct reader *reader, const char *client_id)
{
    static const struct kafka_consumer_events events = {on_assigned, on_revoked, on_message,
                                                        on_alarm};
    struct kafka_config config = config_of(client_id);
    struct error err = {0};
    const char *topics[] = {topic};
    assert_true(kafka_consumer_open(&reader->consumer, loop, &config, topic, topics, 1, metrics,
                                    &events, reader, &err));
}

static inline bool reader_has_all(const void *arg)
{
    const struct reader *reader = arg;
    return reader->received >= reader->want;
}

static inline bool reader_has_assignment(const void *arg)
{
    return ((const struct reader *)arg)->assigned > 0;
}

static inline bool reader_has_alarm(const void *arg)
{
    return error_is_set(&((const struct reader *)arg)->alarm);
}

static inline bool reader_has_both_alarms(const void *arg)
{
    return ((const struct reader *)arg)->alarm_partitions == (1U << 1 | 1U << 2);
}

static inline void assert_seen_once(const struct reader *reader, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (reader->seen[i] != 1) {
            fail_msg("message %zu was seen %d times", i, reader->seen[i]);
        }
    }
    assert_false(reader->out_of_order);
    assert_false(reader->bad);
}

/* A client that cannot leave its group in time is left to its threads and never freed; kept in
 * sight here, so that it does not count as a leak. */
static inline void reader_may_stay_behind(const struct reader *reader)
{
    static struct kafka_consumer *volatile left_behind[4]; /* never read */
    static size_t count;
    assert_true(count < sizeof left_behind / sizeof left_behind[0]);
    left_behind[count++] = reader->consumer;
}

static inline void on_reader_closed(void *arg)
{
    ((struct reader *)arg)->closed = true;
}

static inline void reader_begin_close(struct reader *reader)
{
    reader->closed = false;
    kafka_consumer_close(reader->consumer, on_reader_closed, reader);
}

static inline void reader_close(struct reader *reader)
{
    reader_begin_close(reader);
    run_out();
    assert_true(reader->closed);
    free(reader);
}

#endif
