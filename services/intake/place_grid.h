/* SPDX-License-Identifier: Apache-2.0 */
/* place_grid: cells of 0.002 degrees (about 220 m), by which submissions are found on the map.
 * submission.cell (sql/0010_public.sql) counts alike. Pure. */
#ifndef INTAKE_PLACE_GRID_H
#define INTAKE_PLACE_GRID_H

#include <stddef.h>
#include <stdint.h>

enum { PLACE_CELLS_MAX = 400 };

/* Degrees, south and west before north and east. */
struct place_box {
    double west, south, east, north;
};

int32_t place_cell(double lat, double lon);

/* The cells that a box touches; 0 when they are more than PLACE_CELLS_MAX: then places are not
 * what narrows it down. */
size_t place_cells(const struct place_box *box, int32_t cells[PLACE_CELLS_MAX]);

/* A box around the circle. */
struct place_box place_around(double lat, double lon, double radius_m);

/* How much shorter a degree of longitude is than one of latitude. */
double place_shrink(double lat);

/* Metres; good to some per mille within a city. */
double place_distance(double lat_a, double lon_a, double lat_b, double lon_b);

#endif
