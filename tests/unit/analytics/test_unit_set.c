/* SPDX-License-Identifier: Apache-2.0 */
/* Where something is counted when the city is divided anew, and which sets a figure names. */
#include "tests/unit/analytics/example.h"

#include "common/buffer.h"
#include "common/date.h"
#include "services/analytics/slice.h"
#include "services/analytics/unit_set_json.h"

#define DAY(y, m, d) ((int32_t)date_day(y, m, d))

/* ---- the codec ---- */

static bool read_example(const struct example *example, struct arena *arena, struct error *err)
{
    struct told_unit_set told;
    if (!unit_set_read(&told, example->data, example->data_size, arena, err)) {
        return false;
    }
    assert_true(told.set.area_count >= 2);
    assert_int_equal(told.set.last,
                     told.district_count > 0 ? DAY(2025, 6, 30) : (int32_t)UNIT_SET_OPEN);
    return true;
}

static void test_codec(void **state)
{
    (void)state;
    examples_check("vn.hanoi.unit_set.published.v1", 8, read_example);
}

static void check_fault(const char *json, const char *field)
{
    struct told_unit_set told;
    struct error err = {0};
    struct arena arena;
    arena_init(&arena);
    assert_false(unit_set_read(&told, json, strlen(json), &arena, &err));
    assert_int_equal(err.field_count, 1);
    assert_string_equal(err.fields[0].field, field);
    arena_finish(&arena);
}

/* What a table with a key would refuse, again and again. */
static void test_twice(void **state)
{
    (void)state;
    check_fault("{\"code\":\"2-units\",\"source\":\"x\",\"areas\":[{\"code\":\"00004\"},"
                "{\"code\":\"00008\"},{\"code\":\"00004\"}]}",
                "areas[2].code");
    check_fault("{\"code\":\"1-districts\",\"source\":\"x\",\"districts\":[{\"code\":\"001\","
                "\"name\":{\"vi\":\"a\",\"en\":\"a\"}},{\"code\":\"001\",\"name\":{\"vi\":\"b\","
                "\"en\":\"b\"}}],\"areas\":[{\"code\":\"00004\"}]}",
                "districts[1].code");
}

static void test_keys(void **state)
{
    (void)state;
    assert_string_equal(unit_set_code_of("unit_set:126-units"), "126-units");
    assert_null(unit_set_code_of("unit:00004"));
}

/* ---- places ---- */

static struct unit_area old_areas[] = {{"00037", "002", "00097"},
                                       {"00001", "001", "00097"},
                                       {"00004", "001", NULL},
                                       {"00070", "002", "00070"},
                                       {"10477", NULL, "10465"}};
static struct unit_area new_areas[] = {
    {"00097", NULL, NULL}, {"00004", NULL, NULL}, {"00070", NULL, "00004"}, {"10465", NULL, NULL}};
static struct unit_area later_areas[] = {{"00097", NULL, NULL}, {"00004", NULL, NULL}};
static struct unit_set items[] = {
    {"2-units", UNIT_SET_OPEN, later_areas, 2},
    {"4-units", 0, new_areas, 4}, /* its last day is set below */
    {"2-districts", 0, old_areas, 5},
};
static struct unit_sets sets = {items, 3};

static int set_up(void **state)
{
    (void)state;
    items[1].last = DAY(2029, 12, 31);
    items[2].last = DAY(2025, 6, 30);
    unit_sets_sort(&sets);
    return 0;
}

static void check_place(const char *area, int32_t day, const char *now, const char *district)
{
    struct unit_place place = unit_sets_place(&sets, area, day);
    assert_string_equal(place.area == NULL ? "-" : place.area, now);
    assert_string_equal(place.district == NULL ? "-" : place.district, district);
}

static void test_former_area(void **state)
{
    (void)state;
    check_place("00001", DAY(2025, 6, 30), "00097", "001");
    check_place("00037", DAY(2024, 6, 28), "00097", "002");
    check_place("00004", DAY(2025, 1, 1), "00004", "001"); /* under its code: another area now */
    check_place("10477", DAY(2025, 1, 1), "10465", "-");
}

/* From set to set. */
static void test_areas_that_go_over_twice(void **state)
{
    (void)state;
    check_place("00070", DAY(2025, 6, 30), "00004", "002");
    check_place("00070", DAY(2025, 7, 1), "00004", "-");
    check_place("00070", DAY(2030, 1, 1), "00070", "-"); /* nobody knows it any more */
}

static void test_present_area(void **state)
{
    (void)state;
    check_place("00097", DAY(2025, 7, 1), "00097", "-");
    check_place("00004", DAY(2026, 11, 24), "00004", "-");
}

static void test_districts_as_areas(void **state)
{
    (void)state;
    check_place("001", DAY(2024, 9, 1), "-", "001");
    check_place("001", DAY(2025, 7, 1), "001", "-");
}

static void test_unknown(void **state)
{
    const struct unit_sets none = {.count = 0};
    const struct unit_sets former = {&items[0], 1};
    (void)state;
    check_place("99999", DAY(2025, 1, 1), "99999", "-");
    check_place(NULL, DAY(2025, 1, 1), "-", "-");
    assert_string_equal(unit_sets_place(&none, "00001", DAY(2025, 1, 1)).area, "00001");
    assert_string_equal(unit_sets_place(&former, "00001", DAY(2026, 1, 1)).area, "00001");
    assert_string_equal(unit_sets_place(&former, "00001", DAY(2025, 1, 1)).area, "00097");
}

/* ---- names ---- */

static struct unit_set_names names = {
    .items = {{"30-districts", 0, true}, {"126-units", UNIT_SET_OPEN, false}}, .count = 2};

static void check_named(struct slice slice, const char *period, const char *expected)
{
    const char *codes[UNIT_SETS_NAMED];
    struct buffer text;
    buffer_init(&text);
    names.items[0].last = DAY(2025, 6, 30);
    assert_true(period_parse(period, &slice.period));
    size_t count = unit_sets_of(&names, &slice, codes);
    for (size_t i = 0; i < count; i++) {
        buffer_put_format(&text, "%s%s", i > 0 ? " " : "", codes[i]);
    }
    assert_string_equal(count > 0 ? text.data : "", expected);
    buffer_finish(&text);
}

static void test_named_sets(void **state)
{
    const struct slice city = {.members = {NULL}}, area = {.members = {[DIMENSION_AREA] = "00004"}},
                       district = {.members = {[DIMENSION_DISTRICT] = "001"}},
                       unit = {.members = {[DIMENSION_UNIT] = "00004"}};
    (void)state;
    check_named(city, "all", "126-units");
    check_named(area, "2025-03", "126-units");
    check_named(district, "all", "30-districts");
    check_named(district, "2025-06", "30-districts");
    check_named(district, "2025-07", "");
    check_named(unit, "2025-06", "30-districts");
    check_named(unit, "2025-06-30", "30-districts");
    check_named(unit, "2025-07-01", "126-units");
    check_named(unit, "2025", "30-districts 126-units");
    check_named(unit, "all", "30-districts 126-units");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codec),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_former_area),
        cmocka_unit_test(test_areas_that_go_over_twice),
        cmocka_unit_test(test_present_area),
        cmocka_unit_test(test_districts_as_areas),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_named_sets),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
