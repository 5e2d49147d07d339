/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/clock.h"
#include "services/intake/promise.h"

static int64_t at(const char *text)
{
    int64_t instant;
    assert_true(clock_parse(text, strlen(text), &instant));
    return instant;
}

static size_t november(struct promise_segment *segments, struct promise *promise)
{
    segments[0] =
        (struct promise_segment){at("2026-10-30T10:00:00Z"), at("2026-11-02T10:00:00Z"), 0};
    segments[1] =
        (struct promise_segment){at("2026-11-02T01:00:00Z"), at("2026-11-03T01:00:00Z"), 1};
    segments[2] =
        (struct promise_segment){at("2026-11-02T05:00:00Z"), at("2026-11-03T05:00:00Z"), 0};
    *promise = (struct promise){.month = "2026-11",
                                .rule = {"receive", 1, "assumption"},
                                .segments = segments,
                                .segment_count = 3};
    return 1;
}

static void due_follows_the_segment_of_the_instant(void **state)
{
    static const struct {
        const char *filed, *due;
    } rows[] = {
        {"2026-11-01T12:00:00Z", "2026-11-02T10:00:00Z"}, /* a Sunday: the first segment holds */
        {"2026-11-02T00:59:59.999Z", "2026-11-02T10:00:00Z"},
        {"2026-11-02T01:00:00Z", "2026-11-03T01:00:00Z"},
        {"2026-11-02T02:30:00.500Z", "2026-11-03T02:30:00.500Z"},
        {"2026-11-02T05:00:00Z", "2026-11-03T05:00:00Z"},
        {"2026-11-30T16:59:59Z", "2026-11-03T05:00:00Z"}, /* the last holds to the month's end */
    };
    struct promise_segment segments[3];
    struct promise promise;
    size_t count = november(segments, &promise);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct rule *rule;
        int64_t due;
        assert_true(promise_due(&promise, count, at(rows[i].filed), &due, &rule));
        assert_int_equal(due, at(rows[i].due));
        assert_string_equal(rule->code, "receive");
    }
}

static void nothing_is_promised_outside_the_months(void **state)
{
    struct promise_segment segments[3];
    struct promise promise;
    const struct rule *rule;
    int64_t due;
    size_t count = november(segments, &promise);
    (void)state;
    assert_false(promise_due(&promise, count, at("2026-10-31T16:59:59Z"), &due, &rule));
    assert_true(promise_due(&promise, count, at("2026-10-31T17:00:00Z"), &due, &rule));
    assert_false(promise_due(&promise, count, at("2026-11-30T17:00:00Z"), &due, &rule));
    assert_false(promise_due(&promise, 0, at("2026-11-02T02:00:00Z"), &due, &rule));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(due_follows_the_segment_of_the_instant),
        cmocka_unit_test(nothing_is_promised_outside_the_months),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
