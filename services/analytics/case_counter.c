/* SPDX-License-Identifier: Apache-2.0 */
#include "services/analytics/case_counter.h"

#include <string.h>

_Static_assert((int)CASE_TAKEN_OVER < (int)TALLY_COUNTERS, "a counter for each");

enum { HANDOVERS_MANY = 2 };

static uint64_t mark(int counter, bool so)
{
    return so ? UINT64_C(1) << counter : 0;
}

/* Three counters follow each other: pending, missed, met. */
enum standing { STANDING_PENDING, STANDING_MISSED, STANDING_MET, STANDING_NONE };

static uint64_t mark_standing(int pending_counter, enum standing standing)
{
    return mark(pending_counter + (int)standing, standing != STANDING_NONE);
}

static enum standing in_time(int64_t done_at, int64_t due)
{
    return done_at <= due ? STANDING_MET : STANDING_MISSED;
}

/* Open and not yet due is shown apart, also while nobody can tell when it is due; open and past due
 * counts as late. */
static enum standing while_open(int64_t due, int64_t now)
{
    return due == 0 || now <= due ? STANDING_PENDING : STANDING_MISSED;
}

/* Withdrawn or merged before anyone took it up: it counts only if the time had passed by then. */
static enum standing receiving(const struct case_fact *fact, int64_t now)
{
    int64_t received_at = case_received_at(fact);
    if (received_at == 0 && fact->state == CASE_RECEIVED) {
        return while_open(fact->receive_due, now);
    }
    if (fact->receive_due == 0) {
        return STANDING_NONE;
    }
    if (received_at != 0) {
        return in_time(received_at, fact->receive_due);
    }
    return fact->at > fact->receive_due ? STANDING_MISSED : STANDING_NONE;
}

/* Not before acceptance, when the time to resolve begins to run; what is rejected, withdrawn or
 * merged is none to resolve. */
static enum standing resolving(const struct case_fact *fact, int64_t now)
{
    if (case_is_open(fact)) {
        return fact->accepted_at != 0 || fact->resolve_due != 0 ? while_open(fact->resolve_due, now)
                                                                : STANDING_NONE;
    }
    return fact->state == CASE_RESOLVED && fact->resolved_at != 0 && fact->resolve_due != 0
               ? in_time(fact->resolved_at, fact->resolve_due)
               : STANDING_NONE;
}

/* Also one that failed the check: the case goes on as if there had been none, but its reporter was
 * asked to rate it. */
static bool had_result(const struct case_fact *fact)
{
    return fact->resolved_at != 0 || fact->reopenings > 0 || fact->rating_asked;
}

static uint64_t mark_course(const struct case_fact *fact)
{
    bool rejected = fact->state == CASE_REJECTED, has_result = fact->resolved_at != 0;
    return mark(CASE_UNDER_WAY, case_is_open(fact) && fact->accepted_at != 0) |
           mark(CASE_DONE, fact->state == CASE_RESOLVED) |
           mark(CASE_REFUSED_FIRST + fact->reason, rejected) |
           mark(CASE_OFTEN, fact->handovers >= HANDOVERS_MANY) |
           mark(CASE_HAD_RESULT, had_result(fact)) | mark(CASE_REOPENED, fact->reopenings > 0) |
           mark(CASE_RESULT, has_result) | mark(CASE_EVIDENCE, has_result && fact->evidence > 0);
}

static uint64_t mark_opinion(const struct case_fact *fact)
{
    return mark(CASE_ASKED, fact->rating_asked || fact->rating != RATING_NONE) |
           mark(CASE_SATISFIED, fact->rating == RATING_SATISFIED) |
           mark(CASE_ACCEPTABLE, fact->rating == RATING_ACCEPTABLE) |
           mark(CASE_DISSATISFIED, fact->rating == RATING_DISSATISFIED);
}

static uint64_t mark_data(const struct case_fact *fact)
{
    bool filed = fact->filed_category != NULL;
    return mark(CASE_PLACED, fact->area != NULL && !fact->near_border) | mark(CASE_FILED, filed) |
           mark(CASE_RECLASSIFIED, filed && strcmp(fact->filed_category, fact->category) != 0);
}

static void keep_earlier(int64_t *turn_at, int64_t due)
{
    if (due != 0 && (*turn_at == 0 || due < *turn_at)) {
        *turn_at = due;
    }
}

static void count_duties(struct contribution *contribution, int64_t *turn_at,
                         const struct case_fact *fact, int64_t now)
{
    enum standing receive = receiving(fact, now), resolve = resolving(fact, now);
    contribution->marks |=
        mark_standing(CASE_RECEIVE_PENDING, receive) | mark_standing(CASE_RESOLVE_PENDING, resolve);
    keep_earlier(turn_at, receive == STANDING_PENDING ? fact->receive_due : 0);
    keep_earlier(turn_at, resolve == STANDING_PENDING ? fact->resolve_due : 0);
}

void case_count(struct contribution *contribution, int64_t *turn_at, const struct case_fact *fact,
                int64_t now)
{
    bool overdue = case_is_overdue(fact, now);
    *contribution = (struct contribution){
        .counts = true,
        .day = period_day(fact->opened_at),
        .members = {[DIMENSION_UNIT] = fact->unit,
                    [DIMENSION_CATEGORY] = fact->category,
                    [DIMENSION_PROCESS] = fact->process,
                    [DIMENSION_LEVEL] = fact->level,
                    [DIMENSION_AREA] = fact->area,
                    [DIMENSION_CHANNEL] = fact->channel,
                    [DIMENSION_RECEIVE_RULE] = fact->receive_rule,
                    [DIMENSION_RESOLVE_RULE] = fact->resolve_rule},
        .marks = mark(CASE_STATE_FIRST + (int)fact->state, true) | mark(CASE_OVERDUE, overdue),
        .bucket = SKETCH_NONE,
        .sides = {fact->givers, fact->takers},
    };
    *turn_at = 0;
    if (fact->appointment) {
        keep_earlier(turn_at, overdue ? 0 : case_due(fact));
        return;
    }
    contribution->marks |=
        mark(CASE_ALL, true) | mark_course(fact) | mark_opinion(fact) | mark_data(fact);
    contribution->amounts[0] = fact->handovers;
    count_duties(contribution, turn_at, fact, now);
    if (fact->state == CASE_RESOLVED && fact->spent_us >= 0) {
        contribution->bucket = sketch_bucket(fact->spent_us);
    }
}
