/* SPDX-License-Identifier: Apache-2.0 */
/* case_fact: what counting needs to know of a case, as its latest event told it. Pure.
 *
 * Instants are microseconds of UTC; 0 is "not (yet)". A due instant is the one that binds; it is 0
 * too while its clock stands still with time left. */
#ifndef ANALYTICS_CASE_FACT_H
#define ANALYTICS_CASE_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/buffer.h"
#include "common/uuid.h"
#include "services/analytics/facts.h"

/* What a state means, whatever the process. */
enum case_phase {
    PHASE_RECEIVED,
    PHASE_WORKING,
    PHASE_PAUSED,
    PHASE_RESOLVED,
    PHASE_CLOSED,
    PHASE_REJECTED,
    PHASE_WITHDRAWN,
    PHASE_MERGED
};
extern const char *const case_phase_words[]; /* NULL-terminated */

/* As what a case is counted: open, done, or neither. */
enum case_state {
    CASE_RECEIVED, /* waits to be accepted */
    CASE_ACCEPTED,
    CASE_ASSIGNED,
    CASE_IN_PROGRESS, /* paused ones too */
    CASE_RESOLVED,    /* closed ones too */
    CASE_REJECTED,
    CASE_WITHDRAWN,
    CASE_MERGED, /* another case stands for it */
    CASE_STATES
};
extern const char *const case_state_words[CASE_STATES + 1]; /* NULL-terminated */

/* Classes of reasons for a rejection. */
enum { CASE_REASONS = 6, CASE_NO_REASON = CASE_REASONS };
extern const char *const case_reason_words[CASE_REASONS + 1]; /* NULL-terminated */

enum case_rating { RATING_NONE, RATING_SATISFIED, RATING_ACCEPTABLE, RATING_DISSATISFIED };

struct case_fact {
    struct uuid case_id;
    int32_t version;
    enum case_state state;
    const char *unit; /* NULL: nobody's yet */
    const char *category;
    const char *process;
    const char *level;
    const char *area;           /* NULL: no place, or in no unit's area */
    const char *channel;        /* NULL: an event from before it was told */
    const char *filed_category; /* of the first version; NULL: that is not known */
    bool appointment;           /* to be kept, not to be resolved in time */
    bool near_border;           /* and nobody has said on which side it lies */
    int64_t opened_at;
    int64_t at; /* of the event */
    int64_t receive_due;
    int64_t accepted_at;
    int64_t resolve_due;
    int64_t resolved_at;
    int64_t rejected_at;
    int64_t spent_us; /* working time that it took to resolve, pauses left out; -1: not told */
    int reason;       /* of case_reason_words, or CASE_NO_REASON */
    enum case_rating rating;
    bool rating_asked;
    int handovers;
    int reopenings;
    int evidence; /* pieces, of the present result */
    /* The units that gave it back, and those that had it next; each once, blank-separated. NULL:
     * none. */
    const char *givers, *takers;
    /* Versions of the rules that set the due instants, "code@version"; NULL: not told. */
    const char *receive_rule, *resolve_rule;
};

/* state: the code within its process, which tells how far the work has come. */
enum case_state case_state_of(enum case_phase phase, const char *state);

bool case_is_open(const struct case_fact *fact);

/* When someone took the case up: accepted it, or rejected it at once. */
int64_t case_received_at(const struct case_fact *fact);

/* Of an open case the due time that counts now: to be received, then, also in the hands of another
 * unit, to be resolved. 0: there is none. */
int64_t case_due(const struct case_fact *fact);
/* Past it; a case is in time up to and including its due instant. */
bool case_is_overdue(const struct case_fact *fact, int64_t now);

/* As it is stored: all but case_id, version and filed_category. */
void case_fact_pack(const struct case_fact *fact, struct buffer *out);
struct told_fact case_tell(const struct case_fact *fact, struct arena *arena);
/* Texts are the arena's. False: these bytes were written by no program of this layout. */
bool case_fact_unpack(struct case_fact *fact, const void *bytes, size_t size, struct arena *arena);

#endif
