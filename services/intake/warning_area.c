/* SPDX-License-Identifier: Apache-2.0 */
#include "warning_area.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS_MIN = 4, DECIMALS_MAX = 10 };

#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* A plain decimal: sign, digits, perhaps a point and digits. NULL when it is none or out of reach;
 * else what follows. */
static const char *read_degrees(const char *at, size_t digits_max, double reach, double *degrees)
{
    const char *start = at;
    at += *at == '-';
    size_t digits = strspn(at, DIGITS);
    if (digits == 0 || digits > digits_max) {
        return NULL;
    }
    at += digits;
    if (*at == '.') {
        size_t decimals = strspn(at + 1, DIGITS);
        if (decimals == 0 || decimals > DECIMALS_MAX) {
            return NULL;
        }
        at += 1 + decimals;
    }
    *degrees = strtod(start, NULL);
    return *degrees >= -reach && *degrees <= reach ? at : NULL;
}

bool warning_polygon_is_valid(const char *polygon)
{
    double first_lat = 0, first_lon = 0, lat = 0, lon = 0;
    size_t points = 0;
    for (const char *at = polygon;; at++) {
        at = read_degrees(at, 2, 90, &lat);
        if (at == NULL || *at != ',') {
            return false;
        }
        at = read_degrees(at + 1, 3, 180, &lon);
        if (at == NULL) {
            return false;
        }
        if (points++ == 0) {
            first_lat = lat;
            first_lon = lon;
        }
        if (*at == '\0') {
            return points >= POINTS_MIN && lat == first_lat && lon == first_lon;
        }
        if (*at != ' ') {
            return false;
        }
    }
}

bool warning_language_is_valid(const char *language)
{
    size_t size = strspn(language, LETTERS);
    if (size < 2 || size > 8) {
        return false;
    }
    while (language[size] == '-') {
        language += size + 1;
        size = strspn(language, LETTERS DIGITS);
        if (size < 1 || size > 8) {
            return false;
        }
    }
    return language[size] == '\0';
}
