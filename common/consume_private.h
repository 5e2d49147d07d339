/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of consume: shared by consume.c (life, ticks, messages), consume_assign.c (partitions and
 * their positions) and consume_batch.c (one batch from building to its end).
 *
 * Messages wait in one line per topic and lane. A batch covers the first `count` of the line and
 * leaves them there until it has committed: whatever happens to it, they can be taken again. */
#ifndef COMMON_CONSUME_PRIVATE_H
#define COMMON_CONSUME_PRIVATE_H

#include "common/consume.h"
#include "common/dead_letter.h"

enum {
    CONSUME_TICK_MS = 100,
    CONSUME_LINE_BATCHES = 10,    /* a topic is paused past this many batches … */
    CONSUME_LINE_BYTES = 32 << 20 /* … or bytes */
};

enum partition_alarm {
    ALARM_NONE,
    ALARM_CLUSTER, /* the position belongs to another broker's log */
    ALARM_OFFSET   /* the position is not in the log */
};

struct consume_partition {
    bool assigned;
    enum partition_alarm alarm;
    int64_t position; /* as in the database */
    int64_t wanted;   /* the next message of the line; earlier ones are dropped */
    int64_t end;      /* messages from here on are left; INT64_MAX: none */
    bool passed;      /* one that was left has been seen */
    int64_t watched;  /* position when the rows were last looked at */
    bool past_known;  /* what was in the log at the start is known to end at … */
    int64_t past_end;
    bool commit_due; /* Kafka's own note of the position is old */
};

struct consume_line {
    const char *topic;
    size_t lane, lanes; /* which of the topic's partitions: number % lanes == lane */
    consume_handler *handler;
    size_t batch_max;
    struct consume *consume;

    struct kafka_message **messages; /* ring */
    size_t first, count, capacity;
    size_t bytes;
    bool paused;                          /* the topic, with all its lanes */
    struct consume_partition *partitions; /* by number; those of other lanes stay unused */
    size_t partition_count;

    struct consume_batch *batch; /* in flight */
    size_t limit;                /* of the next batch; halved when one is refused */
    char condemned_by[6];        /* SQLSTATE that refused this message alone; "": none */
    int32_t condemned_partition;
    int64_t condemned_offset;
    unsigned backoff_ms;
    uint64_t hold_us;
    uint64_t not_before_us; /* after a failure */
    uint64_t held_until_us; /* after a success; a full batch does not wait for it */
    struct metrics_counter *messages_total, *letters_total, *batches_total;
};

struct consume {
    uv_timer_t tick;
    uv_idle_t starter; /* runs while batches may be started */
    uv_timer_t wake;   /* when the first of the held lines may start */
    struct pg *pg;
    struct outbox *outbox;
    struct kafka_consumer *consumer;
    char *group;
    void *state;
    bool rereads;
    struct consume_line *lines;
    size_t line_count;

    bool assigned_once, dead;
    bool reload;   /* positions must be read before anything else */
    bool reading;  /* they are being read */
    bool watching; /* are rows moved by another hand? */
    bool caught_up;
    uint64_t watch_us, commit_us;
    struct metrics_gauge *alarms_gauge;

    bool closing;
    unsigned parts_open; /* the consumer and three handles of libuv */
    consume_on_closed *on_closed;
    void *closed_arg;
};

struct consume_batch {
    struct consume *consume;
    struct consume_line *line;
    struct arena arena;
    struct pg_tx *tx; /* NULL once sent */
    size_t count;     /* messages at the head of the line */
    bool ended;       /* by the handler */
    bool guarded;     /* the outbox's guard is in it */

    struct consume_message *messages; /* those that the handler sees */
    struct kafka_message **raw;       /* and as they came */
    size_t message_count;
    struct dead_letter *letters;
    size_t letter_count;

    struct outbox_item **staged; /* the handler's; NULL once settled */
    struct uuid *commands;
    size_t *statements; /* into which each was put; meaningless before */
    size_t staged_count, staged_room, put_count;
    struct outbox_item **staged_letters;

    /* the move of the positions, by partition */
    int32_t *partitions;
    int64_t *expected, *next;
    size_t move_count;

    bool checking; /* did it commit? */
    bool check_under_way;
    consume_on_committed *on_committed;
    void *context;
};

struct kafka_message *consume_line_at(const struct consume_line *line, size_t index);
void consume_line_pop(struct consume_line *line, size_t count);
/* Frees messages past the first `keep` whose partition is not assigned; all when `all`. */
void consume_line_filter(struct consume_line *line, size_t keep, bool all);
struct consume_partition *consume_partition_of(struct consume_line *line, int32_t partition);
/* NULL: not one of our topics. */
struct consume_line *consume_line_of(struct consume *consume, const char *topic, int32_t partition);

/* Starts batches where there is something to do, soon. */
void consume_kick(struct consume *consume);
bool consume_is_idle(const struct consume *consume); /* no batch in flight */
void consume_close_step(struct consume *consume);

/* Positions are read anew once no batch is in flight, and everything in line is dropped. */
void consume_reload(struct consume *consume);
void consume_reload_step(struct consume *consume);
void consume_watch_positions(struct consume *consume, uint64_t now_us);
void consume_follow_past(struct consume *consume); /* for consume_has_caught_up */
void consume_assign_events(struct kafka_consumer_events *events);

void consume_batch_start(struct consume_line *line);
/* Once there is something to say, before the statement that inserts it. */
void consume_batch_guard(struct consume_batch *batch);
void consume_batch_check(struct consume_batch *batch); /* after an unknown end */
extern const struct pg_statement consume_positions_statement;

#endif
