/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/figure_json.h"

static const struct moment moment = {.as_of = INT64_C(1795496531123000),
                                     .cutoff = INT64_C(1795496531100000),
                                     .unit_sets = {{{"126-units", UNIT_SET_OPEN, false}}, 1}};

static const struct slice city = {.period = {PERIOD_ALL, 0}};

static void nothing_has_no_value(void **state)
{
    struct tally none = {.counts = {0}};
    struct figure figure;
    struct buffer out;
    (void)state;
    buffer_init(&out);
    figure_of(&figure, indicator_at(1), &none);
    figure_event_write(&out, &figure, &city, &moment, 1);
    assert_string_equal(figure_event_type(&figure), "vn.hanoi.indicator.changed.v1");
    assert_string_equal(
        out.data, "{\"code\":\"resolved_on_time\",\"definition_version\":2,\"dimensions\":{},"
                  "\"period\":\"all\",\"numerator\":0,\"denominator\":0,\"pending\":0,"
                  "\"uncertain\":true,\"unit_sets\":[\"126-units\"],"
                  "\"window\":{\"to\":\"2026-11-24T05:02:11.123Z\"},"
                  "\"as_of\":\"2026-11-24T05:02:11.123Z\",\"cutoff\":\"2026-11-24T05:02:11.100Z\","
                  "\"sequence\":1}");
    buffer_finish(&out);
}

static void a_share_carries_its_interval_and_window(void **state)
{
    struct tally tally = {.counts = {[CASE_RECEIVE_MET] = 2, [CASE_RECEIVE_MISSED] = 1}};
    struct slice slice = {.members = {[DIMENSION_UNIT] = "SXD"}};
    struct figure figure;
    struct buffer out;
    (void)state;
    buffer_init(&out);
    period_parse("2026-10", &slice.period);
    figure_of(&figure, indicator_at(0), &tally);
    figure_event_write(&out, &figure, &slice, &moment, 1);
    assert_non_null(strstr(out.data, "\"dimensions\":{\"unit\":\"SXD\"},\"period\":\"2026-10\","
                                     "\"value\":0.666667,\"numerator\":2,\"denominator\":3,"));
    assert_non_null(strstr(out.data, "\"interval\":{\"low\":0.20766,\"high\":0.938508}"));
    assert_non_null(strstr(out.data, "\"window\":{\"from\":\"2026-09-30T17:00:00.000Z\","
                                     "\"to\":\"2026-10-31T17:00:00.000Z\"}")); /* it is over */
    buffer_finish(&out);
}

static void times_are_told_in_hours(void **state)
{
    struct tally tally = {.counts = {[CASE_DONE] = 1}};
    struct figure figure;
    struct arena arena;
    struct buffer out;
    (void)state;
    arena_init(&arena);
    buffer_init(&out);
    sketch_add(&tally.times, sketch_bucket(INT64_C(7200000000)), 1, &arena);
    figure_of(&figure, indicator_find("resolution_time"), &tally);
    figure_event_write(&out, &figure, &city, &moment, 1);
    assert_string_equal(figure_event_type(&figure), "vn.hanoi.duration.changed.v1");
    const char *median = strstr(out.data, "\"median_hours\":");
    assert_non_null(median);
    double hours = strtod(median + strlen("\"median_hours\":"), NULL);
    assert_true(hours > 1.97 && hours < 2.03);
    assert_null(strstr(out.data, "numerator"));
    arena_finish(&arena);
    buffer_finish(&out);
}

static void counts_are_told_whole(void **state)
{
    static const struct tally tally = {.counts = {[CASE_RECEIVED] = 1,
                                                  [CASE_RESOLVED] = 2,
                                                  [CASE_MERGED] = 3,
                                                  [CASE_OVERDUE] = 1,
                                                  [CASE_RETURNED] = 4,
                                                  [CASE_TAKEN_OVER] = 5}};
    const struct category_counts categories[] = {{"cay-xanh", &tally}};
    struct unit_counts counts = {
        .unit = "SXD", .total = &tally, .categories = categories, .category_count = 1};
    struct buffer out;
    (void)state;
    buffer_init(&out);
    unit_event_write(&out, &counts, &moment, 7);
    assert_string_equal(
        out.data, "{\"unit\":\"SXD\",\"counts\":{\"received\":1,\"accepted\":0,\"assigned\":0,"
                  "\"in_progress\":0,\"resolved\":2,\"rejected\":0,\"withdrawn\":0,\"merged\":3},"
                  "\"by_category\":{\"cay-xanh\":{\"received\":1,\"accepted\":0,\"assigned\":0,"
                  "\"in_progress\":0,\"resolved\":2,\"rejected\":0,\"withdrawn\":0,\"merged\":3}},"
                  "\"overdue\":1,\"handovers\":{\"returned\":4,\"received\":5},\"cutoff\":\"2026-"
                  "11-24T05:02:11.100Z\",\"sequence\":7}");
    buffer_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_carries_its_interval_and_window),
        cmocka_unit_test(nothing_has_no_value),
        cmocka_unit_test(times_are_told_in_hours),
        cmocka_unit_test(counts_are_told_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
