/* SPDX-License-Identifier: Apache-2.0 */
/* What the broker has, and how to change it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/kafka_private.h"
#include "deploy/kafka/topics.h"

enum { REQUEST_MS = 15000, RETRY_MS = 500, ATTEMPT_MS = 3000 };

bool topics_connect(struct topics_admin *admin, const char *brokers, const char *properties,
                    struct error *err)
{
    /* While we wait for a broker, its absence is no news. */
    static const struct kafka_setting settings[] = {{"log_level", "2", KAFKA_DEFAULT}};
    const struct kafka_config config = {
        .brokers = brokers, .properties = properties, .client_id = "topics"};
    char text[200];
    rd_kafka_conf_t *conf = kafka_conf_new(&config, settings, 1, err);
    if (conf == NULL) {
        return false;
    }
    admin->client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (admin->client == NULL) {
        rd_kafka_conf_destroy(conf);
        return error_set(err, ERR_FATAL, "kafka_client", "%s", text);
    }
    admin->queue = rd_kafka_queue_new(admin->client);
    return true;
}

void topics_disconnect(struct topics_admin *admin)
{
    if (admin->client != NULL) {
        rd_kafka_queue_destroy(admin->queue);
        rd_kafka_destroy(admin->client);
    }
}

static bool request_failed(const char *what, rd_kafka_resp_err_t code, const char *text,
                           struct error *err)
{
    return error_set(err, ERR_RETRY, "kafka_request", "%s: %s", what,
                     text == NULL ? rd_kafka_err2str(code) : text);
}

/* The answer to the request just sent; NULL with an error. */
static rd_kafka_event_t *answer(struct topics_admin *admin, const char *what, struct error *err)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(admin->queue, REQUEST_MS + 1000);
    if (event == NULL) {
        error_set(err, ERR_RETRY, "kafka_request", "%s: no answer", what);
    } else if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        request_failed(what, rd_kafka_event_error(event), rd_kafka_event_error_string(event), err);
        rd_kafka_event_destroy(event);
        event = NULL;
    }
    return event;
}

/* ---- looking ---- */

static void note_metadata(struct topic_list *list, const rd_kafka_metadata_t *metadata)
{
    for (size_t i = 0; i < list->count; i++) {
        struct topic *topic = &list->topics[i];
        topic->exists = false;
        for (int j = 0; j < metadata->topic_cnt; j++) {
            const rd_kafka_metadata_topic_t *there = &metadata->topics[j];
            if (strcmp(there->topic, topic->name) == 0 && there->partition_cnt > 0) {
                topic->exists = true;
                topic->partitions_there = there->partition_cnt;
            }
        }
    }
}

static bool look_for_topics(struct topics_admin *admin, struct topic_list *list, int timeout_ms,
                            struct error *err)
{
    uint64_t deadline_us = clock_monotonic_us() + (uint64_t)timeout_ms * 1000;
    rd_kafka_resp_err_t code;
    do {
        const rd_kafka_metadata_t *metadata;
        code = rd_kafka_metadata(admin->client, 1, NULL, &metadata, ATTEMPT_MS);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            note_metadata(list, metadata);
            rd_kafka_metadata_destroy(metadata);
            return true;
        }
        usleep(RETRY_MS * 1000);
    } while (clock_monotonic_us() < deadline_us);
    return error_set(err, ERR_RETRY, "kafka_unavailable", "no broker answered in %d s: %s",
                     timeout_ms / 1000, rd_kafka_err2str(code));
}

static struct topic *topic_find(struct topic_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->topics[i].name, name) == 0) {
            return &list->topics[i];
        }
    }
    return NULL;
}

static const struct topic_setting *setting_find(const struct topic *topic, const char *name)
{
    for (size_t i = 0; i < topic->setting_count; i++) {
        if (strcmp(topic->settings[i].name, name) == 0) {
            return &topic->settings[i];
        }
    }
    return NULL;
}

static void note_drift(struct topic *topic, const char *name, const char *is, const char *wanted)
{
    if (!topic->drifted) {
        snprintf(topic->drift, sizeof topic->drift, "%s is %s, not %s", name, is, wanted);
    }
    topic->drifted = true;
}

/* Settings that we name must be as we say; ones that we do not name must not be set. */
static void compare_settings(struct topic *topic, const rd_kafka_ConfigResource_t *resource)
{
    size_t count;
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &count);
    topic->drifted = false;
    for (size_t i = 0; i < count; i++) {
        const char *name = rd_kafka_ConfigEntry_name(entries[i]);
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);
        const struct topic_setting *wanted = setting_find(topic, name);
        const char *is = value == NULL ? "unset" : value;
        if (wanted != NULL && strcmp(is, wanted->value) != 0) {
            note_drift(topic, name, is, wanted->value);
        } else if (wanted == NULL && rd_kafka_ConfigEntry_source(entries[i]) ==
                                         RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG) {
            note_drift(topic, name, is, "declared");
        }
    }
}

static bool note_configs(struct topic_list *list, rd_kafka_event_t *event, struct error *err)
{
    size_t count;
    const rd_kafka_ConfigResource_t **resources = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event), &count);
    for (size_t i = 0; i < count; i++) {
        rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(resources[i]);
        struct topic *topic = topic_find(list, rd_kafka_ConfigResource_name(resources[i]));
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return request_failed(rd_kafka_ConfigResource_name(resources[i]), code,
                                  rd_kafka_ConfigResource_error_string(resources[i]), err);
        }
        if (topic != NULL) {
            compare_settings(topic, resources[i]);
        }
    }
    return true;
}

static bool look_at_configs(struct topics_admin *admin, struct topic_list *list, struct error *err)
{
    rd_kafka_ConfigResource_t *asked[list->count + 1];
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (list->topics[i].exists) {
            asked[count++] =
                rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, list->topics[i].name);
        }
    }
    if (count == 0) {
        return true;
    }
    rd_kafka_DescribeConfigs(admin->client, asked, count, NULL, admin->queue);
    rd_kafka_event_t *event = answer(admin, "reading the topics' configuration", err);
    bool done = event != NULL && note_configs(list, event, err);
    if (event != NULL) {
        rd_kafka_event_destroy(event);
    }
    rd_kafka_ConfigResource_destroy_array(asked, count);
    return done;
}

bool topics_look(struct topics_admin *admin, struct topic_list *list, int timeout_ms,
                 struct error *err)
{
    return look_for_topics(admin, list, timeout_ms, err) && look_at_configs(admin, list, err);
}

/* ---- changing ---- */

static rd_kafka_AdminOptions_t *options_new(struct topics_admin *admin, rd_kafka_admin_op_t op)
{
    char text[100];
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(admin->client, op);
    rd_kafka_AdminOptions_set_request_timeout(options, REQUEST_MS, text, sizeof text);
    return options;
}

bool topics_create(struct topics_admin *admin, const struct topic *topic, int replication,
                   struct error *err)
{
    char text[200];
    bool done = false;
    rd_kafka_NewTopic_t *wanted =
        rd_kafka_NewTopic_new(topic->name, topic->partitions, replication, text, sizeof text);
    if (wanted == NULL) {
        return error_set(err, ERR_FATAL, "topic", "%s: %s", topic->name, text);
    }
    for (size_t i = 0; i < topic->setting_count; i++) {
        rd_kafka_NewTopic_set_config(wanted, topic->settings[i].name, topic->settings[i].value);
    }
    rd_kafka_AdminOptions_t *options = options_new(admin, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_AdminOptions_set_operation_timeout(options, REQUEST_MS, text, sizeof text);
    rd_kafka_CreateTopics(admin->client, &wanted, 1, options, admin->queue);
    rd_kafka_event_t *event = answer(admin, topic->name, err);
    if (event != NULL) {
        size_t count;
        const rd_kafka_topic_result_t **results =
            rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[0]);
        /* another one-shot may have been quicker: its work is looked at later */
        done =
            code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS ||
            request_failed(topic->name, code, rd_kafka_topic_result_error_string(results[0]), err);
        rd_kafka_event_destroy(event);
    }
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_NewTopic_destroy(wanted);
    return done;
}

bool topics_alter(struct topics_admin *admin, const struct topic *topic, struct error *err)
{
    bool done = false;
    rd_kafka_ConfigResource_t *resource =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic->name);
    for (size_t i = 0; i < topic->setting_count; i++) {
        rd_kafka_ConfigResource_set_config(resource, topic->settings[i].name,
                                           topic->settings[i].value);
    }
    rd_kafka_AdminOptions_t *options = options_new(admin, RD_KAFKA_ADMIN_OP_ALTERCONFIGS);
    rd_kafka_AlterConfigs(admin->client, &resource, 1, options, admin->queue);
    rd_kafka_event_t *event = answer(admin, topic->name, err);
    if (event != NULL) {
        size_t count;
        const rd_kafka_ConfigResource_t **results = rd_kafka_AlterConfigs_result_resources(
            rd_kafka_event_AlterConfigs_result(event), &count);
        rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(results[0]);
        done = code == RD_KAFKA_RESP_ERR_NO_ERROR ||
               request_failed(topic->name, code, rd_kafka_ConfigResource_error_string(results[0]),
                              err);
        rd_kafka_event_destroy(event);
    }
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_ConfigResource_destroy(resource);
    return done;
}
