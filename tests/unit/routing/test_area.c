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
#include "common/utf8.h"
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

static void units_around_are_told_by_distance(void **state)
{
    static const struct {
        const char *what;
        double lat, lon, reach_m;
        size_t max, count;
        const char *units[2];
        double metres[2];
    } rows[] = {
        {"20 m west of the border", 21.005, 105.80981, 250, 4, 2, {"A", "00070"}, {0, 19.8}},
        {"20 m east of the border", 21.005, 105.81019, 250, 4, 2, {"00070", "A"}, {0, 19.8}},
        {"on the border both are met", 21.005, 105.81, 250, 4, 2, {"A", "00070"}, {0, 0}},
        {"farther than AREA_NEAR_M, within reach",
         21.005,
         105.8085,
         250,
         4,
         2,
         {"A", "00070"},
         {0, 156}},
        {"the same, out of reach", 21.005, 105.8085, 150, 4, 1, {"A"}, {0}},
        {"no room for both", 21.005, 105.81019, 250, 1, 1, {"00070"}, {0}},
        {"outside of both", 21.0115, 105.8105, 250, 4, 2, {"00070", "A"}, {166.1, 174}},
        {"far away", 20.0, 107.0, 250, 4, 0, {NULL}, {0}},
        {"not a number", 0.0 / 0.0, 105.8, 250, 4, 0, {NULL}, {0}},
    };
    (void)state;
    struct arena arena;
    arena_init(&arena);
    struct area *area = area_of(two_squares, sizeof two_squares - 1, &arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct area_distance found[4];
        print_message("%s\n", rows[i].what);
        assert_int_equal(
            area_nearby(area, rows[i].lat, rows[i].lon, rows[i].reach_m, found, rows[i].max),
            rows[i].count);
        for (size_t j = 0; j < rows[i].count; j++) {
            assert_string_equal(found[j].unit, rows[i].units[j]);
            assert_true(found[j].metres > rows[i].metres[j] - 0.5 &&
                        found[j].metres < rows[i].metres[j] + 0.5);
        }
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

struct bad_file {
    const char *text, *code, *field;
};

static void assert_refused(const struct bad_file *row)
{
    struct arena arena;
    struct boundary_file file;
    struct error err = {0};
    arena_init(&arena);
    assert_false(
        boundary_file_read(&file, row->text, strlen(row->text), BOUNDARY_REFUSE, &arena, &err));
    assert_string_equal(err.code, row->code);
    assert_true(utf8_is_valid(err.text, strlen(err.text)));
    if (row->field != NULL) {
        assert_string_equal(err.fields[0].field, row->field);
    }
    arena_finish(&arena);
}

static void boundary_faults_are_named(void **state)
{
    static const struct bad_file rows[] = {
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
        {"{\"features\": [{\"properties\": {\"ma\": \"A\"}, \"geometry\": {\"type\": \"Polygon\", "
         "\"coordinates\": [[[587000,2325000],[588000,2325000],[588000,2326000],[587000,2325000]]]"
         "}}]}", /* metres of VN-2000 */
         "invalid_input", "features[0].geometry"},
        {"{\"features\": [{\"id\": \"A\", \"geometry\": {\"type\": \"Polygon\", \"coordinates\": "
         "[[[21,105],[22,105],[22,106],[21,105]]]}}]}", /* latitude first */
         "invalid_input", "features[0].geometry"},
        {"{\"features\": [{\"id\": \"A\", \"geometry\": {\"type\": \"Polygon\", "
         "\"coordinates\": []}}]}",
         "invalid_input", "features[0].geometry"},
        {"{\"features\": [{\"id\": \"A\", \"geometry\": {\"type\": \"MultiPolygon\", "
         "\"coordinates\": "
         "[[[[105,21],[],[105,22],[105,21]]]]}}]}", /* GEOS's own reader would crash */
         "invalid_input", "features[0].geometry"},
        {"{\"features\": [{\"id\": \"A\", \"geometry\": {\"type\": \"Polygon\", \"coordinates\": "
         "[[[105,21],[105,22],[106,22]]]}}]}", /* not closed */
         "invalid_input", "features[0].geometry"},
        {"{\"features\": [{\"id\": \"A\", \"geometry\": {\"type\": \"Polygon\", \"coordinates\": "
         "[[[105,21],[105,22],[106,\"22\"],[105,21]]]}}]}",
         "invalid_input", "features[0].geometry"},
        {"{\"\\\xff", "invalid_json", NULL},
        {"[]", "invalid_json", NULL},
        {"{}", "invalid_input", "features"},
        {"{} {}", "invalid_json", NULL},
        {"{\"features\": {}}", "invalid_input", "features"},
        {"{\"features\": [", "invalid_json", NULL},
        {"{\"type\" \"FeatureCollection\"}", "invalid_json", NULL},
        {"{\"type\": \"FeatureCollection\",}", "invalid_json", NULL},
        {"{1: 2}", "invalid_json", NULL},
        {"{\"features\": [{\"id\": \"A\"}], \"features\": []}", "invalid_input",
         "features[0].geometry"},
        {"", "invalid_json", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_refused(&rows[i]);
    }
}

static void what_is_no_collection_names_its_member(void **state)
{
    static const struct bad_file rows[] = {
        {"{\"features\": [{\"id\": 1, \"id\": 2}]}", "invalid_json", "features[0]"},
        {"{\"features\": [7]}", "invalid_input", "features[0]"},
        {"{\"features\": [{\"properties\": {\"ma\": {}}}]}", "invalid_input",
         "features[0].properties.ma"},
        {"{\"features\": [{\"id\": true}]}", "invalid_input", "features[0].id"},
        {"{\"a\": 1, \"b\": [1e999]}", "invalid_json", "b"},
        {"{\"a\": 1, \"a\": 1}", "invalid_input", "a"},
        {"{\"a\": \"\\u0000\"}", "invalid_json", "a"},
        {"{\"type\": \"Feature\", \"features\": [7]}", "invalid_input", "type"},
        {"{\"approximate\": 1}", "invalid_input", "approximate"},
        {"{\"attribution\": null}", "invalid_input", "attribution"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_refused(&rows[i]);
    }
}

static void all_faults_are_told_with_their_units(void **state)
{
    static const char text[] =
        "{\"type\": \"FeatureCollection\", \"features\": [{\"id\": \"A\", \"geometry\": {\"type\": "
        "\"Polygon\", \"coordinates\": "
        "[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}}, {\"id\": 70}, {\"id\": \"C\", \"geometry\": "
        "{\"type\": \"Polygon\", \"coordinates\": [[[0,0],[1,0],[1,1],[0,0]]]}}]}";
    (void)state;
    struct arena arena;
    struct boundary_file file;
    struct error err = {0};
    arena_init(&arena);
    assert_false(boundary_file_read(&file, text, sizeof text - 1, BOUNDARY_REFUSE, &arena, &err));
    assert_int_equal(err.field_count, 2);
    assert_string_equal(err.fields[0].field, "features[0].geometry");
    assert_string_equal(err.fields[0].text, "Self-intersection[0.5 0.5] (unit A)");
    assert_string_equal(err.fields[1].text, "missing (unit 00070)");
    arena_finish(&arena);
}

static void a_file_tells_its_source_and_boxes(void **state)
{
    static const char before[] =
        " {\"type\": \"FeatureCollection\", \"crs\": {\"a\": [1, {\"features\": 2}]}, "
        "\"approximate\" : true , \"features\":[ "
        "{\"id\":"
        "\"A\",\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[105.8,21],[105.9,21.1],"
        "[105.8,21.1],[105.8,21]]]}} ], \"attribution\": \"Sở Quy hoạch\", \"n\": -1.5e3} \n";
    (void)state;
    struct arena arena;
    struct boundary_file file;
    struct error err = {0};
    arena_init(&arena);
    assert_true(
        boundary_file_read(&file, before, sizeof before - 1, BOUNDARY_REFUSE, &arena, &err));
    assert_true(file.approximate);
    assert_string_equal(file.source, "Sở Quy hoạch");
    assert_int_equal(file.count, 1);
    assert_true(file.boundaries[0].edges[BOUNDARY_WEST] == 105.8 &&
                file.boundaries[0].edges[BOUNDARY_SOUTH] == 21 &&
                file.boundaries[0].edges[BOUNDARY_EAST] == 105.9 &&
                file.boundaries[0].edges[BOUNDARY_NORTH] == 21.1);
    arena_finish(&arena);
}

/* A square with a spike that folds back on itself, and a bow tie of which half would be lost. */
static void a_repair_keeps_the_area_or_is_refused(void **state)
{
    static const char spike[] = "{\"type\": \"FeatureCollection\", \"features\": [{\"id\": \"A\", "
                                "\"geometry\": {\"type\": \"Polygon\", \"coordinates\": "
                                "[[[0,0],[1,0],[1,1],[2,1],[1,1],[0,1],[0,0]]]}}]}";
    static const char bow[] = "{\"type\": \"FeatureCollection\", \"features\": [{\"id\": \"A\", "
                              "\"geometry\": {\"type\": \"Polygon\", \"coordinates\": "
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
    assert_string_equal(err.fields[0].field, "features[0]");
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
        cmocka_unit_test(units_around_are_told_by_distance),
        cmocka_unit_test(boundary_faults_are_named),
        cmocka_unit_test(what_is_no_collection_names_its_member),
        cmocka_unit_test(all_faults_are_told_with_their_units),
        cmocka_unit_test(a_file_tells_its_source_and_boxes),
        cmocka_unit_test(a_repair_keeps_the_area_or_is_refused),
        cmocka_unit_test(every_unit_must_stand_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
