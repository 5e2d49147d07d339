/* SPDX-License-Identifier: Apache-2.0 */
/* Look-ups in small made-up areas and in the boundaries that come with the product. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "services/routing/area.h"
#include "services/routing/boundary.h"
#include "services/routing/reference_data.h"

/* Two squares that share the border at 105.81, and an island of A 0.02° further north. */
static const char two_squares[] =
    "{\"type\": \"FeatureCollection\", \"attribution\": \"made up\", \"features\": ["
    "{\"properties\": {\"MaXa\": \"A\"}, \"geometry\": {\"type\": \"MultiPolygon\", "
    "\"coordinates\": [[[[105.80, 21.00], [105.81, 21.00], [105.81, 21.01], [105.80, 21.01], "
    "[105.80, 21.00]]], [[[105.80, 21.03], [105.81, 21.03], [105.81, 21.04], [105.80, 21.03]]]]}},"
    "{\"id\": 70, \"properties\": {}, \"geometry\": {\"type\": \"Polygon\", \"coordinates\": "
    "[[[105.81, 21.00], [105.82, 21.00], [105.82, 21.01], [105.81, 21.01], [105.81, 21.00]]]}}]}";

static struct area *area_of(const char *text, size_t size, struct arena *arena)
{
    struct boundary_file file;
    struct error err = {0};
    if (!boundary_file_read(&file, text, size, BOUNDARY_REFUSE, arena, &err)) {
        fail_msg("%s %s", err.fields[0].field, err.fields[0].text);
    }
    struct area_boundary *boundaries = arena_array(arena, file.count, sizeof *boundaries);
    for (size_t i = 0; i < file.count; i++) {
        boundaries[i] = (struct area_boundary){file.boundaries[i].unit, file.boundaries[i].wkb,
                                               file.boundaries[i].wkb_size};
    }
    struct area *area = area_new(boundaries, file.count, &err);
    assert_non_null(area);
    return area;
}

static void area_names_unit_and_neighbour(void **state)
{
    static const struct {
        const char *what;
        double lat, lon;
        const char *unit;
        bool near_border;
        const char *near_unit;
    } rows[] = {
        {"well inside", 21.005, 105.805, "A", false, NULL},
        {"the other one, its code a number", 21.005, 105.815, "00070", false, NULL},
        {"20 m west of the border", 21.005, 105.80981, "A", true, "00070"},
        {"40 m west of the border", 21.005, 105.80961, "A", false, NULL},
        {"20 m east of the border", 21.005, 105.81019, "00070", true, "A"},
        {"on the border the first one wins", 21.005, 105.81, "A", true, "00070"},
        {"the island", 21.0305, 105.808, "A", false, NULL},
        {"20 m outside of the city", 20.99982, 105.805, "A", true, NULL},
        {"in the box of A, but outside", 21.02, 105.805, NULL, false, NULL},
        {"the sea", 20.0, 107.0, NULL, false, NULL},
        {"not a number", 0.0 / 0.0, 105.8, NULL, false, NULL},
    };
    (void)state;
    struct arena arena;
    arena_init(&arena);
    struct area *area = area_of(two_squares, sizeof two_squares - 1, &arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct area_place place = area_find(area, rows[i].lat, rows[i].lon);
        print_message("%s\n", rows[i].what);
        assert_int_equal(place.unit == NULL, rows[i].unit == NULL);
        assert_true(place.unit == NULL || strcmp(place.unit, rows[i].unit) == 0);
        assert_int_equal(place.near_border, rows[i].near_border);
        assert_int_equal(place.near_unit == NULL, rows[i].near_unit == NULL);
        assert_true(place.near_unit == NULL || strcmp(place.near_unit, rows[i].near_unit) == 0);
    }
    area_free(area);
    arena_finish(&arena);
}

static void built_in_boundaries_find_their_wards(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    struct reference_file file = reference_file("boundaries.geojson");
    struct area *area = area_of(file.text, file.size, &arena);
    assert_string_equal(area_find(area, 21.0287, 105.8524).unit, "00070"); /* Hoan Kiem lake */
    assert_null(area_find(area, 20.8449, 106.6881).unit);                  /* Hai Phong */

    int points = 0;
    uint64_t start = clock_monotonic_us();
    for (double lat = 20.7; lat < 21.3; lat += 0.002) {
        for (double lon = 105.4; lon < 106.0; lon += 0.0012) {
            points += area_find(area, lat, lon).unit != NULL;
        }
    }
    double seconds = (double)(clock_monotonic_us() - start) / 1e6;
    print_message("%.0f points/s, %d of 150000 in the city\n", 150000 / seconds, points);
    assert_in_range(points, 60000, 150000);
    area_free(area);
    arena_finish(&arena);
}

static void boundary_faults_are_named(void **state)
{
    static const struct {
        const char *text, *code, *field;
    } rows[] = {
        {"{", "invalid_json", NULL},
        {"{\"features\": []}", "invalid_input", "features"},
        {"{\"features\": [{\"properties\": {}}]}", "invalid_input", "features[0].properties.code"},
        {"{\"features\": [{\"properties\": {\"code\": \"A\"}}]}", "invalid_input",
         "features[0].geometry"},
        {"{\"features\": [{\"properties\": {\"ma\": \"A\"}, \"geometry\": {\"type\": \"Point\", "
         "\"coordinates\": [105, 21]}}]}",
         "invalid_input", "features[0].geometry"},
        {"{\"features\": [{\"properties\": {\"ma\": \"A\"}, \"geometry\": {\"type\": \"Polygon\", "
         "\"coordinates\": [[[0,0],[1,1],[1,0],[0,1],[0,0]]]}}]}",
         "invalid_input", "features[0].geometry"},
        {"{\"features\": [{\"properties\": {\"ma\": \"A\"}, \"geometry\": {\"type\": \"Polygon\", "
         "\"coordinates\": \"x\"}}]}",
         "invalid_input", "features[0].geometry"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        struct boundary_file file;
        struct error err = {0};
        arena_init(&arena);
        assert_false(boundary_file_read(&file, rows[i].text, strlen(rows[i].text), BOUNDARY_REFUSE,
                                        &arena, &err));
        assert_string_equal(err.code, rows[i].code);
        assert_true(rows[i].field == NULL || strcmp(err.fields[0].field, rows[i].field) == 0);
        arena_finish(&arena);
    }
}

/* A square with a spike that folds back on itself, and a bow tie of which half would be lost. */
static void a_repair_keeps_the_area_or_is_refused(void **state)
{
    static const char spike[] =
        "{\"features\": [{\"id\": \"A\", \"geometry\": {\"type\": \"Polygon\", \"coordinates\": "
        "[[[0,0],[1,0],[1,1],[2,1],[1,1],[0,1],[0,0]]]}}]}";
    static const char bow[] =
        "{\"features\": [{\"id\": \"A\", \"geometry\": {\"type\": \"Polygon\", \"coordinates\": "
        "[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}}]}";
    (void)state;
    struct arena arena;
    struct boundary_file file;
    struct error err = {0};
    arena_init(&arena);
    assert_false(boundary_file_read(&file, spike, sizeof spike - 1, BOUNDARY_REFUSE, &arena, &err));
    error_clear(&err);
    assert_true(boundary_file_read(&file, spike, sizeof spike - 1, BOUNDARY_REPAIR, &arena, &err));
    assert_int_equal(file.repaired, 1);
    assert_false(boundary_file_read(&file, bow, sizeof bow - 1, BOUNDARY_REPAIR, &arena, &err));
    arena_finish(&arena);
}

static void every_unit_must_stand_once(void **state)
{
    static const char *const whole[] = {"00070", "A"}, *const more[] = {"00070", "A", "B"};
    (void)state;
    struct arena arena;
    struct boundary_file file;
    struct error err = {0};
    arena_init(&arena);
    assert_true(boundary_file_read(&file, two_squares, sizeof two_squares - 1, BOUNDARY_REFUSE,
                                   &arena, &err));
    assert_true(boundary_file_covers(&file, whole, 2, &err));
    assert_false(boundary_file_covers(&file, more, 3, &err));
    assert_string_equal(err.fields[0].code, "missing_unit");
    error_clear(&err);
    assert_false(boundary_file_covers(&file, more, 1, &err));
    assert_string_equal(err.fields[0].code, "unknown_unit");
    error_clear(&err);
    file.boundaries[0].unit = "00070";
    assert_false(boundary_file_covers(&file, whole, 2, &err));
    assert_string_equal(err.fields[0].code, "duplicate_unit");
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(area_names_unit_and_neighbour),
        cmocka_unit_test(built_in_boundaries_find_their_wards),
        cmocka_unit_test(boundary_faults_are_named),
        cmocka_unit_test(a_repair_keeps_the_area_or_is_refused),
        cmocka_unit_test(every_unit_must_stand_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
