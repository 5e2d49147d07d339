/* SPDX-License-Identifier: Apache-2.0 */
/* kafka against a real broker: TEST_KAFKA_BROKERS. TEST_KAFKA_PID_FILE and TEST_KAFKA_START (a
 * command) let it kill the broker and bring it back. Each test makes a topic of its own. */
#include <signal.h>

#include "common/kafka_private.h"
#include "tests/service/common/kafka_clients.h"
#include "tests/support/number.h"

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
    reader_begin_close(reader);
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
    reader_begin_close(pair.second);
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
    reader_begin_close(second);
    reader_may_stay_behind(first);
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
    assert_int_equal(kill(number_of(pid, '\n'), SIGKILL), 0);
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

/* Twice is possible after a replacement. */
static bool reader_misses_none(const void *arg)
{
    const struct reader *reader = arg;
    for (size_t i = 0; i < reader->want; i++) {
        if (reader->seen[i] == 0) {
            return false;
        }
    }
    return true;
}

/* librdkafka gives up when it cannot prove the order any more; what it held is sent anew. */
static void fatal_error_replaces_the_client(void **state)
{
    (void)state;
    struct sender sender;
    struct reader *reader = reader_new();
    const size_t count = 6000;
    reader->want = count;
    reader_open(reader, "reader-1");
    assert_true(wait_for(reader_has_assignment, reader, 20000));
    sender_open(&sender);
    assert_true(wait_for(sender_is_connected, &sender, 5000));
    for (size_t i = 0; i < count; i++) {
        assert_true(sender_send(&sender)); /* also while there is no client */
        if (i == count / 3 || i == count / 3 * 2) {
            rd_kafka_test_fatal_error(kafka_producer_client(sender.producer),
                                      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "a test");
            assert_true(wait_for(sender_is_not_connected, &sender, 10000));
        } else if (i == count / 2) {
            assert_true(wait_for(sender_is_connected, &sender, 10000));
        }
    }
    assert_true(wait_for(sender_is_idle, &sender, 30000));
    assert_int_equal(sender.delivered, count);
    assert_true(wait_for(reader_misses_none, reader, 30000));
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
    reader_may_stay_behind(reader);
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
        cmocka_unit_test_setup_teardown(fatal_error_replaces_the_client, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_is_bounded_while_the_broker_is_away, setup,
                                        teardown),
    };
    if (brokers() == NULL) {
        fputs("TEST_KAFKA_BROKERS is not set\n", stderr);
        return 2;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
