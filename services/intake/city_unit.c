/* SPDX-License-Identifier: Apache-2.0 */
#include "city_unit.h"

#include <stddef.h>
#include <string.h>

bool city_unit_sees_all(const char *unit)
{
    return unit != NULL && (strcmp(unit, "HN") == 0 || strcmp(unit, "VPUB") == 0);
}
