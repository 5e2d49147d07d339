/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store_world.h"

#include <string.h>

#include "services/routing/store_boundary.h"
#include "services/routing/store_day.h"
#include "services/routing/store_route.h"

enum statement_index { RULES, UNITS, SET, BOUNDARIES };

/* A little more than EXPLAIN_REACH_M, in degrees. */
#define REACH_DEGREES 0.003

/* The set with id $1, or with 0 the newest one loaded until $2. */
#define SET_IS                                                                                     \
    "(id = $1::bigint OR ($1 = 0 AND loaded_at <= $2::timestamptz)) "                              \
    "ORDER BY loaded_at DESC LIMIT 1"

static const struct pg_statement reads[STORE_WORLD_STATEMENTS] = {
    [RULES] = {"world_rules",
               "SELECT " ROUTE_RULE_COLUMNS " FROM route_rule "
               "WHERE (recorded_at <= $1 AND (valid_to IS NULL "
               "OR valid_to >= " DAY("$2::timestamptz") ")) "
                                                        "OR (code = $3 AND version = $4::integer)"},
    [UNITS] = {"world_units",
               "SELECT code, name_vi, name_en, type, parent, source, " START("valid_from") ", " END(
                   "valid_to") " FROM unit WHERE " VALID_ON(DAY("$1::timestamptz"))},
    [SET] = {"world_boundary_set",
             "SELECT id, source, approximate, loaded_at FROM boundary_set WHERE " SET_IS},
    [BOUNDARIES] = {"world_boundaries",
                    "SELECT unit, wkb FROM boundary "
                    "WHERE boundary_set = (SELECT id FROM boundary_set WHERE " SET_IS ") "
                    "AND (west IS NULL OR (west <= $3::float8 + $5::float8 AND east >= $3 - $5 "
                    "AND south <= $4::float8 + $5 AND north >= $4 - $5)) ORDER BY unit"},
};

void store_world_read(struct pg_tx *tx, const struct world_query *query)
{
    pg_tx_add(tx, &reads[RULES]);
    pg_tx_instant(tx, query->known_us);
    pg_tx_instant(tx, query->at_us);
    pg_tx_text(tx, query->applied != NULL ? query->applied->code : NULL);
    pg_tx_int4(tx, query->applied != NULL ? query->applied->version : 0);
    pg_tx_add(tx, &reads[UNITS]);
    pg_tx_instant(tx, query->at_us);
    pg_tx_add(tx, &reads[SET]);
    pg_tx_int8(tx, query->boundary_set);
    pg_tx_instant(tx, query->known_us);
    pg_tx_add(tx, &reads[BOUNDARIES]);
    pg_tx_int8(tx, query->boundary_set);
    pg_tx_instant(tx, query->known_us);
    pg_tx_float8(tx, query->lon);
    pg_tx_float8(tx, query->lat);
    pg_tx_float8(tx, REACH_DEGREES);
}

/* ---- from rows to structs ---- */

static const char *text(const struct pg_tx *tx, size_t statement, size_t row, int column,
                        struct arena *arena)
{
    return arena_text(arena, pg_value_text(tx, statement, row, column));
}

static int64_t instant(const struct pg_tx *tx, size_t statement, size_t row, int column)
{
    return pg_value_is_null(tx, statement, row, column)
               ? 0
               : pg_value_instant(tx, statement, row, column);
}

/* How a rule stands to the one that did hold: versions of the same rule that came later, even if
 * within the second in which processes follow, had not been heard of. */
static bool was_unheard(const struct route_rule *rule, const struct case_rule *applied)
{
    return applied != NULL && strcmp(rule->rule.code, applied->code) == 0 &&
           rule->rule.version > applied->version;
}

static bool is_applied(const struct route_rule *rule, const struct case_rule *applied)
{
    return applied != NULL && strcmp(rule->rule.code, applied->code) == 0 &&
           rule->rule.version == applied->version;
}

static void make_rules(const struct pg_tx *tx, const struct world_query *query, struct arena *arena,
                       struct route_rules *rules)
{
    rules->rules = arena_array(arena, pg_rows(tx, RULES), sizeof *rules->rules);
    for (size_t row = 0; row < pg_rows(tx, RULES); row++) {
        struct route_rule *rule = &rules->rules[rules->count];
        store_route_row(tx, RULES, row, arena, rule);
        if (is_applied(rule, query->applied)) {
            rule->valid_to = 0; /* a newer version of the same day may have ended it since */
        }
        rules->count += !was_unheard(rule, query->applied);
    }
    route_rules_sort(rules);
}

static void make_units(const struct pg_tx *tx, struct arena *arena, struct unit_set *set)
{
    set->units = arena_array(arena, pg_rows(tx, UNITS), sizeof *set->units);
    for (size_t row = 0; row < pg_rows(tx, UNITS); row++) {
        set->units[set->count++] = (struct unit){
            .code = text(tx, UNITS, row, 0, arena),
            .name_vi = text(tx, UNITS, row, 1, arena),
            .name_en = text(tx, UNITS, row, 2, arena),
            .type = text(tx, UNITS, row, 3, arena),
            .parent = text(tx, UNITS, row, 4, arena),
            .source = text(tx, UNITS, row, 5, arena),
            .valid_from = instant(tx, UNITS, row, 6),
            .valid_to = instant(tx, UNITS, row, 7),
        };
    }
    unit_set_sort(set);
}

static struct area *make_area(const struct pg_tx *tx, struct arena *arena, struct error *err)
{
    size_t count = pg_rows(tx, BOUNDARIES);
    struct area_boundary *boundaries = arena_array(arena, count, sizeof *boundaries);
    for (size_t row = 0; row < count; row++) {
        boundaries[row].unit = text(tx, BOUNDARIES, row, 0, arena);
        boundaries[row].wkb = pg_value_bytes(tx, BOUNDARIES, row, 1, &boundaries[row].wkb_size);
    }
    return area_new(boundaries, count, err);
}

bool store_world_make(const struct pg_tx *tx, const struct world_query *query, struct arena *arena,
                      struct world *world, struct error *err)
{
    *world = (struct world){0};
    make_rules(tx, query, arena, &world->rules);
    make_units(tx, arena, &world->units);
    if (pg_rows(tx, SET) > 0) {
        world->boundaries = store_boundary_set_row(tx, SET, 0, arena);
    }
    if (query->has_place) {
        world->area = make_area(tx, arena, err);
        return world->area != NULL;
    }
    return true;
}

void world_finish(struct world *world)
{
    area_free(world->area);
    world->area = NULL;
}

/* ---- people ---- */

enum people_index { POINTS, ABSENCES };

static const struct pg_statement people[] = {
    [POINTS] = {"world_people",
                "SELECT unit, field, account, name, email, " START("valid_from") ", " END(
                    "valid_to") ", rank FROM focal_point "
                                "WHERE unit = $1 AND (field IN ($2, '*') OR account = $3)"},
    [ABSENCES] = {"world_absences", "SELECT unit, account, " START("valid_from") ", " END(
                                        "valid_to") " FROM absence WHERE unit = $1"},
};

void store_people_read(struct pg_tx *tx, const char *unit, const char *category,
                       const char *account)
{
    pg_tx_add(tx, &people[POINTS]);
    pg_tx_text(tx, unit);
    pg_tx_text(tx, category);
    pg_tx_text(tx, account);
    pg_tx_add(tx, &people[ABSENCES]);
    pg_tx_text(tx, unit);
}

static void make_absences(const struct pg_tx *tx, struct arena *arena, struct focal_points *points)
{
    points->absences = arena_array(arena, pg_rows(tx, ABSENCES), sizeof *points->absences);
    for (size_t row = 0; row < pg_rows(tx, ABSENCES); row++) {
        points->absences[points->absence_count++] = (struct focal_absence){
            .unit = text(tx, ABSENCES, row, 0, arena),
            .account = text(tx, ABSENCES, row, 1, arena),
            .valid_from = instant(tx, ABSENCES, row, 2),
            .valid_to = instant(tx, ABSENCES, row, 3),
        };
    }
}

void store_people_make(const struct pg_tx *tx, struct arena *arena, struct focal_points *points)
{
    *points = (struct focal_points){
        .items = arena_array(arena, pg_rows(tx, POINTS), sizeof *points->items)};
    for (size_t row = 0; row < pg_rows(tx, POINTS); row++) {
        points->items[points->count++] = (struct focal_point){
            .unit = text(tx, POINTS, row, 0, arena),
            .field = text(tx, POINTS, row, 1, arena),
            .account = text(tx, POINTS, row, 2, arena),
            .name = text(tx, POINTS, row, 3, arena),
            .email = text(tx, POINTS, row, 4, arena),
            .valid_from = instant(tx, POINTS, row, 5),
            .valid_to = instant(tx, POINTS, row, 6),
            .rank = pg_value_int4(tx, POINTS, row, 7),
        };
    }
    make_absences(tx, arena, points);
    focal_points_sort(points);
}

/* ---- a case ---- */

static const struct pg_statement opening = {"case_opening",
                                            "SELECT snapshot, report FROM case_history "
                                            "WHERE case_id = $1::uuid AND version = 1"};

void store_case_opening(struct pg_tx *tx, const struct uuid *case_id)
{
    pg_tx_add(tx, &opening);
    pg_tx_uuid(tx, case_id);
}
