/* SPDX-License-Identifier: Apache-2.0 */
/* How events lie in the table: packed headers, and columns for unnest. */
#include <assert.h>
#include <string.h>

#include "common/outbox_private.h"

static const uint32_t NULL_SIZE = 0xffffffff;

enum { HEADERS_MAX = 256, NAME_MAX_SIZE = 1024 };

size_t outbox_keep_headers(struct kafka_header *headers, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count && kept < HEADERS_MAX; i++) {
        if (strlen(headers[i].name) <= NAME_MAX_SIZE) {
            headers[kept++] = headers[i];
        }
    }
    return kept;
}

void outbox_pack_headers(struct buffer *out, const struct kafka_header *headers, size_t count)
{
    assert(count <= UINT16_MAX);
    buffer_put_u16(out, (uint16_t)count);
    for (size_t i = 0; i < count; i++) {
        size_t name_size = strlen(headers[i].name);
        assert(name_size <= UINT16_MAX);
        buffer_put_u16(out, (uint16_t)name_size);
        buffer_put(out, headers[i].name, name_size);
        if (headers[i].value == NULL) {
            buffer_put_u32(out, NULL_SIZE);
            continue;
        }
        buffer_put_u32(out, (uint32_t)headers[i].size);
        buffer_put(out, headers[i].value, headers[i].size);
    }
}

/* What is left to read of a packed list. */
struct unpack {
    const unsigned char *at;
    size_t left;
};

static bool take_u16(struct unpack *from, size_t *value)
{
    if (from->left < 2) {
        return false;
    }
    *value = (size_t)from->at[0] << 8 | from->at[1];
    from->at += 2;
    from->left -= 2;
    return true;
}

static bool take_u32(struct unpack *from, uint32_t *value)
{
    if (from->left < 4) {
        return false;
    }
    *value = (uint32_t)from->at[0] << 24 | (uint32_t)from->at[1] << 16 |
             (uint32_t)from->at[2] << 8 | from->at[3];
    from->at += 4;
    from->left -= 4;
    return true;
}

static bool take_bytes(struct unpack *from, size_t size, const char **bytes)
{
    if (from->left < size) {
        return false;
    }
    *bytes = (const char *)from->at;
    from->at += size;
    from->left -= size;
    return true;
}

static bool take_header(struct unpack *from, struct arena *arena, struct kafka_header *header)
{
    const char *name;
    size_t name_size;
    uint32_t size;

    if (!take_u16(from, &name_size) || !take_bytes(from, name_size, &name) ||
        memchr(name, '\0', name_size) != NULL || !take_u32(from, &size)) {
        return false;
    }
    header->name = arena_copy(arena, name, name_size);
    if (size == NULL_SIZE) {
        return true; /* the arena's memory is zero: a null value */
    }
    header->size = size;
    return take_bytes(from, size, &header->value);
}

bool outbox_unpack_headers(const void *bytes, size_t size, struct arena *arena,
                           struct kafka_header **headers, size_t *count)
{
    struct unpack from = {.at = bytes, .left = size};

    /* A header takes six bytes at least: do not believe a count that cannot be. */
    if (!take_u16(&from, count) || *count > from.left / 6) {
        return false;
    }
    *headers = arena_array(arena, *count, sizeof **headers);
    for (size_t i = 0; i < *count; i++) {
        if (!take_header(&from, arena, &(*headers)[i])) {
            return false;
        }
    }
    return from.left == 0;
}

void outbox_columns_init(struct outbox_columns *columns, const struct outbox *outbox)
{
    columns->slot = outbox->slot;
    pg_array_init(&columns->seqs, PG_INT8);
    pg_array_init(&columns->topics, PG_TEXT);
    pg_array_init(&columns->keys, PG_BYTEA);
    pg_array_init(&columns->event_ids, PG_UUID);
    pg_array_init(&columns->headers, PG_BYTEA);
    pg_array_init(&columns->values, PG_BYTEA);
    pg_array_init(&columns->commands, PG_UUID);
}

void outbox_columns_finish(struct outbox_columns *columns)
{
    pg_array_finish(&columns->seqs);
    pg_array_finish(&columns->topics);
    pg_array_finish(&columns->keys);
    pg_array_finish(&columns->event_ids);
    pg_array_finish(&columns->headers);
    pg_array_finish(&columns->values);
    pg_array_finish(&columns->commands);
}

static void add_bytes_or_null(struct pg_array *array, const char *bytes, size_t size)
{
    if (bytes == NULL) {
        pg_array_null(array);
    } else {
        pg_array_bytes(array, bytes, size);
    }
}

void outbox_columns_add(struct outbox_columns *columns, const struct outbox_item *item)
{
    pg_array_int8(&columns->seqs, item->seq);
    pg_array_bytes(&columns->topics, item->bytes, item->topic_size);
    add_bytes_or_null(&columns->keys, outbox_item_key(item), item->key_size);
    pg_array_uuid(&columns->event_ids, item->has_event_id ? &item->event_id : NULL);
    pg_array_bytes(&columns->headers, outbox_item_headers(item), item->headers_size);
    add_bytes_or_null(&columns->values, outbox_item_value(item), item->value_size);
    pg_array_uuid(&columns->commands, &item->command);
}

void outbox_columns_put(const struct outbox_columns *columns, struct pg_tx *tx)
{
    pg_tx_int4(tx, columns->slot);
    pg_tx_array(tx, &columns->seqs);
    pg_tx_array(tx, &columns->topics);
    pg_tx_array(tx, &columns->keys);
    pg_tx_array(tx, &columns->event_ids);
    pg_tx_array(tx, &columns->headers);
    pg_tx_array(tx, &columns->values);
    pg_tx_array(tx, &columns->commands);
}
