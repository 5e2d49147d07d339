/* SPDX-License-Identifier: Apache-2.0 */
/* boundary: reads the boundaries of the units from a GeoJSON file (RFC 7946).
 *
 * The file comes from a surveyor's tool, so nothing in it is believed: each feature must name a
 * current unit, once, with a polygon in degrees that is valid (GEOS says why one is not), and every
 * unit must be there. The code may stand under several names: code, ma, MaXa, ma_xa … or as
 * the feature's id.
 *
 * Features are read one by one, so beside the text there is only one of them as a tree, and the
 * boundaries as they will be stored (two thirds of the text's size). Reading takes about 0.1 s per
 * megabyte; any thread may do it. */
#ifndef ROUTING_BOUNDARY_H
#define ROUTING_BOUNDARY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/error.h"

/* Of a boundary's box, in degrees. */
enum boundary_edge { BOUNDARY_WEST, BOUNDARY_SOUTH, BOUNDARY_EAST, BOUNDARY_NORTH, BOUNDARY_EDGES };

struct boundary {
    const char *unit;
    const void *wkb;
    size_t wkb_size;
    double edges[BOUNDARY_EDGES];
};

struct boundary_file {
    struct boundary *boundaries;
    size_t count;
    size_t repaired;
    bool approximate;
    const char *source; /* NULL: not told */
};

/* What to do with a polygon that is not valid, such as a ring that touches itself. A repair may
 * change its area by no more than a thousandth. */
enum boundary_faults { BOUNDARY_REFUSE, BOUNDARY_REPAIR };

/* Memory is the arena's. What is wrong becomes field errors, with the unit in their text:
 * "features[12].geometry". Foreign members of the collection are let be, up to 64. */
bool boundary_file_read(struct boundary_file *file, const char *text, size_t size,
                        enum boundary_faults faults, struct arena *arena, struct error *err);

/* Every code once, and no other. Of a file that was read without fault. */
bool boundary_file_covers(const struct boundary_file *file, const char *const *codes, size_t count,
                          struct error *err);

#endif
