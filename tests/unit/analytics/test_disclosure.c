/* SPDX-License-Identifier: Apache-2.0 */
/* Random cities, what is shown of them, and an attacker who solves equations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/case_counter.h"
#include "services/analytics/disclosure.h"

static uint64_t seed;

static uint64_t chance(uint64_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % below;
}

/* ---- a city ---- */

struct city {
    struct arena arena;
    struct disclosure_cell *cells;
    size_t count;
    int32_t last_day; /* of the districts */
};

static int by_key(const void *a, const void *b)
{
    const struct disclosure_cell *left = a, *right = b;
    return cell_key_order(&left->key, &right->key);
}

/* Marks what is hidden, or shown to nobody; of what has no cell, one of nothing is added. */
static void settle(struct city *city)
{
    struct disclosure disclosure;
    size_t cells = city->count;
    disclosure_settle(&disclosure, city->cells, cells, &city->arena);
    struct disclosure_cell *all = arena_array(&city->arena, cells + disclosure.count, sizeof *all);
    memcpy(all, city->cells, cells * sizeof *all);
    for (size_t i = 0; i < cells; i++) {
        all[i].hidden =
            disclosure_hides(&disclosure, &all[i].key) || !disclosure_is_public(&all[i].key);
    }
    for (size_t i = 0; i < disclosure.count; i++) {
        struct disclosure_cell none = {.key = disclosure.keys[i], .hidden = true};
        if (bsearch(&none, city->cells, cells, sizeof none, by_key) == NULL) {
            all[city->count++] = none;
        }
    }
    qsort(all, city->count, sizeof *all, by_key);
    city->cells = all;
}

/* Former areas lie in districts, and go over into areas of today that may be of two of them. */
enum { FORMER_IN_DISTRICT = 4, FORMER_IN_AREA = 3 };

static void put_place(struct contribution *one, uint64_t former_areas, int32_t last_day,
                      struct arena *arena)
{
    int former = (int)chance(former_areas);
    one->members[DIMENSION_AREA] = arena_format(arena, "A%02d", former / FORMER_IN_AREA);
    one->members[DIMENSION_DISTRICT] =
        one->day <= last_day ? arena_format(arena, "D%02d", former / FORMER_IN_DISTRICT) : NULL;
}

/* Cases on random days, few units and categories, so that many sums are small. */
static void build(struct city *city, size_t cases, uint64_t units, uint64_t categories,
                  uint64_t days)
{
    city->last_day = 20454 + (int32_t)chance(2 * days);
    uint64_t former_areas = 2 + chance(16);
    struct cells sums;
    arena_init(&city->arena);
    cells_init(&sums, &city->arena);
    for (size_t i = 0; i < cases; i++) {
        struct contribution one = {
            .counts = true,
            .day = 20454 + (int32_t)(chance(days) * chance(days) / days),
            .members = {[DIMENSION_UNIT] = arena_format(
                            &city->arena, "U%d", (int)(chance(units) * chance(units) / units)),
                        [DIMENSION_CATEGORY] =
                            arena_format(&city->arena, "c%d", (int)chance(categories)),
                        [DIMENSION_LEVEL] = chance(4) == 0 ? "urgent" : "normal"},
            .marks = UINT64_C(1) << CASE_ALL,
            .bucket = SKETCH_NONE};
        put_place(&one, former_areas, city->last_day, &city->arena);
        contribution_apply(&one, SUBJECT_CASES, 1, &sums);
    }
    cells_sort(&sums);
    city->cells = arena_array(&city->arena, sums.count, sizeof *city->cells);
    city->count = 0;
    for (size_t i = 0; i < sums.count; i++) {
        if (disclosure_needs(&sums.items[i]->key)) {
            city->cells[city->count++] = (struct disclosure_cell){
                .key = sums.items[i]->key, .cases = sums.items[i]->change.counts[CASE_ALL]};
        }
    }
    settle(city);
}

/* ---- the attacker ---- */

/* Unknowns are the hidden sums. Every equation between public sums becomes a row: its hidden terms
 * add up to a number that the attacker can compute. Row reduction modulo a prime tells which sums
 * he knows for sure. */
enum { UNKNOWNS_MAX = 2500, ROWS_MAX = 5000 };
static const int64_t prime = 1000003;
static int64_t rows[ROWS_MAX][UNKNOWNS_MAX];

static int64_t power(int64_t base, int64_t exponent)
{
    int64_t result = 1;
    for (; exponent > 0; exponent >>= 1) {
        result = exponent & 1 ? result * base % prime : result;
        base = base * base % prime;
    }
    return result;
}

static bool is_part(const struct disclosure_cell *part, const struct disclosure_cell *whole,
                    enum period_kind kind)
{
    bool members = part->key.grouping == whole->key.grouping &&
                   strcmp(part->key.members[0], whole->key.members[0]) == 0 &&
                   strcmp(part->key.members[1], whole->key.members[1]) == 0;
    /* Weeks make up no month or year; nothing but days makes up a week. */
    bool divides = kind > whole->key.period.kind &&
                   (kind != PERIOD_WEEK || whole->key.period.kind == PERIOD_ALL);
    return members && part->key.period.kind == kind && divides &&
           period_of(whole->key.period.kind, part->key.period.first).first ==
               whole->key.period.first;
}

/* What is of days without districts is in none. */
static bool is_place(const struct disclosure_cell *part, const struct disclosure_cell *whole,
                     int32_t last_day)
{
    bool within = period_end(&whole->key.period) - 1 <= last_day;
    if (whole->key.grouping == grouping_find(SUBJECT_CASES, 1 << DIMENSION_AREA)) {
        return within && strcmp(part->key.members[0], whole->key.members[0]) == 0;
    }
    return whole->key.grouping == grouping_find(SUBJECT_CASES, 1 << DIMENSION_DISTRICT) &&
           strcmp(part->key.members[1], whole->key.members[0]) == 0;
}

static bool is_member(const struct disclosure_cell *part, const struct disclosure_cell *whole,
                      int grouping, int32_t last_day)
{
    int district = grouping_find(SUBJECT_CASES, 1 << DIMENSION_DISTRICT);
    int place = grouping_find(SUBJECT_CASES, 1 << DIMENSION_AREA | 1 << DIMENSION_DISTRICT);
    int unit = grouping_find(SUBJECT_CASES, 1 << DIMENSION_UNIT);
    int category = grouping_find(SUBJECT_CASES, 1 << DIMENSION_CATEGORY);
    int pair = grouping_find(SUBJECT_CASES, 1 << DIMENSION_UNIT | 1 << DIMENSION_CATEGORY);
    if (part == whole || part->key.grouping != grouping ||
        part->key.period.kind != whole->key.period.kind ||
        part->key.period.first != whole->key.period.first) {
        return false;
    }
    if (grouping == place) {
        return is_place(part, whole, last_day);
    }
    if (grouping == district && period_end(&whole->key.period) - 1 > last_day) {
        return false;
    }
    if (grouping != pair) {
        return whole->key.grouping == 0;
    }
    return (whole->key.grouping == unit &&
            strcmp(part->key.members[0], whole->key.members[0]) == 0) ||
           (whole->key.grouping == category &&
            strcmp(part->key.members[1], whole->key.members[0]) == 0);
}

/* One row: the whole less its parts is nothing. False: there are no parts, or nothing is hidden. */
static bool fill_row(int64_t *row, const struct city *city, const size_t *unknowns,
                     const struct disclosure_cell *whole, int grouping, int kind)
{
    bool any = false, hidden = whole->hidden;
    memset(row, 0, UNKNOWNS_MAX * sizeof *row);
    if (whole->hidden) {
        row[unknowns[whole - city->cells]] = 1;
    }
    for (size_t i = 0; i < city->count; i++) {
        const struct disclosure_cell *part = &city->cells[i];
        if (grouping >= 0 ? is_member(part, whole, grouping, city->last_day)
                          : is_part(part, whole, (enum period_kind)kind)) {
            any = true;
            if (part->hidden) {
                hidden = true;
                row[unknowns[i]] = prime - 1;
            }
        }
    }
    return any && hidden;
}

static void reduce(size_t row_count, size_t unknown_count)
{
    size_t done = 0;
    for (size_t column = 0; column < unknown_count && done < row_count; column++) {
        size_t pivot = done;
        while (pivot < row_count && rows[pivot][column] == 0) {
            pivot++;
        }
        if (pivot == row_count) {
            continue;
        }
        for (size_t i = 0; i < unknown_count; i++) {
            int64_t kept = rows[done][i];
            rows[done][i] = rows[pivot][i];
            rows[pivot][i] = kept;
        }
        int64_t inverse = power(rows[done][column], prime - 2);
        for (size_t i = column; i < unknown_count; i++) {
            rows[done][i] = rows[done][i] * inverse % prime;
        }
        for (size_t other = 0; other < row_count; other++) {
            int64_t factor = rows[other][column];
            for (size_t i = column; other != done && factor != 0 && i < unknown_count; i++) {
                rows[other][i] = (rows[other][i] + (prime - factor) * rows[done][i]) % prime;
            }
        }
        done++;
    }
}

/* How many sums that are too small the attacker knows: rows with a single unknown left. */
static size_t known_to_the_attacker(const struct city *city)
{
    size_t *unknowns = calloc(city->count, sizeof *unknowns);
    const struct disclosure_cell *hidden[UNKNOWNS_MAX];
    size_t unknown_count = 0, row_count = 0, known = 0;
    for (size_t i = 0; i < city->count; i++) {
        unknowns[i] = unknown_count;
        if (city->cells[i].hidden) {
            assert_true(unknown_count < UNKNOWNS_MAX);
            hidden[unknown_count++] = &city->cells[i];
        }
    }
    for (size_t i = 0; i < city->count; i++) {
        for (int way = 0; way < (int)subjects[SUBJECT_CASES]->grouping_count + PERIOD_KINDS;
             way++) {
            int kind = way - (int)subjects[SUBJECT_CASES]->grouping_count;
            assert_true(row_count < ROWS_MAX);
            row_count += fill_row(rows[row_count], city, unknowns, &city->cells[i],
                                  kind < 0 ? way : -1, kind);
        }
    }
    reduce(row_count, unknown_count);
    for (size_t i = 0; i < row_count; i++) {
        size_t terms = 0, last = 0;
        for (size_t j = 0; j < unknown_count; j++) {
            terms += rows[i][j] != 0;
            last = rows[i][j] != 0 ? j : last;
        }
        known += terms == 1 && disclosure_is_small(hidden[last]->cases);
    }
    free(unknowns);
    return known;
}

static void no_equation_gives_a_hidden_sum_away(void **state)
{
    static const struct {
        size_t cases;
        uint64_t units, categories, days;
    } cities[] = {{40, 3, 3, 60},   {120, 4, 4, 90},  {300, 6, 5, 200}, {60, 10, 2, 30},
                  {500, 5, 8, 365}, {1000, 8, 6, 40}, {20, 2, 2, 400},  {7, 1, 1, 10},
                  {3, 2, 2, 5},     {800, 12, 3, 120}};
    (void)state;
    for (uint64_t i = 0; i < 25; i++) {
        struct city city;
        size_t row = i % (sizeof cities / sizeof cities[0]);
        seed = i;
        build(&city, cities[row].cases, cities[row].units, cities[row].categories,
              cities[row].days);
        size_t known = known_to_the_attacker(&city);
        if (known > 0) {
            fail_msg("seed %d: %d hidden sums can be told", (int)i, (int)known);
        }
        arena_finish(&city.arena);
    }
}

static void small_sums_are_hidden_and_nothing_is_no_secret(void **state)
{
    struct city city;
    (void)state;
    seed = 7;
    build(&city, 6000, 6, 5, 200);
    size_t shown = 0;
    for (size_t i = 0; i < city.count; i++) {
        const struct disclosure_cell *cell = &city.cells[i];
        assert_true(cell->hidden || cell->cases == 0 || cell->cases >= DISCLOSURE_K);
        shown += !cell->hidden;
    }
    assert_true(shown * 4 > city.count); /* and yet there is something to see */
    arena_finish(&city.arena);
}

static void a_city_of_large_sums_hides_nothing(void **state)
{
    struct city city;
    (void)state;
    seed = 9;
    build(&city, 20000, 2, 2, 30);
    size_t hidden = 0;
    for (size_t i = 0; i < city.count; i++) {
        hidden += city.cells[i].hidden && disclosure_is_public(&city.cells[i].key);
    }
    assert_int_equal(hidden, 0);
    arena_finish(&city.arena);
}

static void public_are_the_city_single_dimensions_and_a_units_categories(void **state)
{
    static const struct {
        unsigned dimensions;
        enum period_kind kind;
        bool is_public;
    } ways[] = {
        {0, PERIOD_DAY, true},
        {1 << DIMENSION_UNIT, PERIOD_MONTH, true},
        {1 << DIMENSION_UNIT, PERIOD_WEEK, false},
        {1 << DIMENSION_AREA, PERIOD_DAY, false},
        {1 << DIMENSION_DISTRICT, PERIOD_MONTH, true},
        {1 << DIMENSION_DISTRICT, PERIOD_DAY, false},
        {1 << DIMENSION_AREA | 1 << DIMENSION_DISTRICT, PERIOD_ALL, false},
        {1 << DIMENSION_AREA | 1 << DIMENSION_DISTRICT, PERIOD_MONTH, false},
        {1 << DIMENSION_CATEGORY | 1 << DIMENSION_DISTRICT, PERIOD_MONTH, false},
        {1 << DIMENSION_UNIT | 1 << DIMENSION_CATEGORY, PERIOD_ALL, true},
        {1 << DIMENSION_UNIT | 1 << DIMENSION_CATEGORY, PERIOD_MONTH, false},
        {1 << DIMENSION_UNIT | 1 << DIMENSION_LEVEL, PERIOD_ALL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct cell_key key = {.subject = SUBJECT_CASES,
                               .grouping = grouping_find(SUBJECT_CASES, ways[i].dimensions),
                               .period = {ways[i].kind, 0}};
        assert_int_equal(disclosure_is_public(&key), ways[i].is_public);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_equation_gives_a_hidden_sum_away),
        cmocka_unit_test(small_sums_are_hidden_and_nothing_is_no_secret),
        cmocka_unit_test(a_city_of_large_sums_hides_nothing),
        cmocka_unit_test(public_are_the_city_single_dimensions_and_a_units_categories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
