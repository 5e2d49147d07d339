/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/period_tree.h"

static void add_kind(struct period_tree *tree, enum period_kind kind, enum period_kind whole_kind,
                     int32_t first_day, int32_t last_day)
{
    struct period at = period_of(kind, first_day);
    size_t whole = 0;
    for (; at.first <= last_day; at = period_next(&at)) {
        struct period in = period_of(whole_kind, at.first);
        while (tree->nodes[whole].period.kind != whole_kind ||
               tree->nodes[whole].period.first != in.first) {
            whole++;
        }
        tree->nodes[tree->count++] = (struct period_node){.period = at, .whole = whole};
    }
}

void period_tree_build(struct period_tree *tree, int32_t first_day, int32_t last_day,
                       struct arena *arena)
{
    struct period last_year = period_of(PERIOD_YEAR, last_day);
    int32_t begin = period_of(PERIOD_YEAR, first_day).first, end = period_end(&last_year) - 1;
    size_t years = (size_t)(end - begin) / 365 + 2;
    tree->nodes = arena_array(arena, 1 + years * 17, sizeof *tree->nodes);
    tree->count = 1; /* all */
    add_kind(tree, PERIOD_YEAR, PERIOD_ALL, begin, end);
    add_kind(tree, PERIOD_QUARTER, PERIOD_YEAR, begin, end);
    add_kind(tree, PERIOD_MONTH, PERIOD_QUARTER, begin, end);
}

size_t period_tree_node(const struct period_tree *tree, const struct period *period)
{
    size_t low = 0, high = tree->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct period *at = &tree->nodes[middle].period;
        bool before =
            at->kind != period->kind ? at->kind < period->kind : at->first < period->first;
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    return low;
}

size_t period_tree_parts(const struct period_tree *tree, size_t whole, size_t *first)
{
    size_t count = 0;
    for (size_t i = whole + 1; i < tree->count; i++) {
        if (tree->nodes[i].whole == whole) {
            *first = count == 0 ? i : *first;
            count++;
        } else if (count > 0) {
            break;
        }
    }
    return count;
}
