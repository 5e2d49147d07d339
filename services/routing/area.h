/* SPDX-License-Identifier: Apache-2.0 */
/* area: which ward or commune does a point lie in?
 *
 * Boundaries are polygons in WGS84. They are laid out in metres around Hanoi once, indexed and
 * prepared (GEOS), so that a look-up takes about a microsecond. Close to a border the
 * coordinates of a phone do not tell the side: such a point is flagged, with the unit beyond. */
#ifndef ROUTING_AREA_H
#define ROUTING_AREA_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

enum { AREA_NEAR_M = 30 };

struct area;

struct area_boundary {
    const char *unit; /* borrowed for the area's life */
    const void *wkb;  /* polygon or multipolygon; only read while the area is made */
    size_t wkb_size;
};

/* NULL when a boundary cannot be read or is not valid: ERR_INPUT "bad_boundary" names the unit and
 * the reason. */
struct area *area_new(const struct area_boundary *boundaries, size_t count, struct error *err);
void area_free(struct area *area);

struct area_place {
    const char *unit;      /* NULL: outside of all boundaries and not near one */
    bool near_border;      /* within AREA_NEAR_M of another unit, or just outside of its own */
    const char *near_unit; /* the unit beyond the border; NULL: none */
};

/* On a border the unit given first to area_new wins; a point just outside of all boundaries
 * belongs to the unit it is near to. */
struct area_place area_find(const struct area *area, double lat, double lon);

#endif
