/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/contribution.h"

#include <string.h>

static void add_marks(struct tally *change, uint64_t marks, int sign)
{
    while (marks != 0) {
        int counter = __builtin_ctzll(marks);
        change->counts[counter] += sign;
        marks &= marks - 1;
    }
}

static void add_amounts(struct tally *change, const struct subject_layout *layout,
                        const int64_t amounts[CONTRIBUTION_AMOUNTS], int sign)
{
    for (size_t i = 0; i < layout->amount_count; i++) {
        change->counts[layout->amount_counters[i]] += sign * amounts[i];
    }
}

/* False: it lacks a member. */
static bool key_of(struct cell_key *key, enum subject subject, int number,
                   const char *const members[DIMENSIONS])
{
    const struct grouping *grouping = &subjects[subject]->groupings[number];
    *key = (struct cell_key){.subject = subject, .grouping = number, .members = {"", ""}};
    for (size_t i = 0; i < grouping->dimension_count; i++) {
        key->members[i] = members[grouping->dimensions[i]];
        if (key->members[i] == NULL) {
            return false;
        }
    }
    return true;
}

/* Calls for each period that the grouping keeps. */
static void add_itself(const struct contribution *contribution, struct cell_key *key,
                       const struct period periods[PERIOD_KINDS], int sign, struct cells *cells)
{
    const struct subject_layout *layout = subjects[key->subject];
    unsigned kept = layout->groupings[key->grouping].kept;
    for (int kind = 0; kind < PERIOD_KINDS; kind++) {
        if ((kept >> kind & 1) == 0) {
            continue;
        }
        key->period = periods[kind];
        struct tally *change = &cells_at(cells, key)->change;
        add_marks(change, contribution->marks, sign);
        add_amounts(change, layout, contribution->amounts, sign);
        if (contribution->bucket != SKETCH_NONE) {
            sketch_add(&change->times, contribution->bucket, sign, cells->arena);
        }
    }
}

/* ---- sides ---- */

/* One counter of another unit: in its row, and in that of it and the category. */
static void add_side(enum subject subject, const char *unit, const char *category, int counter,
                     const struct period periods[PERIOD_KINDS], int sign, struct cells *cells)
{
    const char *members[DIMENSIONS] = {[DIMENSION_UNIT] = unit, [DIMENSION_CATEGORY] = category};
    static const unsigned groupings[] = {1 << DIMENSION_UNIT,
                                         1 << DIMENSION_UNIT | 1 << DIMENSION_CATEGORY};
    for (size_t i = 0; i < sizeof groupings / sizeof groupings[0]; i++) {
        struct cell_key key;
        key_of(&key, subject, grouping_find(subject, groupings[i]), members);
        unsigned kept = subjects[subject]->groupings[key.grouping].kept;
        for (int kind = 0; kind < PERIOD_KINDS; kind++) {
            if ((kept >> kind & 1) != 0) {
                key.period = periods[kind];
                cells_at(cells, &key)->change.counts[counter] += sign;
            }
        }
    }
}

static void add_sides(const struct contribution *contribution, enum subject subject,
                      const struct period periods[PERIOD_KINDS], int sign, struct cells *cells)
{
    for (size_t i = 0; i < CONTRIBUTION_SIDES; i++) {
        const char *at = contribution->sides[i];
        while (at != NULL && *at != '\0') {
            size_t size = strcspn(at, " ");
            add_side(subject, arena_copy(cells->arena, at, size),
                     contribution->members[DIMENSION_CATEGORY], subjects[subject]->side_counters[i],
                     periods, sign, cells);
            at += size + (at[size] == ' ');
        }
    }
}

void contribution_apply(const struct contribution *contribution, enum subject subject, int sign,
                        struct cells *cells)
{
    struct period periods[PERIOD_KINDS];
    struct cell_key key;
    if (!contribution->counts) {
        return;
    }
    for (int kind = 0; kind < PERIOD_KINDS; kind++) {
        periods[kind] = period_of((enum period_kind)kind, contribution->day);
    }
    for (size_t i = 0; i < subjects[subject]->grouping_count; i++) {
        if (key_of(&key, subject, (int)i, contribution->members)) {
            add_itself(contribution, &key, periods, sign, cells);
        }
    }
    add_sides(contribution, subject, periods, sign, cells);
}
