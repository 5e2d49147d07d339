/* SPDX-License-Identifier: Apache-2.0 */
/* warning_area: the forms of CAP 1.2 that are written as text. Pure. */
#ifndef INTAKE_WARNING_AREA_H
#define INTAKE_WARNING_AREA_H

#include <stdbool.h>

/* Section 3.2.4: WGS84 "lat,lon" with one blank between points, four or more, the last as the
 * first. */
bool warning_polygon_is_valid(const char *polygon);

/* RFC 3066: "vi-VN". */
bool warning_language_is_valid(const char *language);

#endif
