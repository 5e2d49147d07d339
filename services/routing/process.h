/* SPDX-License-Identifier: Apache-2.0 */
/* process: a way of working on cases, as data (reference/processes/).
 *
 * States, and actions that lead from one to the next: who may take them, what they need, what they
 * do to the case and its clocks, which event tells of them. The engine (case_engine.h) runs any
 * process that process_check lets through. A version never changes; a case stays on the version
 * that it was opened under. Pure; texts are borrowed from whoever read the process. */
#ifndef ROUTING_PROCESS_H
#define ROUTING_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "services/routing/actor.h"
#include "services/routing/deadline_rule.h"
#include "services/routing/rule.h"

/* What a state means in any process: by this others count, show and notify. */
enum process_phase {
    PHASE_RECEIVED, /* nobody has taken it on */
    PHASE_WORKING,
    PHASE_PAUSED,   /* somebody outside was asked */
    PHASE_RESOLVED, /* there is a result; it may still be contested */
    PHASE_CLOSED,
    PHASE_REJECTED,
    PHASE_WITHDRAWN,
    PHASE_MERGED, /* another case stands for it */
    PROCESS_PHASES
};

/* In whose hands a case is. */
enum case_queue {
    QUEUE_UNIT,
    QUEUE_UNROUTABLE, /* no unit was found; the city office names one */
    QUEUE_DISPUTED,   /* handed over too often; the city office decides */
    CASE_QUEUES
};

/* What a command may bring, and an action may require. */
enum process_field {
    FIELD_RESULT_TEXT,
    FIELD_EVIDENCE,
    FIELD_REASON_TEXT,
    FIELD_REASON_CLASS,
    FIELD_ASSIGNEE,
    FIELD_UNIT,
    FIELD_PROPOSED_UNIT,
    FIELD_QUESTION,
    FIELD_ASKED,
    FIELD_ANSWER,
    FIELD_RATING,
    FIELD_MINUTES,
    FIELD_INTO,
    FIELD_CATEGORY,
    FIELD_LEVEL,
    FIELD_DETAILS,
    FIELD_NOTE, /* every action takes it */
    PROCESS_FIELDS
};

/* What must be so for an action, beside state and actor. */
enum process_condition {
    CONDITION_TASKS_SETTLED,     /* no co-operating unit is at work on its part */
    CONDITION_NOT_OVERDUE,       /* the running clock has not run out */
    CONDITION_NOT_BOUND,         /* the city office has not decided whose it is */
    CONDITION_WITHIN_EXTENSIONS, /* limits.extensions */
    CONDITION_WITHIN_REOPENINGS, /* limits.reopenings */
    CONDITION_NOT_RATED,
    CONDITION_AUDIT_PENDING,
    CONDITION_AUDIT_SETTLED,
    CONDITION_INDEPENDENT, /* the actor is not who made the result */
    CONDITION_TASK_OPEN,   /* the named unit, or the actor's, has an unsettled task */
    CONDITION_NEAR_BORDER, /* and nobody has confirmed the side */
    PROCESS_CONDITIONS
};

/* What an action does, in the order in which it is done. */
enum process_effect {
    EFFECT_STOP_RECEIVE,
    EFFECT_START_RESOLVE,   /* unless it was started before */
    EFFECT_RESTART_RESOLVE, /* from now on, with a fresh allowance */
    EFFECT_PAUSE,
    EFFECT_RESUME,
    EFFECT_STOP_CLOCKS,
    EFFECT_EXTEND,
    EFFECT_CLASSIFY,
    EFFECT_ROUTE,
    EFFECT_BIND,
    EFFECT_HAND_OVER,
    EFFECT_CONFIRM_AREA,
    EFFECT_ASSIGN,
    EFFECT_UNASSIGN,
    EFFECT_ASK,
    EFFECT_ANSWER,
    EFFECT_RECORD_RESULT,
    EFFECT_RECORD_REASON,
    EFFECT_SAMPLE_AUDIT,
    EFFECT_PASS_AUDIT,
    EFFECT_FAIL_AUDIT,
    EFFECT_RATE,
    EFFECT_COUNT_REOPENING,
    EFFECT_MERGE,
    EFFECT_SEPARATE,
    EFFECT_ADD_TASK,
    EFFECT_ACCEPT_TASK,
    EFFECT_FINISH_TASK,
    EFFECT_DECLINE_TASK,
    EFFECT_SET_DETAILS,
    PROCESS_EFFECTS
};

typedef uint64_t process_set;
#define PROCESS_BIT(value) ((process_set)1 << (value))

/* The words of the enumerations above; each list ends with NULL. */
extern const char *const process_phase_words[];
extern const char *const case_queue_words[];
extern const char *const process_field_words[]; /* as the path in a command: "result.text" */
extern const char *const process_condition_words[];
extern const char *const process_effect_words[];
/* What events tell: "resolved" of vn.hanoi.case.resolved.v1. */
extern const char *const process_event_words[];

enum {
    PROCESS_STATES_MAX = 24,
    PROCESS_ACTIONS_MAX = 48,
    PROCESS_DETAILS_MAX = 12,
    PROCESS_STAYS = -1, /* to: the state does not change */
    PROCESS_BACK = -2   /* to: the state that was left for the present one */
};

struct process_state {
    const char *code;
    const char *name_vi, *name_en;
    enum process_phase phase;
    int timeout_action; /* taken by the system after timeout_clock; -1: none */
    enum deadline_clock timeout_clock;
};

struct process_action {
    const char *code;
    int event;        /* index into process_event_words */
    process_set from; /* states */
    int to;           /* state, PROCESS_STAYS or PROCESS_BACK */
    process_set queues;
    actor_set by;
    actor_set approvers;         /* 0: takes effect at once; else it is proposed, and one of these
                                    who is not the proposer approves */
    bool approval_by_class;      /* only for classes of reasons that need it */
    process_set requires, takes; /* fields; takes includes requires */
    process_set conditions;
    process_set effects;
};

enum detail_type {
    DETAIL_TEXT,
    DETAIL_DATE,
    DETAIL_INSTANT,
    DETAIL_WORD,
    DETAIL_DEADLINE,  /* a date: the result is due when that day ends, unless a rule wants it before
                       */
    DETAIL_CONSENT,   /* how the person agreed on whose behalf a case is opened */
    DETAIL_SLOT,      /* id of a reception slot; whoever opens the case takes a place in it */
    DETAIL_SLOT_TIME, /* when that slot begins; found, not given */
    DETAIL_TYPES
};
extern const char *const detail_type_words[];
extern const char *const process_consent_words[]; /* "none" first */

/* What a process asks for beside the common members: a session, a slot. */
struct process_detail {
    const char *code;
    enum detail_type type;
    bool required;            /* at opening */
    size_t max;               /* code points of a text */
    const char *const *words; /* of a word; ends with NULL */
};

/* How a case of the process is filed at intake, which is told on city.reference.v1. */
struct process_filing {
    actor_set by;             /* 0: it is not filed there */
    bool anonymous, location; /* may the reporter be unnamed, must a place be told */
    process_set details;      /* by their place in the process: those that are asked for */
    int refused;              /* the state of a case whose slot cannot be had; -1: none */
    const char *source;
};

struct process_limits {
    int handovers; /* after so many the city office decides */
    int extensions;
    int reopenings;
    int audit_percent;  /* share of results that the control office checks */
    int64_t audit_seed; /* which ones */
};

struct process {
    struct case_rule rule; /* code, version, source */
    const char *body;      /* the JSON that it was read from */
    const char *name_vi, *name_en;
    int64_t valid_from, valid_to; /* instants; valid_to 0: open */
    struct process_limits limits;
    int opening;         /* the state of a new case */
    actor_set opened_by; /* who may open a case here; the system opens what was filed */
    struct process_filing filing;
    struct process_state states[PROCESS_STATES_MAX];
    int state_count;
    struct process_action actions[PROCESS_ACTIONS_MAX];
    int action_count;
    struct process_detail details[PROCESS_DETAILS_MAX];
    int detail_count;
};

/* Received, working and paused: somebody must still act. */
bool process_phase_is_open(enum process_phase phase);

/* Resolved, closed, rejected and withdrawn: nobody has to act any more. */
bool process_phase_is_ended(enum process_phase phase);

bool process_has(process_set set, int value);

/* -1: unknown */
int process_state_find(const struct process *process, const char *code);
int process_action_find(const struct process *process, const char *code);

/* Whether nothing leads on from a state: cases end here. */
bool process_state_is_final(const struct process *process, int state);

/* The detail of a type of which there is at most one; NULL: none. */
const struct process_detail *process_detail_of(const struct process *process,
                                               enum detail_type type);

/* The part of process_check that is about details: false with a fault for each that contradicts
 * another, and for each state that waits for what no detail tells. */
bool process_check_details(const struct process *process, struct error *err);

/* The part of process_check that is about filing: what is asked for can be told, what the process
 * cannot do without is asked for, and a case that begins with an appointment gets one or is
 * refused. */
bool process_check_filing(const struct process *process, struct error *err);

/* Whether the engine can run it. Every way that a case can go is walked through states, queues and
 * clocks: each state can be reached and can reach an end, from every queue; clocks run where
 * somebody must act, stand still in pauses, and have stopped where a case has ended; one step back
 * is one step back. Every action has somebody who may take it and what its effects need; time-outs
 * are the system's to take and lead away; only what can wait is proposed. False with ERR_INPUT
 * "unsound_process": each fault names the state or action and the reason. */
bool process_check(const struct process *process, struct error *err);

#endif
