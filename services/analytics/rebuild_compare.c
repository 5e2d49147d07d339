/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/rebuild_compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "services/analytics/figure.h"
#include "services/analytics/slice.h"
#include "services/analytics/store_rebuild.h"

enum { PRINT_MAX = 50 };

static int64_t number(const PGresult *rows, int row, int column)
{
    return strtoll(PQgetvalue(rows, row, column), NULL, 10);
}

/* ---- one cell ---- */

static int digit(char hex)
{
    return hex <= '9' ? hex - '0' : hex - 'a' + 10;
}

static bool take_tally(const PGresult *rows, int row, int column, struct arena *arena,
                       struct tally *tally)
{
    const char *hex = PQgetvalue(rows, row, column);
    size_t size = strlen(hex) / 2;
    uint8_t *bytes = arena_alloc(arena, size + 1);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]));
    }
    return tally_unpack(tally, bytes, size, arena);
}

static struct cell_key take_key(const PGresult *rows, int row)
{
    return (struct cell_key){
        .subject = (enum subject)number(rows, row, 0),
        .grouping = (int)number(rows, row, 1),
        .period = {(enum period_kind)number(rows, row, 2), (int32_t)number(rows, row, 3)},
        .members = {PQgetvalue(rows, row, 4), PQgetvalue(rows, row, 5)},
    };
}

static void print_figure(const char *key, const struct figure *live, const struct figure *again)
{
    printf("differs: %s: %lld of %lld (%lld pending), counted again %lld of %lld (%lld)\n", key,
           (long long)live->numerator, (long long)live->denominator, (long long)live->pending,
           (long long)again->numerator, (long long)again->denominator, (long long)again->pending);
}

static void compare_cell(const PGresult *rows, int row, bool print, struct arena *arena,
                         struct rebuild_comparison *comparison)
{
    struct cell_key key = take_key(rows, row);
    struct tally live, again;
    if (key.subject >= SUBJECTS || !take_tally(rows, row, 6, arena, &live) ||
        !take_tally(rows, row, 7, arena, &again)) {
        return; /* of another program: it counts as a cell that differs */
    }
    const struct subject_layout *subject = subjects[key.subject];
    struct slice slice = slice_of(&key);
    for (size_t i = 0; i < subject->indicator_count; i++) {
        struct figure was, is;
        figure_of(&was, &subject->indicators[i], &live);
        figure_of(&is, &subject->indicators[i], &again);
        if (!figure_equal(&was, &is) && comparison->figures_differ++ < PRINT_MAX && print) {
            print_figure(slice_key(subject->indicators[i].code, &slice, arena), &was, &is);
        }
    }
}

/* ---- all ---- */

static bool compare_facts(PGconn *conn, struct rebuild_comparison *comparison)
{
    PGresult *rows = store_rebuild_facts(conn);
    if (rows == NULL) {
        return false;
    }
    comparison->facts = number(rows, 0, 0);
    comparison->facts_new = number(rows, 0, 1);
    comparison->facts_differ = number(rows, 0, 2);
    PQclear(rows);
    return true;
}

static bool count_compared(PGconn *conn, struct rebuild_comparison *comparison)
{
    PGresult *rows = store_rebuild_sums(conn);
    for (int row = 0; rows != NULL && row < PQntuples(rows); row++) {
        int64_t subject = number(rows, row, 0), cells = number(rows, row, 1);
        comparison->cells += cells;
        comparison->figures +=
            subject < SUBJECTS ? cells * (int64_t)subjects[subject]->indicator_count : 0;
    }
    PQclear(rows);
    return rows != NULL;
}

static bool compare_cells(PGconn *conn, bool print, struct rebuild_comparison *comparison)
{
    PGresult *rows = store_rebuild_differing(conn);
    struct arena arena;
    if (rows == NULL) {
        return false;
    }
    arena_init(&arena);
    comparison->cells_differ = PQntuples(rows);
    for (int row = 0; row < PQntuples(rows); row++) {
        compare_cell(rows, row, print, &arena, comparison);
        arena_reset(&arena);
    }
    arena_finish(&arena);
    PQclear(rows);
    return true;
}

bool rebuild_compare(PGconn *conn, bool print, struct rebuild_comparison *comparison)
{
    *comparison = (struct rebuild_comparison){.cells = 0};
    return compare_facts(conn, comparison) && count_compared(conn, comparison) &&
           compare_cells(conn, print, comparison);
}
