/* SPDX-License-Identifier: Apache-2.0 */
/* kafka against a real broker: TEST_KAFKA_BROKERS. TEST_KAFKA_PID_FILE and TEST_KAFKA_START (a
 * command) let it kill the broker and bring it back. Each test makes a topic of its own. */
#include <setjmp.h>
#include <signal.h>
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

static void on_nothing(uv_timer_t *timer)
{
    (void)timer;
}

typedef bool condition(const void *arg);

/* Turns the loop until the condition holds; false when it does not within the time. */
static bool wait_for(condition *holds, const void *arg, unsigned timeout_ms)
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

static bool never(const void *arg)
{
    (void)arg;
    return false;
}

/* After everything was closed: the loop must run out of handles. */
static void run_out(void)
{
    uint64_t start = clock_monotonic_us();
    assert_int_equal(uv_run(loop, UV_RUN_DEFAULT), 0);
    assert_true(clock_monotonic_us() - start < 5000000);
}

/* ---- fixtures ---- */

static const char *brokers(void)
{
    return getenv("TEST_KAFKA_BROKERS");
}

/* The session outlasts the broker's restart: librdkafka 2.0.2 may else be fenced by its own late
 * heartbeat when it joins again. */
static struct kafka_config config_of(const char *client_id)
{
    return (struct kafka_config){.brokers = brokers(),
                                 .properties = "",
                                 .client_id = client_id,
                                 .session_timeout_ms = 30000};
}

static rd_kafka_t *admin_new(void)
{
    char text[200];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers(), text, sizeof text);
    return rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
}

static void topic_create(void)
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
static void log_truncate(int32_t partition, int64_t before)
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

static int setup(void **state)
{
    (void)state;
    loop = calloc(1, sizeof *loop);
    uv_loop_init(loop);
    metrics = metrics_new();
    topic_create();
    return 0;
}

static int teardown(void **state)
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

static void on_delivered(void *opaque, bool delivered, const char *reason, void *arg)
{
    struct sender *sender = arg;
    (void)opaque;
    sender->delivered += delivered;
    sender->refused += !delivered;
    if (reason != NULL) {
        snprintf(sender->reason, sizeof sender->reason, "%s", reason);
    }
}

static bool sender_is_idle(const void *arg)
{
    const struct sender *sender = arg;
    return sender->delivered + sender->refused == sender->sent;
}

static void sender_open(struct sender *sender)
{
    struct kafka_config config = config_of("sender");
    struct error err = {0};
    *sender = (struct sender){0};
    assert_true(
        kafka_producer_open(&sender->producer, loop, &config, metrics, on_delivered, sender, &err));
}

/* Message n has key n % KEYS and the value "n"; false when the queue is full. */
static bool sender_send(struct sender *sender)
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

static void produce(size_t count)
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
    bool answers_late, out_of_order, bad;
    struct error alarm;
    const char *alarm_topic;
    unsigned alarm_partitions; /* a bit each */
    int64_t last_of_key[KEYS];
    uint8_t seen[MESSAGES_MAX];
};

static void reader_answer(struct reader *reader, const struct kafka_partition *partitions,
                          size_t count)
{
    struct kafka_partition answer[PARTITIONS];
    for (size_t i = 0; i < count; i++) {
        answer[i] = reader->start[partitions[i].partition];
    }
    kafka_consumer_assign(reader->consumer, answer, count);
}

static void on_assigned(const struct kafka_partition *partitions, size_t count, void *arg)
{
    struct reader *reader = arg;
    reader->assigned += count;
    reader->held = count;
    reader->bad |= count > 0 && partitions[0].topic != topic;
    if (!reader->answers_late) {
        reader_answer(reader, partitions, count);
    }
}

static void on_revoked(const struct kafka_partition *partitions, size_t count, void *arg)
{
    struct reader *reader = arg;
    (void)partitions;
    reader->revoked += count;
    reader->held = 0;
}

static void check_headers(struct reader *reader, const struct kafka_message *message)
{
    struct arena arena;
    struct kafka_header *headers;
    arena_init(&arena);
    size_t count = kafka_message_headers(message, &arena, &headers);
    reader->bad |= count != 2 || strcmp(headers[0].name, "ce_id") != 0 || headers[0].size != 3 ||
                   memcmp(headers[0].value, "abc", 3) != 0 || headers[1].value != NULL;
    arena_finish(&arena);
}

static void on_message(struct kafka_message *message, void *arg)
{
    struct reader *reader = arg;
    char value[32] = "";
    memcpy(value, message->value, message->value_size);
    int64_t number = atoll(value);
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

static void on_alarm(const struct error *err, const char *of_topic, int32_t partition, void *arg)
{
    struct reader *reader = arg;
    reader->alarm = *err;
    reader->alarm_topic = of_topic;
    reader->alarm_partitions |= partition < 0 ? 0 : 1U << partition;
}

static struct reader *reader_new(void)
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

static void reader_open(struct reader *reader, const char *client_id)
{
    static const struct kafka_consumer_events events = {on_assigned, on_revoked, on_message,
                                                        on_alarm};
    struct kafka_config config = config_of(client_id);
    struct error err = {0};
    const char *topics[] = {topic};
    assert_true(kafka_consumer_open(&reader->consumer, loop, &config, topic, topics, 1, metrics,
                                    &events, reader, &err));
}

static bool reader_has_all(const void *arg)
{
    const struct reader *reader = arg;
    return reader->received >= reader->want;
}

static bool reader_has_assignment(const void *arg)
{
    return ((const struct reader *)arg)->assigned > 0;
}

static bool reader_has_alarm(const void *arg)
{
    return error_is_set(&((const struct reader *)arg)->alarm);
}

static bool reader_has_both_alarms(const void *arg)
{
    return ((const struct reader *)arg)->alarm_partitions == (1U << 1 | 1U << 2);
}

static void assert_seen_once(const struct reader *reader, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (reader->seen[i] != 1) {
            fail_msg("message %zu was seen %d times", i, reader->seen[i]);
        }
    }
    assert_false(reader->out_of_order);
    assert_false(reader->bad);
}

static void reader_close(struct reader *reader)
{
    kafka_consumer_close(reader->consumer);
    run_out();
    free(reader);
}

/* ---- tests ---- */

static void consumer_gets_each_message_once_in_order(void **state)
{
    (void)state;
    produce(20000);
    struct reader *reader = reader_new();
    reader_open(reader, "reader-1");
    reader->want = 20000;
    assert_true(wait_for(reader_has_all, reader, 30000));
    assert_seen_once(reader, 20000);
    assert_int_equal(reader->assigned, PARTITIONS);
    assert_true(strlen(kafka_consumer_cluster_id(reader->consumer)) > 10);
    reader_close(reader);
}

static void consumer_resumes_from_the_positions_it_is_given(void **state)
{
    (void)state;
    produce(20000);
    struct reader *reader = reader_new();
    reader->pause_at = 7000;
    reader->want = 7000;
    reader_open(reader, "reader-1");
    assert_true(wait_for(reader_has_all, reader, 30000));
    kafka_consumer_commit(reader->consumer, reader->start, PARTITIONS);
    kafka_consumer_close(reader->consumer);
    run_out();

    reader->pause_at = 0;
    reader->want = 20000;
    reader_open(reader, "reader-1"); /* the same member comes back, positions are kept */
    assert_true(wait_for(reader_has_all, reader, 30000));
    assert_false(wait_for(never, NULL, 200));
    assert_seen_once(reader, 20000);
    reader_close(reader);
}

static void late_answer_to_an_assignment_starts_the_fetch(void **state)
{
    (void)state;
    produce(100);
    struct reader *reader = reader_new();
    reader->answers_late = true;
    reader->want = 100;
    reader_open(reader, "reader-1");
    assert_true(wait_for(reader_has_assignment, reader, 20000));
    assert_false(wait_for(reader_has_all, reader, 500));
    kafka_consumer_assign(reader->consumer, reader->start, PARTITIONS);
    assert_true(wait_for(reader_has_all, reader, 10000));
    assert_seen_once(reader, 100);
    reader_close(reader);
}

struct pair {
    struct reader *first, *second;
    size_t want;
};

static bool pair_shares(const void *arg)
{
    const struct pair *pair = arg;
    return pair->first->held == PARTITIONS / 2 && pair->second->held == PARTITIONS / 2;
}

static bool pair_has_all(const void *arg)
{
    const struct pair *pair = arg;
    return pair->first->received + pair->second->received >= pair->want;
}

static void second_member_takes_over_half_of_the_partitions(void **state)
{
    (void)state;
    produce(1000);
    struct pair pair = {reader_new(), reader_new(), 2000};
    reader_open(pair.first, "reader-1");
    pair.first->want = 1000;
    assert_true(wait_for(reader_has_all, pair.first, 20000));
    /* the second one reads the positions that the first one has stored by then */
    memcpy(pair.second->start, pair.first->start, sizeof pair.first->start);
    reader_open(pair.second, "reader-2");
    assert_true(wait_for(pair_shares, &pair, 30000));
    assert_int_equal(pair.first->revoked, PARTITIONS);
    produce(1000);
    assert_true(wait_for(pair_has_all, &pair, 20000));
    assert_false(wait_for(never, NULL, 200));
    assert_int_equal(pair.first->received + pair.second->received, 2000);
    assert_true(pair.second->received > 0);
    kafka_consumer_close(pair.second->consumer);
    reader_close(pair.first);
    free(pair.second);
}

static void paused_topic_stays_silent_until_resumed(void **state)
{
    (void)state;
    produce(20000);
    struct reader *reader = reader_new();
    reader_open(reader, "reader-1");
    reader->want = 1;
    kafka_consumer_pause(reader->consumer, topic); /* before anything is assigned */
    assert_true(wait_for(reader_has_assignment, reader, 20000));
    assert_false(wait_for(reader_has_all, reader, 1000));

    for (size_t stop = 3000; stop < 20000; stop += 3000) { /* within a fetch, again and again */
        reader->pause_at = reader->want = stop;
        kafka_consumer_resume(reader->consumer, topic);
        assert_true(wait_for(reader_has_all, reader, 10000));
        assert_false(wait_for(never, NULL, 50));
        assert_int_equal(reader->received, stop);
    }
    reader->want = 20000;
    kafka_consumer_resume(reader->consumer, topic);
    assert_true(wait_for(reader_has_all, reader, 10000));
    assert_seen_once(reader, 20000);
    reader_close(reader);
}

static void seek_goes_back_to_the_position(void **state)
{
    (void)state;
    produce(20000);
    struct reader *reader = reader_new();
    reader->pause_at = reader->want = 12345;
    reader_open(reader, "reader-1");
    assert_true(wait_for(reader_has_all, reader, 20000));

    /* one partition from its beginning, while more of it is prefetched: every message of it is
     * read twice up to where it was, and none is skipped */
    int32_t partition = 0;
    while (reader->start[partition].next_offset < 0) {
        partition++;
    }
    size_t again = (size_t)reader->start[partition].next_offset;
    memset(reader->last_of_key, -1, sizeof reader->last_of_key);
    reader->want = 20000 + again;
    kafka_consumer_seek(reader->consumer, &(struct kafka_partition){topic, partition, -1});
    kafka_consumer_resume(reader->consumer, topic);
    assert_true(wait_for(reader_has_all, reader, 20000));
    assert_false(wait_for(never, NULL, 300));
    assert_int_equal(reader->received, 20000 + again);
    size_t twice = 0;
    for (size_t i = 0; i < 20000; i++) {
        assert_in_range(reader->seen[i], 1, 2);
        twice += reader->seen[i] == 2;
    }
    assert_int_equal(twice, again);
    assert_false(reader->out_of_order);
    reader_close(reader);
}

static void position_outside_the_log_raises_an_alarm(void **state)
{
    (void)state;
    produce(4000);
    log_truncate(2, 100);
    struct reader *reader = reader_new();
    reader->start[1].next_offset = 1000000; /* a replaced broker */
    reader->start[2].next_offset = 5;       /* retention has overtaken us */
    reader_open(reader, "reader-1");
    assert_true(wait_for(reader_has_alarm, reader, 20000));
    assert_int_equal(reader->alarm.kind, ERR_FATAL);
    assert_string_equal(reader->alarm.code, "offset_out_of_range");
    assert_ptr_equal(reader->alarm_topic, topic);
    assert_true(wait_for(reader_has_both_alarms, reader, 5000));

    /* the operator's decision: a seek goes on */
    reader->want = reader->received + 1;
    kafka_consumer_seek(reader->consumer, &(struct kafka_partition){topic, 1, 0});
    assert_true(wait_for(reader_has_all, reader, 10000));
    reader_close(reader);
}

static void second_client_of_the_same_name_kills_the_first(void **state)
{
    (void)state;
    struct reader *first = reader_new(), *second = reader_new();
    reader_open(first, "reader-1");
    assert_true(wait_for(reader_has_assignment, first, 20000));
    reader_open(second, "reader-1");
    assert_true(wait_for(reader_has_alarm, first, 20000));
    assert_string_equal(first->alarm.code, "kafka_consumer_dead");
    assert_true(wait_for(reader_has_assignment, second, 20000));
    kafka_consumer_close(second->consumer);
    reader_close(first);
    free(second);
}

static void unknown_topic_and_oversize_are_refused(void **state)
{
    (void)state;
    struct sender sender;
    struct error err = {0};
    size_t size = 3 << 20;
    char *large = calloc(1, size);
    for (size_t i = 0; i < size; i++) {
        large[i] = (char)random(); /* lz4 must not make it fit */
    }
    sender_open(&sender);
    struct kafka_message_out message = {.topic = topic, .value = large, .value_size = size};
    assert_true(kafka_produce(sender.producer, &message, &err));
    sender.sent++;
    assert_int_equal(sender.refused, 0); /* told by the loop, never from within kafka_produce */
    assert_true(wait_for(sender_is_idle, &sender, 5000));
    assert_int_equal(sender.refused, 1);
    message.value_size = 300000; /* librdkafka takes it, the topic does not */
    assert_true(kafka_produce(sender.producer, &message, &err));
    assert_true(sender_send(&sender));
    sender.sent++;
    assert_true(wait_for(sender_is_idle, &sender, 10000));
    assert_int_equal(sender.refused, 2);
    assert_int_equal(sender.delivered, 1);
    message = (struct kafka_message_out){.topic = "no.such.topic", .value = "x", .value_size = 1};
    assert_true(kafka_produce(sender.producer, &message, &err));
    sender.sent++;
    assert_true(wait_for(sender_is_idle, &sender, 45000));
    assert_int_equal(sender.refused, 3);
    kafka_producer_close(sender.producer);
    free(large);
    run_out();
}

static bool sender_is_connected(const void *arg)
{
    return kafka_producer_is_connected(((const struct sender *)arg)->producer);
}

static bool sender_is_not_connected(const void *arg)
{
    return !sender_is_connected(arg);
}

static void broker_kill(void)
{
    char pid[16] = "";
    FILE *file = fopen(getenv("TEST_KAFKA_PID_FILE"), "r");
    assert_non_null(file);
    assert_non_null(fgets(pid, sizeof pid, file));
    fclose(file);
    assert_int_equal(kill(atoi(pid), SIGKILL), 0);
}

static void killed_broker_loses_nothing(void **state)
{
    (void)state;
    if (getenv("TEST_KAFKA_PID_FILE") == NULL) {
        skip();
    }
    struct sender sender;
    struct reader *reader = reader_new();
    reader->want = 20000;
    reader_open(reader, "reader-1");
    assert_true(wait_for(reader_has_assignment, reader, 20000));
    sender_open(&sender);
    assert_true(wait_for(sender_is_connected, &sender, 5000));
    for (size_t i = 0; i < 20000; i++) {
        assert_true(sender_send(&sender));
        if (i == 10000) {
            assert_false(wait_for(never, NULL, 3)); /* some are on their way */
            broker_kill();
        }
    }
    assert_true(wait_for(sender_is_not_connected, &sender, 5000));
    assert_int_equal(system(getenv("TEST_KAFKA_START")), 0);
    assert_true(wait_for(sender_is_idle, &sender, 60000));
    assert_int_equal(sender.delivered, 20000);
    assert_true(wait_for(sender_is_connected, &sender, 5000));
    assert_true(wait_for(reader_has_all, reader, 60000));
    assert_seen_once(reader, 20000);
    kafka_producer_close(sender.producer);
    reader_close(reader);
}

static void closing_is_bounded_while_the_broker_is_away(void **state)
{
    (void)state;
    if (getenv("TEST_KAFKA_PID_FILE") == NULL) {
        skip();
    }
    struct sender sender;
    struct reader *reader = reader_new();
    reader_open(reader, "reader-1");
    assert_true(wait_for(reader_has_assignment, reader, 20000));
    sender_open(&sender);
    broker_kill();
    for (size_t i = 0; i < 1000; i++) {
        assert_true(sender_send(&sender));
    }
    assert_false(wait_for(never, NULL, 500));
    kafka_producer_close(sender.producer);
    reader_close(reader); /* asserts the time */
    assert_int_equal(system(getenv("TEST_KAFKA_START")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(consumer_gets_each_message_once_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(consumer_resumes_from_the_positions_it_is_given, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(late_answer_to_an_assignment_starts_the_fetch, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(second_member_takes_over_half_of_the_partitions, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(paused_topic_stays_silent_until_resumed, setup, teardown),
        cmocka_unit_test_setup_teardown(seek_goes_back_to_the_position, setup, teardown),
        cmocka_unit_test_setup_teardown(position_outside_the_log_raises_an_alarm, setup, teardown),
        cmocka_unit_test_setup_teardown(second_client_of_the_same_name_kills_the_first, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(unknown_topic_and_oversize_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(killed_broker_loses_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_is_bounded_while_the_broker_is_away, setup,
                                        teardown),
    };
    if (brokers() == NULL) {
        fputs("TEST_KAFKA_BROKERS is not set\n", stderr);
        return 2;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
