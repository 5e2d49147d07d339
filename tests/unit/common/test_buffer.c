/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/buffer.h"

static int start(void **state)
{
    static struct buffer buffer;
    buffer_init(&buffer);
    *state = &buffer;
    return 0;
}

static int end(void **state)
{
    buffer_finish(*state);
    buffer_finish(*state); /* a second time does no harm */
    return 0;
}

static void puts_follow_each_other(void **state)
{
    struct buffer *buffer = *state;
    buffer_put_text(buffer, "Hà");
    assert_string_equal(buffer->data, "Hà");
    buffer_put_char(buffer, ' ');
    buffer_put(buffer, "Nội and more", 5);
    buffer_put_format(buffer, " %d%s", 42, "!");
    assert_string_equal(buffer->data, "Hà Nội 42!");
    assert_int_equal(buffer->size, strlen("Hà Nội 42!"));
}

static void nothing_put_is_an_empty_text(void **state)
{
    struct buffer *buffer = *state;
    buffer_put(buffer, NULL, 0);
    assert_string_equal(buffer->data, "");
    assert_int_equal(buffer->size, 0);
    buffer_put_format(buffer, "%s", "");
    assert_int_equal(buffer->size, 0);
}

static void bytes_may_be_zero(void **state)
{
    struct buffer *buffer = *state;
    buffer_put(buffer, "a\0b", 3);
    buffer_put_char(buffer, '\0');
    assert_int_equal(buffer->size, 4);
    assert_memory_equal(buffer->data, "a\0b\0", 5);
}

static void grows_by_doubling_at_least(void **state)
{
    struct buffer *buffer = *state;
    size_t growths = 0, capacity = 0;
    for (size_t i = 0; i < 1000000; i++) {
        buffer_put_char(buffer, (char)('a' + i % 26));
        assert_true(buffer->size < buffer->capacity);
        growths += buffer->capacity != capacity;
        capacity = buffer->capacity;
    }
    assert_true(growths <= 14);
    for (size_t i = 0; i < 1000000; i++) {
        assert_int_equal(buffer->data[i], 'a' + i % 26);
    }
    buffer_put_format(buffer, "%2000000d", 7);
    assert_int_equal(buffer->size, 3000000);
    assert_int_equal(buffer->data[2999999], '7');
}

static void reserve_makes_room_for_puts(void **state)
{
    struct buffer *buffer = *state;
    buffer_reserve(buffer, 1000);
    const char *data = buffer->data;
    for (int i = 0; i < 1000; i++) {
        buffer_put_char(buffer, 'x');
    }
    assert_ptr_equal(buffer->data, data);
}

static void reset_keeps_the_memory(void **state)
{
    struct buffer *buffer = *state;
    buffer_reset(buffer);
    buffer_put_text(buffer, "text");
    size_t capacity = buffer->capacity;
    buffer_reset(buffer);
    assert_int_equal(buffer->size, 0);
    assert_string_equal(buffer->data, "");
    assert_int_equal(buffer->capacity, capacity);
}

static void numbers_are_big_endian(void **state)
{
    struct buffer *buffer = *state;
    buffer_put_u16(buffer, 0x0102);
    buffer_put_u32(buffer, 0x03040506);
    buffer_put_u64(buffer, 0x0708090a0b0c0d0e);
    assert_int_equal(buffer->size, 14);
    for (int i = 0; i < 14; i++) {
        assert_int_equal(buffer->data[i], i + 1);
    }
}

#define BUFFER(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUFFER(puts_follow_each_other),      BUFFER(nothing_put_is_an_empty_text),
        BUFFER(bytes_may_be_zero),           BUFFER(grows_by_doubling_at_least),
        BUFFER(reserve_makes_room_for_puts), BUFFER(reset_keeps_the_memory),
        BUFFER(numbers_are_big_endian),
    };
    return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
