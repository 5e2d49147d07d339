/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/reconciliation.h"

#include <stdlib.h>
#include <string.h>

#include "services/analytics/case_counter.h"

struct row {
    const char *unit;
    int64_t theirs[CASE_STATES], ours[CASE_STATES];
};

static bool same_unit(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static struct row *row_at(struct row *rows, size_t *count, const char *unit)
{
    size_t i = 0;
    while (i < *count && !same_unit(rows[i].unit, unit)) {
        i++;
    }
    if (i == *count) {
        rows[(*count)++] = (struct row){.unit = unit};
    }
    return &rows[i];
}

static void add_differences(struct reconciliation *made, const struct row *row)
{
    for (int state = 0; state < CASE_STATES; state++) {
        made->compared++;
        if (row->theirs[state] != row->ours[state]) {
            made->differences[made->count++] =
                (struct reconciliation_difference){.unit = row->unit,
                                                   .state = (enum case_state)state,
                                                   .theirs = row->theirs[state],
                                                   .ours = row->ours[state]};
        }
    }
}

void reconciliation_make(struct reconciliation *made, const struct census *census,
                         const struct reconciled_sum *sums, size_t sum_count, struct arena *arena)
{
    struct row *rows = arena_array(arena, census->count + sum_count + 1, sizeof *rows);
    size_t count = 1;
    rows[0] = (struct row){.unit = NULL}; /* the city */
    for (size_t i = 0; i < census->count; i++) {
        const struct census_item *item = &census->items[i];
        rows[0].theirs[item->state] += item->cases;
        if (item->unit != NULL) {
            row_at(rows, &count, item->unit)->theirs[item->state] += item->cases;
        }
    }
    for (size_t i = 0; i < sum_count; i++) {
        struct row *row = row_at(rows, &count, sums[i].unit);
        for (int state = 0; state < CASE_STATES; state++) {
            row->ours[state] = sums[i].tally->counts[CASE_STATE_FIRST + state];
        }
    }
    *made = (struct reconciliation){
        .differences = arena_array(arena, count * CASE_STATES, sizeof *made->differences)};
    for (size_t i = 0; i < count; i++) {
        add_differences(made, &rows[i]);
    }
}

static bool was_there(const struct reconciliation *before,
                      const struct reconciliation_difference *now)
{
    bool found = false;
    for (size_t i = 0; i < before->count; i++) {
        const struct reconciliation_difference *then = &before->differences[i];
        found = found || (then->state == now->state && same_unit(then->unit, now->unit) &&
                          then->theirs - then->ours == now->theirs - now->ours);
    }
    return found;
}

void reconciliation_keep(struct reconciliation *made, const struct reconciliation *before)
{
    size_t kept = 0;
    for (size_t i = 0; i < made->count; i++) {
        if (was_there(before, &made->differences[i])) {
            made->differences[kept++] = made->differences[i];
        }
    }
    made->count = kept;
}
