/* SPDX-License-Identifier: Apache-2.0 */
/* Areas of today and districts of former days divide the same things in two ways: what is in a
 * district, less the areas that lie in it alone, is what an area that went over from several has of
 * it. All that can be told from such sums are sums over fields of the table of areas by districts,
 * so none of its fields may be small; the table itself is shown to nobody. */
#include <stdlib.h>
#include <string.h>

#include "services/analytics/disclosure.h"

/* The run of cells of a grouping, of the periods of a kind that begin in [from, to). */
struct run {
    const struct disclosure_cell *cells;
    size_t count;
};

static size_t lower_bound(const struct disclosure_cell *cells, size_t count,
                          const struct cell_key *key)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        bool before = cell_key_order(&cells[middle].key, key) < 0;
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    return low;
}

static struct run run_of(const struct disclosure_cell *cells, size_t count, unsigned dimensions,
                         enum period_kind kind, int32_t from, int32_t to)
{
    struct cell_key key = {.subject = cells[0].key.subject,
                           .grouping = grouping_find(cells[0].key.subject, dimensions),
                           .period = {kind, from},
                           .members = {"", ""}};
    if (key.grouping < 0) {
        return (struct run){.count = 0};
    }
    size_t first = lower_bound(cells, count, &key);
    key.period.first = to;
    return (struct run){&cells[first], lower_bound(cells, count, &key) - first};
}

/* ---- the table of a period ---- */

enum { AREA, DISTRICT };

/* A field, or what is left of an area or a district without all its fields. */
struct rest {
    const char *members[GROUPING_DIMENSIONS]; /* of a single one the first */
    int64_t cases;
};

static void subtract(struct rest *rests, size_t count, const char *member, int64_t cases)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(rests[middle].members[0], member);
        if (order == 0) {
            rests[middle].cases -= cases;
            return;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
}

static struct rest *rests_of(const struct run *run, struct arena *arena)
{
    struct rest *rests = arena_array(arena, run->count, sizeof *rests);
    for (size_t i = 0; i < run->count; i++) {
        const char *const *members = run->cells[i].key.members;
        rests[i] = (struct rest){{members[AREA], members[DISTRICT]}, run->cells[i].cases};
    }
    return rests;
}

static bool any_small(const struct rest *rests, size_t count)
{
    bool small = false;
    for (size_t i = 0; i < count; i++) {
        small = small || disclosure_is_small(rests[i].cases);
    }
    return small;
}

static int by_members(const void *a, const void *b)
{
    const struct rest *left = a, *right = b;
    int order = strcmp(left->members[AREA], right->members[AREA]);
    return order != 0 ? order : strcmp(left->members[DISTRICT], right->members[DISTRICT]);
}

/* Of several months a field is the sum. Returns how many fields there are. */
static size_t add_up(struct rest *months, size_t count)
{
    size_t fields = 0;
    if (count > 0) {
        qsort(months, count, sizeof *months, by_members);
    }
    for (size_t i = 0; i < count; i++) {
        if (fields > 0 && by_members(&months[fields - 1], &months[i]) == 0) {
            months[fields - 1].cases += months[i].cases;
        } else {
            months[fields++] = months[i];
        }
    }
    return fields;
}

bool disclosure_may_show_districts(const struct disclosure_cell *cells, size_t count,
                                   const struct period *period, struct arena *arena)
{
    static const unsigned area = 1u << DIMENSION_AREA, district = 1u << DIMENSION_DISTRICT;
    bool whole = period->kind == PERIOD_ALL;
    int32_t end = period_end(period);
    struct run table = run_of(cells, count, area | district, whole ? PERIOD_ALL : PERIOD_MONTH,
                              period->first, end);
    struct run areas = run_of(cells, count, area, period->kind, period->first, period->first + 1);
    struct run districts =
        run_of(cells, count, district, period->kind, period->first, period->first + 1);
    struct rest *fields = rests_of(&table, arena);
    struct rest *of_areas = rests_of(&areas, arena), *of_districts = rests_of(&districts, arena);
    size_t field_count = add_up(fields, table.count);
    for (size_t i = 0; i < field_count; i++) {
        subtract(of_areas, areas.count, fields[i].members[AREA], fields[i].cases);
        subtract(of_districts, districts.count, fields[i].members[DISTRICT], fields[i].cases);
    }
    return !any_small(fields, field_count) && !any_small(of_areas, areas.count) &&
           !any_small(of_districts, districts.count);
}
