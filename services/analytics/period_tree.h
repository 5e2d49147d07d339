/* SPDX-License-Identifier: Apache-2.0 */
/* period_tree: all time, its years, their quarters, their months, as wholes and parts. Pure. */
#ifndef ANALYTICS_PERIOD_TREE_H
#define ANALYTICS_PERIOD_TREE_H

#include <stddef.h>

#include "common/arena.h"
#include "services/analytics/period.h"

struct period_node {
    struct period period;
    size_t whole; /* its node; of the root, all time, itself */
};

/* Nodes are in order of their kinds, so that wholes come before parts, and parts of a whole follow
 * each other. */
struct period_tree {
    struct period_node *nodes;
    size_t count;
};

/* Of whole years, so that every node has all its parts; memory is the arena's. */
void period_tree_build(struct period_tree *tree, int32_t first_day, int32_t last_day,
                       struct arena *arena);
/* Where a period of it is. */
size_t period_tree_node(const struct period_tree *tree, const struct period *period);
/* How many parts a node has, and the first of them. */
size_t period_tree_parts(const struct period_tree *tree, size_t whole, size_t *first);

#endif
