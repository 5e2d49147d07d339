/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the outbox: shared by outbox.c (lease, watermark, stop), outbox_publish.c (staging and
 * sending from memory) and outbox_recover.c (what the table knows).
 *
 * All unsettled items stand in one list, in order of seq. The watermark is what lies before its
 * head. Two ways lead to the producer:
 *
 *   from memory   the usual one. What is committed in one turn of the loop is sent at its end.
 *                 When much is said it is held a little, the longer the more, up to
 *                 OUTBOX_HOLD_MS: librdkafka makes a request for each partition, which costs the
 *                 broker more than the events in it. Items also stay in `line` while librdkafka is
 *                 full
 *   behind        too much waits: committed items past `cursor` are let go and counted in
 *                 `in_table`, and their rows are read back in order once there is room. Rows are
 *                 read only below the first item past the cursor that is not settled, so each row
 *                 in that range is to be sent, and none can appear there later. */
#ifndef COMMON_OUTBOX_PRIVATE_H
#define COMMON_OUTBOX_PRIVATE_H

#include "common/outbox.h"

enum {
    OUTBOX_TICK_MS = 200,
    OUTBOX_HOLD_MS = 8,            /* at most; also the window in which the pace is counted */
    OUTBOX_EVENTS_PER_HOLD_MS = 4, /* of a window: 500/s are held 1 ms, 4,000/s the most */
    OUTBOX_LEASE_S = 15,
    OUTBOX_RENEW_US = 3 * 1000 * 1000
};

enum outbox_item_state {
    ITEM_STAGED,  /* its transaction is not over */
    ITEM_DOUBT,   /* its transaction ended unknown: the table is to be asked */
    ITEM_ADOPTED, /* holds the numbers of rows that are being taken over */
    ITEM_LINE,    /* committed, waits for the producer */
    ITEM_SENT,    /* with the producer */
    ITEM_PARKED   /* refused by the broker for ever, being written down */
};

struct outbox_item {
    struct outbox_item *prev, *next; /* in order of seq */
    struct outbox_item *line_next;
    int64_t seq;
    enum outbox_item_state state;
    struct uuid event_id, command;
    bool has_event_id, has_key, has_value;
    uint32_t topic_size, key_size, headers_size, value_size;
    char bytes[]; /* topic with its NUL, key, packed headers, value */
};

struct outbox_parking;

struct outbox {
    uv_timer_t tick, flush; /* flush: sends what stands in line */
    struct pg *pg;
    struct kafka_producer *producer;
    char *service, *instance;
    size_t memory_max, backlog_max;
    unsigned retention_days;
    outbox_on_ready *on_ready;
    outbox_on_lost *on_lost;
    void *arg;

    /* lease */
    bool leased, leasing, keeping, lost;
    int32_t slot;
    int64_t epoch;
    int64_t stored;   /* watermark in the database */
    int64_t storing;  /* and in the statement under way */
    uint64_t kept_us; /* monotonic: when the lease was renewed last */
    uint64_t keep_sent_us;
    uint64_t steady_since_us; /* since when no renewal was late */

    /* items */
    struct outbox_item *head, *tail;
    struct outbox_item *line_head, *line_tail;
    int64_t next_seq;
    int64_t top_seq; /* highest seq that went towards the producer */
    size_t memory;   /* bytes of items in line or sent */
    size_t waiting;  /* and their number */
    bool blocked;    /* librdkafka was full: the next acknowledgement makes room */

    /* the pace of publishing: windows of OUTBOX_HOLD_MS */
    uint64_t hold_ms;
    uint64_t window_ms; /* when the running one began, loop time */
    size_t window_events;

    /* the table */
    bool behind, reading, read_failed, asking, adopting, adopt_doubt;
    int64_t cursor; /* rows up to here are in memory or settled */
    int64_t read_to;
    size_t in_table;
    struct outbox_item *adopted; /* holds the numbers of rows being adopted */
    struct outbox_parking *parkings;

    size_t transactions; /* under way */
    uint64_t trim_us, adopt_us;

    /* stop */
    bool closing, releasing, released;
    uint64_t close_by_us;
    outbox_on_closed *on_closed;
    void *closed_arg;

    struct arena scratch; /* of one event at a time */
    struct buffer packed; /* likewise */
    struct metrics_counter *published_total, *parked_total, *recovered_total;
    struct metrics_gauge *backlog_gauge, *memory_gauge;
};

extern const struct pg_statement outbox_guard_statement;

const char *outbox_item_key(const struct outbox_item *item); /* NULL: none */
const char *outbox_item_headers(const struct outbox_item *item);
const char *outbox_item_value(const struct outbox_item *item); /* NULL: tombstone */

/* The parts of an item before it is copied. */
struct outbox_parts {
    const char *topic;
    const void *key; /* NULL: none */
    size_t key_size;
    const void *headers; /* packed */
    size_t headers_size;
    const void *value; /* NULL: none */
    size_t value_size;
};
struct outbox_item *outbox_item_new(const struct outbox_parts *parts);
/* before NULL: at the end. */
void outbox_link(struct outbox *outbox, struct outbox_item *item, struct outbox_item *before);
void outbox_unlink_free(struct outbox *outbox, struct outbox_item *item);
/* Puts a linked item in line for the producer. */
void outbox_enqueue(struct outbox *outbox, struct outbox_item *item);
/* Sends what stands in line now, then reads more from the table if there is room. */
void outbox_pump(struct outbox *outbox);
int64_t outbox_watermark(const struct outbox *outbox);
/* Committed items past what is in memory now are left to the table. */
void outbox_fall_behind(struct outbox *outbox);

void outbox_read(struct outbox *outbox); /* the next rows, if it is time */
void outbox_ask(struct outbox *outbox);  /* about items in doubt */
void outbox_park(struct outbox *outbox, struct outbox_item *item, const char *reason);
void outbox_park_again(struct outbox *outbox); /* those whose note could not be written */
void outbox_park_forget(struct outbox *outbox);
void outbox_adopt(struct outbox *outbox, uint64_t now_us);
void outbox_trim(struct outbox *outbox, uint64_t now_us);

/* Each of the outbox's own transactions begins and ends here. */
void outbox_send(struct outbox *outbox, struct pg_tx *tx, pg_on_done *on_done, void *arg);
void outbox_ended(struct outbox *outbox);
/* Says once that the slot is another's. */
void outbox_lose(struct outbox *outbox);

#endif
