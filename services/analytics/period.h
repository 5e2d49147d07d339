/* SPDX-License-Identifier: Apache-2.0 */
/* period: which day, week, month, quarter or year of the city something falls in. Pure.
 *
 * The city's time is UTC+7 without summer time (domain: Asia/Ho_Chi_Minh), so a city day is 24
 * hours; days are numbers since 1970-01-01. Weeks are those of ISO 8601: from Monday, the first of
 * a year is the one with its first Thursday. A period is its kind and its first day. */
#ifndef ANALYTICS_PERIOD_H
#define ANALYTICS_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

enum period_kind {
    PERIOD_ALL, /* since the beginning; begins on day 0 */
    PERIOD_YEAR,
    PERIOD_QUARTER,
    PERIOD_MONTH,
    PERIOD_WEEK,
    PERIOD_DAY,
    PERIOD_KINDS
};
extern const char *const period_words[PERIOD_KINDS + 1]; /* all, year …; NULL-terminated */

struct period {
    enum period_kind kind;
    int32_t first; /* day; of PERIOD_ALL 0 */
};

enum { PERIOD_TEXT_SIZE = 12 };

/* The city day of an instant (microseconds of UTC). */
int32_t period_day(int64_t instant);
/* The instant at which a city day begins. */
int64_t period_instant(int32_t day);

/* The period of a kind that a day lies in. */
struct period period_of(enum period_kind kind, int32_t day);
/* The first day after it; of PERIOD_ALL INT32_MAX. */
int32_t period_end(const struct period *period);
struct period period_next(const struct period *period); /* not of PERIOD_ALL */
struct period period_previous(const struct period *period);

/* "2026", "2026-Q4", "2026-11", "2026-W48", "2026-11-24"; "all". Years 1970–9999. Returns text. */
char *period_format(const struct period *period, char text[PERIOD_TEXT_SIZE]);
/* False for what period_format does not write. */
bool period_parse(const char *text, struct period *period);

#endif
