/* SPDX-License-Identifier: Apache-2.0 */
/* account_counter: what is counted of accounts. Pure.
 *
 * How accounts fare (used, helped, closed) is counted on the day on which each was made, so that
 * shares of a period are about the same accounts. How many there are on a day is counted by steps,
 * each on its own day: made or first used until then, less those that have ended by then.
 *
 * An account counts where it is now; its topic keeps no more than the latest of each, so nobody
 * knows any more in which unit an official was two years ago. Numbers of counters are stored:
 * append, never reorder. */
#ifndef ANALYTICS_ACCOUNT_COUNTER_H
#define ANALYTICS_ACCOUNT_COUNTER_H

#include "services/analytics/account_fact.h"
#include "services/analytics/contribution.h"

enum account_counter {
    ACCOUNT_ALL, /* on the day on which it was made, until … */
    ACCOUNT_OFFICIALS,
    ACCOUNT_ACTIVATED,
    ACCOUNT_ASSISTED,
    ACCOUNT_CLOSED,     /* … here */
    ACCOUNT_FIRST_USED, /* on the day of that */
    ACCOUNT_GONE,       /* on the day on which it was closed */
    ACCOUNT_GONE_USED   /* the same, of those that had been used */
};

/* Texts are the account's. */
void account_count(struct contribution *contribution, const struct account_fact *account);

#endif
