/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/boundary.h"

#include <geos_c.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"

enum {
    FIELD_TEXT = 64,
    REASON_TEXT = 120,
    UNIT_TEXT_MAX = 32,
    FEATURES_MAX = 10000,
    MEMBERS_MAX = 64 /* of the collection, foreign ones included */
};

struct reading {
    const char *text;
    size_t size, at; /* where reading has come to */
    struct arena *arena;
    struct error *err;
    enum boundary_faults faults;
    struct boundary_file *file;
    size_t room;                      /* for boundaries */
    const char *members[MEMBERS_MAX]; /* of the collection, as far as they have been read */
    size_t member_count;
    GEOSContextHandle_t geos;
    GEOSWKBWriter *writer;
    char reason[REASON_TEXT]; /* what GEOS said last */
};

static void on_geos_error(const char *message, void *arg)
{
    struct reading *reading = arg;
    size_t size = utf8_fit(message, strlen(message), sizeof reading->reason - 1);
    snprintf(reading->reason, sizeof reading->reason, "%.*s", (int)size, message);
}

/* ---- one feature ---- */

/* Under which of its many names a feature has its code; false: under none. */
static bool find_code(const json_t *feature, const json_t **code, char path[FIELD_TEXT],
                      size_t index)
{
    static const char *const names[] = {"code", "Code", "CODE",  "ma",    "Ma",     "MA",
                                        "maXa", "MaXa", "ma_xa", "MA_XA", "ma_dvhc"};
    const json_t *properties = json_object_get(feature, "properties");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        *code = json_object_get(properties, names[i]);
        if (*code != NULL) {
            snprintf(path, FIELD_TEXT, "features[%zu].properties.%s", index, names[i]);
            return true;
        }
    }
    *code = json_object_get(feature, "id");
    snprintf(path, FIELD_TEXT, "features[%zu].%s", index, *code != NULL ? "id" : "properties.code");
    return *code != NULL;
}

/* NULL after telling why. */
static const char *read_code(struct reading *reading, const json_t *feature, size_t index)
{
    char path[FIELD_TEXT];
    const json_t *code;
    if (!json_is_object(feature)) {
        snprintf(path, sizeof path, "features[%zu]", index);
        error_add_field(reading->err, path, "wrong_type", "must be an object");
    } else if (!find_code(feature, &code, path, index)) {
        error_add_field(reading->err, path, "required", "the unit's code is missing");
    } else if (json_is_integer(code)) { /* leading zeros lost on the way */
        return arena_format(reading->arena, "%05lld", (long long)json_integer_value(code));
    } else if (json_is_string(code)) {
        return arena_text(reading->arena, json_string_value(code));
    } else {
        error_add_field(reading->err, path, "wrong_type", "must be the code of a unit");
    }
    return NULL;
}

/* A feature under way. */
struct feature {
    struct reading *reading;
    size_t index;
    const char *unit;
};

static bool geometry_fault(const struct feature *feature, const char *reason)
{
    char field[FIELD_TEXT];
    size_t size = utf8_fit(reason, strlen(reason), REASON_TEXT - 1);
    size_t unit_size = utf8_fit(feature->unit, strlen(feature->unit), UNIT_TEXT_MAX);
    snprintf(field, sizeof field, "features[%zu].geometry", feature->index);
    return error_add_field(feature->reading->err, field, "bad_geometry", "%.*s (unit %.*s)",
                           (int)size, reason, (int)unit_size, feature->unit);
}

/* ---- from JSON to GEOS, whose own reader does not survive every document (3.11.1) ---- */

/* A list of parts that is not empty; NULL after telling why. */
static GEOSGeometry **make_parts(const struct feature *feature, const json_t *list,
                                 GEOSGeometry *(*make)(const struct feature *, const json_t *))
{
    size_t count = json_array_size(list);
    if (count == 0) {
        geometry_fault(feature, "coordinates: a list is empty or none");
        return NULL;
    }
    GEOSGeometry **parts = memory_zero(count, sizeof(GEOSGeometry *));
    for (size_t i = 0; i < count; i++) {
        parts[i] = make(feature, json_array_get(list, i));
        if (parts[i] == NULL) {
            for (size_t j = 0; j < i; j++) {
                GEOSGeom_destroy_r(feature->reading->geos, parts[j]);
            }
            free(parts);
            return NULL;
        }
    }
    return parts;
}

static bool read_position(const json_t *position, double *at)
{
    const json_t *x = json_array_get(position, 0), *y = json_array_get(position, 1);
    at[0] = json_number_value(x);
    at[1] = json_number_value(y);
    return json_is_number(x) && json_is_number(y);
}

static GEOSGeometry *make_ring(const struct feature *feature, const json_t *positions)
{
    GEOSContextHandle_t geos = feature->reading->geos;
    size_t count = json_array_size(positions), read = 0;
    double *points = memory_zero(2 * count + 1, sizeof *points);
    while (read < count && read_position(json_array_get(positions, read), &points[2 * read])) {
        read++;
    }
    GEOSGeometry *ring = NULL;
    if (count == 0 || read < count) {
        geometry_fault(feature, "coordinates: a position is not two numbers");
    } else {
        ring = GEOSGeom_createLinearRing_r(
            geos, GEOSCoordSeq_copyFromBuffer_r(geos, points, (unsigned)count, 0, 0));
        if (ring == NULL) { /* not closed, or too short */
            geometry_fault(feature, feature->reading->reason);
        }
    }
    free(points);
    return ring;
}

static GEOSGeometry *make_polygon(const struct feature *feature, const json_t *rings)
{
    GEOSGeometry **parts = make_parts(feature, rings, make_ring);
    if (parts == NULL) {
        return NULL;
    }
    GEOSGeometry *polygon = GEOSGeom_createPolygon_r(feature->reading->geos, parts[0], parts + 1,
                                                     (unsigned)json_array_size(rings) - 1);
    free(parts);
    return polygon;
}

static GEOSGeometry *make_polygons(const struct feature *feature, const json_t *polygons)
{
    GEOSGeometry **parts = make_parts(feature, polygons, make_polygon);
    if (parts == NULL) {
        return NULL;
    }
    GEOSGeometry *all = GEOSGeom_createCollection_r(feature->reading->geos, GEOS_MULTIPOLYGON,
                                                    parts, (unsigned)json_array_size(polygons));
    free(parts);
    return all;
}

/* NULL after telling why. */
static GEOSGeometry *make_shape(const struct feature *feature, const json_t *geometry)
{
    const char *type = json_string_value(json_object_get(geometry, "type"));
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    if (geometry == NULL) {
        geometry_fault(feature, "missing");
    } else if (type != NULL && strcmp(type, "Polygon") == 0) {
        return make_polygon(feature, coordinates);
    } else if (type != NULL && strcmp(type, "MultiPolygon") == 0) {
        return make_polygons(feature, coordinates);
    } else {
        geometry_fault(feature, "neither Polygon nor MultiPolygon");
    }
    return NULL;
}

/* ---- is it sound, and may it become so? ---- */

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

static bool shape_is_sound(const struct feature *feature, const GEOSGeometry *shape)
{
    GEOSContextHandle_t geos = feature->reading->geos;
    int type = GEOSGeomTypeId_r(geos, shape);
    if (type != GEOS_POLYGON && type != GEOS_MULTIPOLYGON) { /* after a repair */
        return geometry_fault(feature, "no area is left");
    }
    if (GEOSisEmpty_r(geos, shape) != 0) {
        return geometry_fault(feature, "empty");
    }
    if (GEOSisValid_r(geos, shape) == 1) {
        return true;
    }
    char *reason = GEOSisValidReason_r(geos, shape);
    geometry_fault(feature, reason != NULL ? reason : "not valid");
    GEOSFree_r(geos, reason);
    return false;
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
static GEOSGeometry *sound_shape(const struct feature *feature, GEOSGeometry *shape)
{
    struct reading *reading = feature->reading;
    if (reading->faults == BOUNDARY_REPAIR && GEOSisValid_r(reading->geos, shape) == 0) {
        GEOSGeometry *mended = mend(reading, shape);
        if (mended != NULL) {
            GEOSGeom_destroy_r(reading->geos, shape);
            shape = mended;
            reading->file->repaired++;
        }
    }
    if (!shape_is_sound(feature, shape)) {
        GEOSGeom_destroy_r(reading->geos, shape);
        return NULL;
    }
    return shape;
}

/* Surveyors also measure in metres (VN-2000); such a file must not become a city near nowhere. */
static bool read_edges(const struct feature *feature, const GEOSGeometry *shape,
                       struct boundary *boundary)
{
    GEOSContextHandle_t geos = feature->reading->geos;
    double *edges = boundary->edges;
    bool read = GEOSGeom_getXMin_r(geos, shape, &edges[BOUNDARY_WEST]) == 1 &&
                GEOSGeom_getYMin_r(geos, shape, &edges[BOUNDARY_SOUTH]) == 1 &&
                GEOSGeom_getXMax_r(geos, shape, &edges[BOUNDARY_EAST]) == 1 &&
                GEOSGeom_getYMax_r(geos, shape, &edges[BOUNDARY_NORTH]) == 1;
    return (read && edges[BOUNDARY_WEST] >= -180 && edges[BOUNDARY_EAST] <= 180 &&
            edges[BOUNDARY_SOUTH] >= -90 && edges[BOUNDARY_NORTH] <= 90) ||
           geometry_fault(feature, "longitude and latitude must be degrees, in this order");
}

static bool read_geometry(const struct feature *feature, const json_t *geometry,
                          struct boundary *boundary)
{
    struct reading *reading = feature->reading;
    GEOSGeometry *shape = make_shape(feature, geometry);
    shape = shape != NULL ? sound_shape(feature, shape) : NULL;
    bool read = shape != NULL && read_edges(feature, shape, boundary) &&
                write_wkb(reading, shape, boundary);
    GEOSGeom_destroy_r(reading->geos, shape);
    return read;
}

static struct boundary *next_boundary(struct reading *reading)
{
    struct boundary_file *file = reading->file;
    if (file->count == reading->room) {
        size_t room = reading->room > 0 ? 2 * reading->room : 128;
        struct boundary *boundaries = arena_array(reading->arena, room, sizeof *boundaries);
        if (file->count > 0) {
            memcpy(boundaries, file->boundaries, file->count * sizeof *boundaries);
        }
        file->boundaries = boundaries;
        reading->room = room;
    }
    return &file->boundaries[file->count];
}

static void read_feature(struct reading *reading, const json_t *json, size_t index)
{
    struct feature feature = {reading, index, read_code(reading, json, index)};
    struct boundary *boundary = next_boundary(reading);
    if (feature.unit == NULL) {
        return;
    }
    boundary->unit = feature.unit;
    if (read_geometry(&feature, json_object_get(json, "geometry"), boundary)) {
        reading->file->count++;
    }
}

/* ---- the document, value by value ---- */

static void skip_blanks(struct reading *reading)
{
    while (reading->at < reading->size &&
           memchr(" \t\r\n", reading->text[reading->at], 4) != NULL) {
        reading->at++;
    }
}

static bool take(struct reading *reading, char wanted)
{
    skip_blanks(reading);
    if (reading->at == reading->size || reading->text[reading->at] != wanted) {
        return false;
    }
    reading->at++;
    return true;
}

/* jansson quotes bytes that are no text. */
static bool syntax_fault(struct reading *reading, const char *what)
{
    return error_set(reading->err, ERR_INPUT, "invalid_json", "at byte %zu: %s", reading->at,
                     utf8_is_valid(what, strlen(what)) ? what : "not UTF-8");
}

/* What is JSON but cannot be taken has a code, and is named. NULL: it is none. */
static const char *refusal_code(const json_error_t *fault)
{
    switch (json_error_code(fault)) {
    case json_error_duplicate_key:
        return "duplicate_member";
    case json_error_stack_overflow:
        return "too_deep";
    case json_error_invalid_utf8:
        return "invalid_utf8";
    case json_error_null_byte_in_key:
    case json_error_null_character:
    case json_error_numeric_overflow:
        return "invalid_json";
    default:
        return NULL;
    }
}

/* The value that begins here, of any kind; NULL after telling why, with what it is the value of
 * (NULL: a name). */
static json_t *take_value(struct reading *reading, const char *path)
{
    json_error_t fault;
    json_t *value =
        json_loadb(reading->text + reading->at, reading->size - reading->at,
                   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &fault);
    if (value != NULL) {
        reading->at += (size_t)fault.position;
        return value;
    }
    const char *code = refusal_code(&fault);
    syntax_fault(reading, fault.text);
    if (code != NULL && path != NULL) {
        error_add_field(reading->err, path, code, "cannot be taken");
    }
    return NULL;
}

static bool features_fault(struct reading *reading, const char *code, const char *text)
{
    return error_add_field(reading->err, "features", code, "%s", text);
}

static bool read_features(struct reading *reading)
{
    char path[FIELD_TEXT];
    size_t index = 0;
    if (!take(reading, '[')) {
        json_t *other = take_value(reading, "features");
        bool is_json = other != NULL;
        json_decref(other);
        return is_json && features_fault(reading, "wrong_type", "must be a list of features");
    }
    if (take(reading, ']')) {
        return features_fault(reading, "too_few", "must hold at least one");
    }
    do {
        if (index == FEATURES_MAX) {
            return error_add_field(reading->err, "features", "too_many", "at most %d are read",
                                   FEATURES_MAX);
        }
        snprintf(path, sizeof path, "features[%zu]", index);
        json_t *feature = take_value(reading, path);
        if (feature == NULL) {
            return false;
        }
        read_feature(reading, feature, index++);
        json_decref(feature);
    } while (take(reading, ','));
    return take(reading, ']') || syntax_fault(reading, "',' or ']' expected");
}

/* A foreign member may be anything. */
static void read_other(struct reading *reading, const char *name, const json_t *value)
{
    struct boundary_file *file = reading->file;
    const char *text = json_string_value(value);
    if (strcmp(name, "type") == 0 && (text == NULL || strcmp(text, "FeatureCollection") != 0)) {
        error_add_field(reading->err, name, text == NULL ? "wrong_type" : "not_allowed",
                        "must be FeatureCollection");
    } else if (strcmp(name, "approximate") == 0) {
        file->approximate = json_is_true(value);
        if (!json_is_boolean(value)) {
            error_add_field(reading->err, name, "wrong_type", "must be true or false");
        }
    } else if (strcmp(name, "attribution") == 0) {
        file->source = arena_text(reading->arena, text);
        if (text == NULL) {
            error_add_field(reading->err, name, "wrong_type", "must be text");
        }
    }
}

static bool has_member(const struct reading *reading, const char *name)
{
    size_t i = 0;
    while (i < reading->member_count && strcmp(reading->members[i], name) != 0) {
        i++;
    }
    return i < reading->member_count;
}

static bool read_member(struct reading *reading, const char *name)
{
    if (has_member(reading, name)) {
        return error_add_field(reading->err, name, "duplicate_member", "stands twice");
    }
    if (reading->member_count == MEMBERS_MAX) {
        return error_add_field(reading->err, name, "too_many", "more than %d members", MEMBERS_MAX);
    }
    reading->members[reading->member_count++] = arena_text(reading->arena, name);
    if (strcmp(name, "features") == 0) {
        return read_features(reading);
    }
    json_t *value = take_value(reading, name);
    if (value == NULL) {
        return false;
    }
    read_other(reading, name, value);
    json_decref(value);
    return true;
}

static bool read_members(struct reading *reading)
{
    do {
        json_t *name = take_value(reading, NULL);
        bool read = json_is_string(name) && take(reading, ':')
                        ? read_member(reading, json_string_value(name))
                        : syntax_fault(reading, "a member expected");
        json_decref(name);
        if (!read) {
            return false;
        }
    } while (take(reading, ','));
    return true;
}

static bool require(const struct reading *reading, const char *name)
{
    return has_member(reading, name) ||
           error_add_field(reading->err, name, "required", "not a FeatureCollection");
}

static bool read_document(struct reading *reading)
{
    if (!take(reading, '{')) {
        return syntax_fault(reading, "an object expected");
    }
    if (!take(reading, '}')) {
        if (!read_members(reading)) {
            return false;
        }
        if (!take(reading, '}')) {
            return syntax_fault(reading, "',' or '}' expected");
        }
    }
    skip_blanks(reading);
    if (reading->at < reading->size) {
        return syntax_fault(reading, "the document has ended before");
    }
    return require(reading, "features") && require(reading, "type");
}

bool boundary_file_read(struct boundary_file *file, const char *text, size_t size,
                        enum boundary_faults faults, struct arena *arena, struct error *err)
{
    struct error found = {0};
    struct reading reading = {
        .text = text, .size = size, .arena = arena, .err = &found, .faults = faults, .file = file};

    memset(file, 0, sizeof *file);
    reading.geos = GEOS_init_r();
    GEOSContext_setErrorMessageHandler_r(reading.geos, on_geos_error, &reading);
    reading.writer = GEOSWKBWriter_create_r(reading.geos);
    read_document(&reading);
    GEOSWKBWriter_destroy_r(reading.geos, reading.writer);
    GEOS_finish_r(reading.geos);
    if (error_is_set(&found) && err != NULL) {
        *err = found;
    }
    return !error_is_set(&found);
}

/* ---- who is there ---- */

static size_t code_index(const char *const *codes, size_t count, const char *code)
{
    size_t i = 0;
    while (i < count && strcmp(codes[i], code) != 0) {
        i++;
    }
    return i;
}

/* Which features are of no unit, or of one that had one before. */
static bool check_features(const struct boundary_file *file, const char *const *codes, size_t count,
                           bool *seen, struct error *err)
{
    bool good = true;
    for (size_t i = 0; i < file->count; i++) {
        char field[FIELD_TEXT];
        const char *unit = file->boundaries[i].unit;
        size_t code = code_index(codes, count, unit);
        snprintf(field, sizeof field, "features[%zu]", i);
        if (code == count) {
            good = error_add_field(err, field, "unknown_unit",
                                   "%s is the code of no current ward or commune", unit);
        } else if (seen[code]) {
            good = error_add_field(err, field, "duplicate_unit", "unit %s stands twice", unit);
        } else {
            seen[code] = true;
        }
    }
    return good;
}

bool boundary_file_covers(const struct boundary_file *file, const char *const *codes, size_t count,
                          struct error *err)
{
    bool *seen = memory_zero(count, sizeof *seen);
    bool whole = check_features(file, codes, count, seen, err);
    for (size_t i = 0; i < count; i++) {
        if (!seen[i]) {
            whole =
                error_add_field(err, "features", "missing_unit", "unit %s is missing", codes[i]);
        }
    }
    free(seen);
    return whole;
}
