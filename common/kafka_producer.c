/* SPDX-License-Identifier: Apache-2.0 */
/* The idempotent producer, which outlives its librdkafka client.
 *
 * librdkafka gives up for good when it cannot prove order any more (a fatal error), and single
 * messages may fail for reasons that pass. In both cases the client is emptied, replaced, and what
 * was not acknowledged is sent again in its first order: RUNNING → DRAINING (every message comes
 * back as a delivery report) → ENDING (destroyed by a worker thread) → WAITING (for the next tick)
 * → RUNNING. Duplicates are possible then, loss and reordering are not. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/kafka_private.h"
#include "common/log.h"

enum {
    WAITING_MAX = 100000, /* messages; librdkafka's own limits are above that */
    EVENTS_MAX = 32,      /* a round; a delivery event carries many messages */
    RECORDS_PER_BLOCK = 512
};

enum producer_state { RUNNING, DRAINING, ENDING, WAITING };

/* A message that is under way; librdkafka's opaque. */
struct record {
    struct record *next; /* among the spare or the refused */
    void *opaque;        /* the caller's */
    uint64_t sequence;   /* the order in which messages came */
    rd_kafka_resp_err_t refusal;
};

struct record_block {
    struct record_block *next;
    struct record records[RECORDS_PER_BLOCK];
};

/* A copy of a message that must be sent again. */
struct parked {
    struct record *record;
    struct kafka_message_out message;
    struct arena arena;
};

struct kafka_producer {
    rd_kafka_t *client; /* NULL in WAITING */
    rd_kafka_queue_t *queue;
    enum producer_state state;
    bool closing;
    bool serving; /* inside on_wake */
    unsigned parts_open;
    bool connected;
    struct kafka_wake wake;
    uv_work_t work;
    uv_loop_t *loop;
    kafka_on_delivered *on_delivered;
    void *arg;
    char *brokers, *properties, *client_id;

    uint64_t sequence;
    size_t flying; /* in librdkafka, not reported yet */
    struct parked **parked;
    size_t parked_count, parked_room;
    struct record *refused, **refused_end; /* reported at the next wake */
    size_t refused_count;
    struct record *spare;
    struct record_block *blocks;

    struct metrics_counter *delivered_counter, *failed_counter, *restart_counter;
    struct metrics_gauge *waiting_gauge;
};

static void on_wake(void *arg);
static void producer_end_client(struct kafka_producer *producer);
static void producer_shut(struct kafka_producer *producer);

/* ---- records ---- */

static struct record *record_take(struct kafka_producer *producer, void *opaque)
{
    if (producer->spare == NULL) {
        struct record_block *block = memory_zero(1, sizeof *block);
        block->next = producer->blocks;
        producer->blocks = block;
        for (size_t i = 0; i < RECORDS_PER_BLOCK; i++) {
            block->records[i].next = producer->spare;
            producer->spare = &block->records[i];
        }
    }
    struct record *record = producer->spare;
    producer->spare = record->next;
    *record = (struct record){.opaque = opaque, .sequence = producer->sequence++};
    return record;
}

static void record_give_back(struct kafka_producer *producer, struct record *record)
{
    record->next = producer->spare;
    producer->spare = record;
}

/* The only way out of a message: its fate is told and its record is free again. */
static void record_end(struct kafka_producer *producer, struct record *record,
                       rd_kafka_resp_err_t code)
{
    void *opaque = record->opaque;
    bool delivered = code == RD_KAFKA_RESP_ERR_NO_ERROR;
    record_give_back(producer, record);
    metrics_add(delivered ? producer->delivered_counter : producer->failed_counter, 1);
    producer->on_delivered(opaque, delivered, delivered ? NULL : rd_kafka_err2str(code),
                           producer->arg);
}

static void record_refuse(struct kafka_producer *producer, struct record *record,
                          rd_kafka_resp_err_t code)
{
    record->refusal = code;
    record->next = NULL;
    *producer->refused_end = record;
    producer->refused_end = &record->next;
    producer->refused_count++;
    kafka_wake_now(&producer->wake);
}

static void report_refused(struct kafka_producer *producer)
{
    while (producer->refused != NULL && !producer->closing) {
        struct record *record = producer->refused;
        producer->refused = record->next;
        if (producer->refused == NULL) {
            producer->refused_end = &producer->refused;
        }
        producer->refused_count--;
        record_end(producer, record, record->refusal);
    }
}

/* ---- messages that must be sent again ---- */

static void park(struct kafka_producer *producer, const struct kafka_message_out *message,
                 struct record *record)
{
    struct parked *parked = memory_zero(1, sizeof *parked);
    struct arena *arena = &parked->arena;
    struct kafka_header *headers = arena_array(arena, message->header_count, sizeof *headers);
    for (size_t i = 0; i < message->header_count; i++) {
        const struct kafka_header *from = &message->headers[i];
        headers[i].name = arena_text(arena, from->name);
        headers[i].value = from->value == NULL ? NULL : arena_copy(arena, from->value, from->size);
        headers[i].size = from->size;
    }
    parked->record = record;
    parked->message = *message;
    parked->message.topic = arena_text(arena, message->topic);
    parked->message.headers = headers;
    parked->message.key =
        message->key == NULL ? NULL : arena_copy(arena, message->key, message->key_size);
    parked->message.value =
        message->value == NULL ? NULL : arena_copy(arena, message->value, message->value_size);

    if (producer->parked_count == producer->parked_room) {
        producer->parked_room = producer->parked_room == 0 ? 256 : producer->parked_room * 2;
        producer->parked =
            memory_grow(producer->parked, producer->parked_room, sizeof(struct parked *));
    }
    producer->parked[producer->parked_count++] = parked;
}

static void parked_free(struct parked *parked)
{
    arena_finish(&parked->arena);
    free(parked);
}

/* Takes the message back out of its delivery report. */
static void park_report(struct kafka_producer *producer, const rd_kafka_message_t *report)
{
    struct kafka_message_out message = {
        .topic = rd_kafka_topic_name(report->rkt),
        .key = report->key,
        .key_size = report->key_len,
        .value = report->payload,
        .value_size = report->len,
    };
    struct arena arena;
    struct kafka_header *headers = NULL;
    arena_init(&arena);
    message.header_count = kafka_message_headers(
        &(struct kafka_message){.handle = (void *)(uintptr_t)report}, &arena, &headers);
    message.headers = headers;
    park(producer, &message, report->_private);
    arena_finish(&arena);
}

static int parked_compare(const void *a, const void *b)
{
    uint64_t left = (*(struct parked *const *)a)->record->sequence;
    uint64_t right = (*(struct parked *const *)b)->record->sequence;
    return left < right ? -1 : left > right;
}

/* ---- the client ---- */

static rd_kafka_resp_err_t producer_send(struct kafka_producer *producer,
                                         const struct kafka_message_out *message,
                                         struct record *record)
{
    rd_kafka_headers_t *headers =
        message->header_count > 0 ? rd_kafka_headers_new(message->header_count) : NULL;
    for (size_t i = 0; i < message->header_count; i++) {
        const struct kafka_header *header = &message->headers[i];
        rd_kafka_header_add(headers, header->name, -1, header->value,
                            header->value == NULL ? -1 : (ssize_t)header->size);
    }
    rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = message->topic},
        {.vtype = RD_KAFKA_VTYPE_KEY,
         .u.mem = {(void *)(uintptr_t)message->key, message->key_size}},
        {.vtype = RD_KAFKA_VTYPE_VALUE,
         .u.mem = {(void *)(uintptr_t)message->value, message->value_size}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = record},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    size_t count = sizeof parts / sizeof parts[0] - (headers == NULL ? 1 : 0);
    rd_kafka_error_t *error = rd_kafka_produceva(producer->client, parts, count);
    if (error == NULL) {
        producer->flying++;
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    if (headers != NULL) {
        rd_kafka_headers_destroy(headers);
    }
    return code;
}

static bool producer_start(struct kafka_producer *producer, struct error *err)
{
    static const struct kafka_setting settings[] = {
        {"enable.idempotence", "true", KAFKA_FIXED},    /* with it acks=all and order */
        {"message.timeout.ms", "0", KAFKA_FIXED},       /* the outbox decides, not a timer */
        {"partitioner", "murmur2_random", KAFKA_FIXED}, /* as Java clients: one key, one place */
        {"batch.size", "196608", KAFKA_FIXED}, /* topics refuse batches over max.message.bytes */
        {"request.timeout.ms", "10000", KAFKA_DEFAULT},
        {"linger.ms", "0.1", KAFKA_DEFAULT},
        {"compression.type", "lz4", KAFKA_DEFAULT},
        {"message.max.bytes", "2293760", KAFKA_DEFAULT}, /* the largest dead letter, its batch */
        {"queue.buffering.max.messages", "200000", KAFKA_DEFAULT},
        {"queue.buffering.max.kbytes", "65536", KAFKA_DEFAULT},
        {"statistics.interval.ms", "500", KAFKA_FIXED}, /* tells whether a broker is up */
    };
    const struct kafka_config config = {.brokers = producer->brokers,
                                        .properties = producer->properties,
                                        .client_id = producer->client_id};
    char text[200];
    rd_kafka_conf_t *conf =
        kafka_conf_new(&config, settings, sizeof settings / sizeof settings[0], err);
    if (conf == NULL) {
        return false;
    }
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS |
                                       RD_KAFKA_EVENT_LOG);
    producer->client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (producer->client == NULL) {
        rd_kafka_conf_destroy(conf);
        return error_set(err, ERR_FATAL, "kafka_producer", "%s", text);
    }
    rd_kafka_set_log_queue(producer->client, NULL);
    producer->queue = rd_kafka_queue_get_main(producer->client);
    producer->state = RUNNING;
    kafka_wake_watch(&producer->wake, producer->queue);
    return true;
}

/* Begins the replacement of the client. */
static void producer_restart(struct kafka_producer *producer, const char *reason)
{
    if (producer->state != RUNNING) {
        return;
    }
    producer->state = DRAINING;
    producer->connected = false;
    metrics_add(producer->restart_counter, 1);
    log_warn("kafka_producer_replaced", log_text("reason", reason),
             log_int("waiting", (int64_t)producer->flying));
    rd_kafka_purge(producer->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                         RD_KAFKA_PURGE_F_NON_BLOCKING);
    kafka_wake_now(&producer->wake);
}

/* With a new client: everything that waited, in the order in which it first came. */
static void producer_resend(struct kafka_producer *producer)
{
    size_t done = 0;
    if (producer->parked_count > 0) {
        qsort(producer->parked, producer->parked_count, sizeof(struct parked *), parked_compare);
    }
    for (; done < producer->parked_count && producer->state == RUNNING; done++) {
        struct parked *parked = producer->parked[done];
        rd_kafka_resp_err_t code = producer_send(producer, &parked->message, parked->record);
        if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
            break; /* goes on when deliveries made room */
        }
        if (code == RD_KAFKA_RESP_ERR__FATAL) {
            producer_restart(producer, rd_kafka_err2str(code));
            break;
        }
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            record_refuse(producer, parked->record, code);
        }
        parked_free(parked);
    }
    producer->parked_count -= done;
    if (done > 0) {
        memmove(producer->parked, producer->parked + done,
                producer->parked_count * sizeof(struct parked *));
    }
}

/* ---- events ---- */

/* True for answers that will not change by asking again. */
static bool is_final(rd_kafka_resp_err_t code)
{
    switch (code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
        return true;
    default:
        return false;
    }
}

static void on_reports(struct kafka_producer *producer, rd_kafka_event_t *event)
{
    const rd_kafka_message_t *report;
    while (!producer->closing && (report = rd_kafka_event_message_next(event)) != NULL) {
        producer->flying--;
        if (is_final(report->err)) {
            producer->connected = producer->state == RUNNING;
            record_end(producer, report->_private, report->err);
        } else {
            park_report(producer, report);
            producer_restart(producer, rd_kafka_err2str(report->err));
        }
    }
}

static void on_error(struct kafka_producer *producer, rd_kafka_event_t *event)
{
    if (rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
        producer->connected = false;
    }
    kafka_log_error_event(event);
    if (rd_kafka_event_error_is_fatal(event)) {
        producer_restart(producer, rd_kafka_event_error_string(event));
    }
}

static void on_event(struct kafka_producer *producer, rd_kafka_event_t *event)
{
    switch (rd_kafka_event_type(event)) {
    case RD_KAFKA_EVENT_DR:
        on_reports(producer, event);
        break;
    case RD_KAFKA_EVENT_ERROR:
        on_error(producer, event);
        break;
    case RD_KAFKA_EVENT_STATS:
        producer->connected = producer->state == RUNNING &&
                              strstr(rd_kafka_event_stats(event), "\"state\":\"UP\"") != NULL;
        break;
    case RD_KAFKA_EVENT_LOG:
        kafka_log_event(event);
        break;
    }
}

static void producer_serve(struct kafka_producer *producer)
{
    size_t served = 0;
    rd_kafka_event_t *event;
    while (!producer->closing && served < EVENTS_MAX &&
           (event = rd_kafka_queue_poll(producer->queue, 0)) != NULL) {
        on_event(producer, event);
        rd_kafka_event_destroy(event);
        served++;
    }
    if (served == EVENTS_MAX) {
        kafka_wake_now(&producer->wake);
    }
}

static void on_wake(void *arg)
{
    struct kafka_producer *producer = arg;
    struct error err = {0};
    producer->serving = true;
    report_refused(producer);
    if (producer->state == RUNNING || producer->state == DRAINING) {
        producer_serve(producer);
    } else if (producer->state == WAITING && !producer_start(producer, &err)) {
        log_warn_error("kafka_producer_not_replaced", &err); /* again at the next tick */
    }
    if (producer->state == DRAINING && producer->flying == 0 && !producer->closing) {
        producer_end_client(producer);
    }
    if (producer->state == RUNNING && producer->parked_count > 0 && !producer->closing) {
        producer_resend(producer);
    }
    metrics_set(producer->waiting_gauge, (double)kafka_producer_waiting(producer));
    producer->serving = false;
    if (producer->closing) {
        producer_shut(producer);
    }
}

/* ---- the end of a client, and of the producer ---- */

/* The wake's handles and the client end in any order; the last one frees. */
static void on_part_closed(void *arg)
{
    struct kafka_producer *producer = arg;
    if (--producer->parts_open > 0) {
        return;
    }
    for (size_t i = 0; i < producer->parked_count; i++) {
        parked_free(producer->parked[i]);
    }
    while (producer->blocks != NULL) {
        struct record_block *block = producer->blocks;
        producer->blocks = block->next;
        free(block);
    }
    free(producer->parked);
    free(producer->brokers);
    free(producer->properties);
    free(producer->client_id);
    free(producer);
}

/* Joins librdkafka's threads: not for the loop's thread. */
static void destroy_client(uv_work_t *work)
{
    struct kafka_producer *producer = work->data;
    rd_kafka_destroy(producer->client);
}

static void on_client_destroyed(uv_work_t *work, int status)
{
    struct kafka_producer *producer = work->data;
    (void)status;
    producer->client = NULL;
    producer->state = WAITING;
    if (producer->closing) {
        on_part_closed(producer);
    }
}

static void producer_end_client(struct kafka_producer *producer)
{
    producer->state = ENDING;
    kafka_wake_ignore(producer->queue);
    rd_kafka_queue_destroy(producer->queue);
    producer->queue = NULL;
    uv_queue_work(producer->loop, &producer->work, destroy_client, on_client_destroyed);
}

static void producer_shut(struct kafka_producer *producer)
{
    producer->parts_open = producer->state == WAITING ? 1 : 2;
    if (producer->state == RUNNING || producer->state == DRAINING) {
        rd_kafka_purge(producer->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                             RD_KAFKA_PURGE_F_NON_BLOCKING);
        producer_end_client(producer);
    }
    kafka_wake_close(&producer->wake, on_part_closed);
}

void kafka_producer_close(struct kafka_producer *producer)
{
    if (producer == NULL) {
        return;
    }
    assert(!producer->closing);
    producer->closing = true;
    if (!producer->serving) { /* else at the end of on_wake */
        producer_shut(producer);
    }
}

/* ---- the interface ---- */

bool kafka_producer_open(struct kafka_producer **producer, uv_loop_t *loop,
                         const struct kafka_config *config, struct metrics *metrics,
                         kafka_on_delivered *on_delivered, void *arg, struct error *err)
{
    struct kafka_producer *opened = memory_zero(1, sizeof *opened);
    opened->loop = loop;
    opened->work.data = opened;
    opened->on_delivered = on_delivered;
    opened->arg = arg;
    opened->brokers = memory_text(config->brokers);
    opened->properties = memory_text(config->properties);
    opened->client_id = memory_text(config->client_id);
    opened->refused_end = &opened->refused;
    opened->delivered_counter =
        metrics_counter(metrics, "kafka_producer_messages_total", "Messages by their fate.",
                        (const char *const[]){"result=delivered", NULL});
    opened->failed_counter =
        metrics_counter(metrics, "kafka_producer_messages_total", "Messages by their fate.",
                        (const char *const[]){"result=refused", NULL});
    opened->restart_counter = metrics_counter(metrics, "kafka_producer_restarts_total",
                                              "Clients that were replaced after an error.", NULL);
    opened->waiting_gauge = metrics_gauge(metrics, "kafka_producer_waiting_messages",
                                          "Messages without an answer yet.", NULL);
    kafka_wake_open(&opened->wake, loop, on_wake, opened);
    if (!producer_start(opened, err)) {
        opened->state = WAITING;
        kafka_producer_close(opened);
        return false;
    }
    *producer = opened;
    return true;
}

bool kafka_produce(struct kafka_producer *producer, const struct kafka_message_out *message,
                   struct error *err)
{
    assert(!producer->closing);
    if (kafka_producer_waiting(producer) >= WAITING_MAX) {
        return error_set(err, ERR_BUSY, "kafka_queue_full", "too many messages wait for Kafka");
    }
    struct record *record = record_take(producer, message->opaque);
    if (producer->state != RUNNING || producer->parked_count > 0) {
        park(producer, message, record); /* behind those that wait already */
        return true;
    }
    rd_kafka_resp_err_t code = producer_send(producer, message, record);
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        record_give_back(producer, record);
        return error_set(err, ERR_BUSY, "kafka_queue_full", "too many bytes wait for Kafka");
    }
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
        park(producer, message, record);
        producer_restart(producer, rd_kafka_err2str(code));
    } else if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        record_refuse(producer, record, code);
    }
    return true;
}

size_t kafka_producer_waiting(const struct kafka_producer *producer)
{
    return producer->flying + producer->parked_count + producer->refused_count;
}

bool kafka_producer_is_connected(const struct kafka_producer *producer)
{
    return producer->connected;
}

rd_kafka_t *kafka_producer_client(struct kafka_producer *producer)
{
    return producer->client;
}
