/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of time: all, its years, their quarters, their months. A member's parts of a node are
 * shown all or not at all. Where they are not, at least two members hide them, and what they hide
 * of each part is no fewer than DISCLOSURE_K cases: then any two hidden members could have
 * exchanged a case between any two parts, and nobody could tell. */
#include <string.h>

#include "services/analytics/disclosure.h"

/* A period of the tree. Nodes are in order of their kinds, so that wholes come before parts. */
struct node {
    struct period period;
    size_t whole; /* its node; of the root itself */
};

struct tree {
    struct node *nodes;
    size_t count;
};

/* A member, or the city: cases and secrets by node. */
struct member {
    int grouping;
    const char *code;
    int64_t *cases;
    bool *hidden; /* by node: it is not shown */
};

/* ---- the tree ---- */

static void add_kind(struct tree *tree, enum period_kind kind, enum period_kind whole_kind,
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
        tree->nodes[tree->count++] = (struct node){.period = at, .whole = whole};
    }
}

/* Whole years, so that every node has all its parts. */
static void build_tree(struct tree *tree, int32_t first_day, int32_t last_day, struct arena *arena)
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

static size_t node_of(const struct tree *tree, const struct period *period)
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
                           size_t count, const struct tree *tree, struct arena *arena)
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

/* Parts of a node follow each other. Of the root's own place: itself. */
static size_t parts_of(const struct tree *tree, size_t whole, size_t *first)
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

static void settle_node(struct member *members, size_t count, size_t whole, size_t first,
                        size_t parts)
{
    struct member *city = &members[0];
    if (must_hide(city, first, parts, first != whole && city->hidden[whole])) {
        hide(city, first, parts);
    }
    for (size_t from = 1, to; from < count; from = to) {
        for (to = from; to < count && members[to].grouping == members[from].grouping;) {
            to++;
        }
        settle_parts(&members[from], to - from, city, whole, first, parts);
    }
}

/* ---- days and weeks of the city ---- */

/* Days of a month are shown all or not at all. */
static void settle_days(struct member *city, const struct disclosure_cell *cells, size_t count,
                        const struct tree *tree, bool *days_hidden)
{
    memcpy(days_hidden, city->hidden, tree->count * sizeof *days_hidden);
    for (size_t i = 0; i < count; i++) {
        if (cells[i].key.period.kind == PERIOD_DAY && disclosure_is_small(cells[i].cases)) {
            struct period month = period_of(PERIOD_MONTH, cells[i].key.period.first);
            days_hidden[node_of(tree, &month)] = true;
        }
    }
}

/* A week that has a hidden day is hidden: it might have one alone. */
static void add_days(struct disclosure *disclosure, struct cell_key *city, const struct tree *tree,
                     const bool *days_hidden, struct arena *arena)
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

static void fill_members(struct member *members, size_t member_count, const struct tree *tree,
                         const struct disclosure_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_in_tree(&cells[i].key)) {
            struct member *member = member_of(members, member_count, &cells[i].key);
            member->cases[node_of(tree, &cells[i].key.period)] = cells[i].cases;
        }
    }
}

static void settle_tree(struct member *members, size_t member_count, const struct tree *tree)
{
    settle_node(members, member_count, 0, 0, 1); /* all time itself */
    for (size_t whole = 0; whole < tree->count; whole++) {
        size_t first = 0, parts = parts_of(tree, whole, &first);
        if (parts > 0) {
            settle_node(members, member_count, whole, first, parts);
        }
    }
}

/* Also of what has no cell. */
static void add_members(struct disclosure *disclosure, const struct member *members,
                        size_t member_count, const struct tree *tree, struct cell_key *key,
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
    struct tree tree;
    int32_t first_day, last_day;
    find_days(cells, count, &first_day, &last_day);
    build_tree(&tree, first_day, last_day, arena);
    struct member *members = arena_array(arena, count, sizeof *members);
    size_t member_count = list_members(members, cells, count, &tree, arena);
    bool *days_hidden = arena_array(arena, tree.count, sizeof *days_hidden);

    fill_members(members, member_count, &tree, cells, count);
    settle_tree(members, member_count, &tree);
    settle_days(&members[0], cells, count, &tree, days_hidden);
    add_days(disclosure, &key, &tree, days_hidden, arena);
    add_members(disclosure, members, member_count, &tree, &key, arena);
    for (size_t i = 0; i < count; i++) {
        if (is_in_tree(&cells[i].key)) {
            const struct member *member = member_of(members, member_count, &cells[i].key);
            cells[i].hidden = member->hidden[node_of(&tree, &cells[i].key.period)];
        }
    }
}
