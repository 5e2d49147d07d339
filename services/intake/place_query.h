/* SPDX-License-Identifier: Apache-2.0 */
/* place_query: places as parameters of a query write them. */
#ifndef INTAKE_PLACE_QUERY_H
#define INTAKE_PLACE_QUERY_H

#include <stdbool.h>

#include "common/http.h"
#include "place_grid.h"

/* "west,south,east,north" in degrees, as in RFC 7946 section 5; one across the 180th meridian is
 * refused. False with a field error of that name. */
bool place_box_read(struct place_box *box, const char *text, const char *name, struct error *err);

/* A required parameter in degrees. 0 with a field error of that name when it is absent or bad. */
double place_query_degrees(const struct http_request *request, const char *name, double min,
                           double max, struct error *err);

#endif
