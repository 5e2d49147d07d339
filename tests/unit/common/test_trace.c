/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "common/trace.h"

#define TRACE "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN  "00f067aa0ba902b7"

static void trace_goes_on_with_a_span_of_its_own(void **state)
{
    (void)state;
    static const struct {
        const char *received, *flags;
    } rows[] = {
        {"00-" TRACE "-" SPAN "-01", "01"},
        {"00-" TRACE "-" SPAN "-00", "00"},
        {"00-" TRACE "-" SPAN "-fe", "00"}, /* unknown flags are not passed on */
        {"00-" TRACE "-" SPAN "-ff", "01"},
        {"01-" TRACE "-" SPAN "-01", "01"},
        {"cc-" TRACE "-" SPAN "-01-what-the-future-will-bring", "01"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trace trace;
        trace_continue(&trace, rows[i].received, strlen(rows[i].received));
        assert_int_equal(strlen(trace.parent), TRACE_TEXT_SIZE - 1);
        assert_memory_equal(trace.parent, "00-" TRACE "-", 36);
        assert_memory_not_equal(trace.parent + 36, SPAN, 16);
        assert_int_equal(strspn(trace.parent + 36, "0123456789abcdef"), 16);
        assert_int_equal(trace.parent[52], '-');
        assert_string_equal(trace.parent + 53, rows[i].flags);
        assert_memory_equal(trace_id(&trace), TRACE, 32);
    }
}

static void trace_starts_anew_after_nonsense(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "00",
        "00-" TRACE "-" SPAN "-0",
        "00-" TRACE "-" SPAN "-011",
        "00-" TRACE "-" SPAN "-01-more",
        "01-" TRACE "-" SPAN "-01.more",
        "ff-" TRACE "-" SPAN "-01",
        "0x-" TRACE "-" SPAN "-01",
        "00-00000000000000000000000000000000-" SPAN "-01",
        "00-" TRACE "-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" SPAN "-01",
        "00-" TRACE "-" SPAN "-0g",
        "00_" TRACE "_" SPAN "_01",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trace trace;
        trace_continue(&trace, rows[i], strlen(rows[i]));
        assert_int_equal(strlen(trace.parent), TRACE_TEXT_SIZE - 1);
        assert_memory_not_equal(trace_id(&trace), TRACE, 32);
        assert_int_equal(strspn(trace_id(&trace), "0123456789abcdef"), 32);
        assert_true(strspn(trace_id(&trace), "0") < 32);
        assert_string_equal(trace.parent + 52, "-01");
    }
}

static void traces_started_here_differ(void **state)
{
    (void)state;
    struct trace a, b, c;
    trace_continue(&a, NULL, 0);
    trace_continue(&b, NULL, 0);
    assert_memory_not_equal(trace_id(&a), trace_id(&b), 32);
    trace_continue(&c, a.parent, strlen(a.parent)); /* what we send, we take */
    assert_memory_equal(trace_id(&a), trace_id(&c), 32);
    assert_memory_not_equal(a.parent + 36, c.parent + 36, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trace_goes_on_with_a_span_of_its_own),
        cmocka_unit_test(trace_starts_anew_after_nonsense),
        cmocka_unit_test(traces_started_here_differ),
    };
    return cmocka_run_group_tests_name("trace", tests, NULL, NULL);
}
