/* SPDX-License-Identifier: Apache-2.0 */
#include "services/routing/deadline.h"

#include <assert.h>

bool deadline_after_us(const struct calendar *calendar, int64_t start_us, int64_t work_us,
                       int64_t *due_us)
{
    if (start_us < calendar_first_us(calendar) || start_us >= calendar_last_us(calendar)) {
        return false;
    }
    if (work_us == 0) {
        *due_us = start_us;
        return true;
    }
    return calendar_when_worked(calendar, calendar_worked_us(calendar, start_us) + work_us, due_us);
}

bool deadline_after(const struct calendar *calendar, int64_t start_us, int64_t minutes,
                    int64_t *due_us)
{
    assert(minutes >= 0 && minutes <= INT32_MAX);
    return deadline_after_us(calendar, start_us, minutes * CALENDAR_MINUTE_US, due_us);
}

int64_t deadline_between_us(const struct calendar *calendar, int64_t from_us, int64_t to_us)
{
    return calendar_worked_us(calendar, to_us) - calendar_worked_us(calendar, from_us);
}

bool deadline_share(const struct calendar *calendar, int64_t start_us, int64_t due_us, int percent,
                    int64_t *at_us)
{
    assert(percent >= 0 && percent <= 100);
    int64_t whole_us = deadline_between_us(calendar, start_us, due_us);
    return deadline_after_us(calendar, start_us, whole_us > 0 ? whole_us / 100 * percent : 0,
                             at_us);
}
