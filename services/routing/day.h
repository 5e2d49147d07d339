/* SPDX-License-Identifier: Apache-2.0 */
/* day: calendar days as numbers since 1970-01-01, and as texts like 2026-02-17. Pure. */
#ifndef ROUTING_DAY_H
#define ROUTING_DAY_H

#include <stdbool.h>
#include <stdint.h>

enum { DAY_TEXT_SIZE = 11 }; /* "2026-02-17" and NUL */

/* False for anything but a day of the years 1970 to 9999 in exactly this form. */
bool day_parse(const char *text, int64_t *day);
/* Returns text. */
char *day_format(int64_t day, char text[DAY_TEXT_SIZE]);

#endif
