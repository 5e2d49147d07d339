/* SPDX-License-Identifier: Apache-2.0 */
#include "place_grid.h"

#include <math.h>

enum { CELLS_PER_DEGREE = 500, ROW = 100000 /* more than the columns around the earth's half */ };

#define METRES_PER_DEGREE 111195.0 /* of a great circle of 6,371 km */
#define RADIANS           (M_PI / 180)

static int32_t step(double degrees)
{
    return (int32_t)floor(degrees * CELLS_PER_DEGREE);
}

int32_t place_cell(double lat, double lon)
{
    return step(lat) * ROW + step(lon);
}

size_t place_cells(const struct place_box *box, int32_t cells[PLACE_CELLS_MAX])
{
    int32_t west = step(box->west), east = step(box->east);
    int32_t south = step(box->south), north = step(box->north);
    size_t count = 0;
    if ((int64_t)(east - west + 1) * (north - south + 1) > PLACE_CELLS_MAX) {
        return 0;
    }
    for (int32_t row = south; row <= north; row++) {
        for (int32_t column = west; column <= east; column++) {
            cells[count++] = row * ROW + column;
        }
    }
    return count;
}

double place_shrink(double lat)
{
    return cos(lat * RADIANS);
}

struct place_box place_around(double lat, double lon, double radius_m)
{
    double high = radius_m / METRES_PER_DEGREE, wide = high / place_shrink(lat);
    return (struct place_box){lon - wide, lat - high, lon + wide, lat + high};
}

double place_distance(double lat_a, double lon_a, double lat_b, double lon_b)
{
    double north = lat_b - lat_a, east = (lon_b - lon_a) * place_shrink((lat_a + lat_b) / 2);
    return hypot(north, east) * METRES_PER_DEGREE;
}
