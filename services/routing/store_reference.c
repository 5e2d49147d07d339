/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/store.h"

#include <string.h>

#include "common/words.h"
#include "services/routing/calendar_json.h"
#include "services/routing/store_boundary.h"
#include "services/routing/store_day.h"
#include "services/routing/store_route.h"

static const struct pg_statement poll = {"reference_poll",
                                         "SELECT version, (" TODAY
                                         " - DATE '1970-01-01')::bigint FROM reference_state"};

void store_reference_poll(struct pg_tx *tx)
{
    pg_tx_add(tx, &poll);
}

int64_t store_reference_version(const struct pg_tx *tx, size_t statement, int64_t *day)
{
    *day = pg_value_int8(tx, statement, 0, 1);
    return pg_value_int8(tx, statement, 0, 0);
}

/* The columns of a unit u, who leads it today, and who takes over when it ends. */
#define UNIT_COLUMNS                                                                               \
    "u.code, u.name_vi, u.name_en, u.type, u.parent, u.source, " START("u.valid_from") ", " END(   \
        "u.valid_to") ", h.account, h.name, h.email, s.current "
#define UNIT_PEOPLE                                                                                \
    "LEFT JOIN (SELECT * FROM unit_head WHERE " VALID_TODAY ") h ON h.unit = u.code "              \
    "LEFT JOIN unit_successor s ON s.former = u.code AND s.since = u.valid_to + 1 AND s.main"

/* A day on which a division of the city ended, and today: an area is no more, or is another one
 * under its code, with a successor (00004 was Truc Bach, and is Ba Dinh). One that goes on under
 * its code without a successor, say by another name, divides nothing anew. */
#define AREA_TYPES "('ward', 'commune', 'township')"
#define ON_DAY     VALID_ON("d.day")
#define DIVISIONS                                                                                  \
    "WITH division (ended, day) AS (SELECT DISTINCT u.valid_to, u.valid_to FROM unit u "           \
    "WHERE u.type IN " AREA_TYPES " AND u.valid_to < " TODAY " AND (NOT EXISTS "                   \
    "(SELECT 1 FROM unit n WHERE n.code = u.code AND n.valid_from = u.valid_to + 1 "               \
    "AND n.type IN " AREA_TYPES ") OR EXISTS (SELECT 1 FROM unit_successor s "                     \
    "WHERE s.former = u.code AND s.since = u.valid_to + 1)) UNION ALL SELECT NULL, " TODAY "), "   \
    "area AS (SELECT d.*, u.code, u.parent, u.source, u.valid_to FROM division d "                 \
    "JOIN unit u ON u.type IN " AREA_TYPES " AND " ON_DAY "), "                                    \
    "district AS (SELECT d.*, u.code, u.name_vi, u.name_en FROM division d "                       \
    "JOIN unit u ON u.type = 'district' AND " ON_DAY ") "

enum statement_index {
    POLL,
    UNITS,
    FORMER_UNITS,
    SUCCESSIONS,
    AREAS,
    DISTRICTS,
    CATEGORIES,
    ROUTES,
    DEADLINES,
    TIMERS,
    CALENDAR,
    FOCAL_POINTS,
    ABSENCES,
    BOUNDARY_SET,
    BOUNDARIES,
    PROCESSES,
    REJECTIONS
};

static const struct pg_statement reads[STORE_REFERENCE_STATEMENTS] = {
    [POLL] = {"reference_version",
              "SELECT version, (" TODAY " - DATE '1970-01-01')::bigint FROM reference_state"},
    [UNITS] = {"reference_units", "SELECT " UNIT_COLUMNS "FROM (SELECT * FROM unit "
                                  "WHERE " VALID_TODAY ") u " UNIT_PEOPLE},
    /* Those that others were told of: cases may stand there. And districts with an heir: figures of
     * their days are laid beside those of who took over. */
    [FORMER_UNITS] =
        {"reference_former_units",
         "SELECT " UNIT_COLUMNS "FROM (SELECT DISTINCT ON (f.code) f.* FROM unit f "
         "WHERE f.valid_to < " TODAY " AND (EXISTS (SELECT 1 FROM reference_published p "
         "WHERE p.key = 'unit:' || f.code) OR f.type = 'district' AND EXISTS (SELECT 1 FROM "
         "unit_successor h WHERE h.former = f.code AND h.since = f.valid_to + 1 AND h.main)) "
         "AND f.code NOT IN (SELECT code FROM unit WHERE " VALID_TODAY ") "
         "ORDER BY f.code, f.valid_from DESC) u " UNIT_PEOPLE},
    [SUCCESSIONS] = {"reference_successions",
                     "SELECT former, current, main, " START(
                         "since") " FROM unit_successor WHERE since <= " TODAY},
    [AREAS] =
        {"reference_areas",
         DIVISIONS "SELECT " END(
             "a.ended") ", a.code, d.code, s.current, a.source "
                        "FROM area a LEFT JOIN district d ON d.day = a.day AND d.code = a.parent "
                        "LEFT JOIN unit_successor s ON a.valid_to = a.ended AND s.former = a.code "
                        "AND s.since = a.ended + 1 AND s.main ORDER BY a.day DESC, a.code COLLATE "
                        "\"C\""},
    [DISTRICTS] =
        {"reference_districts",
         DIVISIONS "SELECT " END(
             "d.ended") ", d.code, d.name_vi, d.name_en "
                        "FROM district d WHERE EXISTS (SELECT 1 FROM area a WHERE a.day = d.day "
                        "AND a.parent = d.code) ORDER BY d.day DESC, d.code COLLATE \"C\""},
    [CATEGORIES] = {"reference_categories",
                    "SELECT DISTINCT ON (code) code, version, name_vi, name_en, group_vi, "
                    "group_en, level, keywords::text, sensitive, " START(
                        "valid_from") ", source, kind, questions::text, "
                                      "coalesce(duplicate_radius_m, 0) "
                                      "FROM category WHERE " VALID_TODAY
                                      " ORDER BY code, version DESC"},
    [ROUTES] = {"reference_routes",
                "SELECT " ROUTE_RULE_COLUMNS " FROM route_rule WHERE " NOT_OVER},
    [DEADLINES] = {"reference_deadlines",
                   "SELECT code, version, clock, level, minutes, " START("valid_from") ", " END(
                       "valid_to") ", source, process, mode FROM deadline_rule WHERE " NOT_OVER
                                   " ORDER BY code, version DESC"},
    [TIMERS] =
        {"reference_timers",
         "SELECT DISTINCT ON (step) code, version, step, percent, after_minutes, target, " START(
             "valid_from") ", source FROM timer_rule WHERE " VALID_TODAY
                           " ORDER BY step, version DESC"},
    [CALENDAR] = {"reference_calendar",
                  "SELECT code, version, source, body::text FROM calendar "
                  "WHERE " VALID_TODAY " ORDER BY valid_from DESC, version DESC LIMIT 1"},
    [FOCAL_POINTS] = {"reference_focal_points",
                      "SELECT unit, field, account, name, email, " START("valid_from") ", " END(
                          "valid_to") ", rank FROM focal_point WHERE " NOT_OVER},
    [ABSENCES] = {"reference_absences", "SELECT unit, account, " START("valid_from") ", " END(
                                            "valid_to") " FROM absence WHERE " NOT_OVER},
    [BOUNDARY_SET] = {"reference_boundary_set",
                      "SELECT s.id, s.source, s.approximate, s.loaded_at FROM boundary_set s "
                      "JOIN reference_state r ON r.boundary_set = s.id"},
    [BOUNDARIES] = {"reference_boundaries",
                    "SELECT b.unit, b.wkb FROM boundary b "
                    "JOIN reference_state r ON r.boundary_set = b.boundary_set "
                    "WHERE b.boundary_set <> $1::bigint ORDER BY b.unit"},
    /* Cases go on under versions that are over. */
    [PROCESSES] = {"reference_processes",
                   "SELECT code, version, " START("valid_from") ", " END(
                       "valid_to") ", body FROM process ORDER BY code, version"},
    [REJECTIONS] = {"reference_rejections",
                    "SELECT DISTINCT ON (code) code, version, needs_approval, name_vi, name_en, "
                    "template_vi, template_en, source FROM rejection_class "
                    "WHERE " VALID_TODAY " ORDER BY code, version DESC"},
};

void store_reference_read(struct pg_tx *tx, int64_t known_boundaries)
{
    for (size_t i = 0; i < STORE_REFERENCE_STATEMENTS; i++) {
        pg_tx_add(tx, &reads[i]);
        if (i == BOUNDARIES) {
            pg_tx_int8(tx, known_boundaries);
        }
    }
}

/* ---- from rows to structs ---- */

struct reading {
    const struct pg_tx *tx;
    struct reference *reference;
};

static const char *text(const struct reading *reading, size_t statement, size_t row, int column)
{
    return arena_text(&reading->reference->arena,
                      pg_value_text(reading->tx, statement, row, column));
}

static int64_t instant(const struct reading *reading, size_t statement, size_t row, int column)
{
    return pg_value_is_null(reading->tx, statement, row, column)
               ? 0
               : pg_value_instant(reading->tx, statement, row, column);
}

static void *array(const struct reading *reading, size_t statement, size_t size)
{
    return arena_array(&reading->reference->arena, pg_rows(reading->tx, statement), size);
}

static struct case_rule rule(const struct reading *reading, size_t statement, size_t row,
                             int source_column)
{
    return (struct case_rule){.code = text(reading, statement, row, 0),
                              .version = pg_value_int4(reading->tx, statement, row, 1),
                              .source = text(reading, statement, row, source_column)};
}

static void read_units(const struct reading *reading, size_t statement, struct unit_set *set)
{
    set->units = array(reading, statement, sizeof *set->units);
    for (size_t i = 0; i < pg_rows(reading->tx, statement); i++) {
        set->units[set->count++] = (struct unit){
            .code = text(reading, statement, i, 0),
            .name_vi = text(reading, statement, i, 1),
            .name_en = text(reading, statement, i, 2),
            .type = text(reading, statement, i, 3),
            .parent = text(reading, statement, i, 4),
            .source = text(reading, statement, i, 5),
            .valid_from = instant(reading, statement, i, 6),
            .valid_to = instant(reading, statement, i, 7),
            .head = {.account = text(reading, statement, i, 8),
                     .name = text(reading, statement, i, 9),
                     .email = text(reading, statement, i, 10)},
            .successor = text(reading, statement, i, 11),
        };
    }
    unit_set_sort(set);
}

static void read_successions(const struct reading *reading)
{
    struct unit_successions *successions = &reading->reference->successions;
    successions->items = array(reading, SUCCESSIONS, sizeof *successions->items);
    for (size_t i = 0; i < pg_rows(reading->tx, SUCCESSIONS); i++) {
        successions->items[successions->count++] = (struct unit_succession){
            .former = text(reading, SUCCESSIONS, i, 0),
            .current = text(reading, SUCCESSIONS, i, 1),
            .main = pg_value_bool(reading->tx, SUCCESSIONS, i, 2),
            .since = instant(reading, SUCCESSIONS, i, 3),
        };
    }
    unit_successions_sort(successions);
}

static void read_areas(const struct reading *reading, struct division_area *areas)
{
    for (size_t i = 0; i < pg_rows(reading->tx, AREAS); i++) {
        areas[i] = (struct division_area){
            .code = text(reading, AREAS, i, 1),
            .district = text(reading, AREAS, i, 2),
            .successor = text(reading, AREAS, i, 3),
            .source = text(reading, AREAS, i, 4),
        };
    }
}

static void read_districts(const struct reading *reading, struct division_district *districts)
{
    for (size_t i = 0; i < pg_rows(reading->tx, DISTRICTS); i++) {
        districts[i] = (struct division_district){
            .code = text(reading, DISTRICTS, i, 1),
            .name_vi = text(reading, DISTRICTS, i, 2),
            .name_en = text(reading, DISTRICTS, i, 3),
        };
    }
}

/* How many rows from one on belong to the division that ends at an instant. */
static size_t count_rows(const struct reading *reading, size_t statement, size_t row,
                         int64_t valid_to)
{
    size_t end = row;
    while (end < pg_rows(reading->tx, statement) &&
           instant(reading, statement, end, 0) == valid_to) {
        end++;
    }
    return end - row;
}

/* Rows of both statements come division by division. */
static void read_divisions(const struct reading *reading)
{
    struct divisions *divisions = &reading->reference->divisions;
    struct division_area *areas = array(reading, AREAS, sizeof *areas);
    struct division_district *districts = array(reading, DISTRICTS, sizeof *districts);
    size_t district = 0;
    read_areas(reading, areas);
    read_districts(reading, districts);
    divisions->items = array(reading, AREAS, sizeof *divisions->items); /* as many at most */
    for (size_t area = 0; area < pg_rows(reading->tx, AREAS);) {
        struct division *division = &divisions->items[divisions->count++];
        division->valid_to = instant(reading, AREAS, area, 0);
        division->areas = &areas[area];
        division->area_count = count_rows(reading, AREAS, area, division->valid_to);
        division->districts = &districts[district];
        division->district_count = count_rows(reading, DISTRICTS, district, division->valid_to);
        division_name(division);
        area += division->area_count;
        district += division->district_count;
    }
}

static void read_categories(const struct reading *reading)
{
    struct reference *reference = reading->reference;
    reference->categories = array(reading, CATEGORIES, sizeof *reference->categories);
    for (size_t i = 0; i < pg_rows(reading->tx, CATEGORIES); i++) {
        reference->categories[reference->category_count++] = (struct category){
            .code = text(reading, CATEGORIES, i, 0),
            .version = pg_value_int4(reading->tx, CATEGORIES, i, 1),
            .name_vi = text(reading, CATEGORIES, i, 2),
            .name_en = text(reading, CATEGORIES, i, 3),
            .group_vi = text(reading, CATEGORIES, i, 4),
            .group_en = text(reading, CATEGORIES, i, 5),
            .level = text(reading, CATEGORIES, i, 6),
            .keywords = text(reading, CATEGORIES, i, 7),
            .sensitive = pg_value_bool(reading->tx, CATEGORIES, i, 8),
            .valid_from = instant(reading, CATEGORIES, i, 9),
            .source = text(reading, CATEGORIES, i, 10),
            .kind = text(reading, CATEGORIES, i, 11),
            .questions = text(reading, CATEGORIES, i, 12),
            .duplicate_radius_m = pg_value_int4(reading->tx, CATEGORIES, i, 13),
        };
    }
}

static void read_routes(const struct reading *reading)
{
    struct route_rules *routes = &reading->reference->routes;
    routes->rules = array(reading, ROUTES, sizeof *routes->rules);
    for (size_t i = 0; i < pg_rows(reading->tx, ROUTES); i++) {
        store_route_row(reading->tx, ROUTES, i, &reading->reference->arena,
                        &routes->rules[routes->count++]);
    }
    route_rules_sort(routes);
}

static int level_index(const char *word)
{
    for (int i = 0; i < CASE_LEVELS; i++) {
        if (strcmp(case_level_words[i], word) == 0) {
            return i;
        }
    }
    return -1;
}

static void read_deadlines(const struct reading *reading)
{
    struct deadline_rules *deadlines = &reading->reference->cases.deadlines;
    struct deadline_rule *items = array(reading, DEADLINES, sizeof *items);
    for (size_t i = 0; i < pg_rows(reading->tx, DEADLINES); i++) {
        items[i] = (struct deadline_rule){
            .rule = rule(reading, DEADLINES, i, 7),
            .clock = (enum deadline_clock)word_index(deadline_clock_words,
                                                     pg_value_text(reading->tx, DEADLINES, i, 2)),
            .process = text(reading, DEADLINES, i, 8),
            .level = level_index(pg_value_text(reading->tx, DEADLINES, i, 3)),
            .mode = (enum clock_mode)word_index(clock_mode_words,
                                                pg_value_text(reading->tx, DEADLINES, i, 9)),
            .minutes = pg_value_int4(reading->tx, DEADLINES, i, 4),
            .valid_from = instant(reading, DEADLINES, i, 5),
            .valid_to = instant(reading, DEADLINES, i, 6),
        };
    }
    deadlines->items = items;
    deadlines->count = pg_rows(reading->tx, DEADLINES);
}

/* Rows come by step: the reminder (0), then 1, 2, 3 without a gap. */
static void read_timers(const struct reading *reading)
{
    struct reference *reference = reading->reference;
    struct case_rules *cases = &reference->cases;
    reference->timers = array(reading, TIMERS, sizeof *reference->timers);
    for (size_t i = 0; i < pg_rows(reading->tx, TIMERS); i++) {
        struct timer_rule *timer = &reference->timers[reference->timer_count++];
        *timer = (struct timer_rule){
            .rule = rule(reading, TIMERS, i, 7),
            .step = pg_value_int4(reading->tx, TIMERS, i, 2),
            .target = text(reading, TIMERS, i, 5),
            .valid_from = instant(reading, TIMERS, i, 6),
        };
        if (timer->step == 0) {
            timer->percent = pg_value_int4(reading->tx, TIMERS, i, 3);
            cases->remind_percent = timer->percent;
        } else if (timer->step == cases->escalation_count + 1) {
            timer->after_minutes = pg_value_int4(reading->tx, TIMERS, i, 4);
            cases->escalate_after_min[cases->escalation_count++] = timer->after_minutes;
        }
    }
}

static bool read_calendar(const struct reading *reading, struct error *err)
{
    struct reference *reference = reading->reference;
    if (pg_rows(reading->tx, CALENDAR) == 0) {
        return error_set(err, ERR_RETRY, "reference_missing",
                         "no calendar: routing reference load");
    }
    reference->calendar_rule = rule(reading, CALENDAR, 0, 2);
    reference->calendar_body = text(reading, CALENDAR, 0, 3);
    reference->cases.calendar =
        calendar_json_read(reference->calendar_body, strlen(reference->calendar_body),
                           &reference->calendar_known_to, &reference->arena, err);
    return reference->cases.calendar != NULL;
}

static void read_focal_points(const struct reading *reading)
{
    struct focal_points *points = &reading->reference->focal_points;
    points->items = array(reading, FOCAL_POINTS, sizeof *points->items);
    for (size_t i = 0; i < pg_rows(reading->tx, FOCAL_POINTS); i++) {
        points->items[points->count++] = (struct focal_point){
            .unit = text(reading, FOCAL_POINTS, i, 0),
            .field = text(reading, FOCAL_POINTS, i, 1),
            .account = text(reading, FOCAL_POINTS, i, 2),
            .name = text(reading, FOCAL_POINTS, i, 3),
            .email = text(reading, FOCAL_POINTS, i, 4),
            .valid_from = instant(reading, FOCAL_POINTS, i, 5),
            .valid_to = instant(reading, FOCAL_POINTS, i, 6),
            .rank = pg_value_int4(reading->tx, FOCAL_POINTS, i, 7),
        };
    }
    points->absences = array(reading, ABSENCES, sizeof *points->absences);
    for (size_t i = 0; i < pg_rows(reading->tx, ABSENCES); i++) {
        points->absences[points->absence_count++] = (struct focal_absence){
            .unit = text(reading, ABSENCES, i, 0),
            .account = text(reading, ABSENCES, i, 1),
            .valid_from = instant(reading, ABSENCES, i, 2),
            .valid_to = instant(reading, ABSENCES, i, 3),
        };
    }
    focal_points_sort(points);
}

static bool read_boundaries(const struct reading *reading, int64_t known, struct error *err)
{
    struct reference *reference = reading->reference;
    size_t count = pg_rows(reading->tx, BOUNDARIES);
    if (pg_rows(reading->tx, BOUNDARY_SET) == 0) {
        return error_set(err, ERR_RETRY, "reference_missing",
                         "no boundaries: routing reference load");
    }
    reference->boundaries = store_boundary_set_row(reading->tx, BOUNDARY_SET, 0, &reference->arena);
    if (reference->boundaries.id == known) {
        return true;
    }
    struct area_boundary *boundaries = array(reading, BOUNDARIES, sizeof *boundaries);
    for (size_t i = 0; i < count; i++) {
        boundaries[i].unit = text(reading, BOUNDARIES, i, 0);
        boundaries[i].wkb = pg_value_bytes(reading->tx, BOUNDARIES, i, 1, &boundaries[i].wkb_size);
    }
    reference->area = area_new(boundaries, count, err);
    return reference->area != NULL;
}

static bool read_processes(const struct reading *reading, struct process_book *book,
                           struct error *err)
{
    for (size_t i = 0; i < pg_rows(reading->tx, PROCESSES); i++) {
        struct process_row row = {
            .code = pg_value_text(reading->tx, PROCESSES, i, 0),
            .version = pg_value_int4(reading->tx, PROCESSES, i, 1),
            .valid_from = instant(reading, PROCESSES, i, 2),
            .valid_to = instant(reading, PROCESSES, i, 3),
            .body = pg_value_text(reading->tx, PROCESSES, i, 4),
        };
        if (!process_book_add(book, &row, err)) {
            return false;
        }
    }
    reading->reference->processes = book;
    return book->count > 0 ||
           error_set(err, ERR_RETRY, "reference_missing", "no processes: routing reference load");
}

static void read_rejections(const struct reading *reading)
{
    struct reference *reference = reading->reference;
    reference->rejections = array(reading, REJECTIONS, sizeof *reference->rejections);
    for (size_t i = 0; i < pg_rows(reading->tx, REJECTIONS); i++) {
        struct rejection_class *class = &reference->rejections[reference->rejection_count++];
        *class = (struct rejection_class){
            .rule = rule(reading, REJECTIONS, i, 7),
            .needs_approval = pg_value_bool(reading->tx, REJECTIONS, i, 2),
            .name_vi = text(reading, REJECTIONS, i, 3),
            .name_en = text(reading, REJECTIONS, i, 4),
            .template_vi = text(reading, REJECTIONS, i, 5),
            .template_en = text(reading, REJECTIONS, i, 6),
        };
        if (class->needs_approval) {
            reference->cases.approved_reasons |=
                PROCESS_BIT(word_index(case_reason_words, class->rule.code));
        }
    }
}

struct reference *store_reference_make(const struct pg_tx *tx, int64_t known_boundaries,
                                       struct process_book *book, struct error *err)
{
    struct reference *reference = memory_zero(1, sizeof *reference);
    struct reading reading = {.tx = tx, .reference = reference};

    arena_init(&reference->arena);
    reference->version = store_reference_version(tx, POLL, &reference->day);
    read_units(&reading, UNITS, &reference->units);
    read_units(&reading, FORMER_UNITS, &reference->former_units);
    read_successions(&reading);
    read_divisions(&reading);
    read_categories(&reading);
    read_routes(&reading);
    read_deadlines(&reading);
    read_timers(&reading);
    read_focal_points(&reading);
    read_rejections(&reading);
    if (!read_calendar(&reading, err) || !read_boundaries(&reading, known_boundaries, err) ||
        !read_processes(&reading, book, err)) {
        reference_free(reference);
        return NULL;
    }
    return reference;
}
