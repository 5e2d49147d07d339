/* SPDX-License-Identifier: Apache-2.0 */
/* deadline_rule: how long may something take?
 *
 * Rules are data (reference/deadlines.json): clock × process × level → minutes, of working time or
 * around the clock. The most specific rule wins: process before level, then the one that came
 * later. Pure. */
#ifndef ROUTING_DEADLINE_RULE_H
#define ROUTING_DEADLINE_RULE_H

#include <stddef.h>

#include "services/routing/case_clock.h"
#include "services/routing/rule.h"

enum deadline_clock {
    DEADLINE_RECEIVE,  /* until the unit has accepted */
    DEADLINE_RESOLVE,  /* until the result */
    DEADLINE_DISPATCH, /* until the city office has said whose it is */
    DEADLINE_TASK,     /* until a co-operating unit has done its part */
    DEADLINE_ANSWER,   /* until whoever was asked has answered */
    DEADLINE_REVIEW,   /* until a result can no longer be contested */
    DEADLINE_APPOINTMENT,
    DEADLINE_CLOCKS
};
extern const char *const deadline_clock_words[]; /* ends with NULL */

#define DEADLINE_ANY_PROCESS "*"

struct deadline_rule {
    struct case_rule rule;
    enum deadline_clock clock;
    const char *process; /* DEADLINE_ANY_PROCESS: all */
    int level;           /* enum case_level; -1: all */
    enum clock_mode mode;
    int64_t minutes;
    int64_t valid_from, valid_to; /* instants; valid_to 0: open */
};

struct deadline_rules {
    const struct deadline_rule *items;
    size_t count;
};

/* NULL: no rule holds then. */
const struct deadline_rule *deadline_rule_find(const struct deadline_rules *rules,
                                               enum deadline_clock clock, const char *process,
                                               enum case_level level, int64_t at_us);

#endif
