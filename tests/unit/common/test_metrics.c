/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/metrics.h"

#define LABELS(...) ((const char *const[]){__VA_ARGS__, NULL})

static int start(void **state)
{
    *state = metrics_new();
    return 0;
}

static int end(void **state)
{
    metrics_free(*state);
    return 0;
}

static void assert_written(struct metrics *metrics, const char *expected)
{
    struct buffer out;
    buffer_init(&out);
    metrics_write(metrics, &out);
    assert_string_equal(out.data, expected);
    buffer_finish(&out);
}

static void families_are_written_with_help_and_type(void **state)
{
    struct metrics *metrics = *state;
    struct metrics_counter *get = metrics_counter(metrics, "http_requests_total", "Requests.",
                                                  LABELS("method=GET", "code=200"));
    metrics_add(metrics_counter(metrics, "events_total", "Events.", NULL), 7);
    metrics_add(metrics_counter(metrics, "http_requests_total", "Requests.",
                                LABELS("method=POST", "code=201")),
                1);
    metrics_add(get, 2);
    metrics_add(get, UINT64_C(1) << 60);
    metrics_set(metrics_gauge(metrics, "queue_bytes", "Bytes\nwaiting \\ held.", NULL), 0.25);
    assert_written(metrics, "# HELP http_requests_total Requests.\n"
                            "# TYPE http_requests_total counter\n"
                            "http_requests_total{method=\"GET\",code=\"200\"} 1152921504606846978\n"
                            "http_requests_total{method=\"POST\",code=\"201\"} 1\n"
                            "# HELP events_total Events.\n"
                            "# TYPE events_total counter\n"
                            "events_total 7\n"
                            "# HELP queue_bytes Bytes\\nwaiting \\\\ held.\n"
                            "# TYPE queue_bytes gauge\n"
                            "queue_bytes 0.25\n");
}

static void label_values_are_escaped(void **state)
{
    struct metrics *metrics = *state;
    metrics_set(metrics_gauge(metrics, "g", "h", LABELS("a=x=\"y\"\\\n", "b=")), NAN);
    assert_written(metrics, "# HELP g h\n# TYPE g gauge\n"
                            "g{a=\"x=\\\"y\\\"\\\\\\n\",b=\"\"} NaN\n");
}

static void gauge_may_be_infinite(void **state)
{
    struct metrics *metrics = *state;
    metrics_set(metrics_gauge(metrics, "g", "h", LABELS("a=1")), INFINITY);
    metrics_set(metrics_gauge(metrics, "g", "h", LABELS("a=2")), -INFINITY);
    assert_written(metrics, "# HELP g h\n# TYPE g gauge\n"
                            "g{a=\"1\"} +Inf\ng{a=\"2\"} -Inf\n");
}

static void same_labels_give_the_same_series(void **state)
{
    struct metrics *metrics = *state;
    assert_ptr_equal(metrics_counter(metrics, "c", "h", LABELS("a=1")),
                     metrics_counter(metrics, "c", "h", LABELS("a=1")));
    assert_ptr_not_equal(metrics_counter(metrics, "c", "h", LABELS("a=1")),
                         metrics_counter(metrics, "c", "h", LABELS("a=2")));
}

static void histogram_counts_are_cumulative(void **state)
{
    struct metrics *metrics = *state;
    struct metrics_histogram *histogram =
        metrics_histogram(metrics, "wait_seconds", "Wait.", LABELS("topic=a"));
    metrics_observe(histogram, 0);
    metrics_observe(histogram, 0.0005); /* a bound belongs to its own range */
    metrics_observe(histogram, 0.002);
    metrics_observe(histogram, 10);
    metrics_observe(histogram, 90);
    assert_written(metrics, "# HELP wait_seconds Wait.\n"
                            "# TYPE wait_seconds histogram\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"0.0005\"} 2\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"0.001\"} 2\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"0.0025\"} 3\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"0.005\"} 3\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"0.01\"} 3\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"0.025\"} 3\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"0.05\"} 3\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"0.1\"} 3\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"0.25\"} 3\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"0.5\"} 3\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"1\"} 3\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"2.5\"} 3\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"5\"} 3\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"10\"} 4\n"
                            "wait_seconds_bucket{topic=\"a\",le=\"+Inf\"} 5\n"
                            "wait_seconds_sum{topic=\"a\"} 100.0025\n"
                            "wait_seconds_count{topic=\"a\"} 5\n");
}

static void series_past_the_most_fold_into_other(void **state)
{
    struct metrics *metrics = *state;
    struct buffer out;
    size_t lines = 0;

    for (int i = 0; i < 3 * METRICS_SERIES_MAX; i++) {
        char label[32];
        snprintf(label, sizeof label, "who=%d", i);
        metrics_add(metrics_counter(metrics, "c", "h", LABELS(label)), 1);
    }
    buffer_init(&out);
    metrics_write(metrics, &out);
    for (const char *at = out.data; (at = strstr(at, "c{")) != NULL; at++) {
        lines++;
    }
    assert_int_equal(lines, METRICS_SERIES_MAX);
    assert_non_null(strstr(out.data, "c{who=\"0\"} 1\n"));
    assert_non_null(strstr(out.data, "c{who=\"other\"} 513\n"));
    buffer_finish(&out);
}

static void collect_gauge(struct metrics *metrics, void *arg)
{
    int *scrapes = arg;
    metrics_set(metrics_gauge(metrics, "scrapes", "h", NULL), ++*scrapes);
}

static void collectors_run_before_each_scrape(void **state)
{
    struct metrics *metrics = *state;
    int scrapes = 0;
    metrics_on_collect(metrics, collect_gauge, &scrapes);
    assert_written(metrics, "# HELP scrapes h\n# TYPE scrapes gauge\nscrapes 1\n");
    assert_written(metrics, "# HELP scrapes h\n# TYPE scrapes gauge\nscrapes 2\n");
}

#define REGISTRY(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        REGISTRY(families_are_written_with_help_and_type),
        REGISTRY(label_values_are_escaped),
        REGISTRY(gauge_may_be_infinite),
        REGISTRY(same_labels_give_the_same_series),
        REGISTRY(histogram_counts_are_cumulative),
        REGISTRY(series_past_the_most_fold_into_other),
        REGISTRY(collectors_run_before_each_scrape),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
