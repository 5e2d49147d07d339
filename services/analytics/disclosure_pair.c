/* SPDX-License-Identifier: Apache-2.0 */
/* The table of units by categories, with its margins. A hidden field is an edge between its row and
 * its column; margins that are hidden are edges to a row and a column of totals. A field can be
 * told from the rest exactly if its edge is a bridge: if the graph falls apart without it. */
#include <string.h>

#include "services/analytics/disclosure.h"

struct field {
    struct disclosure_cell *cell;
    int row, column; /* nodes */
    bool known;      /* hidden, but nothing can hide it: as good as shown */
};

struct table {
    struct field *fields;
    size_t count;
    int nodes;
    int *order, *low; /* of the search, by node */
    int clock;
    const struct field **bridges;
    size_t bridge_count;
};

enum { TOTAL_ROW, TOTAL_COLUMN, FIRST_NODE };

/* ---- the table ---- */

static bool is_of(const struct disclosure_cell *cell, int grouping)
{
    return cell->key.grouping == grouping && cell->key.period.kind == PERIOD_ALL;
}

/* Nodes of a dimension's members, in order; the member's margin becomes a field. */
static int add_margins(struct table *table, struct disclosure_cell *cells, size_t count,
                       int grouping, const char **codes, bool rows)
{
    for (size_t i = 0; i < count; i++) {
        if (is_of(&cells[i], grouping)) {
            codes[table->nodes] = cells[i].key.members[0];
            table->fields[table->count++] = (struct field){
                .cell = &cells[i],
                .row = rows ? table->nodes : TOTAL_ROW,
                .column = rows ? TOTAL_COLUMN : table->nodes,
            };
            table->nodes++;
        }
    }
    return table->nodes;
}

/* Among the codes from one node on to another, which are in order. */
static int node_of(const char *const *codes, int from, int to, const char *code)
{
    while (from < to) {
        int middle = (from + to) / 2;
        int order = strcmp(codes[middle], code);
        if (order == 0) {
            return middle;
        }
        from = order < 0 ? middle + 1 : from;
        to = order < 0 ? to : middle;
    }
    return -1;
}

static void build_table(struct table *table, struct disclosure_cell *cells, size_t count,
                        struct arena *arena)
{
    enum subject subject = cells[0].key.subject;
    int unit = grouping_find(subject, 1u << DIMENSION_UNIT);
    int category = grouping_find(subject, 1u << DIMENSION_CATEGORY);
    int pair = grouping_find(subject, 1u << DIMENSION_UNIT | 1u << DIMENSION_CATEGORY);
    const char **codes = arena_array(arena, count + FIRST_NODE, sizeof *codes);

    *table = (struct table){.fields = arena_array(arena, count, sizeof *table->fields),
                            .nodes = FIRST_NODE};
    int units_end = add_margins(table, cells, count, unit, codes, true);
    int categories_end = add_margins(table, cells, count, category, codes, false);
    for (size_t i = 0; i < count; i++) {
        if (!is_of(&cells[i], pair)) {
            continue;
        }
        int row = node_of(codes, FIRST_NODE, units_end, cells[i].key.members[0]);
        int column = node_of(codes, units_end, categories_end, cells[i].key.members[1]);
        if (row >= 0 && column >= 0) {
            cells[i].hidden = disclosure_is_small(cells[i].cases);
            table->fields[table->count++] = (struct field){&cells[i], row, column, false};
        }
    }
    table->order = arena_array(arena, (size_t)table->nodes, sizeof *table->order);
    table->low = arena_array(arena, (size_t)table->nodes, sizeof *table->low);
    table->bridges = arena_array(arena, count, sizeof(const struct field *));
}

/* ---- bridges ---- */

static bool is_edge(const struct field *field)
{
    return field->cell->hidden && !field->known;
}

/* Tarjan's search: an edge is a bridge when nothing beyond it leads back. The depth is bounded by
 * the number of units and categories. */
static void visit(struct table *table, int node, const struct field *came_by)
{
    table->order[node] = table->low[node] = ++table->clock;
    for (size_t i = 0; i < table->count; i++) {
        const struct field *field = &table->fields[i];
        bool at_row = field->row == node, at_column = field->column == node;
        if (!is_edge(field) || field == came_by || (!at_row && !at_column)) {
            continue;
        }
        int next = at_row ? field->column : field->row;
        if (table->order[next] == 0) {
            visit(table, next, field);
            if (table->low[next] > table->order[node]) {
                table->bridges[table->bridge_count++] = field;
            }
        }
        int back = table->order[next] < table->low[next] ? table->order[next] : table->low[next];
        table->low[node] = back < table->low[node] ? back : table->low[node];
    }
}

static void find_bridges(struct table *table)
{
    memset(table->order, 0, (size_t)table->nodes * sizeof *table->order);
    table->clock = 0;
    table->bridge_count = 0;
    for (int node = 0; node < table->nodes; node++) {
        if (table->order[node] == 0) {
            visit(table, node, NULL);
        }
    }
}

/* ---- hiding ---- */

static bool is_margin(const struct field *field)
{
    return field->row == TOTAL_ROW || field->column == TOTAL_COLUMN;
}

/* The smallest shown field of a row or column. */
static struct field *smallest_shown(struct table *table, int node)
{
    struct field *smallest = NULL;
    for (size_t i = 0; i < table->count; i++) {
        struct field *field = &table->fields[i];
        if ((field->row == node || field->column == node) && !is_margin(field) &&
            !field->cell->hidden && field->cell->cases > 0 &&
            (smallest == NULL || field->cell->cases < smallest->cell->cases)) {
            smallest = field;
        }
    }
    return smallest;
}

static bool hide_another(struct table *table, int row, int column)
{
    struct field *more = row < FIRST_NODE ? NULL : smallest_shown(table, row);
    if (more == NULL && column >= FIRST_NODE) {
        more = smallest_shown(table, column);
    }
    if (more != NULL) {
        more->cell->hidden = true;
    }
    return more != NULL;
}

static void hide_bridges(struct table *table)
{
    for (find_bridges(table); table->bridge_count > 0; find_bridges(table)) {
        struct field *bridge = &table->fields[table->bridges[0] - table->fields];
        if (!hide_another(table, bridge->row, bridge->column)) {
            bridge->known = true;
        }
    }
}

/* What is hidden of a row or column whose total is shown. True: too little was, now more is. */
static bool hide_small_sums(struct table *table)
{
    bool more = false;
    for (int node = FIRST_NODE; node < table->nodes; node++) {
        int64_t hidden = 0;
        bool total_hidden = false;
        for (size_t i = 0; i < table->count; i++) {
            const struct field *field = &table->fields[i];
            if (field->row != node && field->column != node) {
                continue;
            }
            total_hidden = total_hidden || (is_margin(field) && field->cell->hidden);
            hidden += !is_margin(field) && field->cell->hidden ? field->cell->cases : 0;
        }
        if (!total_hidden && disclosure_is_small(hidden)) {
            struct field *field = smallest_shown(table, node);
            more = more || field != NULL;
            if (field != NULL) {
                field->cell->hidden = true;
            }
        }
    }
    return more;
}

void disclosure_settle_pairs(struct disclosure *disclosure, struct disclosure_cell *cells,
                             size_t count, struct arena *arena)
{
    struct table table;
    build_table(&table, cells, count, arena);
    do {
        hide_bridges(&table);
    } while (hide_small_sums(&table));
    for (size_t i = 0; i < table.count; i++) {
        if (!is_margin(&table.fields[i]) && table.fields[i].cell->hidden) {
            disclosure_add(disclosure, &table.fields[i].cell->key, arena);
        }
    }
}
