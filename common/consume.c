/* SPDX-License-Identifier: Apache-2.0 */
/* Life, ticks, and the lines in which messages wait. */
#include "common/consume.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/consume_private.h"
#include "common/log.h"

enum { COMMIT_US = 1000 * 1000, LINE_START = 64 };

static void on_tick(uv_timer_t *tick);
static void on_starter(uv_idle_t *starter);

/* ---- lines ---- */

struct kafka_message *consume_line_at(const struct consume_line *line, size_t index)
{
    return line->messages[(line->first + index) & (line->capacity - 1)];
}

static void line_grow(struct consume_line *line)
{
    size_t capacity = line->capacity == 0 ? LINE_START : line->capacity * 2;
    struct kafka_message **messages = memory_zero(capacity, sizeof(struct kafka_message *));

    for (size_t i = 0; i < line->count; i++) {
        messages[i] = consume_line_at(line, i);
    }
    free(line->messages);
    line->messages = messages;
    line->capacity = capacity;
    line->first = 0;
}

static size_t message_bytes(const struct kafka_message *message)
{
    return sizeof *message + message->key_size + message->value_size;
}

static void set_paused(struct consume_line *line, bool paused)
{
    struct consume_line *first = line - line->lane;
    for (size_t i = 0; i < line->lanes; i++) {
        first[i].paused = paused;
    }
}

static void line_push(struct consume_line *line, struct kafka_message *message)
{
    if (line->count == line->capacity) {
        line_grow(line);
    }
    line->messages[(line->first + line->count++) & (line->capacity - 1)] = message;
    line->bytes += message_bytes(message);
    if (!line->paused && (line->count >= CONSUME_LINE_BATCHES * line->batch_max ||
                          line->bytes >= CONSUME_LINE_BYTES)) {
        set_paused(line, true);
        kafka_consumer_pause(line->consume->consumer, line->topic);
    }
}

static bool is_low(const struct consume_line *line)
{
    return line->count < CONSUME_LINE_BATCHES * line->batch_max / 2 &&
           line->bytes < CONSUME_LINE_BYTES / 2;
}

/* The lanes of a topic lie side by side. */
static void line_resume(struct consume_line *line)
{
    const struct consume_line *first = line - line->lane;
    bool low = line->paused && !line->consume->closing;

    for (size_t i = 0; i < line->lanes; i++) {
        low = low && is_low(&first[i]);
    }
    if (low) {
        set_paused(line, false);
        kafka_consumer_resume(line->consume->consumer, line->topic);
    }
}

void consume_line_pop(struct consume_line *line, size_t count)
{
    assert(count <= line->count);
    for (size_t i = 0; i < count; i++) {
        struct kafka_message *message = consume_line_at(line, 0);
        line->bytes -= message_bytes(message);
        line->first = (line->first + 1) & (line->capacity - 1);
        line->count--;
        kafka_message_free(message);
    }
    line_resume(line);
}

void consume_line_filter(struct consume_line *line, size_t keep, bool all)
{
    size_t kept = keep < line->count ? keep : line->count;
    for (size_t i = kept; i < line->count; i++) {
        struct kafka_message *message = consume_line_at(line, i);
        if (all || !consume_partition_of(line, message->partition)->assigned) {
            line->bytes -= message_bytes(message);
            kafka_message_free(message);
        } else {
            line->messages[(line->first + kept++) & (line->capacity - 1)] = message;
        }
    }
    line->count = kept;
    line_resume(line);
}

struct consume_partition *consume_partition_of(struct consume_line *line, int32_t partition)
{
    size_t need = (size_t)partition + 1;
    assert(partition >= 0);
    if (need > line->partition_count) {
        line->partitions = memory_grow(line->partitions, need, sizeof(struct consume_partition));
        for (size_t i = line->partition_count; i < need; i++) {
            line->partitions[i] = (struct consume_partition){.position = -1, .end = INT64_MAX};
        }
        line->partition_count = need;
    }
    return &line->partitions[partition];
}

struct consume_line *consume_line_of(struct consume *consume, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < consume->line_count; i += consume->lines[i].lanes) {
        struct consume_line *first = &consume->lines[i];
        if (first->topic == topic || strcmp(first->topic, topic) == 0) {
            return partition < 0 ? first : &first[(size_t)partition % first->lanes];
        }
    }
    return NULL;
}

static void on_message(struct kafka_message *message, void *arg)
{
    struct consume *consume = arg;
    struct consume_line *line = consume_line_of(consume, message->topic, message->partition);
    struct consume_partition *partition =
        line == NULL ? NULL : consume_partition_of(line, message->partition);

    if (partition == NULL || !partition->assigned || consume->reload || consume->reading ||
        message->offset < partition->wanted) {
        kafka_message_free(message);
        return;
    }
    if (message->offset >= partition->end) {
        partition->passed = true;
        kafka_message_free(message);
        return;
    }
    partition->wanted = message->offset + 1;
    line_push(line, message);
    consume_kick(consume);
}

/* ---- ticks ---- */

void consume_kick(struct consume *consume)
{
    if (!consume->closing) {
        uv_idle_start(&consume->starter, on_starter);
    }
}

bool consume_is_idle(const struct consume *consume)
{
    for (size_t i = 0; i < consume->line_count; i++) {
        if (consume->lines[i].batch != NULL) {
            return false;
        }
    }
    return true;
}

static void on_wake(uv_timer_t *wake)
{
    consume_kick(wake->data);
}

/* When what is in line may be taken. */
static uint64_t line_start_us(const struct consume_line *line)
{
    bool full = line->count >= line->batch_max;
    return full || line->held_until_us < line->not_before_us ? line->not_before_us
                                                             : line->held_until_us;
}

/* Runs once per turn of the loop after something has changed, so that all messages of a turn go
 * together. */
static void on_starter(uv_idle_t *starter)
{
    struct consume *consume = starter->data;

    uv_idle_stop(starter);
    consume_reload_step(consume);
    if (consume->reload || consume->reading || consume->closing) {
        return;
    }
    uint64_t now_us = clock_monotonic_us(), wake_us = 0;
    for (size_t i = 0; i < consume->line_count; i++) {
        struct consume_line *line = &consume->lines[i];
        if (line->batch != NULL || line->count == 0) {
            continue;
        }
        uint64_t start_us = line_start_us(line);
        if (now_us >= start_us) {
            consume_batch_start(line);
        } else if (wake_us == 0 || start_us < wake_us) {
            wake_us = start_us;
        }
    }
    if (wake_us > 0) {
        uv_timer_start(&consume->wake, on_wake, (wake_us - now_us + 999) / 1000, 0);
    }
}

/* For tools that show lag; nobody reads it back. */
static void commit_positions(struct consume *consume)
{
    for (size_t i = 0; i < consume->line_count; i++) {
        struct consume_line *line = &consume->lines[i];
        for (size_t j = 0; j < line->partition_count; j++) {
            struct consume_partition *partition = &line->partitions[j];
            if (partition->assigned && partition->commit_due && partition->position >= 0) {
                struct kafka_partition at = {line->topic, (int32_t)j, partition->position};
                kafka_consumer_commit(consume->consumer, &at, 1);
                partition->commit_due = false;
            }
        }
    }
}

static void on_tick(uv_timer_t *tick)
{
    struct consume *consume = tick->data;
    uint64_t now_us = clock_monotonic_us();

    for (size_t i = 0; i < consume->line_count; i++) {
        struct consume_batch *batch = consume->lines[i].batch;
        if (batch != NULL && batch->checking && !batch->check_under_way) {
            consume_batch_check(batch);
        }
    }
    if (consume->closing) {
        consume_close_step(consume);
        return;
    }
    consume_watch_positions(consume, now_us);
    consume_follow_past(consume);
    if (now_us - consume->commit_us >= COMMIT_US) {
        consume->commit_us = now_us;
        commit_positions(consume);
    }
    consume_kick(consume);
}

/* ---- life ---- */

static size_t lanes_of(const struct consume_topic *topic)
{
    return topic->lanes == 0 ? 1 : topic->lanes;
}

static void line_init(struct consume_line *line, struct consume *consume,
                      const struct consume_topic *topic, size_t lane, struct metrics *metrics)
{
    char label[160];
    const char *const labels[] = {label, NULL};

    snprintf(label, sizeof label, "topic=%s", topic->topic);
    line->topic = topic->topic;
    line->handler = topic->handler;
    line->batch_max = topic->batch_max;
    line->limit = topic->batch_max;
    line->hold_us = (uint64_t)topic->hold_ms * 1000;
    line->lane = lane;
    line->lanes = lanes_of(topic);
    line->consume = consume;
    line->messages_total =
        metrics_counter(metrics, "consume_messages_total", "messages applied", labels);
    line->letters_total =
        metrics_counter(metrics, "consume_dead_letters_total", "messages not taken", labels);
    line->batches_total =
        metrics_counter(metrics, "consume_batches_total", "transactions committed", labels);
}

static void consume_free(struct consume *consume)
{
    for (size_t i = 0; i < consume->line_count; i++) {
        free(consume->lines[i].messages);
        free(consume->lines[i].partitions);
    }
    free(consume->lines);
    free(consume->group);
    free(consume);
}

static bool open_consumer(struct consume *consume, uv_loop_t *loop,
                          const struct kafka_config *kafka, struct metrics *metrics,
                          struct error *err)
{
    struct kafka_consumer_events events = {.on_message = on_message};
    const char **topics = memory_zero(consume->line_count, sizeof *topics);
    size_t count = 0;

    for (size_t i = 0; i < consume->line_count; i += consume->lines[i].lanes) {
        topics[count++] = consume->lines[i].topic;
    }
    consume_assign_events(&events);
    bool opened = kafka_consumer_open(&consume->consumer, loop, kafka, consume->group, topics,
                                      count, metrics, &events, consume, err);
    free(topics);
    return opened;
}

static void open_lines(struct consume *consume, const struct consume_config *config,
                       struct metrics *metrics)
{
    size_t count = 0;
    for (size_t i = 0; i < config->topic_count; i++) {
        count += lanes_of(&config->topics[i]);
    }
    consume->lines = memory_zero(count, sizeof *consume->lines);
    for (size_t i = 0; i < config->topic_count; i++) {
        for (size_t lane = 0; lane < lanes_of(&config->topics[i]); lane++) {
            line_init(&consume->lines[consume->line_count++], consume, &config->topics[i], lane,
                      metrics);
        }
    }
}

struct consume *consume_new(uv_loop_t *loop, struct pg *pg, struct outbox *outbox,
                            const struct kafka_config *kafka, const struct consume_config *config,
                            struct metrics *metrics, struct error *err)
{
    struct consume *consume = memory_zero(1, sizeof *consume);

    consume->pg = pg;
    consume->outbox = outbox;
    consume->group = memory_text(config->group);
    consume->state = config->state;
    consume->rereads = config->rereads;
    open_lines(consume, config, metrics);
    consume->alarms_gauge =
        metrics_gauge(metrics, "consume_alarms", "partitions that wait for an operator", NULL);
    if (!open_consumer(consume, loop, kafka, metrics, err)) {
        consume_free(consume);
        return NULL;
    }
    uv_timer_init(loop, &consume->tick);
    uv_idle_init(loop, &consume->starter);
    uv_timer_init(loop, &consume->wake);
    consume->tick.data = consume;
    consume->starter.data = consume;
    consume->wake.data = consume;
    consume->parts_open = 4;
    uv_timer_start(&consume->tick, on_tick, CONSUME_TICK_MS, CONSUME_TICK_MS);
    return consume;
}

static void on_part_closed(void *arg)
{
    struct consume *consume = arg;
    consume_on_closed *on_closed = consume->on_closed;
    void *closed_arg = consume->closed_arg;

    if (--consume->parts_open == 0) {
        consume_free(consume);
        on_closed(closed_arg);
    }
}

static void on_handle_closed(uv_handle_t *handle)
{
    on_part_closed(handle->data);
}

void consume_close_step(struct consume *consume)
{
    if (!consume_is_idle(consume) || consume->reading || consume->watching ||
        uv_is_closing((uv_handle_t *)&consume->tick)) {
        return;
    }
    commit_positions(consume);
    for (size_t i = 0; i < consume->line_count; i++) {
        consume_line_filter(&consume->lines[i], 0, true);
    }
    kafka_consumer_close(consume->consumer, on_part_closed, consume);
    uv_close((uv_handle_t *)&consume->tick, on_handle_closed);
    uv_close((uv_handle_t *)&consume->starter, on_handle_closed);
    uv_close((uv_handle_t *)&consume->wake, on_handle_closed);
}

void consume_close(struct consume *consume, consume_on_closed *on_closed, void *arg)
{
    consume->closing = true;
    consume->on_closed = on_closed;
    consume->closed_arg = arg;
    uv_idle_stop(&consume->starter);
    consume_close_step(consume);
}

bool consume_is_ready(const struct consume *consume)
{
    bool ready = consume->assigned_once && !consume->dead;
    for (size_t i = 0; i < consume->line_count; i++) {
        for (size_t j = 0; j < consume->lines[i].partition_count; j++) {
            const struct consume_partition *partition = &consume->lines[i].partitions[j];
            ready = ready && (!partition->assigned || partition->alarm == ALARM_NONE);
        }
    }
    return ready;
}
