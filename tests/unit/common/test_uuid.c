/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/uuid.c"

static void uuid_has_version_variant_and_time(void **state)
{
    (void)state;
    uint64_t before_ms = (uint64_t)clock_now_us() / 1000;
    struct uuid uuid = uuid_new();
    uint64_t made_ms = 0;

    for (int i = 0; i < 6; i++) {
        made_ms = made_ms << 8 | uuid.bytes[i];
    }
    assert_true(made_ms >= before_ms && made_ms <= before_ms + 1000);
    assert_int_equal(uuid.bytes[6] >> 4, 7);
    assert_int_equal(uuid.bytes[8] >> 6, 2);
}

/* Far more than one millisecond's counter holds. */
static void uuids_rise_strictly_within_a_millisecond(void **state)
{
    (void)state;
    struct uuid last = uuid_new();
    for (int i = 0; i < 100000; i++) {
        struct uuid next = uuid_new();
        assert_true(memcmp(next.bytes, last.bytes, 16) > 0);
        last = next;
    }
}

static void uuids_rise_when_the_clock_steps_back(void **state)
{
    (void)state;
    generator.last_ms += 3600 * 1000; /* as if the clock had been an hour ahead */
    struct uuid last = uuid_new();
    for (int i = 0; i < 10000; i++) {
        struct uuid next = uuid_new();
        assert_true(memcmp(next.bytes, last.bytes, 16) > 0);
        last = next;
    }
    generator.last_ms = 0;
}

static void uuid_text_goes_there_and_back(void **state)
{
    (void)state;
    struct uuid uuid, read;
    char text[UUID_TEXT_SIZE];

    assert_true(uuid_parse("0190F3A2-7b1c-7ABC-8def-0123456789aB", 36, &uuid));
    assert_string_equal(uuid_format(&uuid, text), "0190f3a2-7b1c-7abc-8def-0123456789ab");
    assert_true(uuid_parse(text, 36, &read));
    assert_true(uuid_equal(&uuid, &read));
    read.bytes[15] ^= 1;
    assert_false(uuid_equal(&uuid, &read));
}

static void uuid_refuses_other_texts(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "0190f3a2-7b1c-7abc-8def-0123456789a",
        "0190f3a2-7b1c-7abc-8def-0123456789abc",
        "0190f3a27b1c-7abc-8def-0123456789abc0",
        "0190f3a2-7b1c-7abc-8def-0123456789ag",
        "0190f3a2-7b1c-7abc-8def_0123456789ab",
        "0190f3a2-7b1c-7abc-8def--123456789ab",
        "{190f3a2-7b1c-7abc-8def-0123456789a}",
    };
    struct uuid uuid;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(uuid_parse(bad[i], strlen(bad[i]), &uuid));
    }
    /* A NUL inside. */
    assert_false(uuid_parse("0190f3a2-7b1c-7abc-8def-0123456789a\0", 36, &uuid));
}

static void uuid_may_be_asked_for_in_lower_case(void **state)
{
    (void)state;
    static const char lower[] = "0190f3a2-7b1c-7abc-8def-0123456789ab tail";
    struct uuid read, same;
    assert_true(uuid_parse_lower(lower, 36, &read) && uuid_parse(lower, 36, &same));
    assert_true(uuid_equal(&read, &same));
    assert_false(uuid_parse_lower(lower, 35, &read));
    for (size_t i = 0; i < 36; i++) {
        char text[37];
        snprintf(text, sizeof text, "%.36s", lower);
        text[i] = (char)toupper(text[i]);
        assert_int_equal(uuid_parse_lower(text, 36, &read), text[i] == lower[i]);
    }
}

static void uuid_nil_is_all_zero(void **state)
{
    (void)state;
    struct uuid uuid = {{0}};
    assert_true(uuid_is_nil(&uuid));
    uuid.bytes[3] = 1;
    assert_false(uuid_is_nil(&uuid));
}

static void random_bytes_fills_any_size(void **state)
{
    (void)state;
    static uint8_t a[10000], b[10000];
    random_bytes(a, sizeof a);
    random_bytes(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    assert_memory_not_equal(a + sizeof a - 16, b + sizeof b - 16, 16);
    random_bytes(a, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uuid_has_version_variant_and_time),
        cmocka_unit_test(uuids_rise_strictly_within_a_millisecond),
        cmocka_unit_test(uuids_rise_when_the_clock_steps_back),
        cmocka_unit_test(uuid_text_goes_there_and_back),
        cmocka_unit_test(uuid_refuses_other_texts),
        cmocka_unit_test(uuid_may_be_asked_for_in_lower_case),
        cmocka_unit_test(uuid_nil_is_all_zero),
        cmocka_unit_test(random_bytes_fills_any_size),
    };
    return cmocka_run_group_tests_name("uuid", tests, NULL, NULL);
}
