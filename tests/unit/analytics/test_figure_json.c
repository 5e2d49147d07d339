/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/figure_json.h"

static const struct moment moment = {.as_of = INT64_C(1795496531123000),
                                     .cutoff = INT64_C(1795496531100000)};

static void keys_name_dimensions_in_order(void **state)
{
    static const struct {
        const char *unit, *category, *key;
    } rows[] = {
        {NULL, NULL, "received_on_time|"},
        {"SXD", NULL, "received_on_time|unit=SXD"},
        {NULL, "giao-thong", "received_on_time|category=giao-thong"},
        {"SXD", "giao-thong", "received_on_time|category=giao-thong,unit=SXD"},
    };
    struct arena arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct figure figure = {
            .indicator = &indicators[0], .unit = rows[i].unit, .category = rows[i].category};
        assert_string_equal(figure_key(&figure, &arena), rows[i].key);
    }
    arena_finish(&arena);
}

static void nothing_has_no_value(void **state)
{
    struct figure figure = {.indicator = &indicators[1]};
    struct buffer out;
    (void)state;
    buffer_init(&out);
    figure_event_write(&out, &figure, &moment, 1);
    assert_string_equal(out.data,
                        "{\"code\":\"resolved_on_time\",\"definition_version\":2,\"dimensions\":{},"
                        "\"numerator\":0,\"denominator\":0,\"window\":{\"to\":"
                        "\"2026-11-24T05:02:11.123Z\"},\"cutoff\":\"2026-11-24T05:02:11.100Z\","
                        "\"sequence\":1}");
    buffer_finish(&out);
}

/* The digest of a value covers what readers would call a change, and no more. */
static void stable_part_is_the_value(void **state)
{
    struct figure figure = {
        .indicator = &indicators[0], .unit = "SXD", .numerator = 2, .denominator = 3, .pending = 9};
    struct moment later = {.as_of = moment.as_of + 1000000, .cutoff = moment.cutoff + 1000000};
    struct buffer a, b;
    (void)state;
    buffer_init(&a);
    buffer_init(&b);
    size_t stable = figure_event_write(&a, &figure, &moment, 1);
    assert_int_equal(figure_event_write(&b, &figure, &later, 2), stable);
    assert_memory_equal(a.data, b.data, stable);
    assert_non_null(strstr(a.data, "\"value\":0.666667,"));
    buffer_reset(&b);
    figure.numerator = 3;
    figure_event_write(&b, &figure, &moment, 1);
    assert_memory_not_equal(a.data, b.data, stable);
    buffer_finish(&a);
    buffer_finish(&b);
}

static void counts_are_told_whole(void **state)
{
    const struct category_counts categories[] = {
        {"cay-xanh",
         {.states = {1, 0, 0, 0, 2, 0, 0, 3}, .overdue = 1, .returned = 4, .received = 5}},
    };
    struct unit_counts counts = {.unit = "SXD", .categories = categories, .category_count = 1};
    struct buffer out;
    (void)state;
    buffer_init(&out);
    state_counts_add(&counts.total, &categories[0].counts);
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
        cmocka_unit_test(keys_name_dimensions_in_order),
        cmocka_unit_test(nothing_has_no_value),
        cmocka_unit_test(stable_part_is_the_value),
        cmocka_unit_test(counts_are_told_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
