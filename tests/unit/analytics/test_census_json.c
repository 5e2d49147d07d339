/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/case_fact.h"
#include "services/analytics/census_json.h"

static bool read(struct census *census, int of, const char *json, struct arena *arena,
                 struct error *err)
{
    return census_read(census, &censuses[of], json, strlen(json), arena, err);
}

static void a_census_of_cases_goes_by_phase_and_state(void **state)
{
    struct census census;
    struct error err = {0};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_true(read(&census, CENSUS_CASES,
                     "{\"items\":[{\"unit\":\"SXD\",\"phase\":\"working\",\"state\":\"assigned\","
                     "\"cases\":2},{\"phase\":\"paused\",\"state\":\"asked\",\"cases\":1}]}",
                     &arena, &err));
    assert_int_equal(census.count, 2);
    assert_int_equal(census.first, 0);
    assert_string_equal(census.items[0].member, "SXD");
    assert_int_equal(census.items[0].kind, CASE_ASSIGNED);
    assert_null(census.items[1].member);
    assert_int_equal(census.items[1].kind, CASE_IN_PROGRESS);
    arena_finish(&arena);
}

static void a_census_of_deliveries_tells_its_first_day(void **state)
{
    struct census census;
    struct error err = {0};
    struct arena arena;
    (void)state;
    arena_init(&arena);
    assert_true(read(&census, CENSUS_DELIVERIES,
                     "{\"since\":\"1970-01-01T17:00:00.000Z\",\"items\":[{\"channel\":\"inapp\","
                     "\"result\":\"skipped\",\"deliveries\":7}]}",
                     &arena, &err));
    assert_int_equal(census.first, 1);
    assert_int_equal(census.count, 1);
    assert_string_equal(census.items[0].member, "inapp");
    assert_string_equal(censuses[CENSUS_DELIVERIES].kind_words[census.items[0].kind], "skipped");
    assert_int_equal(census.items[0].number, 7);
    arena_finish(&arena);
}

static void what_cannot_be_compared_is_named(void **state)
{
    static const struct {
        const char *json, *field;
    } rows[] = {
        {"{\"items\":[]}", "since"},
        {"{\"since\":\"2026-11-24T00:00:00.000Z\",\"items\":[]}", "since"},
        {"{\"since\":\"2026-11-23T17:00:00.000Z\"}", "items"},
        {"{\"since\":\"2026-11-23T17:00:00.000Z\",\"items\":[{\"channel\":\"email\",\"result\":"
         "\"waiting\",\"deliveries\":1}]}",
         "items[0].result"},
        {"{\"since\":\"2026-11-23T17:00:00.000Z\",\"items\":[{\"result\":\"sent\",\"deliveries\":"
         "1}]}",
         "items[0].channel"},
        {"{\"since\":\"2026-11-23T17:00:00.000Z\",\"items\":[{\"channel\":\"email\",\"result\":"
         "\"sent\",\"deliveries\":0}]}",
         "items[0].deliveries"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct census census;
        struct error err = {0};
        struct arena arena;
        arena_init(&arena);
        assert_false(read(&census, CENSUS_DELIVERIES, rows[i].json, &arena, &err));
        assert_int_equal(err.field_count, 1);
        assert_string_equal(err.fields[0].field, rows[i].field);
        arena_finish(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_census_of_cases_goes_by_phase_and_state),
        cmocka_unit_test(a_census_of_deliveries_tells_its_first_day),
        cmocka_unit_test(what_cannot_be_compared_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
