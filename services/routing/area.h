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
#include <stdint.h>

#include "common/error.h"

enum { AREA_NEAR_M = 30 };

struct area;

/* Where boundaries come from; a set replaces the one before as a whole. */
struct boundary_set {
    int64_t id;
    const char *source;
    bool approximate;
    int64_t loaded_at;
};

/* Only read while the area is made. */
struct area_boundary {
    const char *unit;
    const void *wkb; /* polygon or multipolygon */
    size_t wkb_size;
};

/* NULL when a boundary cannot be read or is not valid: ERR_INPUT "bad_boundary" names the unit and
 * the reason. */
struct area *area_new(const struct area_boundary *boundaries, size_t count, struct error *err);
void area_free(struct area *area);

/* Codes of units live as long as the area. */
struct area_place {
    const char *unit;      /* NULL: outside of all boundaries and not near one */
    bool near_border;      /* within AREA_NEAR_M of another unit, or just outside of its own */
    const char *near_unit; /* the unit beyond the border; NULL: none */
};

/* On a border the unit given first to area_new wins; a point just outside of all boundaries
 * belongs to the unit it is near to. */
struct area_place area_find(const struct area *area, double lat, double lon);

struct area_distance {
    const char *unit;
    double metres; /* 0: the point lies in it */
};

/* The units within reach of a point, nearest first and then in the order given to area_new; at most
 * max of them. */
size_t area_nearby(const struct area *area, double lat, double lon, double reach_m,
                   struct area_distance *found, size_t max);

#endif
