/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/outbox_private.h"

static void headers_come_back(void **state)
{
    const struct kafka_header given[] = {
        {"ce_id", "0193", 4}, {"", "", 0}, {"tombstone", NULL, 0}, {"bytes", "a\0b", 3}};
    struct buffer packed;
    struct arena arena;
    struct kafka_header *read;
    size_t count;
    (void)state;

    buffer_init(&packed);
    arena_init(&arena);
    outbox_pack_headers(&packed, given, 4);
    assert_true(outbox_unpack_headers(packed.data, packed.size, &arena, &read, &count));
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(read[i].name, given[i].name);
        assert_int_equal(read[i].size, given[i].size);
        assert_int_equal(read[i].value == NULL, given[i].value == NULL);
        if (given[i].size > 0) {
            assert_memory_equal(read[i].value, given[i].value, given[i].size);
        }
    }
    arena_finish(&arena);
    buffer_finish(&packed);
}

static void no_headers_are_two_bytes(void **state)
{
    struct buffer packed;
    struct arena arena;
    struct kafka_header *read;
    size_t count = 9;
    (void)state;

    buffer_init(&packed);
    arena_init(&arena);
    outbox_pack_headers(&packed, NULL, 0);
    assert_int_equal(packed.size, 2);
    assert_true(outbox_unpack_headers(packed.data, packed.size, &arena, &read, &count));
    assert_int_equal(count, 0);
    arena_finish(&arena);
    buffer_finish(&packed);
}

/* Every shortening of a good list, and every wrong byte of these, is refused, not believed. */
static void broken_lists_are_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } rows[] = {
        {"", 0},
        {"\0", 1},
        {"\0\1", 2},                           /* one header, none there */
        {"\377\377\0\0\0\0\0\0", 8},           /* more than can be */
        {"\0\0x", 3},                          /* something behind the end */
        {"\0\1\0\2a\0\0\0\0\0", 10},           /* a NUL in the name */
        {"\0\1\0\1a\0\0\0\5abc", 12},          /* value cut short */
        {"\0\1\377\377a\0\0\0\0\0\0\0\0", 13}, /* name cut short */
    };
    struct kafka_header *read;
    struct arena arena;
    size_t count;
    (void)state;

    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_false(outbox_unpack_headers(rows[i].bytes, rows[i].size, &arena, &read, &count));
    }
    arena_finish(&arena);
}

static void items_keep_their_parts(void **state)
{
    struct outbox_item *item =
        outbox_item_new(&(struct outbox_parts){"topic", "key", 3, "\0\0", 2, "value", 5});
    (void)state;
    assert_string_equal(item->bytes, "topic");
    assert_memory_equal(outbox_item_key(item), "key", 3);
    assert_memory_equal(outbox_item_headers(item), "\0\0", 2);
    assert_memory_equal(outbox_item_value(item), "value", 5);
    free(item);

    item = outbox_item_new(&(struct outbox_parts){.topic = "t", .headers = "", .value = ""});
    assert_null(outbox_item_key(item));
    assert_non_null(outbox_item_value(item)); /* empty is not null */
    free(item);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_come_back),
        cmocka_unit_test(no_headers_are_two_bytes),
        cmocka_unit_test(broken_lists_are_refused),
        cmocka_unit_test(items_keep_their_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
