/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/case_counter.h"
#include "services/analytics/figure.h"
#include "services/analytics/slice.h"

/* Reference: the roots x of (p - x)² = z² x (1 - x) / n, in 40 decimal digits. */
static void intervals_are_those_of_wilson(void **state)
{
    static const struct {
        int64_t met, all;
        double low, high;
    } rows[] = {
        {15, 16, 0.716713, 0.988881},   {0, 10, 0.0, 0.277533}, {10, 10, 0.722467, 1.0},
        {150, 302, 0.440695, 0.552765}, {1, 1, 0.206549, 1.0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct interval interval = wilson_interval(rows[i].met, rows[i].all);
        if (fabs(interval.low - rows[i].low) > 1e-6 || fabs(interval.high - rows[i].high) > 1e-6) {
            fail_msg("%d of %d: %.6f to %.6f", (int)rows[i].met, (int)rows[i].all, interval.low,
                     interval.high);
        }
    }
}

static void figures_are_sums_of_counters(void **state)
{
    struct tally tally = {.counts = {[CASE_ALL] = 100,
                                     [CASE_DONE] = 60,
                                     [CASE_REFUSED_FIRST] = 4,
                                     [CASE_REFUSED_FIRST + CASE_NO_REASON] = 6,
                                     [CASE_RECEIVE_MET] = 70,
                                     [CASE_RECEIVE_MISSED] = 20,
                                     [CASE_RECEIVE_PENDING] = 10}};
    struct figure figure;
    (void)state;
    figure_of(&figure, indicator_find("processed"), &tally);
    assert_int_equal(figure.numerator, 60);
    assert_int_equal(figure.denominator, 90);
    figure_of(&figure, indicator_find("rejected"), &tally);
    assert_int_equal(figure.numerator, 10);
    assert_int_equal(figure.denominator, 100);
    figure_of(&figure, indicator_find("received_on_time"), &tally);
    assert_int_equal(figure.numerator, 70);
    assert_int_equal(figure.denominator, 90);
    assert_int_equal(figure.pending, 10);
    assert_false(figure_is_uncertain(&figure));
    tally.counts[CASE_RECEIVE_MET] = 9;
    figure_of(&figure, indicator_find("received_on_time"), &tally);
    assert_true(figure_is_uncertain(&figure)); /* 29 */
}

/* The median must not look good because the hard cases are still open. */
static void open_cases_are_told_beside_the_median(void **state)
{
    struct tally tally = {.counts = {[CASE_DONE] = 4, [CASE_UNDER_WAY] = 3}};
    const struct indicator *indicator = indicator_find("resolution_time");
    struct figure figure;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (int32_t i = 1; i <= 4; i++) {
        sketch_add(&tally.times, 100 * i, 1, &arena);
    }
    figure_of(&figure, indicator, &tally);
    assert_int_equal(figure.denominator, 4);
    assert_int_equal(figure.pending, 3);
    assert_true(figure.median == sketch_hours(200) && figure.p90 == sketch_hours(400));
    assert_true(figure.open_known && figure.median_with_open == sketch_hours(400));
    tally.counts[CASE_UNDER_WAY] = 5;
    figure_of(&figure, indicator, &tally);
    assert_false(figure.open_known);
    arena_finish(&arena);
}

static void slices_are_found_where_they_are_kept(void **state)
{
    struct slice_cells cells;
    struct period year, week;
    (void)state;
    period_parse("2026", &year);
    period_parse("2026-W48", &week);
    struct slice slice = {.members = {[DIMENSION_UNIT] = "SXD"}, .period = year};
    assert_int_equal(slice_find(&cells, SUBJECT_CASES, &slice, 0), SLICE_KEPT);
    assert_int_equal(cells.kind, PERIOD_YEAR);
    slice.members[DIMENSION_CATEGORY] = "giao-thong";
    assert_int_equal(slice_find(&cells, SUBJECT_CASES, &slice, 0), SLICE_KEPT);
    assert_int_equal(cells.kind, PERIOD_MONTH); /* added up from its months */
    assert_int_equal(cells.from, year.first);
    assert_int_equal(cells.to, period_end(&year));
    assert_string_equal(cells.members[0], "SXD");
    assert_string_equal(cells.members[1], "giao-thong");
    slice.period = week;
    assert_int_equal(slice_find(&cells, SUBJECT_CASES, &slice, 0), SLICE_NO_PERIOD);
    slice.members[DIMENSION_LEVEL] = "urgent";
    assert_int_equal(slice_find(&cells, SUBJECT_CASES, &slice, 0), SLICE_NO_GROUPING);
}

static void keys_name_dimensions_in_order(void **state)
{
    struct period all = {PERIOD_ALL, 0}, month;
    struct arena arena;
    period_parse("2026-11", &month);
    const struct {
        struct slice slice;
        const char *key;
    } rows[] = {
        {{.period = all}, "reopened|"},
        {{.period = month}, "reopened|period=2026-11"},
        {{.members = {[DIMENSION_UNIT] = "SXD"}, .period = all}, "reopened|unit=SXD"},
        {{.members = {[DIMENSION_UNIT] = "SXD", [DIMENSION_CATEGORY] = "cay-xanh"},
          .period = month},
         "reopened|category=cay-xanh,period=2026-11,unit=SXD"},
        {{.members = {[DIMENSION_PROCESS] = "initiative"}, .period = month},
         "reopened|period=2026-11,process=initiative"},
    };
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(slice_key("reopened", &rows[i].slice, &arena), rows[i].key);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_are_those_of_wilson),
        cmocka_unit_test(figures_are_sums_of_counters),
        cmocka_unit_test(open_cases_are_told_beside_the_median),
        cmocka_unit_test(slices_are_found_where_they_are_kept),
        cmocka_unit_test(keys_name_dimensions_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
