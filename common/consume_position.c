/* SPDX-License-Identifier: Apache-2.0 */
/* position accept: an operator decides where to go on after a log was lost or replaced. */
#include <stdlib.h>
#include <string.h>

#include "common/consume.h"
#include "common/kafka_private.h"
#include "common/verb.h"

enum { QUERY_MS = 10000, USAGE = 2 };

struct log_bounds {
    int64_t beginning, end;
    char cluster_id[64];
};

static int usage(void)
{
    fprintf(
        stderr,
        "usage: position accept --topic T --partition P --at beginning|end|OFFSET\n"
        "  beginning  read again everything that the broker still has (duplicates are dropped)\n"
        "  end        skip everything that is there now\n");
    return USAGE;
}

static bool parse_number(const char *text, int64_t max, int64_t *number)
{
    char *rest;
    if (text == NULL || text[0] < '0' || text[0] > '9' || strlen(text) > 18) {
        return false;
    }
    *number = strtoll(text, &rest, 10);
    return *rest == '\0' && *number <= max;
}

static bool ask_client(rd_kafka_t *client, const char *topic, int32_t partition,
                       struct log_bounds *bounds)
{
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
        client, topic, partition, &bounds->beginning, &bounds->end, QUERY_MS);
    char *id = code == RD_KAFKA_RESP_ERR_NO_ERROR ? rd_kafka_clusterid(client, QUERY_MS) : NULL;
    if (id == NULL) {
        fprintf(stderr, "kafka: %s\n",
                code == RD_KAFKA_RESP_ERR_NO_ERROR ? "no cluster id" : rd_kafka_err2str(code));
        return false;
    }
    snprintf(bounds->cluster_id, sizeof bounds->cluster_id, "%s", id);
    rd_kafka_mem_free(client, id);
    return true;
}

static bool ask_broker(const struct kafka_config *kafka, const char *topic, int32_t partition,
                       struct log_bounds *bounds)
{
    struct error err = {0};
    char text[256];

    rd_kafka_conf_t *conf = kafka_conf_new(kafka, NULL, 0, &err);
    if (conf == NULL) {
        fprintf(stderr, "kafka: %s\n", err.text);
        return false;
    }
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    if (client == NULL) {
        fprintf(stderr, "kafka: %s\n", text);
        rd_kafka_conf_destroy(conf);
        return false;
    }
    bool known = ask_client(client, topic, partition, bounds);
    rd_kafka_destroy(client);
    return known;
}

static bool choose(const char *at, const struct log_bounds *bounds, int64_t *offset)
{
    if (strcmp(at, "beginning") == 0) {
        *offset = bounds->beginning;
    } else if (strcmp(at, "end") == 0) {
        *offset = bounds->end;
    } else if (!parse_number(at, INT64_MAX, offset)) {
        usage();
        return false;
    }
    if (*offset < bounds->beginning || *offset > bounds->end) {
        fprintf(stderr, "the log goes from %lld to %lld\n", (long long)bounds->beginning,
                (long long)bounds->end);
        return false;
    }
    return true;
}

static bool store(const char *conninfo, const char *group, const char *topic, int32_t partition,
                  int64_t offset, const char *cluster_id)
{
    char partition_text[16], offset_text[24];
    const char *const values[] = {group, topic, partition_text, offset_text, cluster_id};
    PGconn *conn = verb_connect(conninfo);

    snprintf(partition_text, sizeof partition_text, "%d", (int)partition);
    snprintf(offset_text, sizeof offset_text, "%lld", (long long)offset);
    bool stored =
        conn != NULL &&
        verb_command(conn,
                     "INSERT INTO consumer_position (consumer, topic, partition, next_offset, "
                     "cluster_id) VALUES ($1::text, $2::text, $3::integer, $4::bigint, $5::text) "
                     "ON CONFLICT (consumer, topic, partition) DO UPDATE SET "
                     "next_offset = excluded.next_offset, cluster_id = excluded.cluster_id, "
                     "moved_at = now()",
                     5, values);
    PQfinish(conn);
    return stored;
}

int consume_position_verb(const char *conninfo, const struct kafka_config *kafka, const char *group,
                          int argc, char **argv)
{
    const char *topic = verb_option(argc, argv, "--topic");
    const char *at = verb_option(argc, argv, "--at");
    struct log_bounds bounds;
    int64_t partition, offset;

    if (argc < 2 || strcmp(argv[1], "accept") != 0 || topic == NULL || at == NULL ||
        !parse_number(verb_option(argc, argv, "--partition"), INT32_MAX, &partition)) {
        return usage();
    }
    if (!ask_broker(kafka, topic, (int32_t)partition, &bounds)) {
        return 1;
    }
    if (!choose(at, &bounds, &offset)) {
        return USAGE;
    }
    if (!store(conninfo, group, topic, (int32_t)partition, offset, bounds.cluster_id)) {
        return 1;
    }
    printf("%s/%lld goes on at %lld of %lld to %lld, cluster %s; a running service follows within "
           "seconds\n",
           topic, (long long)partition, (long long)offset, (long long)bounds.beginning,
           (long long)bounds.end, bounds.cluster_id);
    return 0;
}
