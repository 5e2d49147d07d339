/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "services/intake/place_grid.h"

static double between(double low, double high)
{
    return low + (high - low) * rand() / RAND_MAX;
}

static bool is_among(const int32_t *cells, size_t count, int32_t cell)
{
    for (size_t i = 0; i < count; i++) {
        if (cells[i] == cell) {
            return true;
        }
    }
    return false;
}

static void cells_of_a_circle_hold_all_its_points(void **state)
{
    int32_t cells[PLACE_CELLS_MAX];
    (void)state;
    srand(20261129);
    for (int round = 0; round < 20000; round++) {
        double lat = between(20.5, 21.4), lon = between(105.2, 106.1), radius = between(10, 900);
        struct place_box box = place_around(lat, lon, radius);
        size_t count = place_cells(&box, cells);
        assert_in_range(count, 1, PLACE_CELLS_MAX);
        double turn = between(0, 2 * M_PI), part = between(0, radius);
        double a = lat + part * sin(turn) / 111195,
               b = lon + part * cos(turn) / 111195 / cos(lat * M_PI / 180);
        assert_true(is_among(cells, count, place_cell(a, b)));
        double found = place_distance(lat, lon, a, b);
        assert_true(fabs(found - part) < 0.01 * part + 0.1);
    }
}

/* Hoàn Kiếm to Nội Bài. */
static void distances_are_metres(void **state)
{
    (void)state;
    assert_true(fabs(place_distance(21.0287, 105.8524, 21.2187, 105.8042) - 21710) < 60);
    assert_true(place_distance(21, 105.8, 21, 105.8) < 1e-6);
}

static void a_large_box_has_no_cells(void **state)
{
    int32_t cells[PLACE_CELLS_MAX];
    const struct place_box city = {105.2, 20.5, 106.1, 21.4}, edge = {105.8, 21.0, 105.8, 21.0},
                           world = {-180, -90, 180, 90};
    (void)state;
    assert_int_equal(place_cells(&city, cells), 0);
    assert_int_equal(place_cells(&world, cells), 0);
    assert_int_equal(place_cells(&edge, cells), 1);
    assert_int_equal(cells[0], place_cell(21.0, 105.8));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_of_a_circle_hold_all_its_points),
        cmocka_unit_test(distances_are_metres),
        cmocka_unit_test(a_large_box_has_no_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
