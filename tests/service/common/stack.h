/* SPDX-License-Identifier: Apache-2.0 */
/* A migrated database, a producer and an outbox on one loop; topics of the test's own, read with a
 * plain librdkafka client. Needs TEST_DATABASE_URL and TEST_KAFKA_BROKERS. */
#ifndef TESTS_SERVICE_COMMON_STACK_H
#define TESTS_SERVICE_COMMON_STACK_H

#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/migrate.h"
#include "common/outbox_private.h"
#include "tests/service/common/pool.h"

extern const struct migration_set common_migrations;

enum { STACK_WAIT_US = 20 * 1000 * 1000 };

struct stack {
    struct pool *pool;
    struct kafka_producer *producer;
    struct outbox *outbox;
    uv_timer_t heartbeat; /* so that waiting loops turn */
    bool ready, lost, closed;
};

struct stack_config {
    const char *instance, *brokers;
    size_t memory_max;
};

static inline const char *stack_brokers(void)
{
    const char *brokers = getenv("TEST_KAFKA_BROKERS");
    if (brokers == NULL) {
        fprintf(stderr, "TEST_KAFKA_BROKERS is not set\n");
        exit(2);
    }
    return brokers;
}

static inline struct kafka_config stack_kafka(const char *brokers, const char *client_id)
{
    return (struct kafka_config){
        .brokers = brokers, .properties = "", .client_id = client_id, .session_timeout_ms = 6000};
}

static inline void stack_reset_database(void)
{
    const struct migration_set *sets[] = {&common_migrations};
    struct error err = {0};

    database_run("SET client_min_messages = warning; DROP SCHEMA public CASCADE; "
                 "CREATE SCHEMA public");
    if (!migrate_run(getenv("TEST_DATABASE_URL"), sets, 1, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(2);
    }
    database_run("CREATE TABLE thing (id uuid PRIMARY KEY, name text)");
}

static inline rd_kafka_t *stack_client(rd_kafka_type_t type)
{
    char text[200];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", stack_brokers(), text, sizeof text);
    if (type == RD_KAFKA_CONSUMER) {
        rd_kafka_conf_set(conf, "enable.partition.eof", "true", text, sizeof text);
        rd_kafka_conf_set(conf, "fetch.wait.max.ms", "10", text, sizeof text);
        rd_kafka_conf_set(conf, "group.id", "test-reader", text, sizeof text);
    } else {
        rd_kafka_conf_set(conf, "batch.size", "100000", text, sizeof text);
    }
    return rd_kafka_new(type, conf, text, sizeof text);
}

static inline void stack_topic_create(const char *topic, int partitions)
{
    char text[200];
    rd_kafka_t *admin = stack_client(RD_KAFKA_PRODUCER);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(admin);
    rd_kafka_NewTopic_t *wanted = rd_kafka_NewTopic_new(topic, partitions, 1, text, sizeof text);

    rd_kafka_NewTopic_set_config(wanted, "max.message.bytes", "200000");
    rd_kafka_CreateTopics(admin, &wanted, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 20000);
    assert(event != NULL);
    rd_kafka_event_destroy(event);
    rd_kafka_NewTopic_destroy(wanted);
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(admin);
}

/* Calls look for each message of partition 0, until its end. Returns their number. */
typedef void stack_look(const rd_kafka_message_t *message, void *arg);
static inline size_t stack_read_topic(const char *topic, stack_look *look, void *arg)
{
    rd_kafka_t *client = stack_client(RD_KAFKA_CONSUMER);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    size_t count = 0;
    bool over = false;

    rd_kafka_topic_partition_list_add(list, topic, 0)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(client, list);
    rd_kafka_topic_partition_list_destroy(list);
    while (!over) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(client, 10000);
        over = message == NULL || message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
        if (message != NULL && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            count++;
            if (look != NULL) {
                look(message, arg);
            }
        }
        if (message != NULL) {
            rd_kafka_message_destroy(message);
        }
    }
    rd_kafka_consumer_close(client);
    rd_kafka_destroy(client);
    return count;
}

static void stack_on_delivered(void *opaque, bool delivered, const char *reason, void *arg)
{
    outbox_delivered(((struct stack *)arg)->outbox, opaque, delivered, reason);
}

static void stack_on_ready(void *arg)
{
    ((struct stack *)arg)->ready = true;
}

static void stack_on_lost(void *arg)
{
    ((struct stack *)arg)->lost = true;
}

static void stack_on_closed(void *arg)
{
    ((struct stack *)arg)->closed = true;
}

static void stack_on_heartbeat(uv_timer_t *timer)
{
    (void)timer;
}

/* Turns the loop until *flag holds; false when it does not within the time. */
static inline bool stack_wait(struct stack *stack, bool holds(struct stack *stack))
{
    uint64_t deadline = clock_monotonic_us() + STACK_WAIT_US;
    while (!holds(stack) && clock_monotonic_us() < deadline) {
        pool_turn(stack->pool);
    }
    return holds(stack);
}

static inline bool stack_is_ready(struct stack *stack)
{
    return stack->ready;
}

static inline bool stack_is_lost(struct stack *stack)
{
    return stack->lost;
}

static inline bool stack_is_closed(struct stack *stack)
{
    return stack->closed;
}

/* All acknowledged, and the watermark is in the database. */
static inline bool stack_is_drained(struct stack *stack)
{
    const struct outbox *outbox = stack->outbox;
    return outbox->head == NULL && outbox->in_table == 0 && !outbox->behind &&
           outbox->stored == outbox->next_seq - 1;
}

static inline void stack_turn_for(struct stack *stack, unsigned ms)
{
    uint64_t deadline = clock_monotonic_us() + ms * 1000ULL;
    while (clock_monotonic_us() < deadline) {
        pool_turn(stack->pool);
    }
}

static inline struct stack *stack_open(struct stack_config config)
{
    struct stack *stack = calloc(1, sizeof *stack);
    struct error err = {0};
    const char *instance = config.instance == NULL ? "test-0" : config.instance;
    struct kafka_config kafka =
        stack_kafka(config.brokers == NULL ? stack_brokers() : config.brokers, instance);
    struct outbox_config outbox = {
        .service = "test",
        .instance = instance,
        .memory_max = config.memory_max == 0 ? 8 << 20 : config.memory_max,
        .backlog_max = 1000000,
        .retention_days = 400,
    };

    stack->pool = pool_open();
    uv_timer_init(&stack->pool->loop, &stack->heartbeat);
    uv_timer_start(&stack->heartbeat, stack_on_heartbeat, 10, 10);
    if (!kafka_producer_open(&stack->producer, &stack->pool->loop, &kafka, stack->pool->metrics,
                             stack_on_delivered, stack, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(2);
    }
    stack->outbox = outbox_new(&stack->pool->loop, stack->pool->pg, stack->producer, &outbox,
                               stack->pool->metrics, stack_on_ready, stack_on_lost, stack);
    assert(stack_wait(stack, stack_is_ready));
    return stack;
}

static inline void stack_close(struct stack *stack, unsigned grace_ms)
{
    outbox_close(stack->outbox, grace_ms, stack_on_closed, stack);
    assert(stack_wait(stack, stack_is_closed));
    kafka_producer_close(stack->producer);
    outbox_free(stack->outbox);
    uv_close((uv_handle_t *)&stack->heartbeat, NULL);
    pool_close(stack->pool);
    free(stack);
}

/* ---- events about things ---- */

static const struct pg_statement stack_insert_things = {
    "test_things",
    "WITH won AS (INSERT INTO thing (id, name) SELECT * FROM unnest($1::uuid[], $2::text[]) "
    "ON CONFLICT DO NOTHING RETURNING id AS command), "
    "said AS (" OUTBOX_INSERT("won", 3, 4, 5, 6, 7, 8, 9, 10) ") SELECT command FROM won"};

static inline struct event stack_event(const char *topic, const char *key, const char *data)
{
    return (struct event){
        .id = uuid_new(),
        .type = "vn.hanoi.thing.made.v1",
        .subject = key,
        .topic = topic,
        .key = key,
        .time_us = clock_now_us(),
        .data = data,
        .data_size = strlen(data),
    };
}

/* A transaction that makes the things `commands` and says the items. */
static inline struct pg_tx *stack_tx(struct stack *stack, const struct uuid *commands,
                                     size_t command_count, struct outbox_item **items,
                                     size_t item_count)
{
    struct pg_tx *tx = pg_tx_new(stack->pool->pg);
    struct outbox_columns columns;
    struct pg_array ids, names;

    outbox_guard(stack->outbox, tx);
    pg_array_init(&ids, PG_UUID);
    pg_array_init(&names, PG_TEXT);
    outbox_columns_init(&columns, stack->outbox);
    for (size_t i = 0; i < command_count; i++) {
        pg_array_uuid(&ids, &commands[i]);
        pg_array_text(&names, "thing");
    }
    for (size_t i = 0; i < item_count; i++) {
        outbox_columns_add(&columns, items[i]);
    }
    pg_tx_add(tx, &stack_insert_things);
    pg_tx_array(tx, &ids);
    pg_tx_array(tx, &names);
    outbox_columns_put(&columns, tx);
    outbox_columns_finish(&columns);
    pg_array_finish(&ids);
    pg_array_finish(&names);
    return tx;
}

#endif
