/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/analytics/example.h"

#include "common/date.h"
#include "services/analytics/cadence_json.h"

static const int64_t as_of = INT64_C(1795496532000000); /* 2026-11-24T05:02:12Z */

static void expect(const struct cadence_news *news, const char *path)
{
    struct example example;
    struct arena arena;
    struct buffer out, want;
    arena_init(&arena);
    buffer_init(&out);
    buffer_init(&want);
    example_read(&example, path, &arena);
    for (size_t i = 0; i < example.data_size; i++) { /* no text of these has two blanks or a line */
        bool blank = example.data[i] == '\n' || example.data[i] == ' ';
        bool within = i > 0 && example.data[i - 1] != ' ' && example.data[i - 1] != ':' &&
                      example.data[i - 1] != '\n';
        if (!blank || (example.data[i] == ' ' && within)) {
            buffer_put_char(&want, example.data[i]);
        }
    }
    size_t stable = cadence_event_write(&out, news);
    assert_string_equal(out.data, want.data);
    assert_memory_equal(out.data + stable, ",\"as_of\"", 8);
    buffer_finish(&out);
    buffer_finish(&want);
    arena_finish(&arena);
}

static void a_unit_that_begins_is_written_as_the_example_is(void **state)
{
    const struct cadence cadence = {.longest_gap = 1,
                                    .missed_last = CADENCE_NONE,
                                    .last_item = CADENCE_NONE,
                                    .next_due = CADENCE_NONE};
    (void)state;
    expect(&(struct cadence_news){"SYT", &cadence, as_of, 0, 1},
           "proto/examples/vn.hanoi.cadence.changed.v1/minimal.json");
}

static void a_unit_with_a_past_is_written_as_the_example_is(void **state)
{
    const struct cadence cadence = {.items = 311,
                                    .windows = 293,
                                    .kept = 281,
                                    .longest_gap = 9,
                                    .missed_last = (int32_t)date_day(2026, 10, 5),
                                    .last_item = (int32_t)date_day(2026, 11, 23),
                                    .next_due = (int32_t)date_day(2026, 11, 26)};
    (void)state;
    expect(&(struct cadence_news){"SXD", &cadence, as_of, as_of - INT64_C(1932000000), 88213},
           "proto/examples/vn.hanoi.cadence.changed.v1/maximal.json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_that_begins_is_written_as_the_example_is),
        cmocka_unit_test(a_unit_with_a_past_is_written_as_the_example_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
