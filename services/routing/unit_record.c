/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/unit_record.h"

#include <string.h>

bool span_holds(const struct span *span, int64_t day)
{
    return span->first <= day && day <= span->last;
}

const struct unit_period *unit_record_period(const struct unit_record *record, int64_t day)
{
    for (size_t i = 0; i < record->period_count; i++) {
        if (span_holds(&record->periods[i].span, day)) {
            return &record->periods[i];
        }
    }
    return NULL;
}

const struct head_term *unit_record_head(const struct unit_record *record, int64_t day)
{
    for (size_t i = 0; i < record->head_count; i++) {
        if (span_holds(&record->heads[i].span, day)) {
            return &record->heads[i];
        }
    }
    return NULL;
}

bool unit_record_is_absent(const struct unit_record *record, const char *account, int64_t day)
{
    for (size_t i = 0; i < record->absence_count; i++) {
        if (span_holds(&record->absences[i].span, day) &&
            strcmp(record->absences[i].account, account) == 0) {
            return true;
        }
    }
    return false;
}

const struct unit_period *unit_world_find(const struct unit_world *world, const char *code,
                                          int64_t day)
{
    for (size_t i = 0; i < world->count; i++) {
        if (strcmp(world->periods[i].code, code) == 0 && span_holds(&world->periods[i].span, day)) {
            return &world->periods[i];
        }
    }
    return NULL;
}

const struct unit_period *unit_record_present(const struct unit_record *record, int64_t today)
{
    const struct unit_period *present = NULL;
    for (size_t i = 0; i < record->period_count; i++) {
        if (present == NULL || record->periods[i].span.first <= today) {
            present = &record->periods[i];
        }
    }
    return present;
}
