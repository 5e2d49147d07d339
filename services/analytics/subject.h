/* SPDX-License-Identifier: Apache-2.0 */
/* subject: what is counted, along which dimensions, and which sums are kept. Pure, data.
 *
 * A subject is a kind of thing that events tell of: cases first. Sums are kept in cells: one for
 * each grouping, its members and a period. A grouping is a set of at most two dimensions, the empty
 * one being the city. Days, weeks, quarters and years are kept where the public and the dashboards
 * ask for them at once; where only months are kept, longer periods are added up when they are read
 * (measured: keeping all periods of all pairs would be two thirds of the cells that an event
 * touches).
 *
 * Numbers of subjects, groupings and dimensions are stored: rows are only appended. */
#ifndef ANALYTICS_SUBJECT_H
#define ANALYTICS_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "services/analytics/period.h"

enum dimension {
    DIMENSION_UNIT,     /* who has it now */
    DIMENSION_CATEGORY, /* field */
    DIMENSION_PROCESS,
    DIMENSION_LEVEL,
    DIMENSION_AREA, /* ward or commune, as they are today */
    DIMENSION_CHANNEL,
    DIMENSION_REASON,
    DIMENSION_TEAM,         /* who helped people to begin */
    DIMENSION_DISTRICT,     /* of the area of its day, while there were districts (unit_set.h) */
    DIMENSION_RECEIVE_RULE, /* that set the time to receive it: code@version */
    DIMENSION_RESOLVE_RULE, /* that set the time to resolve it */
    DIMENSIONS
};
extern const char *const dimension_words[DIMENSIONS + 1]; /* NULL-terminated */

enum subject {
    SUBJECT_CASES,
    SUBJECT_DELIVERIES,
    SUBJECT_ORDERS,
    SUBJECT_ACCOUNTS,
    SUBJECT_INSTALLATIONS,
    SUBJECT_OUTREACH,
    SUBJECT_TRAINING,
    SUBJECT_HOTLINE,
    SUBJECT_ADOPTION, /* has indicators whose denominators are no sums; nothing is counted in it */
    SUBJECTS
};

enum { GROUPING_DIMENSIONS = 2, CONTRIBUTION_SIDES = 2, CONTRIBUTION_AMOUNTS = 3 };

/* Kinds of period, by bit. */
enum {
    PERIODS_ALL = 1 << PERIOD_ALL,
    PERIODS_YEAR = 1 << PERIOD_YEAR,
    PERIODS_MONTH = 1 << PERIOD_MONTH,
    PERIODS_DAY = 1 << PERIOD_DAY,
    PERIODS_EVERY = (1 << PERIOD_KINDS) - 1
};

struct grouping {
    enum dimension dimensions[GROUPING_DIMENSIONS];
    size_t dimension_count;
    unsigned kept; /* bit by kind of period */
    unsigned told; /* on the topics; of these the present and the last period */
};

struct contribution;
struct indicator;

/* A fact as it is stored. */
struct fact_body {
    const void *bytes;
    size_t size;
    const char *filed; /* what a case was filed under; NULL: not known, or no case */
};

struct subject_layout {
    const char *name;
    const struct grouping *groupings; /* the first is the city */
    size_t grouping_count;
    const struct indicator *indicators;
    size_t indicator_count;
    const char *const *counter_words; /* by number; for whoever wants to know what makes a figure */
    int size_counter; /* things: a sum of too few of them is hidden (disclosure.h) */
    size_t amount_count;
    int amount_counters[CONTRIBUTION_AMOUNTS]; /* that a contribution's amounts are added to */
    int side_counters[CONTRIBUTION_SIDES];     /* of other units that had to do with it */
    /* How a fact counts at `now`. turn_at: past this instant time alone changes that; 0: never. at:
     * of its newest event. Texts are the arena's. False: the bytes are of another program. */
    bool (*count)(struct contribution *contribution, int64_t *turn_at, int64_t *at,
                  const struct fact_body *body, int64_t now, struct arena *arena);
};
extern const struct subject_layout *const subjects[SUBJECTS];

/* The grouping by exactly these dimensions (bits); -1: no sums are kept by them. */
int grouping_find(enum subject subject, unsigned dimensions);

#endif
