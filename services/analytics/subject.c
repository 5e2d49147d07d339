/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/subject.h"

#include "services/analytics/case_counter.h"

const char *const dimension_words[DIMENSIONS + 1] = {"unit", "category", "process", "level",
                                                     "area", "channel",  "reason",  NULL};

enum {
    ALL = 1 << PERIOD_ALL,
    MONTH = 1 << PERIOD_MONTH,
    DAY = 1 << PERIOD_DAY,
    EVERY = (1 << PERIOD_KINDS) - 1
};

static const struct grouping case_groupings[] = {
    {.dimension_count = 0, .kept = EVERY, .told = EVERY},
    {{DIMENSION_UNIT}, 1, EVERY, ALL | MONTH | DAY},
    {{DIMENSION_CATEGORY}, 1, EVERY, ALL | MONTH | DAY},
    {{DIMENSION_PROCESS}, 1, EVERY, ALL | MONTH | DAY},
    {{DIMENSION_LEVEL}, 1, EVERY, ALL | MONTH | DAY},
    {{DIMENSION_AREA}, 1, EVERY, ALL | MONTH},
    {{DIMENSION_CHANNEL}, 1, EVERY, ALL | MONTH | DAY},
    {{DIMENSION_UNIT, DIMENSION_CATEGORY}, 2, ALL | MONTH, ALL},
    {{DIMENSION_CATEGORY, DIMENSION_AREA}, 2, MONTH, 0},
    {{DIMENSION_UNIT, DIMENSION_PROCESS}, 2, MONTH, 0},
    {{DIMENSION_UNIT, DIMENSION_LEVEL}, 2, MONTH, 0},
    {{DIMENSION_UNIT, DIMENSION_CHANNEL}, 2, MONTH, 0},
};

const struct subject_layout subjects[SUBJECTS] = {
    [SUBJECT_CASES] = {.name = "cases",
                       .groupings = case_groupings,
                       .grouping_count = sizeof case_groupings / sizeof case_groupings[0],
                       .amount_counter = CASE_HANDOVERS,
                       .side_counters = {CASE_RETURNED, CASE_TAKEN_OVER}},
};

static unsigned dimensions_of(const struct grouping *grouping)
{
    unsigned dimensions = 0;
    for (size_t i = 0; i < grouping->dimension_count; i++) {
        dimensions |= 1u << grouping->dimensions[i];
    }
    return dimensions;
}

int grouping_find(enum subject subject, unsigned dimensions)
{
    const struct subject_layout *layout = &subjects[subject];
    for (size_t i = 0; i < layout->grouping_count; i++) {
        if (dimensions_of(&layout->groupings[i]) == dimensions) {
            return (int)i;
        }
    }
    return -1;
}
