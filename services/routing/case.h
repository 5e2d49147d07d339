/* SPDX-License-Identifier: Apache-2.0 */
/* case: a case, whole, as it is at one version.
 *
 * Every change is one version, and a snapshot holds all that the next decision needs. What may be
 * done with it is case_engine.h's. Pure; texts are borrowed. */
#ifndef ROUTING_CASE_H
#define ROUTING_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/digest.h"
#include "common/uuid.h"
#include "services/routing/actor.h"
#include "services/routing/case_clock.h"
#include "services/routing/process.h"
#include "services/routing/rule.h"

/* Classes of reasons for a rejection. */
extern const char *const case_reason_words[];
extern const char *const case_rating_words[]; /* hài lòng, chấp nhận, chưa hài lòng */
extern const char *const case_asked_words[];
extern const char *const task_state_words[];
extern const char *const audit_state_words[];

enum {
    CASE_EVIDENCE_MAX = 10,
    CASE_ESCALATIONS_MAX = 3,
    CASE_TASKS_MAX = 8,
    CASE_TRAIL_MAX = 8,
    CASE_DETAILS_MAX = PROCESS_DETAILS_MAX
};

enum task_state { TASK_OPEN, TASK_ACCEPTED, TASK_DONE, TASK_DECLINED };

/* The part of a co-operating unit. */
struct case_task {
    const char *unit;
    enum task_state state;
    const char *note; /* of its last change */
    struct case_clock clock;
};

/* One hand-over: who gave the case back, why, and who should have it. */
struct case_handover {
    const char *from;
    const char *to;
    const char *reason;
    int64_t at;
};

/* What somebody wants to do and a second person must approve. */
struct case_proposal {
    int action; /* of the process; -1: none */
    const char *by;
    int64_t at;
    const char *reason_class, *reason_text;
    int64_t minutes;
};

struct case_detail {
    const char *code, *text;
};

enum case_audit { AUDIT_NONE, AUDIT_PENDING, AUDIT_PASSED, AUDIT_FAILED };

/* The clocks of a case by number; those of its tasks follow. */
enum case_clock_number { CASE_RECEIVE, CASE_RESOLVE, CASE_DISPATCH, CASE_CLOCKS };

/* A case, whole, as it is at one version: what its events carry. Absent texts are NULL, absent
 * instants 0. */
struct case_snapshot {
    struct uuid id; /* of the submission too */
    int32_t version;
    const char *ticket;
    const struct process *process; /* the version it was opened under */
    const char *category;
    enum case_level level;
    int state;
    int previous_state; /* meaningless at version 1 */
    int resume_state;   /* where PROCESS_BACK leads */
    const char *action; /* what made this version */
    int event;          /* how it is told: process_event_words */
    int64_t at_us;
    enum case_queue queue;
    const char *area;
    int64_t area_set; /* the boundaries that area was found by; 0: no place was told */
    bool near_border;
    const char *near_area;
    bool area_confirmed; /* meaningful near a border */
    const char *unit;
    bool bound; /* the city office has decided whose it is */
    const char *focal_point;
    const char *assignee;
    const char *reporter_ref;
    const char *channel; /* by which way it came; NULL: in snapshots from before it was told */
    const char *language;
    int64_t opened_at, accepted_at, resolved_at, rejected_at, closed_at;
    struct case_clock clocks[CASE_CLOCKS];
    int64_t timeout_at;   /* when the state times out; 0: it does not */
    int64_t timeout_from; /* since when that is waited for */
    struct case_task tasks[CASE_TASKS_MAX];
    size_t task_count;
    struct case_handover trail[CASE_TRAIL_MAX];
    size_t trail_count;
    struct case_proposal proposal;
    int extensions, reopenings;
    const char *asked; /* one of case_asked_words; NULL: nobody was asked yet */
    const char *question, *answer;
    const char *result_text;
    const char *evidence[CASE_EVIDENCE_MAX];
    size_t evidence_count;
    const char *result_by;    /* the account that gave the result */
    const char *reason_class; /* one of case_reason_words */
    const char *reason_text;
    const char *rating; /* one of case_rating_words */
    bool rating_asked;
    enum case_audit audit;
    const char *audit_text;
    struct uuid merged_into; /* zero: stands for itself */
    struct uuid split_from;  /* zero: was filed */
    struct case_detail details[CASE_DETAILS_MAX];
    size_t detail_count;
    int alert_clock; /* the clock that a reminder or escalation is about; -1 elsewhere */
    enum actor actor_role;
    const char *actor_ref;
    struct case_rule routing_rule, receive_rule, resolve_rule;
    struct uuid message; /* of the reporter, that this version does; zero: none */
    const char *const *message_media;
    size_t message_media_count;
    const char *note;   /* of this version; or the reason that was given, where nothing keeps it */
    int64_t next_timer; /* when time must look at it; 0: never. Not told to others */
    uint8_t hash[DIGEST_SIZE]; /* its link in the history (audit_chain.h), not told either; in a
                                  decision that is not written yet, that of the version before */
};

bool case_task_is_open(const struct case_task *task); /* open or accepted: to be done yet */

enum process_phase case_phase(const struct case_snapshot *now);
bool case_is_open(const struct case_snapshot *now); /* received, working or paused */

/* By when the desk that holds an open case must do something about it; 0 for others. */
int64_t case_due(const struct case_snapshot *now);

/* The clock of the unit's present duty: to accept, then to bring a result. */
const struct case_clock *case_duty(const struct case_snapshot *now);

size_t case_clock_count(const struct case_snapshot *now);
const struct case_clock *case_clock_at(const struct case_snapshot *now, size_t number);

#endif
