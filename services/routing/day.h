/* SPDX-License-Identifier: Apache-2.0 */
/* day: calendar days as numbers since 1970-01-01, and as texts like 2026-02-17. Pure. */
#ifndef ROUTING_DAY_H
#define ROUTING_DAY_H

#include <stdbool.h>
#include <stdint.h>

enum { DAY_TEXT_SIZE = 11 }; /* "2026-02-17" and NUL */

/* What is told of a text that is no day, wherever it stands. */
#define DAY_FAULT      "bad_date"
#define DAY_FAULT_TEXT "must be a date like 2026-02-17"

/* False for anything but a day of the years 1970 to 9999 in exactly this form. */
bool day_parse(const char *text, int64_t *day);
/* Of years from 0 to 9999; another one, which only stands in a table that somebody has changed,
 * gives some text. Returns text. */
char *day_format(int64_t day, char text[DAY_TEXT_SIZE]);

#endif
