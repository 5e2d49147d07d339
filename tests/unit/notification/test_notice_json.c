/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/arena.h"
#include "services/notification/notice_json.h"

static void notice_survives_its_column(void **state)
{
    static const char *const evidence[] = {"https://x.example/1", "https://x.example/2"};
    static const struct notice_handover handovers[] = {{"00070", "SXD", "r1", 1795496531000000},
                                                       {"SXD", "SYT", "r2", 1795496532000000}};
    struct notice notice = {.ticket = "HN-2026-0000123-K",
                            .kind = "initiative",
                            .category = "giao-thong",
                            .level = "urgent",
                            .unit = "00070",
                            .task_unit = "SXD",
                            .at = 1795496531123000,
                            .receive_due = 1795588200000000,
                            .resolve_due = 1795600000000000,
                            .timeout_at = 1795600001000000,
                            .clock = "task",
                            .clock_due = 1795600002000000,
                            .slot_at = 1795600003000000,
                            .minutes = 480,
                            .result = "Đã \"vá\"\n",
                            .evidence = evidence,
                            .evidence_count = 2,
                            .asks_rating = true,
                            .question = "q",
                            .third_party = true,
                            .answer = "a",
                            .handovers = handovers,
                            .handover_count = 2,
                            .disputed = true,
                            .check_failed = true,
                            .by_reporter = true,
                            .is_split = true,
                            .rating = "acceptable",
                            .reason_class = "unclear",
                            .reason = "r",
                            .note = "n"};
    struct notice read;
    struct buffer first, second;
    struct arena arena;
    struct error err = {0};
    (void)state;
    arena_init(&arena);
    buffer_init(&first);
    buffer_init(&second);
    notice_write(&notice, &first);
    assert_true(notice_read(&read, first.data, first.size, &arena, &err));
    notice_write(&read, &second);
    assert_string_equal(first.data, second.data);
    assert_true(read.asks_rating && read.third_party && read.disputed && read.check_failed &&
                read.by_reporter && read.is_split);
    assert_string_equal(read.kind, "initiative");
    assert_string_equal(read.handovers[0].to, "SXD");
    assert_string_equal(read.handovers[1].to, "SYT");
    buffer_finish(&first);
    buffer_finish(&second);
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notice_survives_its_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
