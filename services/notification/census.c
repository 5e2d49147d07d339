/* SPDX-License-Identifier: Apache-2.0 */
#include "census.h"

#include "common/date.h"

int64_t census_since(int64_t now)
{
    int64_t today = date_day_at(now, DATE_INDOCHINA_US);
    return date_day_start_us(today - (CENSUS_DAYS - 1), DATE_INDOCHINA_US);
}
