/* SPDX-License-Identifier: Apache-2.0 */
/* coverage: how many of those who are to have an account have one on a day. Pure.
 *
 * Of a unit: its accounts that were used and not closed, of its headcount. Of an area: citizens'
 * accounts that were made and not closed, of its population over 15. Where nobody has told a
 * headcount or a population, there is a number of accounts and no share: it is never guessed. */
#ifndef ANALYTICS_COVERAGE_H
#define ANALYTICS_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "services/analytics/basis.h"
#include "services/analytics/indicator.h"
#include "services/analytics/tally.h"

/* The area that is the whole city, as populations name it. */
#define COVERAGE_CITY "HN"

struct coverage {
    const char *code;
    int64_t accounts;
    struct basis basis; /* code NULL: nobody told one by that day */
};

/* What is measured of a kind. */
const struct indicator *coverage_indicator(enum basis_kind kind);

/* Accounts, from the sum of all days up to the one that is meant. */
int64_t coverage_accounts(enum basis_kind kind, const struct tally *tally);

/* There is a share: somebody is to have an account. */
bool coverage_has_share(const struct coverage *coverage);
double coverage_share(const struct coverage *coverage);
/* Everybody has one. */
bool coverage_is_full(const struct coverage *coverage);

/* So few that the public may not see it (disclosure.h): accounts, or those who are to have one. */
bool coverage_is_small(const struct coverage *coverage);
/* Days that the public may ask for: today, the last day of a month, the last one in time. What
 * differs from one day to the next would tell of single persons. */
bool coverage_day_is_public(int32_t day, int32_t today);

/* One of a list in the order of codes; NULL: it is not among them. */
const struct coverage *coverage_find(const struct coverage *list, size_t count, const char *code);

/* ---- the duty ---- */

/* Everybody by a day. */
struct adoption_rule {
    const char *code;
    int32_t version;
    const char *source;
    struct bilingual text;
    int32_t before; /* day: the first that is too late ("trước ngày") */
};

/* Of units. */
extern const struct adoption_rule adoption_rule;

/* The last day that is in time. */
int32_t adoption_last_day(const struct adoption_rule *rule);

#endif
