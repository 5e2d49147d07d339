/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "services/intake/sensor_alarm.h"

static void alarms_of_one_window_are_one_burst(void **state)
{
    static const struct burst_rule half_hour = {.window_min = 30};
    static const struct {
        int64_t at_us, window;
    } rows[] = {
        {0, 0},          {1799999999, 0}, {1800000000, 1},
        {3599999999, 1}, {3600000000, 2}, {INT64_C(1795492800000000), 997496},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(burst_window(&half_hour, rows[i].at_us), rows[i].window);
    }
}

static void an_alarm_is_told_in_words(void **state)
{
    static const struct {
        const char *json, *words;
    } rows[] = {
        {"{\"sensor_id\":\"NG-17\",\"kind\":\"water-level\",\"value\":1.85,\"unit\":\"m\","
         "\"category\":\"ha-tang\",\"location\":{\"lat\":21,\"lon\":105},"
         "\"at\":\"2026-11-24T04:00:00Z\"}",
         "Cảm biến NG-17 báo động: water-level = 1.85 m."},
        {"{\"sensor_id\":\"7\",\"kind\":\"pm25\",\"value\":-1e12,"
         "\"category\":\"a\",\"location\":{\"lat\":21,\"lon\":105},"
         "\"at\":\"2026-11-24T04:00:00Z\",\"new\":true}",
         "Cảm biến 7 báo động: pm25 = -1e+12."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sensor_alarm alarm;
        struct report report;
        struct arena arena;
        arena_init(&arena);
        assert_true(
            sensor_alarm_read(&alarm, &report, rows[i].json, strlen(rows[i].json), &arena, NULL));
        assert_string_equal(report.description, rows[i].words);
        assert_int_equal(report.level, -1);
        arena_finish(&arena);
    }
}

static void an_alarm_of_the_first_instant_is_refused(void **state)
{
    static const char json[] = "{\"sensor_id\":\"7\",\"kind\":\"pm25\",\"value\":1,"
                               "\"category\":\"a\",\"location\":{\"lat\":21,\"lon\":105},"
                               "\"at\":\"1970-01-01T00:00:00Z\"}";
    struct sensor_alarm alarm;
    struct report report;
    struct arena arena;
    struct error err = {0};
    (void)state;
    arena_init(&arena);
    assert_false(sensor_alarm_read(&alarm, &report, json, strlen(json), &arena, &err));
    assert_string_equal(err.fields[0].field, "at");
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alarms_of_one_window_are_one_burst),
        cmocka_unit_test(an_alarm_is_told_in_words),
        cmocka_unit_test(an_alarm_of_the_first_instant_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
