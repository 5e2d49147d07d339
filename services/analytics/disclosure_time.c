/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of time: all, its years, their quarters, their months. A member's parts of a node are
 * shown all or not at all. Where they are not, at least two members hide them, and what they hide
 * of each part is no fewer than DISCLOSURE_K cases: then any two hidden members could have
 * exchanged a case between any two parts, and nobody could tell. */
#include <string.h>

#include "services/analytics/disclosure.h"
#include "services/analytics/period_tree.h"

/* A member, or the city: cases and secrets by node. */
struct member {
    int grouping;
    const char *code;
    int64_t *cases;
    bool *hidden; /* by node: it is not shown */
};

static bool is_in_tree(const struct cell_key *key)
{
    return key->period.kind <= PERIOD_MONTH &&
           subjects[key->subject]->groupings[key->grouping].dimension_count <= 1;
}

/* ---- members ---- */

static void find_days(const struct disclosure_cell *cells, size_t count, int32_t *first,
                      int32_t *last)
{
    *first = INT32_MAX;
    *last = 0;
    for (size_t i = 0; i < count; i++) {
        if (cells[i].key.period.kind != PERIOD_ALL) {
            int32_t day = cells[i].key.period.first;
            *first = day < *first ? day : *first;
            *last = day > *last ? day : *last;
        }
    }
    *first = *first > *last ? *last : *first;
}

/* Every member has a cell of all time, and those come in order. */
static size_t list_members(struct member *members, const struct disclosure_cell *cells,
                           size_t count, const struct period_tree *tree, struct arena *arena)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_in_tree(&cells[i].key) && cells[i].key.period.kind == PERIOD_ALL) {
            members[found++] = (struct member){
                .grouping = cells[i].key.grouping,
                .code = cells[i].key.members[0],
                .cases = arena_array(arena, tree->count, sizeof(int64_t)),
                .hidden = arena_array(arena, tree->count, sizeof(bool)),
            };
        }
    }
    return found;
}

static struct member *member_of(struct member *members, size_t count, const struct cell_key *key)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct member *at = &members[middle];
        bool before = at->grouping != key->grouping ? at->grouping < key->grouping
                                                    : strcmp(at->code, key->members[0]) < 0;
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    return &members[low];
}

/* ---- secrets ---- */

static void hide(struct member *member, size_t first, size_t count)
{
    memset(&member->hidden[first], true, count);
}

static bool must_hide(const struct member *member, size_t first, size_t count, bool whole_hidden)
{
    bool small = whole_hidden;
    for (size_t i = first; i < first + count; i++) {
        small = small || disclosure_is_small(member->cases[i]);
    }
    return small;
}

static int64_t cases_in(const struct member *member, size_t first, size_t count)
{
    int64_t cases = 0;
    for (size_t i = first; i < first + count; i++) {
        cases += member->cases[i];
    }
    return cases;
}

static int64_t cases_of(const struct member *members, size_t count, size_t node)
{
    int64_t cases = 0;
    for (size_t i = 0; i < count; i++) {
        cases += members[i].cases[node];
    }
    return cases;
}

/* Do the hidden members of a dimension hide each other? */
static bool is_enough(const struct member *members, size_t count, size_t first, size_t parts)
{
    size_t hidden = 0;
    bool enough = true;
    for (size_t i = 0; i < count; i++) {
        hidden += members[i].hidden[first] && cases_in(&members[i], first, parts) > 0;
    }
    for (size_t part = first; part < first + parts; part++) {
        int64_t cases = 0;
        for (size_t i = 0; i < count; i++) {
            cases += members[i].hidden[first] ? members[i].cases[part] : 0;
        }
        enough = enough && !disclosure_is_small(cases);
    }
    return hidden == 0 || (hidden >= 2 && enough);
}

static struct member *smallest_shown(struct member *members, size_t count, size_t first,
                                     size_t parts)
{
    struct member *smallest = NULL;
    for (size_t i = 0; i < count; i++) {
        int64_t cases = cases_in(&members[i], first, parts);
        if (!members[i].hidden[first] && cases > 0 &&
            (smallest == NULL || cases < cases_in(smallest, first, parts))) {
            smallest = &members[i];
        }
    }
    return smallest;
}

/* One dimension's members, the parts of one node. */
static void settle_parts(struct member *members, size_t count, const struct member *city,
                         size_t whole, size_t first, size_t parts)
{
    for (size_t i = 0; i < count; i++) {
        bool above = first != whole && members[i].hidden[whole];
        if (must_hide(&members[i], first, parts, above || city->hidden[first])) {
            hide(&members[i], first, parts);
        }
    }
    struct member *more = NULL;
    while (!is_enough(members, count, first, parts) &&
           (more = smallest_shown(members, count, first, parts)) != NULL) {
        hide(more, first, parts);
    }
}

/* What settling goes by. */
struct settling {
    const struct period_tree *tree;
    struct member *members; /* the city first; groupings follow each other in their order */
    size_t member_count;
    int areas, districts; /* groupings; -1: there is none */
    const struct disclosure_cell *cells;
    size_t cell_count;
    struct arena *arena;
};

static bool any_area_hidden(const struct settling *all, size_t node)
{
    bool hidden = false;
    for (size_t i = 0; i < all->member_count; i++) {
        const struct member *member = &all->members[i];
        hidden = hidden || (member->grouping == all->areas && member->hidden[node] &&
                            member->cases[node] > 0);
    }
    return hidden;
}

/* All or none: what one district hides the others would tell, beside the areas. */
static void settle_districts(struct member *districts, size_t count, const struct settling *all,
                             size_t whole, size_t first, size_t parts)
{
    bool hidden = false;
    for (size_t part = first; part < first + parts && !hidden; part++) {
        hidden = (first != whole && districts[0].hidden[whole]) || all->members[0].hidden[part] ||
                 (cases_of(districts, count, part) > 0 &&
                  (any_area_hidden(all, part) ||
                   !disclosure_may_show_districts(all->cells, all->cell_count,
                                                  &all->tree->nodes[part].period, all->arena)));
    }
    for (size_t i = 0; i < count && hidden; i++) {
        hide(&districts[i], first, parts);
    }
}

static void settle_node(const struct settling *all, size_t whole, size_t first, size_t parts)
{
    struct member *members = all->members;
    if (must_hide(&members[0], first, parts, first != whole && members[0].hidden[whole])) {
        hide(&members[0], first, parts);
    }
    for (size_t from = 1, to; from < all->member_count; from = to) {
        for (to = from; to < all->member_count && members[to].grouping == members[from].grouping;) {
            to++;
        }
        if (members[from].grouping == all->districts) {
            settle_districts(&members[from], to - from, all, whole, first, parts);
        } else {
            settle_parts(&members[from], to - from, &members[0], whole, first, parts);
        }
    }
}

/* ---- days and weeks of the city ---- */

/* Days of a month are shown all or not at all. */
static void settle_days(struct member *city, const struct disclosure_cell *cells, size_t count,
                        const struct period_tree *tree, bool *days_hidden)
{
    memcpy(days_hidden, city->hidden, tree->count * sizeof *days_hidden);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].key.period.kind == PERIOD_DAY && disclosure_is_small(cells[i].cases)) {
            struct period month = period_of(PERIOD_MONTH, cells[i].key.period.first);
            days_hidden[period_tree_node(tree, &month)] = true;
        }
    }
}

/* A week that has a hidden day is hidden: it might have one alone. */
static void add_days(struct disclosure *disclosure, struct cell_key *city,
                     const struct period_tree *tree, const bool *days_hidden, struct arena *arena)
{
    int32_t last_week = INT32_MIN;
    for (size_t i = 0; i < tree->count; i++) {
        const struct period *month = &tree->nodes[i].period;
        if (month->kind != PERIOD_MONTH || !days_hidden[i]) {
            continue;
        }
        for (int32_t day = month->first; day < period_end(month); day++) {
            struct period week = period_of(PERIOD_WEEK, day);
            city->period = period_of(PERIOD_DAY, day);
            disclosure_add(disclosure, city, arena);
            if (week.first != last_week) {
                city->period = week;
                disclosure_add(disclosure, city, arena);
                last_week = week.first;
            }
        }
    }
}

/* ---- all of it ---- */

static void fill_members(struct member *members, size_t member_count,
                         const struct period_tree *tree, const struct disclosure_cell *cells,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_in_tree(&cells[i].key)) {
            struct member *member = member_of(members, member_count, &cells[i].key);
            member->cases[period_tree_node(tree, &cells[i].key.period)] = cells[i].cases;
        }
    }
}

static void settle_tree(const struct settling *all)
{
    settle_node(all, 0, 0, 1); /* all time itself */
    for (size_t whole = 0; whole < all->tree->count; whole++) {
        size_t first = 0, parts = period_tree_parts(all->tree, whole, &first);
        if (parts > 0) {
            settle_node(all, whole, first, parts);
        }
    }
}

/* Also of what has no cell. */
static void add_members(struct disclosure *disclosure, const struct member *members,
                        size_t member_count, const struct period_tree *tree, struct cell_key *key,
                        struct arena *arena)
{
    for (size_t i = 0; i < member_count; i++) {
        key->grouping = members[i].grouping;
        key->members[0] = members[i].code;
        for (size_t node = 0; node < tree->count; node++) {
            if (members[i].hidden[node]) {
                key->period = tree->nodes[node].period;
                disclosure_add(disclosure, key, arena);
            }
        }
    }
}

void disclosure_settle_time(struct disclosure *disclosure, struct disclosure_cell *cells,
                            size_t count, struct arena *arena)
{
    struct cell_key key = {.subject = cells[0].key.subject, .members = {"", ""}};
    struct period_tree tree;
    int32_t first_day, last_day;
    find_days(cells, count, &first_day, &last_day);
    period_tree_build(&tree, first_day, last_day, arena);
    struct member *members = arena_array(arena, count, sizeof *members);
    size_t member_count = list_members(members, cells, count, &tree, arena);
    bool *days_hidden = arena_array(arena, tree.count, sizeof *days_hidden);

    fill_members(members, member_count, &tree, cells, count);
    settle_tree(&(struct settling){
        .tree = &tree,
        .members = members,
        .member_count = member_count,
        .areas = grouping_find(key.subject, 1u << DIMENSION_AREA),
        .districts = grouping_find(key.subject, 1u << DIMENSION_DISTRICT),
        .cells = cells,
        .cell_count = count,
        .arena = arena,
    });
    settle_days(&members[0], cells, count, &tree, days_hidden);
    add_days(disclosure, &key, &tree, days_hidden, arena);
    add_members(disclosure, members, member_count, &tree, &key, arena);
    for (size_t i = 0; i < count; i++) {
        if (is_in_tree(&cells[i].key)) {
            const struct member *member = member_of(members, member_count, &cells[i].key);
            cells[i].hidden = member->hidden[period_tree_node(&tree, &cells[i].key.period)];
        }
    }
}
