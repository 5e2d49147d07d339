/* SPDX-License-Identifier: Apache-2.0 */
/* city_unit: which units are the whole city? As in routing. Pure. */
#ifndef INTAKE_CITY_UNIT_H
#define INTAKE_CITY_UNIT_H

#include <stdbool.h>

/* The city itself, and its office, which watches over all units. NULL: no unit. */
bool city_unit_sees_all(const char *unit);

#endif
