/* SPDX-License-Identifier: Apache-2.0 */
/* Sums are kept for each unit and category; figures of a unit, a category or the city are added up
 * when they are read: a few thousand rows at most. */
#include <string.h>

#include "services/analytics/store.h"

/* What time alone has changed is swept within a second; until then the past is told as the past. */
static const struct pg_statement read_moment = {
    "analytics_read_moment",
    "SELECT least(now(), (SELECT min(turn_at) FROM case_fact WHERE turn_at IS NOT NULL)), "
    "(SELECT max(counted_to) FROM unit_count), is_rebuilding()"};

static const struct pg_statement read_figures = {
    "analytics_read_figures",
    "SELECT code, sum(numerator)::bigint, sum(denominator)::bigint, sum(pending)::bigint "
    "FROM figure_cell WHERE ($1::text IS NULL OR code = $1) AND ($2::text IS NULL OR unit = $2) "
    "AND ($3::text IS NULL OR category = $3) GROUP BY code"};

#define COUNT_COLUMNS                                                                              \
    "unit, category, received, accepted, assigned, in_progress, resolved, rejected, withdrawn, "   \
    "merged, overdue, returned, taken_over"

static const struct pg_statement read_unit = {
    "analytics_read_unit",
    "SELECT " COUNT_COLUMNS " FROM unit_count WHERE unit = $1::text ORDER BY category"};

static const struct pg_statement changed_figures = {
    "analytics_changed_figures",
    "SELECT code, CASE WHEN GROUPING(unit) = 0 THEN unit END, "
    "CASE WHEN GROUPING(category) = 0 THEN category END, sum(numerator)::bigint, "
    "sum(denominator)::bigint, sum(pending)::bigint FROM figure_cell "
    "WHERE code IN (SELECT code FROM figure_cell WHERE dirty) "
    "GROUP BY code, GROUPING SETS ((), (unit), (category), (unit, category)) "
    "HAVING bool_or(dirty) AND (GROUPING(unit) = 1 OR unit <> '')"};

static const struct pg_statement changed_units = {
    "analytics_changed_units",
    "SELECT " COUNT_COLUMNS " FROM unit_count WHERE unit <> '' "
    "AND unit IN (SELECT unit FROM unit_count WHERE dirty) ORDER BY unit, category"};

void store_read_moment(struct pg_tx *tx)
{
    pg_tx_add(tx, &read_moment);
}

bool store_take_moment(const struct pg_tx *tx, size_t statement, struct moment *moment)
{
    moment->as_of = pg_value_instant(tx, statement, 0, 0);
    moment->cutoff = pg_value_instant(tx, statement, 0, 1);
    return !pg_value_bool(tx, statement, 0, 2);
}

void store_read_figures(struct pg_tx *tx, const char *code, const char *unit, const char *category)
{
    pg_tx_add(tx, &read_figures);
    pg_tx_text(tx, code);
    pg_tx_text(tx, unit);
    pg_tx_text(tx, category);
}

static void take_sums(const struct pg_tx *tx, size_t statement, size_t row, int column,
                      struct figure *figure)
{
    figure->numerator = pg_value_int8(tx, statement, row, column);
    figure->denominator = pg_value_int8(tx, statement, row, column + 1);
    figure->pending = pg_value_int8(tx, statement, row, column + 2);
}

size_t store_take_figures(const struct pg_tx *tx, size_t statement, const char *code,
                          const char *unit, const char *category, struct figure *figures)
{
    size_t count = 0;
    for (size_t i = 0; i < INDICATOR_COUNT; i++) {
        struct figure *figure = &figures[count];
        if (code != NULL && strcmp(code, indicators[i].code) != 0) {
            continue;
        }
        *figure = (struct figure){.indicator = &indicators[i], .unit = unit, .category = category};
        for (size_t row = 0; row < pg_rows(tx, statement); row++) {
            if (strcmp(pg_value_text(tx, statement, row, 0), indicators[i].code) == 0) {
                take_sums(tx, statement, row, 1, figure);
            }
        }
        count++;
    }
    return count;
}

void store_read_unit(struct pg_tx *tx, const char *unit)
{
    pg_tx_add(tx, &read_unit);
    pg_tx_text(tx, unit);
}

void store_read_changed(struct pg_tx *tx)
{
    pg_tx_add(tx, &changed_figures);
    pg_tx_add(tx, &changed_units);
}

size_t store_take_changed_figures(const struct pg_tx *tx, size_t statement, struct arena *arena,
                                  struct figure **figures)
{
    size_t rows = pg_rows(tx, statement), count = 0;

    *figures = arena_array(arena, rows, sizeof **figures);
    for (size_t row = 0; row < rows; row++) {
        struct figure *figure = &(*figures)[count];
        size_t indicator = indicator_find(pg_value_text(tx, statement, row, 0));
        if (indicator < INDICATOR_COUNT) { /* else of a newer program */
            figure->indicator = &indicators[indicator];
            figure->unit = arena_text(arena, pg_value_text(tx, statement, row, 1));
            figure->category = arena_text(arena, pg_value_text(tx, statement, row, 2));
            take_sums(tx, statement, row, 3, figure);
            count++;
        }
    }
    return count;
}

static void take_counts(const struct pg_tx *tx, size_t statement, size_t row,
                        struct state_counts *counts)
{
    for (size_t i = 0; i < CASE_STATES; i++) {
        counts->states[i] = pg_value_int8(tx, statement, row, 2 + (int)i);
    }
    counts->overdue = pg_value_int8(tx, statement, row, 2 + CASE_STATES);
    counts->returned = pg_value_int8(tx, statement, row, 3 + CASE_STATES);
    counts->received = pg_value_int8(tx, statement, row, 4 + CASE_STATES);
}

size_t store_take_units(const struct pg_tx *tx, size_t statement, struct arena *arena,
                        struct unit_counts **units)
{
    size_t rows = pg_rows(tx, statement), count = 0;
    struct category_counts *categories = arena_array(arena, rows, sizeof *categories);

    *units = arena_array(arena, rows, sizeof **units);
    for (size_t row = 0; row < rows; row++) {
        const char *code = pg_value_text(tx, statement, row, 0);
        if (count == 0 || strcmp((*units)[count - 1].unit, code) != 0) {
            (*units)[count++] = (struct unit_counts){.unit = arena_text(arena, code),
                                                     .categories = &categories[row]};
        }
        struct unit_counts *unit = &(*units)[count - 1];
        categories[row].category = arena_text(arena, pg_value_text(tx, statement, row, 1));
        take_counts(tx, statement, row, &categories[row].counts);
        state_counts_add(&unit->total, &categories[row].counts);
        unit->category_count++;
    }
    return count;
}
