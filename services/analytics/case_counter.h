/* SPDX-License-Identifier: Apache-2.0 */
/* case_counter: what is counted of cases, and what one case counts as at an instant. Pure.
 *
 * A case belongs to the day on which it was opened, whatever happens to it later: numerator and
 * denominator of a figure are about the same cases, figures of one period can be compared with each
 * other, and an event that comes late changes the period that it is about. The price: a period's
 * figures move until its last case is closed; what is not decided yet is shown apart.
 *
 * Booked appointments are counted by state, but in no indicator: they are kept, not resolved in
 * time. Numbers of counters are stored: append, never reorder. */
#ifndef ANALYTICS_CASE_COUNTER_H
#define ANALYTICS_CASE_COUNTER_H

#include "services/analytics/case_fact.h"
#include "services/analytics/contribution.h"

enum case_counter {
    CASE_STATE_FIRST, /* one for each enum case_state, in its order; appointments too */
    CASE_OVERDUE = CASE_STATE_FIRST + CASE_STATES,
    CASE_ALL, /* from here on without appointments */
    CASE_RECEIVE_PENDING,
    CASE_RECEIVE_MISSED,
    CASE_RECEIVE_MET,
    CASE_RESOLVE_PENDING,
    CASE_RESOLVE_MISSED,
    CASE_RESOLVE_MET,
    CASE_UNDER_WAY,     /* accepted, and open */
    CASE_DONE,          /* has a result, closed or not */
    CASE_REFUSED_FIRST, /* rejected: one for each class of reason, in its order, then without */
    CASE_ASKED = CASE_REFUSED_FIRST + CASE_REASONS + 1, /* to rate the result */
    CASE_SATISFIED,
    CASE_ACCEPTABLE,
    CASE_DISSATISFIED,
    CASE_OFTEN, /* handed over twice or more */
    CASE_HAD_RESULT,
    CASE_REOPENED,
    CASE_RESULT,   /* there is one now */
    CASE_EVIDENCE, /* and it has a picture or paper */
    CASE_PLACED,   /* its area is known and sure */
    CASE_FILED,    /* the category that it was filed under is known */
    CASE_RECLASSIFIED,
    CASE_HANDOVERS, /* how often they were handed over, summed */
    CASE_RETURNED,  /* of a unit: cases that it gave back */
    CASE_TAKEN_OVER /* of a unit: cases that it got because another one did */
};

/* How the case counts at `now`; texts are the fact's. turn_at: past this instant time alone changes
 * that; 0: never. */
void case_count(struct contribution *contribution, int64_t *turn_at, const struct case_fact *fact,
                int64_t now);

#endif
