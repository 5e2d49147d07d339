/* SPDX-License-Identifier: Apache-2.0 */
#include "promise.h"

#include <string.h>

#include "city_time.h"

/* The last segment that begins at or before the instant; NULL when none does. */
static const struct promise_segment *segment_at(const struct promise *promise, int64_t instant)
{
    size_t low = 0, high = promise->segment_count; /* low: first that begins after */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (promise->segments[middle].from <= instant) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? NULL : &promise->segments[low - 1];
}

bool promise_due(const struct promise *promises, size_t count, int64_t filed_at, int64_t *due,
                 const struct rule **rule)
{
    char month[CITY_MONTH_SIZE];
    city_month(filed_at, month);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(promises[i].month, month) != 0) {
            continue;
        }
        const struct promise_segment *segment = segment_at(&promises[i], filed_at);
        if (segment == NULL) {
            return false;
        }
        *due = segment->due + segment->slope * (filed_at - segment->from);
        *rule = &promises[i].rule;
        return true;
    }
    return false;
}
