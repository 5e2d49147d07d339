/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/indicator.h"

#include <string.h>

const char *const indicator_kind_words[] = {"share", "mean", "time", NULL};

const char *const indicator_better_words[] = {"high", "low", "neither", NULL};

const char *const indicator_part_words[] = {"numerator", "denominator", "pending", NULL};

uint64_t indicator_counters(const struct indicator *indicator, enum indicator_part part)
{
    switch (part) {
    case PART_NUMERATOR:
        return indicator->numerator;
    case PART_DENOMINATOR:
        return indicator->denominator;
    case PART_PENDING:
        return indicator->pending;
    case INDICATOR_PARTS:
        break;
    }
    return 0;
}

const struct indicator *indicator_at(size_t number)
{
    for (size_t i = 0; i < SUBJECTS; i++) {
        if (number < subjects[i]->indicator_count) {
            return &subjects[i]->indicators[number];
        }
        number -= subjects[i]->indicator_count;
    }
    return NULL;
}

const struct indicator *indicator_find(const char *code)
{
    const struct indicator *indicator;
    for (size_t i = 0; (indicator = indicator_at(i)) != NULL; i++) {
        if (strcmp(indicator->code, code) == 0) {
            return indicator;
        }
    }
    return NULL;
}
