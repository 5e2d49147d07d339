/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/area.h"

#include <geos_c.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"

enum { CANDIDATES_MAX = 16, ERROR_TEXT = 160 };

/* Metres per degree at 21° north, the middle of the city (WGS84). The map is affine, so straight
 * borders stay straight; over the city's 1° the scale is off by less than 0.5 %. */
static const double LAT_M = 110717.0;
static const double LON_M = 103970.0;

struct place {
    char *unit;
    GEOSGeometry *shape; /* in metres */
    const GEOSPreparedGeometry *prepared;
    GEOSGeometry *reach; /* its box, wider by AREA_NEAR_M: what the index knows */
};

struct area {
    GEOSContextHandle_t geos;
    GEOSSTRtree *index;
    size_t count;
    struct place *places;
    char error_text[ERROR_TEXT];
};

struct candidates {
    size_t count;
    const struct place *places[CANDIDATES_MAX];
};

static void on_geos_error(const char *message, void *arg)
{
    struct area *area = arg;
    snprintf(area->error_text, sizeof area->error_text, "%s", message);
}

static int to_metres(double *x, double *y, void *arg)
{
    (void)arg;
    *x *= LON_M;
    *y *= LAT_M;
    return 1;
}

static bool place_read(struct area *area, struct place *place, const struct area_boundary *boundary,
                       struct error *err)
{
    GEOSContextHandle_t geos = area->geos;
    double x_min, y_min, x_max, y_max;

    place->unit = memory_text(boundary->unit);
    GEOSGeometry *degrees = GEOSGeomFromWKB_buf_r(geos, boundary->wkb, boundary->wkb_size);
    if (degrees == NULL) {
        return error_set(err, ERR_INPUT, "bad_boundary", "boundary of %s: %s", boundary->unit,
                         area->error_text);
    }
    place->shape = GEOSGeom_transformXY_r(geos, degrees, to_metres, NULL);
    GEOSGeom_destroy_r(geos, degrees);
    if (place->shape == NULL || GEOSisValid_r(geos, place->shape) != 1 ||
        GEOSisEmpty_r(geos, place->shape) != 0 ||
        GEOSGeom_getXMin_r(geos, place->shape, &x_min) != 1 ||
        GEOSGeom_getYMin_r(geos, place->shape, &y_min) != 1 ||
        GEOSGeom_getXMax_r(geos, place->shape, &x_max) != 1 ||
        GEOSGeom_getYMax_r(geos, place->shape, &y_max) != 1) {
        return error_set(err, ERR_INPUT, "bad_boundary", "boundary of %s: %s", boundary->unit,
                         area->error_text[0] ? area->error_text : "empty or not valid");
    }
    place->prepared = GEOSPrepare_r(geos, place->shape);
    place->reach = GEOSGeom_createRectangle_r(geos, x_min - AREA_NEAR_M, y_min - AREA_NEAR_M,
                                              x_max + AREA_NEAR_M, y_max + AREA_NEAR_M);
    GEOSSTRtree_insert_r(geos, area->index, place->reach, place);
    return true;
}

struct area *area_new(const struct area_boundary *boundaries, size_t count, struct error *err)
{
    struct area *area = memory_zero(1, sizeof *area);
    area->geos = GEOS_init_r();
    GEOSContext_setErrorMessageHandler_r(area->geos, on_geos_error, area);
    area->index = GEOSSTRtree_create_r(area->geos, 10);
    area->places = memory_zero(count, sizeof *area->places);
    for (size_t i = 0; i < count; i++) {
        area->count = i + 1;
        if (!place_read(area, &area->places[i], &boundaries[i], err)) {
            area_free(area);
            return NULL;
        }
    }
    area_find(area, 21.0, 105.8); /* builds the index now, not under the first report */
    return area;
}

void area_free(struct area *area)
{
    if (area == NULL) {
        return;
    }
    GEOSSTRtree_destroy_r(area->geos, area->index);
    for (size_t i = 0; i < area->count; i++) {
        GEOSPreparedGeom_destroy_r(area->geos, area->places[i].prepared);
        GEOSGeom_destroy_r(area->geos, area->places[i].shape);
        GEOSGeom_destroy_r(area->geos, area->places[i].reach);
        free(area->places[i].unit);
    }
    free(area->places);
    GEOS_finish_r(area->geos);
    free(area);
}

static void on_candidate(void *item, void *arg)
{
    struct candidates *candidates = arg;
    if (candidates->count < CANDIDATES_MAX) {
        candidates->places[candidates->count++] = item;
    }
}

/* The earlier of two in the order given to area_new; NULL is later than any. */
static const struct place *earlier(const struct place *a, const struct place *b)
{
    return a == NULL || (b != NULL && b < a) ? b : a;
}

static bool is_near(const struct area *area, const struct place *place, const GEOSGeometry *point)
{
    return GEOSPreparedDistanceWithin_r(area->geos, place->prepared, point, AREA_NEAR_M) == 1;
}

static struct area_place place_of(const struct area *area, const struct candidates *candidates,
                                  const GEOSGeometry *point)
{
    const struct place *home = NULL, *beyond = NULL;
    for (size_t i = 0; i < candidates->count; i++) {
        const struct place *place = candidates->places[i];
        if (GEOSPreparedIntersects_r(area->geos, place->prepared, point) == 1) {
            home = earlier(home, place);
        }
    }
    for (size_t i = 0; i < candidates->count; i++) {
        const struct place *place = candidates->places[i];
        if (place != home && is_near(area, place, point)) {
            beyond = earlier(beyond, place);
        }
    }
    if (home == NULL) {
        return (struct area_place){.unit = beyond ? beyond->unit : NULL,
                                   .near_border = beyond != NULL};
    }
    return (struct area_place){.unit = home->unit,
                               .near_border = beyond != NULL,
                               .near_unit = beyond ? beyond->unit : NULL};
}

struct area_place area_find(const struct area *area, double lat, double lon)
{
    struct candidates candidates = {0};
    if (!isfinite(lat) || !isfinite(lon) || area->count == 0) {
        return (struct area_place){0};
    }
    GEOSGeometry *point = GEOSGeom_createPointFromXY_r(area->geos, lon * LON_M, lat * LAT_M);
    GEOSSTRtree_query_r(area->geos, area->index, point, on_candidate, &candidates);
    struct area_place place = place_of(area, &candidates, point);
    GEOSGeom_destroy_r(area->geos, point);
    return place;
}

/* ---- how far it is to the units around ---- */

/* Keeps found in order; what has no room is the farthest. */
static size_t insert_by_distance(struct area_distance *found, size_t count, size_t max,
                                 struct area_distance distance)
{
    size_t at = count;
    while (at > 0 && found[at - 1].metres > distance.metres) {
        at--;
    }
    if (at == max) {
        return count;
    }
    count = count < max ? count + 1 : max;
    memmove(&found[at + 1], &found[at], (count - at - 1) * sizeof *found);
    found[at] = distance;
    return count;
}

static int by_place(const void *left, const void *right)
{
    const struct place *const *a = left, *const *b = right;
    return (*a > *b) - (*a < *b);
}

size_t area_nearby(const struct area *area, double lat, double lon, double reach_m,
                   struct area_distance *found, size_t max)
{
    struct candidates candidates = {0};
    size_t count = 0;
    if (!isfinite(lat) || !isfinite(lon) || area->count == 0) {
        return 0;
    }
    GEOSContextHandle_t geos = area->geos;
    double x = lon * LON_M, y = lat * LAT_M;
    GEOSGeometry *point = GEOSGeom_createPointFromXY_r(geos, x, y);
    GEOSGeometry *around =
        GEOSGeom_createRectangle_r(geos, x - reach_m, y - reach_m, x + reach_m, y + reach_m);
    GEOSSTRtree_query_r(geos, area->index, around, on_candidate, &candidates);
    qsort(candidates.places, candidates.count, sizeof candidates.places[0], by_place);
    for (size_t i = 0; i < candidates.count; i++) {
        struct area_distance distance = {.unit = candidates.places[i]->unit};
        if (GEOSPreparedDistance_r(geos, candidates.places[i]->prepared, point, &distance.metres) ==
                1 &&
            distance.metres <= reach_m) {
            count = insert_by_distance(found, count, max, distance);
        }
    }
    GEOSGeom_destroy_r(geos, around);
    GEOSGeom_destroy_r(geos, point);
    return count;
}
