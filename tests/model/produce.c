/* SPDX-License-Identifier: Apache-2.0 */
/* produce: puts generated events into a topic, as fast as librdkafka takes them.
 *
 *   produce BROKERS TOPIC < lines
 *
 * A line is an event: key, type, id, time and data, with tabs between them. Settings as the
 * services have them (acks from all, idempotent, lz4, the key's place as Java clients choose it).
 * Prints how many were acknowledged. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 5, WAIT_MS = 60000, FULL_MS = 10 };
enum { KEY, TYPE, ID, TIME, DATA };

struct producing {
    rd_kafka_t *client;
    rd_kafka_topic_t *topic;
    long acknowledged;
};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "produce: %s: %s\n", what, why);
    exit(1);
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
    char why[256];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) {
        give_up(name, why);
    }
}

static void on_delivered(rd_kafka_t *client, const rd_kafka_message_t *message, void *arg)
{
    struct producing *producing = arg;
    (void)client;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        give_up("not delivered", rd_kafka_err2str(message->err));
    }
    producing->acknowledged++;
}

static void open_client(struct producing *producing, const char *brokers, const char *topic)
{
    char why[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", brokers);
    set(conf, "enable.idempotence", "true");
    set(conf, "compression.type", "lz4");
    set(conf, "partitioner", "murmur2_random");
    set(conf, "linger.ms", "20");
    set(conf, "log_level", "3"); /* a broker that has just started is asked again */
    rd_kafka_conf_set_opaque(conf, producing);
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivered);
    producing->client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (producing->client == NULL) {
        give_up("client", why);
    }
    producing->topic = rd_kafka_topic_new(producing->client, topic, NULL);
}

static void split(char *line, char *fields[FIELDS])
{
    fields[0] = line;
    for (int i = 1; i < FIELDS; i++) {
        char *tab = strchr(fields[i - 1], '\t');
        if (tab == NULL) {
            give_up("a line has too few fields", line);
        }
        *tab = '\0';
        fields[i] = tab + 1;
    }
}

/* As city.cases.v1 has them: CloudEvents in binary mode. */
static rd_kafka_headers_t *headers_of(char *fields[FIELDS])
{
    const char *const pairs[][2] = {{"ce_specversion", "1.0"},           {"ce_id", fields[ID]},
                                    {"ce_source", "/ihanoi/routing"},    {"ce_type", fields[TYPE]},
                                    {"ce_subject", fields[KEY]},         {"ce_time", fields[TIME]},
                                    {"content-type", "application/json"}};
    enum { PAIRS = sizeof pairs / sizeof pairs[0] };
    rd_kafka_headers_t *headers = rd_kafka_headers_new(PAIRS);
    for (size_t i = 0; i < PAIRS; i++) {
        rd_kafka_header_add(headers, pairs[i][0], -1, pairs[i][1], -1);
    }
    return headers;
}

/* Waits while librdkafka's queue is full. */
static void produce(struct producing *producing, char *fields[FIELDS])
{
    rd_kafka_headers_t *headers = headers_of(fields);
    rd_kafka_resp_err_t err;
    do {
        err = rd_kafka_producev(
            producing->client, RD_KAFKA_V_RKT(producing->topic),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
            RD_KAFKA_V_KEY(fields[KEY], strlen(fields[KEY])), RD_KAFKA_V_HEADERS(headers),
            RD_KAFKA_V_VALUE(fields[DATA], strlen(fields[DATA])), RD_KAFKA_V_END);
        rd_kafka_poll(producing->client, err == RD_KAFKA_RESP_ERR_NO_ERROR ? 0 : FULL_MS);
    } while (err == RD_KAFKA_RESP_ERR__QUEUE_FULL);
    if (err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        give_up("not taken", rd_kafka_err2str(err));
    }
}

static long produce_all(struct producing *producing, FILE *in)
{
    char *line = NULL, *fields[FIELDS];
    size_t capacity = 0;
    ssize_t size;
    long count = 0;
    while ((size = getline(&line, &capacity, in)) > 0) {
        if (line[size - 1] == '\n') {
            line[size - 1] = '\0';
        }
        split(line, fields);
        produce(producing, fields);
        count++;
    }
    free(line);
    return count;
}

int main(int argc, char **argv)
{
    static struct producing producing;
    if (argc != 3) {
        fprintf(stderr, "usage: produce BROKERS TOPIC < lines\n");
        return 2;
    }
    open_client(&producing, argv[1], argv[2]);
    long count = produce_all(&producing, stdin);
    rd_kafka_flush(producing.client, WAIT_MS);
    if (producing.acknowledged != count) {
        give_up("produce", "not all were acknowledged");
    }
    printf("%ld\n", count);
    rd_kafka_topic_destroy(producing.topic);
    rd_kafka_destroy(producing.client);
    return 0;
}
