/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <endian.h>
#include <string.h>

#include "common/pg_private.h"

/* An element is its size (big-endian, -1 for NULL) and its value, as in PostgreSQL's array_recv;
 * the head of the array is written when it becomes a parameter. */

void pg_array_init(struct pg_array *array, enum pg_type type)
{
    *array = (struct pg_array){.type = type};
    buffer_init(&array->bytes);
}

void pg_array_finish(struct pg_array *array)
{
    buffer_finish(&array->bytes);
}

void pg_array_reset(struct pg_array *array)
{
    array->count = 0;
    array->has_null = false;
    buffer_reset(&array->bytes);
}

void pg_array_null(struct pg_array *array)
{
    buffer_put_u32(&array->bytes, UINT32_MAX);
    array->has_null = true;
    array->count++;
}

void pg_array_bool(struct pg_array *array, bool value)
{
    assert(array->type == PG_BOOL);
    struct {
        uint32_t size;
        uint8_t value;
    } __attribute__((packed)) element = {htobe32(sizeof element.value), value};
    buffer_put(&array->bytes, &element, sizeof element);
    array->count++;
}

void pg_array_int2(struct pg_array *array, int16_t value)
{
    assert(array->type == PG_INT2);
    struct {
        uint32_t size;
        uint16_t value;
    } __attribute__((packed)) element = {htobe32(sizeof element.value), htobe16((uint16_t)value)};
    buffer_put(&array->bytes, &element, sizeof element);
    array->count++;
}

void pg_array_int4(struct pg_array *array, int32_t value)
{
    assert(array->type == PG_INT4);
    struct {
        uint32_t size, value;
    } element = {htobe32(sizeof element.value), htobe32((uint32_t)value)};
    buffer_put(&array->bytes, &element, sizeof element);
    array->count++;
}

static void put_eight_bytes(struct pg_array *array, uint64_t value)
{
    struct {
        uint32_t size;
        uint64_t value;
    } __attribute__((packed)) element = {htobe32(sizeof element.value), htobe64(value)};
    buffer_put(&array->bytes, &element, sizeof element);
    array->count++;
}

void pg_array_int8(struct pg_array *array, int64_t value)
{
    assert(array->type == PG_INT8);
    put_eight_bytes(array, (uint64_t)value);
}

void pg_array_float8(struct pg_array *array, double value)
{
    uint64_t bits;
    assert(array->type == PG_FLOAT8);
    memcpy(&bits, &value, sizeof bits);
    put_eight_bytes(array, bits);
}

void pg_array_instant(struct pg_array *array, int64_t instant_us)
{
    assert(array->type == PG_TIMESTAMPTZ);
    if (instant_us == 0) {
        pg_array_null(array);
        return;
    }
    put_eight_bytes(array, (uint64_t)(instant_us - PG_EPOCH_US));
}

void pg_array_uuid(struct pg_array *array, const struct uuid *uuid)
{
    assert(array->type == PG_UUID);
    if (uuid == NULL) {
        pg_array_null(array);
        return;
    }
    buffer_put_u32(&array->bytes, sizeof uuid->bytes);
    buffer_put(&array->bytes, uuid->bytes, sizeof uuid->bytes);
    array->count++;
}

void pg_array_bytes(struct pg_array *array, const void *bytes, size_t size)
{
    assert(array->type == PG_TEXT || array->type == PG_BYTEA || array->type == PG_JSONB);
    assert(size < INT32_MAX);
    if (array->type == PG_JSONB) {
        buffer_put_u32(&array->bytes, (uint32_t)size + 1);
        buffer_put_char(&array->bytes, PG_JSONB_VERSION);
    } else {
        buffer_put_u32(&array->bytes, (uint32_t)size);
    }
    buffer_put(&array->bytes, bytes, size);
    array->count++;
}

void pg_array_text(struct pg_array *array, const char *text)
{
    assert(array->type == PG_TEXT || array->type == PG_JSONB);
    if (text == NULL) {
        pg_array_null(array);
        return;
    }
    pg_array_bytes(array, text, strlen(text));
}
