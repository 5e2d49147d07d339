/* SPDX-License-Identifier: Apache-2.0 */
/* outbox: says on Kafka what the database has committed, at least once and in order.
 *
 * Every process leases a slot. An event is *staged* when it is decided: it gets the slot's next
 * sequence number and its bytes are packed. Its row is inserted by the same statement that makes
 * it true. After the commit it is published from memory; if the statement did not take it (a
 * stale command), it is dropped. The slot's watermark `published` follows the acknowledgements.
 *
 *   outbox_stage ──▶ row inserted with the state ──▶ committed ──▶ outbox_publish ──▶ acknowledged
 *                                                ├─▶ not taken ──▶ outbox_drop
 *                                                └─▶ in doubt  ──▶ outbox_doubt: the table decides
 *
 * After a crash the slot's rows above the watermark are published again, with the same ids, before
 * anything new. Slots of instances that do not come back are adopted by others when the
 * lease runs out. When Kafka is away, up to memory_max bytes wait in memory, later events stay in
 * the table only and are read back in order; past backlog_max events outbox_is_full turns true and
 * edges answer 503. Rows stay for republish until retention_days. Loop thread only. */
#ifndef COMMON_OUTBOX_H
#define COMMON_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/event.h"
#include "common/kafka.h"
#include "common/metrics.h"
#include "common/pg.h"

struct outbox;
struct outbox_item; /* a staged event; owned by the outbox */

struct outbox_config {
    const char *service;  /* ce_source = "/ihanoi/<service>" */
    const char *instance; /* lease owner: stable over restarts of this replica */
    size_t memory_max;    /* bytes waiting for acknowledgement */
    size_t backlog_max;   /* events committed and not acknowledged */
    unsigned retention_days;
};

/* Leases a slot and recovers it; on_ready is called when staging may begin. Losing the lease to
 * another process (we were thought dead) is fatal: on_lost, after which the process must exit. */
typedef void outbox_on_ready(void *arg);
typedef void outbox_on_lost(void *arg);
struct outbox *outbox_new(uv_loop_t *loop, struct pg *pg, struct kafka_producer *producer,
                          const struct outbox_config *config, struct metrics *metrics,
                          outbox_on_ready *on_ready, outbox_on_lost *on_lost, void *arg);
/* Waits for acknowledgements up to grace_ms, stores the watermark, releases the lease. */
typedef void outbox_on_closed(void *arg);
void outbox_close(struct outbox *outbox, unsigned grace_ms, outbox_on_closed *on_closed, void *arg);
/* After on_closed and after the producer is closed, since late acknowledgements still arrive. */
void outbox_free(struct outbox *outbox);
bool outbox_is_full(const struct outbox *outbox);

/* The producer's on_delivered, handed on by whoever opened the producer. */
void outbox_delivered(struct outbox *outbox, void *opaque, bool delivered, const char *reason);

/* Copies the event. `command` ties the row to the statement's winners (see OUTBOX_INSERT). */
struct outbox_item *outbox_stage(struct outbox *outbox, const struct event *event,
                                 const struct uuid *command);
/* A message of raw bytes and headers: a dead letter. */
struct outbox_item *outbox_stage_raw(struct outbox *outbox, const char *topic, const void *key,
                                     size_t key_size, const struct kafka_header *headers,
                                     size_t header_count, const void *value, size_t value_size,
                                     const struct uuid *command);

void outbox_publish(struct outbox *outbox, struct outbox_item *item);
void outbox_drop(struct outbox *outbox, struct outbox_item *item);
void outbox_doubt(struct outbox *outbox, struct outbox_item *item);

/* Adds the guard to a transaction, as one statement: call before that which inserts the rows. */
void outbox_guard(struct outbox *outbox, struct pg_tx *tx);

/* The columns of staged items, as parameters of the statement that inserts them. */
struct outbox_columns {
    int32_t slot;
    struct pg_array seqs, topics, keys, event_ids, headers, values, commands;
};
void outbox_columns_init(struct outbox_columns *columns, const struct outbox *outbox);
void outbox_columns_finish(struct outbox_columns *columns);
void outbox_columns_add(struct outbox_columns *columns, const struct outbox_item *item);
/* Eight parameters in a row: slot, seqs, topics, keys, event ids, headers, values, commands. */
void outbox_columns_put(const struct outbox_columns *columns, struct pg_tx *tx);

/* The text of the insert, for a WITH clause: inserts those staged rows whose command is among the
 * `command` column of the relation `won`. Parameters as eight numbers in the order above, e.g.
 *   "WITH won AS (…RETURNING id AS command) , said AS (" OUTBOX_INSERT("won", 9, 10, 11, 12, 13,
 *   14, 15, 16) ") SELECT command FROM won" */
#define OUTBOX_INSERT(won, slot, seqs, topics, keys, event_ids, headers, values, commands)         \
    "INSERT INTO outbox (slot, seq, topic, key, event_id, headers, value) "                        \
    "SELECT $" #slot "::integer, o.seq, o.topic, o.key, o.event_id, o.headers, o.value "           \
    "FROM unnest($" #seqs "::bigint[], $" #topics "::text[], $" #keys "::bytea[], $" #event_ids    \
    "::uuid[], $" #headers "::bytea[], $" #values "::bytea[], $" #commands "::uuid[]) "            \
    "AS o (seq, topic, key, event_id, headers, value, command) "                                   \
    "JOIN " won " ON " won ".command = o.command"

/* Packed headers, as in the column: count u16, then for each: name size u16, name, value size u32
 * (0xffffffff: null), value; big-endian. */
/* What a packed list cannot hold, or nobody would read, is left out: those past the 256th, names
 * over 1 KiB. In place; returns how many are kept. */
size_t outbox_keep_headers(struct kafka_header *headers, size_t count);
void outbox_pack_headers(struct buffer *out, const struct kafka_header *headers, size_t count);
/* Returns false when bytes are not a packed list. Names and values are borrowed from bytes (names
 * copied to the arena for their NUL). */
bool outbox_unpack_headers(const void *bytes, size_t size, struct arena *arena,
                           struct kafka_header **headers, size_t *count);

#endif
