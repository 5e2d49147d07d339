/* SPDX-License-Identifier: Apache-2.0 */
#include "common/dead_letter.h"

#include <string.h>

#include "common/clock.h"

enum { REASONS = 8 };

/* A message that is read again after its position was moved back and fails again is open again. */
static const struct pg_statement insert_statement = {
    "dead_letter_insert",
    "WITH letter AS (INSERT INTO dead_letter (consumer, topic, partition, message_offset, key, "
    "headers, value, error_class, error_detail) "
    "SELECT $1::text, $2::text, l.partition, l.message_offset, l.key, l.headers, l.value, "
    "l.error_class, l.error_detail "
    "FROM unnest($3::integer[], $4::bigint[], $5::bytea[], $6::bytea[], $7::bytea[], $8::text[], "
    "$9::text[]) AS l (partition, message_offset, key, headers, value, error_class, error_detail) "
    "ON CONFLICT (consumer, topic, partition, message_offset) DO UPDATE "
    "SET error_class = excluded.error_class, error_detail = excluded.error_detail, "
    "failed_at = now(), state = 'open', settled_at = NULL, settled_by = NULL), "
    "won AS (SELECT unnest($17::uuid[]) AS command), "
    "said AS (" OUTBOX_INSERT("won", 10, 11, 12, 13, 14, 15, 16, 17) ") SELECT 1"};

struct letter_columns {
    struct pg_array partitions, offsets, keys, headers, values, classes, details;
};

static void columns_init(struct letter_columns *columns)
{
    pg_array_init(&columns->partitions, PG_INT4);
    pg_array_init(&columns->offsets, PG_INT8);
    pg_array_init(&columns->keys, PG_BYTEA);
    pg_array_init(&columns->headers, PG_BYTEA);
    pg_array_init(&columns->values, PG_BYTEA);
    pg_array_init(&columns->classes, PG_TEXT);
    pg_array_init(&columns->details, PG_TEXT);
}

static void columns_finish(struct letter_columns *columns)
{
    pg_array_finish(&columns->partitions);
    pg_array_finish(&columns->offsets);
    pg_array_finish(&columns->keys);
    pg_array_finish(&columns->headers);
    pg_array_finish(&columns->values);
    pg_array_finish(&columns->classes);
    pg_array_finish(&columns->details);
}

static void add_bytes(struct pg_array *array, const void *bytes, size_t size)
{
    if (bytes == NULL) {
        pg_array_null(array);
    } else {
        pg_array_bytes(array, bytes, size);
    }
}

/* The headers that are kept, in the first `count` places of a list with room for the reasons.
 * Strangers may write to our topics: what is left out is counted in dlq-headers-dropped. */
static struct kafka_header *kept_headers(const struct kafka_message *message, struct arena *arena,
                                         size_t *count, size_t *dropped)
{
    struct kafka_header *all;
    size_t all_count = kafka_message_headers(message, arena, &all);
    *count = outbox_keep_headers(all, all_count);
    *dropped = all_count - *count;
    struct kafka_header *kept = arena_array(arena, *count + REASONS, sizeof *kept);
    memcpy(kept, all, *count * sizeof *kept);
    return kept;
}

static void add_reason(struct kafka_header *headers, size_t *count, const char *name,
                       const char *text)
{
    headers[(*count)++] = (struct kafka_header){name, text, strlen(text)};
}

static size_t add_reasons(struct kafka_header *headers, size_t count, size_t dropped,
                          const struct dead_letter *letter, const char *group, struct arena *arena)
{
    const struct kafka_message *message = letter->message;
    char now[CLOCK_TEXT_SIZE];

    add_reason(headers, &count, "dlq-original-topic", message->topic);
    add_reason(headers, &count, "dlq-original-partition",
               arena_format(arena, "%d", (int)message->partition));
    add_reason(headers, &count, "dlq-original-offset",
               arena_format(arena, "%lld", (long long)message->offset));
    add_reason(headers, &count, "dlq-group", group);
    add_reason(headers, &count, "dlq-error-class", letter->error_class);
    add_reason(headers, &count, "dlq-error-detail", letter->error_detail);
    add_reason(headers, &count, "dlq-failed-at",
               arena_text(arena, clock_format(clock_now_us(), now)));
    if (dropped > 0) {
        add_reason(headers, &count, "dlq-headers-dropped", arena_format(arena, "%zu", dropped));
    }
    return count;
}

static struct outbox_item *add_letter(struct letter_columns *columns, struct outbox *outbox,
                                      const char *group, const struct dead_letter *letter,
                                      struct arena *arena)
{
    const struct kafka_message *message = letter->message;
    struct uuid command = uuid_new();
    struct buffer packed;
    size_t count, dropped;
    struct kafka_header *headers = kept_headers(message, arena, &count, &dropped);

    buffer_init(&packed);
    outbox_pack_headers(&packed, headers, count);
    pg_array_int4(&columns->partitions, message->partition);
    pg_array_int8(&columns->offsets, message->offset);
    add_bytes(&columns->keys, message->key, message->key_size);
    pg_array_bytes(&columns->headers, packed.data, packed.size);
    add_bytes(&columns->values, message->value, message->value_size);
    pg_array_text(&columns->classes, letter->error_class);
    pg_array_text(&columns->details, letter->error_detail);
    buffer_finish(&packed);

    count = add_reasons(headers, count, dropped, letter, group, arena);
    return outbox_stage_raw(outbox, arena_format(arena, "%s.%s.dlq", message->topic, group),
                            message->key, message->key_size, headers, count, message->value,
                            message->value_size, &command);
}

void dead_letter_add(struct pg_tx *tx, struct outbox *outbox, const char *group,
                     const struct dead_letter *letters, size_t count, struct arena *arena,
                     struct outbox_item **items)
{
    struct letter_columns columns;
    struct outbox_columns outgoing;

    columns_init(&columns);
    outbox_columns_init(&outgoing, outbox);
    for (size_t i = 0; i < count; i++) {
        items[i] = add_letter(&columns, outbox, group, &letters[i], arena);
        outbox_columns_add(&outgoing, items[i]);
    }
    pg_tx_add(tx, &insert_statement);
    pg_tx_text(tx, group);
    pg_tx_text(tx, letters[0].message->topic);
    pg_tx_array(tx, &columns.partitions);
    pg_tx_array(tx, &columns.offsets);
    pg_tx_array(tx, &columns.keys);
    pg_tx_array(tx, &columns.headers);
    pg_tx_array(tx, &columns.values);
    pg_tx_array(tx, &columns.classes);
    pg_tx_array(tx, &columns.details);
    outbox_columns_put(&outgoing, tx);
    outbox_columns_finish(&outgoing);
    columns_finish(&columns);
}
