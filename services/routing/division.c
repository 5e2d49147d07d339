/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/division.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static size_t count_source(const struct division *division, const char *source)
{
    size_t count = 0;
    for (size_t i = 0; i < division->area_count; i++) {
        count += strcmp(division->areas[i].source, source) == 0;
    }
    return count;
}

/* Of sources that are as frequent, the first one by text: every replica says the same. */
static const char *main_source(const struct division *division)
{
    const char *found = division->areas[0].source;
    size_t found_count = count_source(division, found);
    for (size_t i = 1; i < division->area_count; i++) {
        const char *source = division->areas[i].source;
        int order = strcmp(source, found);
        size_t count = order != 0 ? count_source(division, source) : 0;
        if (count > found_count || (count == found_count && order < 0)) {
            found = source;
            found_count = count;
        }
    }
    return found;
}

void division_name(struct division *division)
{
    assert(division->area_count > 0);
    bool has_districts = division->district_count > 0;
    snprintf(division->code, sizeof division->code, "%zu-%s",
             has_districts ? division->district_count : division->area_count,
             has_districts ? "districts" : "units");
    division->source = main_source(division);
}

bool division_can_be_told(const struct divisions *divisions, size_t index)
{
    const struct division *division = &divisions->items[index];
    for (size_t later = 0; later < index; later++) {
        if (strcmp(divisions->items[later].code, division->code) == 0) {
            return false;
        }
    }
    return division->district_count <= DIVISION_DISTRICTS_MAX &&
           division->area_count <= DIVISION_AREAS_MAX;
}
