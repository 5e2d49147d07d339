/* SPDX-License-Identifier: Apache-2.0 */
#include "city_time.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

#define CITY_OFFSET_US (7 * INT64_C(3600000000))

char *city_month(int64_t instant_us, char text[CITY_MONTH_SIZE])
{
    char local[CLOCK_TEXT_SIZE];
    clock_format(instant_us + CITY_OFFSET_US, local);
    memcpy(text, local, CITY_MONTH_SIZE - 1);
    text[CITY_MONTH_SIZE - 1] = '\0';
    return text;
}

int city_year(int64_t instant_us)
{
    char month[CITY_MONTH_SIZE];
    return (int)strtol(city_month(instant_us, month), NULL, 10);
}
