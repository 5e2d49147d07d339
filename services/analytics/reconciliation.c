/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/reconciliation.h"

#include <string.h>

struct row {
    const char *member;
    int64_t theirs[CENSUS_KINDS_MAX], ours[CENSUS_KINDS_MAX];
};

static bool same_member(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static struct row *row_at(struct row *rows, size_t *count, const char *member)
{
    size_t i = 0;
    while (i < *count && !same_member(rows[i].member, member)) {
        i++;
    }
    if (i == *count) {
        rows[(*count)++] = (struct row){.member = member};
    }
    return &rows[i];
}

static void add_differences(struct reconciliation *made, const struct row *row)
{
    for (int kind = 0; kind < made->layout->kind_count; kind++) {
        made->compared++;
        if (row->theirs[kind] != row->ours[kind]) {
            made->differences[made->count++] =
                (struct reconciliation_difference){.member = row->member,
                                                   .kind = kind,
                                                   .theirs = row->theirs[kind],
                                                   .ours = row->ours[kind]};
        }
    }
}

void reconciliation_make(struct reconciliation *made, const struct census_layout *layout,
                         const struct census *census, const struct reconciled_sum *sums,
                         size_t sum_count, struct arena *arena)
{
    struct row *rows = arena_array(arena, census->count + sum_count + 1, sizeof *rows);
    size_t count = 1;
    rows[0] = (struct row){.member = NULL}; /* the city */
    for (size_t i = 0; i < census->count; i++) {
        const struct census_item *item = &census->items[i];
        rows[0].theirs[item->kind] += item->number;
        if (item->member != NULL) {
            row_at(rows, &count, item->member)->theirs[item->kind] += item->number;
        }
    }
    for (size_t i = 0; i < sum_count; i++) {
        struct row *row = row_at(rows, &count, sums[i].member);
        for (int kind = 0; kind < layout->kind_count; kind++) {
            row->ours[kind] += sums[i].tally->counts[layout->first_counter + kind];
        }
    }
    size_t most = count * (size_t)layout->kind_count;
    *made = (struct reconciliation){
        .layout = layout, .differences = arena_array(arena, most, sizeof *made->differences)};
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
        found = found || (then->kind == now->kind && same_member(then->member, now->member) &&
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
