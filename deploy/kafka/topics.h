/* SPDX-License-Identifier: Apache-2.0 */
/* topics: creates and checks the topics that proto/topics.yaml declares. Blocking, one-shot. */
#ifndef KAFKA_TOPICS_H
#define KAFKA_TOPICS_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/error.h"

struct topic_setting {
    const char *name;
    const char *value;
};

struct topic {
    const char *name;
    int partitions;
    struct topic_setting *settings;
    size_t setting_count;
    /* as the broker has it */
    bool exists;
    int partitions_there;
    bool drifted;    /* some setting differs */
    char drift[160]; /* the first that does: "retention.ms is 5, not 6" */
};

struct topic_list {
    struct topic *topics;
    size_t count;
};

/* Reads the file; min_insync > 0 adds min.insync.replicas to each topic. */
bool topics_read(struct topic_list *list, const char *path, int min_insync, struct arena *arena,
                 struct error *err);

/* A connection for administration. */
struct topics_admin {
    rd_kafka_t *client;
    rd_kafka_queue_t *queue;
};
bool topics_connect(struct topics_admin *admin, const char *brokers, const char *properties,
                    struct error *err);
void topics_disconnect(struct topics_admin *admin);

/* Waits until a broker answers and fills in what is there. */
bool topics_look(struct topics_admin *admin, struct topic_list *list, int timeout_ms,
                 struct error *err);
bool topics_create(struct topics_admin *admin, const struct topic *topic, int replication,
                   struct error *err);
/* Replaces the topic's whole configuration. */
bool topics_alter(struct topics_admin *admin, const struct topic *topic, struct error *err);

#endif
