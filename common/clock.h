/* SPDX-License-Identifier: Apache-2.0 */
/* clock: the only place that asks what time it is.
 *
 * An instant is microseconds of UTC since 1970 (int64_t, suffix _us or _at). Rules get instants
 * as arguments; only edges, stores and timers call clock_now. Durations use the monotonic clock,
 * which clock changes do not move. */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CLOCK_TEXT_SIZE = 25 }; /* "2026-11-24T05:02:11.123Z" and NUL */

#define CLOCK_LAST_US INT64_C(253402300799999999) /* 9999-12-31T23:59:59.999999Z */

int64_t clock_now_us(void);
uint64_t clock_monotonic_us(void);

/* RFC 3339 in UTC with milliseconds, truncated; the form that all our JSON uses.
 * Years 1970–9999. Returns text. */
char *clock_format(int64_t instant_us, char text[CLOCK_TEXT_SIZE]);

/* Reads RFC 3339 with a zone (Z or ±hh:mm), up to nine fraction digits, digits past the sixth
 * dropped. False for anything else: impossible dates, leap seconds, instants that clock_format
 * could not write. */
bool clock_parse(const char *text, size_t size, int64_t *instant_us);
/* A day of the calendar from 1970 on, as "2026-02-17". */
bool clock_is_date(const char *text);

#endif
