/* SPDX-License-Identifier: Apache-2.0 */
#include "census.h"

#define DAY_US  INT64_C(86400000000)
#define CITY_US INT64_C(25200000000) /* UTC+7, without summer time */

int64_t census_since(int64_t now)
{
    int64_t today = (now + CITY_US) / DAY_US;
    return (today - (CENSUS_DAYS - 1)) * DAY_US - CITY_US;
}
