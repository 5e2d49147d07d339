/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/analytics/case_counter.h"
#include "services/analytics/contribution.h"

static const int32_t day = 20781; /* 2026-11-24 */

static struct contribution one(void)
{
    return (struct contribution){
        .counts = true,
        .day = day,
        .members = {[DIMENSION_UNIT] = "SXD", [DIMENSION_CATEGORY] = "giao-thong"},
        .marks = UINT64_C(1) << CASE_ALL | 1,
        .amounts = {2},
        .bucket = 40,
        .sides = {"00070 SXD", "SXD"},
    };
}

static const struct tally *at(struct cells *cells, unsigned dimensions, enum period_kind kind,
                              const char *a, const char *b)
{
    struct cell_key key = {.subject = SUBJECT_CASES,
                           .grouping = grouping_find(SUBJECT_CASES, dimensions),
                           .period = period_of(kind, day),
                           .members = {a, b}};
    return &cells_at(cells, &key)->change;
}

enum { UNIT = 1 << DIMENSION_UNIT, CATEGORY = 1 << DIMENSION_CATEGORY, AREA = 1 << DIMENSION_AREA };

static void it_counts_in_every_grouping_that_it_has_members_of(void **state)
{
    struct contribution contribution = one();
    struct cells cells;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    cells_init(&cells, &arena);
    contribution_apply(&contribution, SUBJECT_CASES, 1, &cells);
    for (int kind = 0; kind < PERIOD_KINDS; kind++) {
        const struct tally *city = at(&cells, 0, (enum period_kind)kind, "", "");
        assert_int_equal(city->counts[CASE_ALL], 1);
        assert_int_equal(city->counts[CASE_HANDOVERS], 2);
        assert_int_equal(sketch_total(&city->times), 1);
        assert_int_equal(at(&cells, UNIT, (enum period_kind)kind, "SXD", "")->counts[CASE_ALL], 1);
    }
    assert_int_equal(at(&cells, UNIT | CATEGORY, PERIOD_MONTH, "SXD", "giao-thong")->counts[0], 1);
    size_t count = cells.count;
    assert_true(tally_is_zero(at(&cells, AREA, PERIOD_ALL, "00070", "")));
    assert_int_equal(cells.count, count + 1); /* it was not there: the case has no area */
    arena_finish(&arena);
}

static void what_others_had_to_do_with_it_counts_in_their_rows(void **state)
{
    struct contribution contribution = one();
    struct cells cells;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    cells_init(&cells, &arena);
    contribution_apply(&contribution, SUBJECT_CASES, 1, &cells);
    const struct tally *other = at(&cells, UNIT, PERIOD_ALL, "00070", "");
    assert_int_equal(other->counts[CASE_RETURNED], 1);
    assert_int_equal(other->counts[CASE_ALL], 0);
    const struct tally *own = at(&cells, UNIT | CATEGORY, PERIOD_MONTH, "SXD", "giao-thong");
    assert_int_equal(own->counts[CASE_RETURNED], 1);
    assert_int_equal(own->counts[CASE_TAKEN_OVER], 1);
    assert_int_equal(own->counts[CASE_ALL], 1);
    arena_finish(&arena);
}

static void what_is_taken_back_leaves_nothing(void **state)
{
    struct contribution contribution = one(), none = {.counts = false};
    struct cells cells;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    cells_init(&cells, &arena);
    contribution_apply(&contribution, SUBJECT_CASES, 1, &cells);
    contribution_apply(&contribution, SUBJECT_CASES, -1, &cells);
    contribution_apply(&none, SUBJECT_CASES, 1, &cells);
    for (size_t i = 0; i < cells.count; i++) {
        assert_true(tally_is_zero(&cells.items[i]->change));
    }
    arena_finish(&arena);
}

/* Ten thousand keys, each met several times: as many cells, in the order of the table. */
static void cells_are_found_again_and_sorted(void **state)
{
    enum { KEYS = 10000 };
    struct cells cells;
    struct arena arena;
    (void)state;
    arena_init(&arena);
    cells_init(&cells, &arena);
    for (int i = 0; i < 3 * KEYS; i++) {
        int number = i * 7 % KEYS;
        struct cell_key key = {.grouping = number % 3,
                               .period = {(enum period_kind)(number % PERIOD_KINDS), number % 11},
                               .members = {arena_format(&arena, "m%d", number), ""}};
        cells_at(&cells, &key)->change.counts[0]++;
    }
    assert_int_equal(cells.count, KEYS);
    cells_sort(&cells);
    for (size_t i = 0; i < cells.count; i++) {
        assert_int_equal(cells.items[i]->change.counts[0], 3);
        assert_true(i == 0 || cell_key_order(&cells.items[i - 1]->key, &cells.items[i]->key) < 0);
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_counts_in_every_grouping_that_it_has_members_of),
        cmocka_unit_test(what_others_had_to_do_with_it_counts_in_their_rows),
        cmocka_unit_test(what_is_taken_back_leaves_nothing),
        cmocka_unit_test(cells_are_found_again_and_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
