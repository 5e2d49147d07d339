/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/boundary.h"

#include <geos_c.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELD_TEXT = 64, REASON_TEXT = 120 };

struct reading {
    struct arena *arena;
    struct error *err;
    enum boundary_faults faults;
    size_t repaired;
    GEOSContextHandle_t geos;
    GEOSGeoJSONReader *reader;
    GEOSWKBWriter *writer;
    char reason[REASON_TEXT]; /* what GEOS said last */
};

static void on_geos_error(const char *message, void *arg)
{
    struct reading *reading = arg;
    snprintf(reading->reason, sizeof reading->reason, "%s", message);
}

static const char *feature_code(const json_t *feature, struct arena *arena)
{
    static const char *const names[] = {"code", "Code", "CODE",  "ma",    "Ma",     "MA",
                                        "maXa", "MaXa", "ma_xa", "MA_XA", "ma_dvhc"};
    const json_t *properties = json_object_get(feature, "properties");
    const json_t *code = NULL;
    for (size_t i = 0; code == NULL && i < sizeof names / sizeof names[0]; i++) {
        code = json_object_get(properties, names[i]);
    }
    code = code != NULL ? code : json_object_get(feature, "id");
    if (json_is_integer(code)) { /* leading zeros lost on the way */
        return arena_format(arena, "%05lld", (long long)json_integer_value(code));
    }
    return arena_text(arena, json_string_value(code));
}

static bool geometry_fault(struct reading *reading, size_t index, const char *reason)
{
    char field[FIELD_TEXT];
    snprintf(field, sizeof field, "features[%zu].geometry", index);
    return error_add_field(reading->err, field, "bad_geometry", "%s", reason);
}

static bool write_wkb(struct reading *reading, const GEOSGeometry *shape, struct boundary *boundary)
{
    unsigned char *wkb =
        GEOSWKBWriter_write_r(reading->geos, reading->writer, shape, &boundary->wkb_size);
    if (wkb == NULL) {
        return false;
    }
    boundary->wkb = arena_copy(reading->arena, (const char *)wkb, boundary->wkb_size);
    GEOSFree_r(reading->geos, wkb);
    return true;
}

static bool shape_is_sound(struct reading *reading, const GEOSGeometry *shape, size_t index)
{
    int type = GEOSGeomTypeId_r(reading->geos, shape);
    if (type != GEOS_POLYGON && type != GEOS_MULTIPOLYGON) {
        return geometry_fault(reading, index, "neither Polygon nor MultiPolygon");
    }
    char *reason = GEOSisValidReason_r(reading->geos, shape);
    bool valid =
        GEOSisValid_r(reading->geos, shape) == 1 && GEOSisEmpty_r(reading->geos, shape) == 0;
    if (!valid) {
        geometry_fault(reading, index, reason != NULL ? reason : "empty");
    }
    GEOSFree_r(reading->geos, reason);
    return valid;
}

/* The shape without its fault, or NULL when that would move the border. */
static GEOSGeometry *mend(struct reading *reading, const GEOSGeometry *shape)
{
    GEOSContextHandle_t geos = reading->geos;
    GEOSMakeValidParams *params = GEOSMakeValidParams_create_r(geos);
    double before, after;

    GEOSMakeValidParams_setMethod_r(geos, params, GEOS_MAKE_VALID_STRUCTURE);
    GEOSMakeValidParams_setKeepCollapsed_r(geos, params, 0);
    GEOSGeometry *mended = GEOSMakeValidWithParams_r(geos, shape, params);
    GEOSMakeValidParams_destroy_r(geos, params);
    if (mended != NULL &&
        (GEOSArea_r(geos, shape, &before) != 1 || GEOSArea_r(geos, mended, &after) != 1 ||
         fabs(after - before) > before / 1000)) {
        GEOSGeom_destroy_r(geos, mended);
        return NULL;
    }
    return mended;
}

/* Takes the shape over; gives it back, a mended one in its place, or NULL after telling why. */
static GEOSGeometry *sound_shape(struct reading *reading, GEOSGeometry *shape, size_t index)
{
    if (reading->faults == BOUNDARY_REPAIR && GEOSisValid_r(reading->geos, shape) == 0) {
        GEOSGeometry *mended = mend(reading, shape);
        if (mended != NULL) {
            GEOSGeom_destroy_r(reading->geos, shape);
            shape = mended;
            reading->repaired++;
        }
    }
    if (!shape_is_sound(reading, shape, index)) {
        GEOSGeom_destroy_r(reading->geos, shape);
        return NULL;
    }
    return shape;
}

static bool read_geometry(struct reading *reading, const json_t *feature, size_t index,
                          struct boundary *boundary)
{
    char *text = json_dumps(json_object_get(feature, "geometry"), JSON_COMPACT);
    if (text == NULL) {
        return geometry_fault(reading, index, "missing");
    }
    GEOSGeometry *shape = GEOSGeoJSONReader_readGeometry_r(reading->geos, reading->reader, text);
    free(text);
    if (shape == NULL) {
        return geometry_fault(reading, index, reading->reason);
    }
    shape = sound_shape(reading, shape, index);
    bool read = shape != NULL && write_wkb(reading, shape, boundary);
    GEOSGeom_destroy_r(reading->geos, shape);
    return read;
}

static void read_features(struct reading *reading, const json_t *features,
                          struct boundary_file *file)
{
    file->boundaries =
        arena_array(reading->arena, json_array_size(features), sizeof *file->boundaries);
    for (size_t i = 0; i < json_array_size(features); i++) {
        const json_t *feature = json_array_get(features, i);
        struct boundary *boundary = &file->boundaries[file->count];
        boundary->unit = feature_code(feature, reading->arena);
        if (boundary->unit == NULL) {
            char field[FIELD_TEXT];
            snprintf(field, sizeof field, "features[%zu].properties.code", i);
            error_add_field(reading->err, field, "required", "the unit's code is missing");
        } else if (read_geometry(reading, feature, i, boundary)) {
            file->count++;
        }
    }
}

bool boundary_file_read(struct boundary_file *file, const char *text, size_t size,
                        enum boundary_faults faults, struct arena *arena, struct error *err)
{
    struct reading reading = {.arena = arena, .faults = faults};
    struct error found = {0};
    json_error_t fault;

    memset(file, 0, sizeof *file);
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &fault);
    if (root == NULL) {
        return error_set(err, ERR_INPUT, "invalid_json", "line %d: %s", fault.line, fault.text);
    }
    const json_t *features = json_object_get(root, "features");
    if (!json_is_array(features) || json_array_size(features) == 0) {
        json_decref(root);
        return error_add_field(err, "features", "required", "not a FeatureCollection");
    }
    reading.err = &found;
    reading.geos = GEOS_init_r();
    GEOSContext_setErrorMessageHandler_r(reading.geos, on_geos_error, &reading);
    reading.reader = GEOSGeoJSONReader_create_r(reading.geos);
    reading.writer = GEOSWKBWriter_create_r(reading.geos);
    file->approximate = json_is_true(json_object_get(root, "approximate"));
    file->source = arena_text(arena, json_string_value(json_object_get(root, "attribution")));
    read_features(&reading, features, file);
    file->repaired = reading.repaired;
    GEOSWKBWriter_destroy_r(reading.geos, reading.writer);
    GEOSGeoJSONReader_destroy_r(reading.geos, reading.reader);
    GEOS_finish_r(reading.geos);
    json_decref(root);
    if (error_is_set(&found) && err != NULL) {
        *err = found;
    }
    return !error_is_set(&found);
}

static size_t boundary_times(const struct boundary_file *file, const char *code)
{
    size_t times = 0;
    for (size_t i = 0; i < file->count; i++) {
        times += strcmp(file->boundaries[i].unit, code) == 0;
    }
    return times;
}

bool boundary_file_covers(const struct boundary_file *file, const char *const *codes, size_t count,
                          struct error *err)
{
    bool whole = true;
    for (size_t i = 0; i < count; i++) {
        size_t times = boundary_times(file, codes[i]);
        if (times != 1) {
            error_add_field(err, "features", times == 0 ? "missing_unit" : "duplicate_unit",
                            "unit %s stands %zu times", codes[i], times);
            whole = false;
        }
    }
    for (size_t i = 0; i < file->count; i++) {
        bool known = false;
        for (size_t j = 0; !known && j < count; j++) {
            known = strcmp(file->boundaries[i].unit, codes[j]) == 0;
        }
        if (!known) {
            error_add_field(err, "features", "unknown_unit",
                            "%s is the code of no current ward or commune",
                            file->boundaries[i].unit);
            whole = false;
        }
    }
    return whole;
}
