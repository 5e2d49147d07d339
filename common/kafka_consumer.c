/* SPDX-License-Identifier: Apache-2.0 */
/* The group member: what it was given, from where it reads, and its bounded end. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/kafka_consumer_private.h"
#include "common/log.h"

enum {
    FETCH_WAIT_MS = 500, /* of an empty log; an answer comes with the first message */
    FORWARD_MS = 500,    /* partitions are forwarded again, at most so often */
    EVENTS_MAX = 64,     /* group events before the loop may do other things */
    SEEK_MS = 200,       /* a seek is local to the client: microseconds as a rule */
    CLOSE_MS = 3000,     /* then the client is left behind */
    CLOSE_TICK_MS = 5    /* while closing */
};

static struct position *position_make(struct subscription *subscription, int32_t partition)
{
    size_t need = (size_t)partition + 1;
    if (need > subscription->position_count) {
        subscription->positions =
            memory_grow(subscription->positions, need, sizeof(struct position));
        memset(subscription->positions + subscription->position_count, 0,
               (need - subscription->position_count) * sizeof(struct position));
        subscription->position_count = need;
    }
    return &subscription->positions[partition];
}

static void list_add(rd_kafka_topic_partition_list_t *list, const char *topic, int32_t partition,
                     int64_t next_offset)
{
    rd_kafka_topic_partition_list_add(list, topic, partition)->offset =
        next_offset < 0 ? RD_KAFKA_OFFSET_BEGINNING : next_offset;
}

static void forward(struct kafka_consumer *consumer, struct subscription *subscription,
                    int32_t partition)
{
    rd_kafka_queue_t *queue =
        rd_kafka_queue_get_partition(consumer->client, subscription->name, partition);
    if (queue != NULL) {
        rd_kafka_queue_forward(queue, subscription->queue);
        rd_kafka_queue_destroy(queue);
    }
}

static bool client_seek(struct kafka_consumer *consumer, const struct kafka_partition *to)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    list_add(list, to->topic, to->partition, to->next_offset);
    rd_kafka_error_t *error = rd_kafka_seek_partitions(consumer->client, list, SEEK_MS);
    bool done = error == NULL && list->elems[0].err == RD_KAFKA_RESP_ERR_NO_ERROR;
    if (error != NULL) {
        rd_kafka_error_destroy(error);
    }
    rd_kafka_topic_partition_list_destroy(list);
    return done;
}

/* ---- the group ---- */

/* The partitions of a list whose topics we asked for, in new memory. */
static struct kafka_partition *partitions_of(struct kafka_consumer *consumer,
                                             const rd_kafka_topic_partition_list_t *list,
                                             size_t *count)
{
    struct kafka_partition *partitions =
        memory_zero(list->cnt > 0 ? (size_t)list->cnt : 1, sizeof *partitions);
    *count = 0;
    for (int i = 0; i < list->cnt; i++) {
        struct subscription *subscription = subscription_find(consumer, list->elems[i].topic);
        if (subscription != NULL) {
            partitions[(*count)++] =
                (struct kafka_partition){subscription->name, list->elems[i].partition, -1};
        }
    }
    return partitions;
}

static void on_granted(struct kafka_consumer *consumer, const struct kafka_partition *partitions,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct position *position = position_make(subscription_find(consumer, partitions[i].topic),
                                                  partitions[i].partition);
        position->granted = true;
        position->assigned = false;
    }
    log_info("kafka_partitions_granted", log_int("count", (int64_t)count));
    if (count == 0) {
        kafka_consumer_assign(consumer, NULL, 0); /* nothing to look up first */
    }
    consumer->events.on_assigned(partitions, count, consumer->arg);
}

static void on_revoked(struct kafka_consumer *consumer, const struct kafka_partition *partitions,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct position *position = position_find(subscription_find(consumer, partitions[i].topic),
                                                  partitions[i].partition);
        if (position != NULL) {
            position->granted = position->assigned = false;
        }
    }
    rd_kafka_assign(consumer->client, NULL);
    log_info("kafka_partitions_revoked", log_int("count", (int64_t)count));
    if (!consumer->closing) {
        consumer->events.on_revoked(partitions, count, consumer->arg);
    }
}

static void on_rebalance(struct kafka_consumer *consumer, rd_kafka_event_t *event)
{
    size_t count;
    struct kafka_partition *partitions =
        partitions_of(consumer, rd_kafka_event_topic_partition_list(event), &count);
    if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && !consumer->closing) {
        on_granted(consumer, partitions, count);
    } else {
        on_revoked(consumer, partitions, count);
    }
    free(partitions);
}

/* Messages come here when librdkafka has replaced a forwarding of ours: mend it, and fetch them
 * again. */
static void on_stray_message(struct kafka_consumer *consumer, rd_kafka_event_t *event)
{
    const rd_kafka_message_t *stray = rd_kafka_event_message_next(event);
    const char *topic = rd_kafka_topic_name(stray->rkt);
    struct subscription *subscription = subscription_find(consumer, topic);
    struct position *position = position_find(subscription, stray->partition);
    if (position == NULL || !position->assigned || consumer->closing) {
        return;
    }
    log_debug("kafka_stray_message", log_text("topic", topic));
    forward(consumer, subscription, stray->partition);
    kafka_consumer_seek(consumer,
                        &(struct kafka_partition){topic, stray->partition, position->next_offset});
}

/* The end of a partition's log, told here for the same reason. */
static void on_stray_end(struct kafka_consumer *consumer, rd_kafka_event_t *event)
{
    rd_kafka_topic_partition_t *of = rd_kafka_event_topic_partition(event);
    struct position *position =
        of == NULL ? NULL : position_find(subscription_find(consumer, of->topic), of->partition);
    if (position != NULL && position->assigned) {
        position->reached_end = true;
    }
    if (of != NULL) {
        rd_kafka_topic_partition_destroy(of);
    }
}

static void on_error(struct kafka_consumer *consumer, rd_kafka_event_t *event)
{
    char text[256];
    if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        on_stray_end(consumer, event);
        return;
    }
    kafka_log_error_event(event);
    if (rd_kafka_event_error_is_fatal(event) && !consumer->dead && !consumer->closing) {
        consumer->dead = true;
        rd_kafka_resp_err_t code = rd_kafka_fatal_error(consumer->client, text, sizeof text);
        kafka_raise_alarm(consumer, code, text, NULL, -1);
    }
}

static void on_event(struct kafka_consumer *consumer, rd_kafka_event_t *event)
{
    rd_kafka_resp_err_t code;
    switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_REBALANCE:
        on_rebalance(consumer, event);
        break;
    case RD_KAFKA_EVENT_ERROR:
        on_error(consumer, event);
        break;
    case RD_KAFKA_EVENT_OFFSET_COMMIT:
        code = rd_kafka_event_error(event);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__NO_OFFSET) {
            log_info("kafka_lag_commit_failed", log_text("error", rd_kafka_err2name(code)));
        }
        break;
    case RD_KAFKA_EVENT_FETCH:
        on_stray_message(consumer, event);
        break;
    case RD_KAFKA_EVENT_LOG:
        kafka_log_event(event);
        break;
    }
}

/* Also what keeps us in the group: librdkafka counts these polls as signs of life. */
static void group_serve(struct kafka_consumer *consumer, rd_kafka_queue_t *queue, bool *more)
{
    size_t served = 0;
    rd_kafka_event_t *event;
    while (served < EVENTS_MAX && (event = rd_kafka_queue_poll(queue, 0)) != NULL) {
        on_event(consumer, event);
        rd_kafka_event_destroy(event);
        served++;
    }
    *more = *more || served == EVENTS_MAX;
}

static void learn_cluster_id(struct kafka_consumer *consumer)
{
    char *id = rd_kafka_clusterid(consumer->client, 0);
    if (id != NULL) {
        snprintf(consumer->cluster_id, sizeof consumer->cluster_id, "%s", id);
        rd_kafka_mem_free(consumer->client, id);
    }
}

static void consumer_close_step(struct kafka_consumer *consumer);

/* A partition that is stopped and started at once may lose its forwarding when the stop is carried
 * out after our call: its messages would wait unseen. Forwarding again brings them. Nothing tells
 * when librdkafka's threads get to the stop (seconds, on a busy machine), so this never ends: it
 * costs a microsecond for each partition and tick. */
static void forward_again(struct kafka_consumer *consumer)
{
    if (uv_now(consumer->loop) < consumer->forward_at_ms) {
        return;
    }
    consumer->forward_at_ms = uv_now(consumer->loop) + FORWARD_MS;
    for (size_t i = 0; i < consumer->subscription_count; i++) {
        struct subscription *subscription = &consumer->subscriptions[i];
        for (size_t j = 0; j < subscription->position_count; j++) {
            if (subscription->positions[j].assigned) {
                forward(consumer, subscription, (int32_t)j);
            }
        }
    }
}

static void on_wake(void *arg)
{
    struct kafka_consumer *consumer = arg;
    bool more = false;
    if (consumer->cluster_id[0] == '\0') {
        learn_cluster_id(consumer);
    }
    group_serve(consumer, consumer->close_queue, &more);
    group_serve(consumer, consumer->group_queue, &more);
    forward_again(consumer);
    for (size_t i = 0; i < consumer->subscription_count; i++) {
        subscription_serve(consumer, &consumer->subscriptions[i]);
    }
    if (more) {
        kafka_wake_now(&consumer->wake);
    }
    if (consumer->closing) {
        consumer_close_step(consumer);
    }
}

/* ---- positions ---- */

static void assign_list(struct kafka_consumer *consumer,
                        const rd_kafka_topic_partition_list_t *list)
{
    rd_kafka_resp_err_t code = rd_kafka_assign(consumer->client, list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log_error("kafka_assign_failed", log_text("error", rd_kafka_err2name(code)));
    }
}

static void unassign_all(struct kafka_consumer *consumer)
{
    for (size_t i = 0; i < consumer->subscription_count; i++) {
        struct subscription *subscription = &consumer->subscriptions[i];
        for (size_t j = 0; j < subscription->position_count; j++) {
            subscription->positions[j].assigned = false;
        }
    }
}

void kafka_consumer_assign(struct kafka_consumer *consumer,
                           const struct kafka_partition *partitions, size_t count)
{
    if (consumer->closing) {
        return;
    }
    unassign_all(consumer);
    rd_kafka_assign(consumer->client, NULL); /* else what stays is not started anew */
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++) {
        struct subscription *subscription = subscription_find(consumer, partitions[i].topic);
        struct position *position = position_find(subscription, partitions[i].partition);
        if (position == NULL || !position->granted) {
            continue; /* revoked since it was asked for */
        }
        /* Before the assignment: librdkafka keeps a queue that the application has forwarded. */
        forward(consumer, subscription, partitions[i].partition);
        list_add(list, subscription->name, partitions[i].partition, partitions[i].next_offset);
        *position = (struct position){.granted = true,
                                      .assigned = true,
                                      .next_offset = partitions[i].next_offset,
                                      .moved_in = subscription->fetch};
    }
    assign_list(consumer, list);
    rd_kafka_topic_partition_list_destroy(list);
}

void kafka_consumer_pause(struct kafka_consumer *consumer, const char *topic)
{
    struct subscription *subscription = subscription_find(consumer, topic);
    assert(subscription != NULL);
    subscription->paused = true;
}

void kafka_consumer_resume(struct kafka_consumer *consumer, const char *topic)
{
    struct subscription *subscription = subscription_find(consumer, topic);
    assert(subscription != NULL);
    if (subscription->paused) {
        subscription->paused = false;
        kafka_wake_now(&consumer->wake);
    }
}

/* Starts all partitions anew from their positions: for one that is not being fetched, which
 * librdkafka cannot seek. */
static void assign_again(struct kafka_consumer *consumer)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(16);
    rd_kafka_assign(consumer->client, NULL);
    for (size_t i = 0; i < consumer->subscription_count; i++) {
        struct subscription *subscription = &consumer->subscriptions[i];
        for (size_t j = 0; j < subscription->position_count; j++) {
            if (subscription->positions[j].assigned) {
                forward(consumer, subscription, (int32_t)j);
                list_add(list, subscription->name, (int32_t)j,
                         subscription->positions[j].next_offset);
            }
        }
    }
    assign_list(consumer, list);
    rd_kafka_topic_partition_list_destroy(list);
}

void kafka_consumer_seek(struct kafka_consumer *consumer, const struct kafka_partition *to)
{
    struct subscription *subscription = subscription_find(consumer, to->topic);
    struct position *position = position_find(subscription, to->partition);
    if (position == NULL || !position->assigned || consumer->closing) {
        return; /* no longer ours: whoever has it reads its position anew */
    }
    position->next_offset = to->next_offset;
    position->moved_in = subscription->fetch;
    bool stopped = position->stopped;
    position->stopped = false;
    if (stopped || !client_seek(consumer, to)) {
        assign_again(consumer);
    }
}

void kafka_consumer_commit(struct kafka_consumer *consumer, const struct kafka_partition *positions,
                           size_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++) {
        const struct position *position =
            position_find(subscription_find(consumer, positions[i].topic), positions[i].partition);
        if (position != NULL && position->assigned && positions[i].next_offset >= 0) {
            list_add(list, positions[i].topic, positions[i].partition, positions[i].next_offset);
        }
    }
    if (list->cnt > 0 && !consumer->closing) {
        rd_kafka_resp_err_t code = rd_kafka_commit(consumer->client, list, 1);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            log_info("kafka_lag_commit_failed", log_text("error", rd_kafka_err2name(code)));
        }
    }
    rd_kafka_topic_partition_list_destroy(list);
}

const char *kafka_consumer_cluster_id(const struct kafka_consumer *consumer)
{
    return consumer->cluster_id;
}

/* ---- the end ---- */

static void consumer_free(struct kafka_consumer *consumer)
{
    while (consumer->spare != NULL) {
        struct slot *slot = consumer->spare;
        consumer->spare = slot->next;
        free(slot);
    }
    for (size_t i = 0; i < consumer->subscription_count; i++) {
        free(consumer->subscriptions[i].positions);
    }
    free(consumer->subscriptions);
    free(consumer);
}

/* The wake's handles and the client end in any order; the last one tells. */
static void on_part_closed(void *arg)
{
    struct kafka_consumer *consumer = arg;
    kafka_on_closed *on_closed = consumer->on_closed;
    void *closed_arg = consumer->closed_arg;
    if (--consumer->parts_open > 0) {
        return;
    }
    if (!consumer->left_behind) {
        consumer_free(consumer);
    }
    if (on_closed != NULL) {
        on_closed(closed_arg);
    }
}

/* Joins librdkafka's threads: not for the loop's thread. */
static void destroy_client(uv_work_t *work)
{
    struct kafka_consumer *consumer = work->data;
    rd_kafka_destroy_flags(consumer->client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

static void on_client_destroyed(uv_work_t *work, int status)
{
    (void)status;
    on_part_closed(work->data);
}

static void queue_end(rd_kafka_queue_t *queue)
{
    if (queue != NULL) {
        kafka_wake_ignore(queue);
        rd_kafka_queue_destroy(queue);
    }
}

/* Ends the client when it has left the group and all its messages are back. */
static void consumer_close_step(struct kafka_consumer *consumer)
{
    bool closed = rd_kafka_consumer_closed(consumer->client) && consumer->handed_over == 0;
    bool late = uv_now(consumer->loop) >= consumer->close_deadline_ms;
    if (!closed && !late) {
        return; /* at the next event or tick */
    }
    if (consumer->handed_over > 0) {
        log_warn("kafka_messages_not_freed", log_int("count", (int64_t)consumer->handed_over));
    }
    for (size_t i = 0; i < consumer->subscription_count; i++) {
        queue_end(consumer->subscriptions[i].queue);
    }
    queue_end(consumer->group_queue);
    queue_end(consumer->close_queue);
    consumer->parts_open = closed ? 2 : 1;
    if (closed) {
        uv_queue_work(consumer->loop, &consumer->work, destroy_client, on_client_destroyed);
    } else {
        log_warn("kafka_consumer_left_behind"); /* waiting for it could take for ever */
        consumer->left_behind = true;
    }
    kafka_wake_close(&consumer->wake, on_part_closed);
}

void kafka_consumer_close(struct kafka_consumer *consumer, kafka_on_closed *on_closed, void *arg)
{
    assert(!consumer->closing);
    consumer->closing = true;
    consumer->on_closed = on_closed;
    consumer->closed_arg = arg;
    consumer->close_deadline_ms = uv_now(consumer->loop) + CLOSE_MS;
    for (size_t i = 0; i < consumer->subscription_count; i++) {
        subscription_drop_fetched(&consumer->subscriptions[i]);
    }
    rd_kafka_error_t *error =
        rd_kafka_consumer_close_queue(consumer->client, consumer->close_queue);
    if (error != NULL) { /* a dead client: the deadline ends it */
        log_warn("kafka_close_failed", log_text("detail", rd_kafka_error_string(error)));
        rd_kafka_error_destroy(error);
    }
    kafka_wake_every(&consumer->wake, CLOSE_TICK_MS);
}

/* ---- opening ---- */

static rd_kafka_t *client_new(const struct kafka_config *config, const char *group,
                              struct error *err)
{
    char session_ms[16], heartbeat_ms[16], wait_ms[16], text[200];
    bool waits = config->fetch_wait_ms > 0;
    snprintf(wait_ms, sizeof wait_ms, "%u", waits ? config->fetch_wait_ms : FETCH_WAIT_MS);
    snprintf(session_ms, sizeof session_ms, "%u", config->session_timeout_ms);
    snprintf(heartbeat_ms, sizeof heartbeat_ms, "%u", config->session_timeout_ms / 4);
    const struct kafka_setting settings[] = {
        {"group.id", group, KAFKA_FIXED},
        {"group.instance.id", config->client_id, KAFKA_FIXED}, /* static membership */
        {"session.timeout.ms", session_ms, KAFKA_FIXED},
        {"heartbeat.interval.ms", heartbeat_ms, KAFKA_DEFAULT},
        {"fetch.wait.max.ms", wait_ms, KAFKA_DEFAULT},
        {"fetch.min.bytes", waits ? "65536" : "1", KAFKA_DEFAULT},
        {"partition.assignment.strategy", "range", KAFKA_FIXED},
        {"enable.auto.commit", "false", KAFKA_FIXED}, /* positions live in the database */
        {"enable.auto.offset.store", "false", KAFKA_FIXED},
        {"auto.offset.reset", "error", KAFKA_FIXED},     /* a lost log is an alarm */
        {"enable.partition.eof", "true", KAFKA_FIXED},   /* tells when the past is handed over */
        {"queued.min.messages", "20000", KAFKA_DEFAULT}, /* prefetched per topic */
        {"queued.max.messages.kbytes", "8192", KAFKA_DEFAULT},
        {"fetch.message.max.bytes", "262144",
         KAFKA_DEFAULT}, /* as fast as 1 MiB, a third of the memory */
        {"fetch.error.backoff.ms", "100", KAFKA_DEFAULT},
        {"fetch.queue.backoff.ms", "10", KAFKA_IF_KNOWN}, /* since 2.3 */
    };
    rd_kafka_conf_t *conf =
        kafka_conf_new(config, settings, sizeof settings / sizeof settings[0], err);
    if (conf == NULL) {
        return NULL;
    }
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR |
                                       RD_KAFKA_EVENT_OFFSET_COMMIT | RD_KAFKA_EVENT_LOG);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    if (client == NULL) {
        rd_kafka_conf_destroy(conf);
        error_set(err, ERR_FATAL, "kafka_consumer", "%s", text);
    }
    return client;
}

static bool subscribe(struct kafka_consumer *consumer, const char *const *topics, size_t count,
                      struct error *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    consumer->subscriptions = memory_zero(count, sizeof *consumer->subscriptions);
    consumer->subscription_count = count;
    for (size_t i = 0; i < count; i++) {
        struct subscription *subscription = &consumer->subscriptions[i];
        subscription->name = topics[i];
        subscription->queue = rd_kafka_queue_new(consumer->client);
        subscription->fetch = 1; /* 0 means: never moved */
        kafka_wake_watch(&consumer->wake, subscription->queue);
        rd_kafka_topic_partition_list_add(list, topics[i], RD_KAFKA_PARTITION_UA);
    }
    rd_kafka_resp_err_t code = rd_kafka_subscribe(consumer->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ||
           error_set(err, ERR_FATAL, "kafka_subscribe", "%s", rd_kafka_err2str(code));
}

bool kafka_consumer_open(struct kafka_consumer **consumer, uv_loop_t *loop,
                         const struct kafka_config *config, const char *group,
                         const char *const *topics, size_t topic_count, struct metrics *metrics,
                         const struct kafka_consumer_events *events, void *arg, struct error *err)
{
    rd_kafka_t *client = client_new(config, group, err);
    if (client == NULL) {
        return false;
    }
    struct kafka_consumer *opened = memory_zero(1, sizeof *opened);
    opened->client = client;
    opened->loop = loop;
    opened->work.data = opened;
    opened->events = *events;
    opened->arg = arg;
    opened->messages_counter = metrics_counter(metrics, "kafka_consumer_messages_total",
                                               "Messages received from Kafka.", NULL);
    kafka_wake_open(&opened->wake, loop, on_wake, opened);

    rd_kafka_poll_set_consumer(client); /* errors come to the group's queue as well */
    opened->group_queue = rd_kafka_queue_get_consumer(client);
    opened->close_queue = rd_kafka_queue_new(client);
    rd_kafka_set_log_queue(client, opened->group_queue);
    kafka_wake_watch(&opened->wake, opened->group_queue);
    kafka_wake_watch(&opened->wake, opened->close_queue);
    if (!subscribe(opened, topics, topic_count, err)) {
        kafka_consumer_close(opened, NULL, NULL);
        return false;
    }
    *consumer = opened;
    return true;
}

bool kafka_consumer_reached_end(struct kafka_consumer *consumer, const char *topic,
                                int32_t partition)
{
    const struct position *position = position_find(subscription_find(consumer, topic), partition);
    return position != NULL && position->reached_end;
}
