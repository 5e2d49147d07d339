/* SPDX-License-Identifier: Apache-2.0 */
/* One batch: from the head of a line into one transaction, and what follows from its end. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/consume_private.h"
#include "common/log.h"

enum {
    BACKOFF_MIN_MS = 50,
    BACKOFF_MAX_MS = 5000,
    ENVELOPE_MAX = 16 * 1024, /* what a structured event may take around its data */
    DETAIL_MAX = 400
};

/* Steps, in running order. */
static void batch_read(struct consume_batch *batch); /* messages, envelopes, moves */
static void batch_open(struct consume_batch *batch); /* positions, then the handler */
static void batch_send(struct consume_batch *batch);
static void on_done(struct pg_tx *tx, enum pg_outcome outcome, void *arg);
static void batch_applied(struct consume_batch *batch, const struct pg_tx *tx);
static void batch_refused(struct consume_batch *batch, const struct pg_tx *tx);
static void batch_again(struct consume_batch *batch, const struct error *err);
static void batch_free(struct consume_batch *batch);

static const struct pg_statement advance_statement = {
    "consume_advance",
    "WITH moved AS (UPDATE consumer_position p SET next_offset = n.next_offset, moved_at = now() "
    "FROM unnest($3::integer[], $4::bigint[], $5::bigint[]) AS n (partition, expected, "
    "next_offset) WHERE p.consumer = $1::text AND p.topic = $2::text "
    "AND p.partition = n.partition AND p.next_offset = n.expected RETURNING 1) "
    "SELECT consumer_refuse() WHERE (SELECT count(*) FROM moved) <> cardinality($3)"};

/* Was the head of the line refused when it stood alone? */
static bool is_condemned(const struct consume_line *line)
{
    const struct kafka_message *head = consume_line_at(line, 0);
    return line->condemned_by[0] != '\0' && head->partition == line->condemned_partition &&
           head->offset == line->condemned_offset;
}

static void condemn(struct consume_line *line, const char *sqlstate)
{
    const struct kafka_message *head = consume_line_at(line, 0);
    memcpy(line->condemned_by, sqlstate, strnlen(sqlstate, sizeof line->condemned_by - 1));
    line->condemned_partition = head->partition;
    line->condemned_offset = head->offset;
}

/* ---- building ---- */

static void add_letter(struct consume_batch *batch, const struct kafka_message *message,
                       const char *class, const char *detail)
{
    size_t size = strnlen(detail, DETAIL_MAX);
    batch->letters[batch->letter_count++] = (struct dead_letter){
        .message = message,
        .error_class = arena_text(&batch->arena, class),
        .error_detail = arena_copy(&batch->arena, detail, size),
    };
    log_warn("message_not_taken", log_text("topic", message->topic),
             log_int("partition", message->partition), log_int("offset", message->offset),
             log_text("class", class), log_text("detail", detail));
}

static void read_message(struct consume_batch *batch, struct kafka_message *raw)
{
    struct consume_message *message = &batch->messages[batch->message_count];
    struct kafka_header *headers;
    struct error err = {0};

    if (raw->value_size > EVENT_DATA_MAX + ENVELOPE_MAX) {
        add_letter(batch, raw, "too_large", "the message is larger than an event may be");
        return;
    }
    size_t count = kafka_message_headers(raw, &batch->arena, &headers);
    if (!event_parse(&message->event, headers, count, raw->value, raw->value_size, &batch->arena,
                     &err)) {
        add_letter(batch, raw, err.code, err.text);
        return;
    }
    message->key = raw->key == NULL ? "" : arena_copy(&batch->arena, raw->key, raw->key_size);
    message->partition = raw->partition;
    message->offset = raw->offset;
    message->rejected = false;
    batch->raw[batch->message_count++] = raw;
}

static void note_move(struct consume_batch *batch, const struct kafka_message *raw)
{
    size_t i = 0;
    while (i < batch->move_count && batch->partitions[i] != raw->partition) {
        i++;
    }
    if (i == batch->move_count) {
        batch->partitions[i] = raw->partition;
        batch->expected[i] = consume_partition_of(batch->line, raw->partition)->position;
        batch->move_count++;
    }
    batch->next[i] = raw->offset + 1;
}

static void batch_read(struct consume_batch *batch)
{
    struct consume_line *line = batch->line;
    struct arena *arena = &batch->arena;
    size_t count = batch->count;
    bool condemned = is_condemned(line);
    size_t moves = count < line->partition_count ? count : line->partition_count;

    batch->messages = arena_array(arena, count, sizeof *batch->messages);
    batch->raw = arena_array(arena, count, sizeof(struct kafka_message *));
    batch->letters = arena_array(arena, count, sizeof *batch->letters);
    batch->partitions = arena_array(arena, moves, sizeof *batch->partitions);
    batch->expected = arena_array(arena, moves, sizeof *batch->expected);
    batch->next = arena_array(arena, moves, sizeof *batch->next);
    for (size_t i = 0; i < count; i++) {
        struct kafka_message *raw = consume_line_at(line, i);
        note_move(batch, raw);
        if (condemned) {
            add_letter(batch, raw, "refused_by_database",
                       arena_format(arena, "SQLSTATE %s", line->condemned_by));
        } else {
            read_message(batch, raw);
        }
    }
}

static void add_advance(struct consume_batch *batch)
{
    struct pg_array partitions, expected, next;

    pg_array_init(&partitions, PG_INT4);
    pg_array_init(&expected, PG_INT8);
    pg_array_init(&next, PG_INT8);
    for (size_t i = 0; i < batch->move_count; i++) {
        pg_array_int4(&partitions, batch->partitions[i]);
        pg_array_int8(&expected, batch->expected[i]);
        pg_array_int8(&next, batch->next[i]);
    }
    pg_tx_add(batch->tx, &advance_statement);
    pg_tx_text(batch->tx, batch->consume->group);
    pg_tx_text(batch->tx, batch->line->topic);
    pg_tx_array(batch->tx, &partitions);
    pg_tx_array(batch->tx, &expected);
    pg_tx_array(batch->tx, &next);
    pg_array_finish(&partitions);
    pg_array_finish(&expected);
    pg_array_finish(&next);
}

void consume_batch_guard(struct consume_batch *batch)
{
    if (!batch->guarded) {
        outbox_guard(batch->consume->outbox, batch->tx);
        batch->guarded = true;
    }
}

static void batch_open(struct consume_batch *batch)
{
    struct consume *consume = batch->consume;

    batch->tx = pg_tx_new(consume->pg);
    add_advance(batch);
    if (batch->message_count > 0) {
        batch->line->handler(batch, consume->state);
    } else {
        consume_commit(batch, NULL);
    }
}

void consume_batch_start(struct consume_line *line)
{
    struct consume_batch *batch = memory_zero(1, sizeof *batch);

    assert(line->batch == NULL);
    batch->consume = line->consume;
    batch->line = line;
    arena_init(&batch->arena);
    batch->count = line->count < line->limit ? line->count : line->limit;
    if (is_condemned(line)) {
        batch->count = 1;
    }
    line->batch = batch;
    batch_read(batch);
    batch_open(batch);
}

static void batch_send(struct consume_batch *batch)
{
    struct pg_tx *tx = batch->tx;

    if (batch->letter_count > 0 && !batch->consume->rereads) {
        consume_batch_guard(batch);
        batch->staged_letters =
            arena_array(&batch->arena, batch->letter_count, sizeof(struct outbox_item *));
        dead_letter_add(tx, batch->consume->outbox, batch->consume->group, batch->letters,
                        batch->letter_count, &batch->arena, batch->staged_letters);
    }
    batch->tx = NULL;
    pg_tx_send(tx, on_done, batch);
}

/* ---- ends ---- */

/* What a batch has staged goes one way, unless it was settled before. */
static void settle(struct consume_batch *batch,
                   void way(struct outbox *outbox, struct outbox_item *item))
{
    for (size_t i = 0; i < batch->staged_count; i++) {
        if (batch->staged[i] != NULL) {
            way(batch->consume->outbox, batch->staged[i]);
        }
    }
    batch->staged_count = 0;
}

static void settle_letters(struct consume_batch *batch,
                           void way(struct outbox *outbox, struct outbox_item *item))
{
    if (batch->staged_letters == NULL) {
        return;
    }
    for (size_t i = 0; i < batch->letter_count; i++) {
        way(batch->consume->outbox, batch->staged_letters[i]);
    }
    batch->staged_letters = NULL;
}

static void on_done(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct consume_batch *batch = arg;
    struct error err = {0};

    switch (outcome) {
    case PG_COMMITTED:
        settle_letters(batch, outbox_publish);
        batch_applied(batch, tx);
        return;
    case PG_UNKNOWN:
        batch->checking = true;
        consume_batch_check(batch);
        return;
    case PG_REFUSED:
        settle(batch, outbox_drop);
        settle_letters(batch, outbox_drop);
        batch_refused(batch, tx);
        return;
    case PG_UNAVAILABLE:
        settle(batch, outbox_drop);
        settle_letters(batch, outbox_drop);
        pg_tx_error(tx, outcome, &err);
        batch_again(batch, &err);
        return;
    }
}

static void move_positions(struct consume_batch *batch)
{
    for (size_t i = 0; i < batch->move_count; i++) {
        struct consume_partition *partition =
            consume_partition_of(batch->line, batch->partitions[i]);
        if (partition->position == batch->expected[i]) {
            partition->position = batch->next[i];
            partition->commit_due = true;
        }
    }
}

/* tx NULL: it is known that it was applied, not what it returned. */
static void batch_applied(struct consume_batch *batch, const struct pg_tx *tx)
{
    struct consume_line *line = batch->line;

    if (batch->on_committed != NULL) {
        batch->on_committed(batch, tx, batch->consume->state);
    }
    settle(batch, outbox_doubt);
    move_positions(batch);
    metrics_add(line->batches_total, 1);
    metrics_add(line->messages_total, batch->count - batch->letter_count);
    metrics_add(line->letters_total, batch->letter_count);
    line->batch = NULL; /* before the pop, which looks at the line as a whole */
    consume_line_pop(line, batch->count);
    line->backoff_ms = 0;
    line->held_until_us = clock_monotonic_us() + line->hold_us;
    line->condemned_by[0] = '\0';
    line->limit = line->limit * 2 < line->batch_max ? line->limit * 2 : line->batch_max;
    batch_free(batch);
}

/* Refusals that come from what the message says. All others (missing table, full disk, read-only
 * server, cancelled statement) are about the database: no message is to blame. */
static bool blames_message(const char *sqlstate)
{
    static const char *const classes[] = {"21", "22", "23", "54", "IH", "P0"};
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (strncmp(sqlstate, classes[i], 2) == 0) {
            return strcmp(sqlstate, "IH001") != 0; /* lost lease: the process is about to end */
        }
    }
    return false;
}

static void batch_refused(struct consume_batch *batch, const struct pg_tx *tx)
{
    struct consume_line *line = batch->line;
    const char *sqlstate = pg_tx_sqlstate(tx);
    struct error err = {0};

    pg_tx_error(tx, PG_REFUSED, &err);
    if (strcmp(sqlstate, "IH002") == 0) {
        log_warn("consume_fenced", log_text("topic", line->topic));
        consume_reload(batch->consume);
        line->batch = NULL;
        batch_free(batch);
    } else if (!blames_message(sqlstate) || is_condemned(line)) {
        batch_again(batch, &err);
    } else {
        log_warn_error("batch_refused", &err, log_text("topic", line->topic),
                       log_int("messages", (int64_t)batch->count));
        if (batch->count == 1) {
            condemn(line, sqlstate);
        } else {
            line->limit = batch->count / 2;
        }
        line->batch = NULL;
        batch_free(batch);
    }
}

static void batch_again(struct consume_batch *batch, const struct error *err)
{
    struct consume_line *line = batch->line;
    unsigned next_ms = line->backoff_ms * 2;

    line->backoff_ms = next_ms < BACKOFF_MIN_MS   ? BACKOFF_MIN_MS
                       : next_ms > BACKOFF_MAX_MS ? BACKOFF_MAX_MS
                                                  : next_ms;
    unsigned wait_ms = err->retry_after_s > 0 ? err->retry_after_s * 1000 : line->backoff_ms;
    line->not_before_us = clock_monotonic_us() + (uint64_t)wait_ms * 1000;
    log_warn_error("batch_again", err, log_text("topic", line->topic), log_int("in_ms", wait_ms));
    line->batch = NULL;
    batch_free(batch);
}

/* ---- did it happen? ---- */

static bool row_of(const struct pg_tx *tx, const char *topic, int32_t partition, int64_t *position)
{
    for (size_t row = 0; row < pg_rows(tx, 0); row++) {
        if (pg_value_int4(tx, 0, row, 1) == partition &&
            strcmp(pg_value_text(tx, 0, row, 0), topic) == 0) {
            *position = pg_value_int8(tx, 0, row, 2);
            return true;
        }
    }
    return false;
}

static void on_checked(struct pg_tx *tx, enum pg_outcome outcome, void *arg)
{
    struct consume_batch *batch = arg;
    size_t moved = 0, stayed = 0;

    batch->check_under_way = false;
    if (outcome != PG_COMMITTED) {
        return; /* again with the next tick */
    }
    for (size_t i = 0; i < batch->move_count; i++) {
        int64_t position;
        if (row_of(tx, batch->line->topic, batch->partitions[i], &position)) {
            moved += position == batch->next[i];
            stayed += position == batch->expected[i];
        }
    }
    settle_letters(batch, outbox_doubt);
    if (moved == batch->move_count) {
        batch_applied(batch, NULL);
        return;
    }
    settle(batch, outbox_doubt);
    if (stayed == batch->move_count) {
        struct error err = {0};
        error_set(&err, ERR_RETRY, "database_unavailable", "the transaction did not happen");
        batch_again(batch, &err);
    } else {
        consume_reload(batch->consume);
        batch->line->batch = NULL;
        batch_free(batch);
    }
}

void consume_batch_check(struct consume_batch *batch)
{
    struct pg_tx *tx = pg_tx_new(batch->consume->pg);

    batch->check_under_way = true;
    pg_tx_set_read_only(tx);
    pg_tx_add(tx, &consume_positions_statement);
    pg_tx_text(tx, batch->consume->group);
    pg_tx_send(tx, on_checked, batch);
}

static void batch_free(struct consume_batch *batch)
{
    struct consume *consume = batch->consume;

    assert(batch->staged_count == 0 && batch->tx == NULL);
    consume_line_filter(batch->line, 0, false); /* partitions that went meanwhile */
    arena_finish(&batch->arena);
    free(batch->staged);
    free(batch->commands);
    free(batch->statements);
    free(batch);
    if (consume->closing) {
        consume_close_step(consume);
    } else {
        consume_kick(consume);
    }
}

/* ---- for handlers ---- */

struct consume_message *consume_messages(struct consume_batch *batch, size_t *count)
{
    *count = batch->message_count;
    return batch->messages;
}

const struct kafka_message *consume_raw(const struct consume_batch *batch,
                                        const struct consume_message *message)
{
    return batch->raw[message - batch->messages];
}

struct pg_tx *consume_tx(struct consume_batch *batch)
{
    assert(batch->tx != NULL);
    return batch->tx;
}

size_t consume_next_statement(const struct consume_batch *batch)
{
    return pg_tx_statements(batch->tx);
}

struct arena *consume_arena(struct consume_batch *batch)
{
    return &batch->arena;
}

void consume_set_context(struct consume_batch *batch, void *context)
{
    batch->context = context;
}

void *consume_context(const struct consume_batch *batch)
{
    return batch->context;
}

void consume_reject(struct consume_batch *batch, struct consume_message *message, const char *class,
                    const char *detail)
{
    assert(!batch->ended && !message->rejected);
    message->rejected = true;
    add_letter(batch, batch->raw[message - batch->messages], class, detail);
}

void consume_commit(struct consume_batch *batch, consume_on_committed *on_committed)
{
    assert(!batch->ended);
    batch->ended = true;
    batch->on_committed = on_committed;
    batch_send(batch);
}

void consume_retry(struct consume_batch *batch, const struct error *err)
{
    assert(!batch->ended);
    batch->ended = true;
    pg_tx_free(batch->tx);
    batch->tx = NULL;
    settle(batch, outbox_drop);
    batch_again(batch, err);
}
