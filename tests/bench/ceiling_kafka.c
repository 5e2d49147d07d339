/* SPDX-License-Identifier: Apache-2.0 */
/* ceiling_kafka: how fast does a bare librdkafka client produce and consume the events of filings,
 * and how long is one event under way when nothing else is?
 *
 *   ceiling_kafka BROKERS TOPIC EVENTS
 *   ceiling_kafka BROKERS TOPIC EVENTS read      only consumes them: they are there
 *
 * Makes TOPIC anew with 12 partitions, unless it only reads. Settings as the services have them
 * (acks from all, idempotent, lz4). Prints one JSON line. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "filing_sample.h"
#include "histogram.h"

enum { PARTITIONS = 12, HOPS = 300, WAIT_MS = 30000, EVENT_SIZE = 1024 };

struct run {
    const char *brokers, *topic;
    long events;
    long acknowledged;
    rd_kafka_t *producer, *consumer;
    struct histogram hops;
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[256];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) {
        give_up(name, why);
    }
}

static rd_kafka_t *open_client(rd_kafka_type_t type, rd_kafka_conf_t *conf)
{
    char why[256];
    rd_kafka_t *client = rd_kafka_new(type, conf, why, sizeof why);
    if (client == NULL) {
        give_up("client", why);
    }
    return client;
}

static void on_delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *arg)
{
    struct run *run = arg;
    (void)client;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        give_up("produce", rd_kafka_err2str(message->err));
    }
    run->acknowledged++;
}

static void open_producer(struct run *run)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", run->brokers);
    set(conf, "enable.idempotence", "true");
    set(conf, "compression.type", "lz4");
    set(conf, "linger.ms", "0.5");
    rd_kafka_conf_set_opaque(conf, run);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivered);
    run->producer = open_client(RD_KAFKA_PRODUCER, conf);
}

static void make_topic(struct run *run)
{
    char why[256];
    rd_kafka_queue_t *queue = rd_kafka_queue_new(run->producer);
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(run->topic, PARTITIONS, 1, why, sizeof why);
    rd_kafka_CreateTopics(run->producer, &topic, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, WAIT_MS);
    if (event == NULL || rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        give_up("topic", event == NULL ? "no answer" : rd_kafka_event_error_string(event));
    }
    rd_kafka_event_destroy(event);
    rd_kafka_NewTopic_destroy(topic);
    rd_kafka_queue_destroy(queue);
}

/* Consumes all partitions from the beginning on. */
static void open_consumer(struct run *run)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", run->brokers);
    set(conf, "group.id", "bench-ceiling");
    set(conf, "enable.auto.commit", "false");
    set(conf, "fetch.wait.max.ms", "100");
    run->consumer = open_client(RD_KAFKA_CONSUMER, conf);
    rd_kafka_poll_set_consumer(run->consumer);
    rd_kafka_topic_partition_list_t *all = rd_kafka_topic_partition_list_new(PARTITIONS);
    for (int32_t i = 0; i < PARTITIONS; i++) {
        rd_kafka_topic_partition_list_add(all, run->topic, i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    }
    if (rd_kafka_assign(run->consumer, all) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        give_up("assign", run->topic);
    }
    rd_kafka_topic_partition_list_destroy(all);
}

/* False when librdkafka's queue is full. */
static bool produce(struct run *run)
{
    struct filing_sample sample;
    char event[EVENT_SIZE];
    filing_sample_make(&sample, 0);
    filing_sample_event(&sample, event, sizeof event);
    rd_kafka_resp_err_t err = rd_kafka_producev(
        run->producer, RD_KAFKA_V_TOPIC(run->topic), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(sample.id_text, strlen(sample.id_text)),
        RD_KAFKA_V_HEADER("envelope", filing_sample_headers(), FILING_SAMPLE_HEADERS),
        RD_KAFKA_V_VALUE(event, strlen(event)), RD_KAFKA_V_END);
    if (err != RD_KAFKA_RESP_ERR_NO_ERROR && err != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        give_up("produce", rd_kafka_err2str(err));
    }
    return err == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static double produce_all(struct run *run)
{
    uint64_t start_us = clock_monotonic_us();
    for (long i = 0; i < run->events;) {
        bool taken = produce(run);
        i += taken;
        rd_kafka_poll(run->producer, taken ? 0 : 10);
    }
    rd_kafka_flush(run->producer, WAIT_MS);
    if (run->acknowledged != run->events) {
        give_up("produce", "not all were acknowledged");
    }
    return (double)(clock_monotonic_us() - start_us) / 1e6;
}

static void consume(struct run *run, long count)
{
    while (count > 0) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(run->consumer, WAIT_MS);
        if (message == NULL) {
            give_up("consume", "nothing came");
        }
        count -= message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
        rd_kafka_message_destroy(message);
    }
}

static double consume_all(struct run *run)
{
    uint64_t start_us = clock_monotonic_us();
    consume(run, run->events);
    return (double)(clock_monotonic_us() - start_us) / 1e6;
}

/* One event at a time, from produce to consumed. */
static void time_hops(struct run *run)
{
    for (int i = 0; i < HOPS; i++) {
        uint64_t start_us = clock_monotonic_us();
        produce(run);
        consume(run, 1);
        histogram_record(&run->hops, clock_monotonic_us() - start_us);
        rd_kafka_poll(run->producer, 0);
    }
}

static void finish_consumer(struct run *run)
{
    rd_kafka_consumer_close(run->consumer);
    rd_kafka_destroy(run->consumer);
}

static int only_read(struct run *run)
{
    open_consumer(run);
    printf("{\"per_second\":%.1f}\n", (double)run->events / consume_all(run));
    finish_consumer(run);
    return 0;
}

int main(int argc, char **argv)
{
    static struct run run;
    bool reads = argc == 5 && strcmp(argv[4], "read") == 0;
    if (argc != 4 && !reads) {
        fprintf(stderr, "usage: ceiling_kafka BROKERS TOPIC EVENTS [read]\n");
        return 2;
    }
    run.brokers = argv[1];
    run.topic = argv[2];
    run.events = strtol(argv[3], NULL, 10);
    if (reads) {
        return only_read(&run);
    }
    open_producer(&run);
    make_topic(&run);
    double produced_s = produce_all(&run);
    open_consumer(&run);
    double consumed_s = consume_all(&run);
    time_hops(&run);
    printf("{\"produced_per_second\":%.1f,\"consumed_per_second\":%.1f,\"hop_p50_ms\":%.3f,"
           "\"hop_p99_ms\":%.3f}\n",
           (double)run.events / produced_s, (double)run.events / consumed_s,
           (double)histogram_quantile(&run.hops, 0.5) / 1e3,
           (double)histogram_quantile(&run.hops, 0.99) / 1e3);
    finish_consumer(&run);
    rd_kafka_flush(run.producer, WAIT_MS);
    rd_kafka_destroy(run.producer);
    return 0;
}
