/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions come, go and change hands: where to start is read from the database each time. */
#include <string.h>

#include "common/clock.h"
#include "common/consume_private.h"
#include "common/log.h"

enum { WATCH_US = 2 * 1000 * 1000 };

/* A new partition begins at the beginning. One of which nothing was read belongs to no cluster. */
static const struct pg_statement enter_statement = {
    "consume_enter",
    "INSERT INTO consumer_position (consumer, topic, partition, next_offset, cluster_id) "
    "SELECT $1::text, a.topic, a.partition, -1, $4::text "
    "FROM unnest($2::text[], $3::integer[]) AS a (topic, partition) "
    "ORDER BY a.topic, a.partition "
    "ON CONFLICT (consumer, topic, partition) DO UPDATE SET cluster_id = excluded.cluster_id "
    "WHERE consumer_position.next_offset = -1 "
    "AND consumer_position.cluster_id <> excluded.cluster_id"};

const struct pg_statement consume_positions_statement = {
    "consume_positions", "SELECT topic, partition, next_offset, cluster_id FROM consumer_position "
                         "WHERE consumer = $1::text"};

/* ---- reading ---- */

static void raise_alarm(struct consume_line *line, int32_t partition, enum partition_alarm alarm,
                        const char *code, const char *detail)
{
    struct consume_partition *held = consume_partition_of(line, partition);
    if (held->alarm == alarm) {
        return;
    }
    held->alarm = alarm;
    log_error(code, log_text("topic", line->topic), log_int("partition", partition),
              log_int("position", held->position), log_text("detail", detail),
              log_text("do", "see the verb: position accept"));
}

static void take_position(struct consume *consume, const struct pg_tx *tx, size_t row,
                          const char *cluster_id)
{
    int32_t number = pg_value_int4(tx, 1, row, 1);
    struct consume_line *line = consume_line_of(consume, pg_value_text(tx, 1, row, 0), number);
    struct consume_partition *partition;

    if (line == NULL || number < 0 || (size_t)number >= line->partition_count) {
        return; /* of another replica, or of a topic that is not read any more */
    }
    partition = &line->partitions[number];
    partition->position = pg_value_int8(tx, 1, row, 2);
    partition->wanted = partition->position;
    if (!partition->assigned) {
        return;
    }
    if (strcmp(pg_value_text(tx, 1, row, 3), cluster_id) == 0) {
        partition->alarm = ALARM_NONE;
    } else {
        raise_alarm(line, number, ALARM_CLUSTER, "kafka_cluster_replaced",
                    "the position belongs to another cluster");
    }
}

/* Tells librdkafka where to read: what has an alarm is left out. */
static void assign(struct consume *consume)
{
    struct arena arena;
    size_t room = 0, count = 0, alarms = 0;

    arena_init(&arena);
    for (size_t i = 0; i < consume->line_count; i++) {
        room += consume->lines[i].partition_count;
    }
    struct kafka_partition *list = arena_array(&arena, room, sizeof *list);
    for (size_t i = 0; i < consume->line_count; i++) {
        const struct consume_line *line = &consume->lines[i];
        for (size_t j = 0; j < line->partition_count; j++) {
            const struct consume_partition *partition = &line->partitions[j];
            alarms += partition->assigned && partition->alarm != ALARM_NONE;
            if (partition->assigned && partition->alarm == ALARM_NONE) {
                list[count++] =
                    (struct kafka_partition){line->topic, (int32_t)j, partition->position};
            }
        }
    }
    kafka_consumer_assign(consume->consumer, list, count);
    metrics_set(consume->alarms_gauge, (double)alarms);
    log_info("consume_assigned", log_int("partitions", (int64_t)count),
             log_int("alarms", (int64_t)alarms));
    arena_finish(&arena);
    consume->assigned_once = true;
}

static void on_positions(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct consume *consume = arg;

    consume->reading = false;
    if (outcome != PG_COMMITTED) {
        struct error err = {0};
        pg_tx_error(tx, outcome, &err);
        log_warn_error("consume_positions_unread", &err);
        consume->reload = true;    /* again with the next tick */
    } else if (!consume->reload) { /* else the assignment has changed meanwhile */
        const char *cluster_id = kafka_consumer_cluster_id(consume->consumer);
        for (size_t row = 0; row < pg_rows(tx, 1); row++) {
            take_position(consume, tx, row, cluster_id);
        }
        if (!consume->closing) {
            assign(consume);
        }
    }
    if (consume->closing) {
        consume_close_step(consume);
    }
}

static void read_positions(struct consume *consume)
{
    struct pg_tx *tx = pg_tx_new(consume->pg);
    struct pg_array topics, partitions;

    pg_array_init(&topics, PG_TEXT);
    pg_array_init(&partitions, PG_INT4);
    for (size_t i = 0; i < consume->line_count; i++) {
        const struct consume_line *line = &consume->lines[i];
        for (size_t j = 0; j < line->partition_count; j++) {
            if (line->partitions[j].assigned) {
                pg_array_text(&topics, line->topic);
                pg_array_int4(&partitions, (int32_t)j);
            }
        }
    }
    pg_tx_add(tx, &enter_statement);
    pg_tx_text(tx, consume->group);
    pg_tx_array(tx, &topics);
    pg_tx_array(tx, &partitions);
    pg_tx_text(tx, kafka_consumer_cluster_id(consume->consumer));
    pg_tx_add(tx, &consume_positions_statement);
    pg_tx_text(tx, consume->group);
    pg_array_finish(&topics);
    pg_array_finish(&partitions);
    consume->reading = true;
    pg_tx_send(tx, on_positions, consume);
}

void consume_reload(struct consume *consume)
{
    consume->reload = true;
    for (size_t i = 0; i < consume->line_count; i++) {
        struct consume_line *line = &consume->lines[i];
        consume_line_filter(line, line->batch == NULL ? 0 : line->batch->count, true);
    }
    consume_kick(consume);
}

void consume_reload_step(struct consume *consume)
{
    if (!consume->reload || consume->reading || consume->closing || !consume_is_idle(consume) ||
        kafka_consumer_cluster_id(consume->consumer)[0] == '\0') {
        return;
    }
    for (size_t i = 0; i < consume->line_count; i++) {
        consume_line_filter(&consume->lines[i], 0, true);
    }
    consume->reload = false;
    read_positions(consume);
}

/* ---- the past ---- */

/* Once Kafka has handed over all that there was, what is in line then is the past. */
static bool has_applied_past(const struct consume *consume, const struct consume_line *line,
                             int32_t number)
{
    struct consume_partition *partition = &line->partitions[number];

    if (!partition->past_known &&
        kafka_consumer_reached_end(consume->consumer, line->topic, number)) {
        partition->past_known = true;
        partition->past_end = partition->wanted;
    }
    return partition->past_known && partition->position >= partition->past_end;
}

void consume_follow_past(struct consume *consume)
{
    bool reached = consume->assigned_once && !consume->reload && !consume->reading;

    for (size_t i = 0; i < consume->line_count && !consume->caught_up; i++) {
        const struct consume_line *line = &consume->lines[i];
        for (size_t j = 0; j < line->partition_count; j++) {
            if (line->partitions[j].assigned) {
                reached = has_applied_past(consume, line, (int32_t)j) && reached;
            }
        }
    }
    consume->caught_up = consume->caught_up || reached;
}

bool consume_has_caught_up(const struct consume *consume)
{
    return consume->caught_up;
}

/* ---- ends ---- */

void consume_read_until(struct consume *consume, const struct consume_end *ends, size_t count)
{
    for (size_t i = 0; i < consume->line_count; i++) {
        for (size_t j = 0; j < consume->lines[i].partition_count; j++) {
            consume->lines[i].partitions[j].end = INT64_MAX;
            consume->lines[i].partitions[j].passed = false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct consume_line *line = consume_line_of(consume, ends[i].topic, ends[i].partition);
        if (line != NULL) {
            consume_partition_of(line, ends[i].partition)->end = ends[i].offset;
        }
    }
    consume_reload(consume); /* what was left is fetched again */
}

/* Messages just before an end may be gone from the log: then the next one, or the log's end, tells
 * that nothing more comes. */
static bool has_reached_end(const struct consume *consume, const struct consume_line *line,
                            int32_t number)
{
    const struct consume_partition *partition = &line->partitions[number];
    bool seen =
        partition->passed || kafka_consumer_reached_end(consume->consumer, line->topic, number);
    return partition->position >= partition->end ||
           (seen && partition->assigned && partition->position == partition->wanted);
}

bool consume_has_reached_ends(const struct consume *consume)
{
    bool reached = consume->assigned_once && !consume->reload && !consume->reading;
    for (size_t i = 0; i < consume->line_count && reached; i++) {
        const struct consume_line *line = &consume->lines[i];
        for (size_t j = 0; j < line->partition_count && reached; j++) {
            reached =
                line->partitions[j].end == INT64_MAX || has_reached_end(consume, line, (int32_t)j);
        }
    }
    return reached;
}

/* ---- what Kafka tells ---- */

static void on_assigned(const struct kafka_partition *partitions, size_t count, void *arg)
{
    struct consume *consume = arg;
    for (size_t i = 0; i < count; i++) {
        struct consume_line *line =
            consume_line_of(consume, partitions[i].topic, partitions[i].partition);
        consume_partition_of(line, partitions[i].partition)->assigned = true;
    }
    consume_reload(consume);
}

static void on_revoked(const struct kafka_partition *partitions, size_t count, void *arg)
{
    struct consume *consume = arg;
    for (size_t i = 0; i < count; i++) {
        struct consume_line *line =
            consume_line_of(consume, partitions[i].topic, partitions[i].partition);
        struct consume_partition *partition = consume_partition_of(line, partitions[i].partition);
        partition->assigned = false;
        partition->alarm = ALARM_NONE;
    }
    for (size_t i = 0; i < consume->line_count; i++) {
        struct consume_line *line = &consume->lines[i];
        consume_line_filter(line, line->batch == NULL ? 0 : line->batch->count, false);
    }
}

static void on_alarm(const struct error *err, const char *topic, int32_t partition, void *arg)
{
    struct consume *consume = arg;
    struct consume_line *line = topic == NULL ? NULL : consume_line_of(consume, topic, partition);

    if (line == NULL) {
        consume->dead = true;
        log_error_error("consumer_dead", err, log_text("do", "check that INSTANCE is unique"));
        return;
    }
    raise_alarm(line, partition, ALARM_OFFSET, "position_not_in_log", err->text);
    metrics_set(consume->alarms_gauge, 1);
}

void consume_assign_events(struct kafka_consumer_events *events)
{
    events->on_assigned = on_assigned;
    events->on_revoked = on_revoked;
    events->on_alarm = on_alarm;
}

/* ---- has an operator acted? ---- */

/* Sent back by another hand, to read again: nothing of ours was under way meanwhile. */
static bool is_sent_back(const struct consume_line *line, const struct consume_partition *partition,
                         int64_t position)
{
    return line->batch == NULL && partition->position == partition->watched &&
           position < partition->position;
}

static bool is_accepted(const struct consume_partition *partition, int64_t position,
                        const char *stored_id, const char *cluster_id)
{
    bool ours = strcmp(stored_id, cluster_id) == 0;
    return partition->alarm == ALARM_CLUSTER ? ours : ours && position != partition->position;
}

static void on_watched(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct consume *consume = arg;
    const char *cluster_id = kafka_consumer_cluster_id(consume->consumer);
    bool accepted = false;

    consume->watching = false;
    for (size_t row = 0; outcome == PG_COMMITTED && row < pg_rows(tx, 0); row++) {
        int32_t number = pg_value_int4(tx, 0, row, 1);
        struct consume_line *line = consume_line_of(consume, pg_value_text(tx, 0, row, 0), number);
        if (line == NULL || number < 0 || (size_t)number >= line->partition_count) {
            continue;
        }
        const struct consume_partition *partition = &line->partitions[number];
        int64_t position = pg_value_int8(tx, 0, row, 2);
        bool moved =
            partition->alarm == ALARM_NONE
                ? is_sent_back(line, partition, position)
                : is_accepted(partition, position, pg_value_text(tx, 0, row, 3), cluster_id);
        accepted = accepted || (partition->assigned && moved);
    }
    if (consume->closing) {
        consume_close_step(consume);
    } else if (accepted && !consume->reload && !consume->reading) {
        log_info("position_accepted");
        consume_reload(consume);
    }
}

void consume_watch_positions(struct consume *consume, uint64_t now_us)
{
    if (consume->watching || now_us - consume->watch_us < WATCH_US || consume->reload ||
        consume->reading || !consume->assigned_once) {
        return;
    }
    for (size_t i = 0; i < consume->line_count; i++) {
        for (size_t j = 0; j < consume->lines[i].partition_count; j++) {
            struct consume_partition *partition = &consume->lines[i].partitions[j];
            partition->watched = partition->position;
        }
    }
    consume->watch_us = now_us;
    consume->watching = true;
    struct pg_tx *tx = pg_tx_new(consume->pg);
    pg_tx_set_read_only(tx);
    pg_tx_add(tx, &consume_positions_statement);
    pg_tx_text(tx, consume->group);
    pg_tx_send(tx, on_watched, consume);
}
