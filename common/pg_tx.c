/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "common/pg_private.h"

enum { TEXT_FORMAT = 0, BINARY_FORMAT = 1, SIZE_NULL = -1 };

void tx_line_push(struct tx_line *line, struct pg_tx *tx)
{
    tx->next = NULL;
    if (line->tail != NULL) {
        line->tail->next = tx;
    } else {
        line->head = tx;
    }
    line->tail = tx;
    line->count++;
}

struct pg_tx *tx_line_pop(struct tx_line *line)
{
    struct pg_tx *tx = line->head;
    if (tx == NULL) {
        return NULL;
    }
    line->head = tx->next;
    if (line->head == NULL) {
        line->tail = NULL;
    }
    line->count--;
    tx->next = NULL;
    return tx;
}

struct pg_tx *pg_tx_new(struct pg *pg)
{
    struct pg_tx *tx = tx_line_pop(&pg->spare);
    if (tx == NULL) {
        tx = memory_zero(1, sizeof *tx);
        tx->pg = pg;
        arena_init(&tx->arena);
        buffer_init(&tx->bytes);
    }
    tx->deadline_ms = pg->config.deadline_ms;
    return tx;
}

void tx_drop_results(struct pg_tx *tx)
{
    for (size_t i = 0; i < tx->statement_count; i++) {
        PQclear(tx->statements[i].result); /* NULL is fine */
        tx->statements[i].result = NULL;
    }
    PQclear(tx->refusal);
    tx->refusal = NULL;
    tx->refused = NULL;
    tx->preparations_left = 0;
    tx->results_read = 0;
}

void tx_clear(struct pg_tx *tx)
{
    tx_drop_results(tx);
    arena_reset(&tx->arena);
    buffer_reset(&tx->bytes);
    tx->param_count = 0;
    tx->statement_count = 0;
    tx->due_ms = 0;
    tx->read_only = false;
    tx->repeated = false;
    tx->on_done = NULL;
    tx->arg = NULL;
}

void tx_destroy(struct pg_tx *tx)
{
    tx_drop_results(tx);
    arena_finish(&tx->arena);
    buffer_finish(&tx->bytes);
    free(tx->params);
    free(tx->statements);
    free(tx);
}

void pg_tx_free(struct pg_tx *tx)
{
    if (tx != NULL) {
        assert(tx->on_done == NULL); /* it was sent: it frees itself */
        pool_keep_spare(tx->pg, tx);
    }
}

void pg_tx_set_read_only(struct pg_tx *tx)
{
    tx->read_only = true;
}

void pg_tx_set_deadline(struct pg_tx *tx, unsigned deadline_ms)
{
    assert(deadline_ms > 0);
    tx->deadline_ms = deadline_ms;
}

struct arena *pg_tx_arena(struct pg_tx *tx)
{
    return &tx->arena;
}

void pg_tx_add(struct pg_tx *tx, const struct pg_statement *statement)
{
    if (tx->statement_count == tx->statement_capacity) {
        tx->statement_capacity = tx->statement_capacity == 0 ? 8 : tx->statement_capacity * 2;
        tx->statements =
            memory_grow(tx->statements, tx->statement_capacity, sizeof *tx->statements);
    }
    tx->statements[tx->statement_count++] =
        (struct tx_statement){.statement = statement, .param_first = tx->param_count};
}

/* Notes a parameter of `size` bytes, which the caller then puts at the end of tx->bytes. */
static void add_param(struct pg_tx *tx, int size, int format)
{
    assert(tx->statement_count > 0);
    if (tx->param_count == tx->param_capacity) {
        tx->param_capacity = tx->param_capacity == 0 ? 16 : tx->param_capacity * 2;
        tx->params = memory_grow(tx->params, tx->param_capacity, sizeof *tx->params);
    }
    tx->params[tx->param_count++] =
        (struct tx_param){.offset = tx->bytes.size, .size = size, .format = format};
    tx->statements[tx->statement_count - 1].param_count++;
}

static void add_fixed(struct pg_tx *tx, const void *bytes, int size)
{
    add_param(tx, size, BINARY_FORMAT);
    buffer_put(&tx->bytes, bytes, (size_t)size);
}

void pg_tx_null(struct pg_tx *tx)
{
    add_param(tx, SIZE_NULL, BINARY_FORMAT);
}

void pg_tx_bool(struct pg_tx *tx, bool value)
{
    uint8_t byte = value;
    add_fixed(tx, &byte, sizeof byte);
}

void pg_tx_int4(struct pg_tx *tx, int32_t value)
{
    uint32_t big = htobe32((uint32_t)value);
    add_fixed(tx, &big, sizeof big);
}

void pg_tx_int8(struct pg_tx *tx, int64_t value)
{
    uint64_t big = htobe64((uint64_t)value);
    add_fixed(tx, &big, sizeof big);
}

void pg_tx_float8(struct pg_tx *tx, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = htobe64(bits);
    add_fixed(tx, &bits, sizeof bits);
}

void pg_tx_instant(struct pg_tx *tx, int64_t instant_us)
{
    if (instant_us == 0) {
        pg_tx_null(tx);
        return;
    }
    pg_tx_int8(tx, instant_us - PG_EPOCH_US);
}

void pg_tx_uuid(struct pg_tx *tx, const struct uuid *uuid)
{
    if (uuid == NULL) {
        pg_tx_null(tx);
        return;
    }
    add_fixed(tx, uuid->bytes, sizeof uuid->bytes);
}

/* In text format, so that it suits any type that PostgreSQL infers (numeric, inet, an enum). */
void pg_tx_text(struct pg_tx *tx, const char *text)
{
    if (text == NULL) {
        pg_tx_null(tx);
        return;
    }
    size_t size = strlen(text);
    assert(size < INT32_MAX);
    add_param(tx, (int)size, TEXT_FORMAT);
    buffer_put(&tx->bytes, text, size + 1);
}

void pg_tx_bytes(struct pg_tx *tx, const void *bytes, size_t size)
{
    assert(size < INT32_MAX);
    if (bytes == NULL) {
        pg_tx_null(tx);
        return;
    }
    add_fixed(tx, bytes, (int)size);
}

void pg_tx_jsonb(struct pg_tx *tx, const char *json, size_t size)
{
    assert(size < INT32_MAX);
    if (json == NULL) {
        pg_tx_null(tx);
        return;
    }
    add_param(tx, (int)size + 1, BINARY_FORMAT);
    buffer_put_char(&tx->bytes, PG_JSONB_VERSION);
    buffer_put(&tx->bytes, json, size);
}

/* The form of array_recv: dimensions, has-null flag, element type, then count and lower bound of
 * the one dimension, then the elements. An empty array has no dimension. */
void pg_tx_array(struct pg_tx *tx, const struct pg_array *array)
{
    uint32_t head[5] = {htobe32(array->count > 0), htobe32(array->has_null),
                        htobe32((uint32_t)array->type), htobe32((uint32_t)array->count),
                        htobe32(1)};
    size_t head_size = array->count > 0 ? sizeof head : 3 * sizeof head[0];
    assert(array->bytes.size < INT32_MAX - sizeof head);

    add_param(tx, (int)(head_size + array->bytes.size), BINARY_FORMAT);
    buffer_reserve(&tx->bytes, head_size + array->bytes.size);
    buffer_put(&tx->bytes, head, head_size);
    buffer_put(&tx->bytes, array->bytes.data, array->bytes.size);
}

void pg_tx_texts(struct pg_tx *tx, const char *const *texts, size_t count)
{
    struct pg_array array;
    pg_array_init(&array, PG_TEXT);
    for (size_t i = 0; i < count; i++) {
        pg_array_text(&array, texts[i]);
    }
    pg_tx_array(tx, &array);
    pg_array_finish(&array);
}
